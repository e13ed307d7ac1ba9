import Foundation
import PerturbCommands
import Testing

/// The code that the gallery's page shows: all of a section's blocks together are a program.
struct ShownCodeTests {
  @Test(.enabled(if: Compiler() != nil), arguments: Gallery.examples.map(\.name))
  func everyProgramCompiles(_ name: String) throws {
    let folder = try TemporaryFolder()
    let run = CommandRun("gallery \(name) --samples 16 --out \(folder.path)/out")
    #expect(run.code == 0)
    let program = Self.program(try folder.text("out/index.html"))
    #expect(program.hasPrefix("import "))
    let compiler = try #require(Compiler())
    #expect(try compiler.problems(in: program) == "")
  }

  @Test(.enabled(if: Compiler() != nil))
  func aProgramThatDoesNotCompileIsFound() throws {
    let compiler = try #require(Compiler())
    let start = """
      import Perturbations
      let soft = try Perturbed(ArgMax(), samples: 16, sigma: 0.5)
      let theta: Tensor<Float> = [1, 2]
      func slopes() throws -> Tensor<Float> {

      """
    let good = "try gradient(at: theta) { try soft($0, key: RandomKey(0))[0] }\n}\n"
    #expect(try compiler.problems(in: start + good) == "")
    // Without the outer `try`, and with a name that stands for nothing.
    #expect(try compiler.problems(in: start + good.dropFirst(4)).contains("error: "))
    #expect(
      try compiler.problems(in: start + good.replacing("theta", with: "weights"))
        .contains("cannot find 'weights' in scope"))
  }

  /// The blocks of Swift on a page, one after the other.
  static func program(_ page: String) -> String {
    page.components(separatedBy: "<code class=\"language-swift\">").dropFirst().map { part in
      var text = part.components(separatedBy: "</code>")[0]
      for (escaped, plain) in [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
      ] { text = text.replacing(escaped, with: plain) }
      return text + "\n"
    }.joined()
  }
}

/// The Swift compiler and the modules that the tests were built with.
private struct Compiler {
  private let executable: URL
  private let options: [String]

  /// Nil where there is no compiler in `PATH` or where no modules lie beside the tests.
  init?() {
    #if !os(Linux)
      // Elsewhere modules want an SDK and a deployment target.
      return nil
    #else
      let places = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
      let found = places.map { "\($0)/swiftc" }.first {
        FileManager.default.isExecutableFile(atPath: $0)
      }
      let products = ExecutableTests.program.deletingLastPathComponent()
      let modules = products.appendingPathComponent("Modules").path
      guard let found,
        FileManager.default.fileExists(atPath: modules + "/Perturbations.swiftmodule")
      else { return nil }
      executable = URL(fileURLWithPath: found)
      let scratch = products.resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
      // Modules of C that the library's own are built on: those that the build made a map for, and those
      // of packages that bring one.
      let made = Self.folders(products.path).map { "\($0)/module.modulemap" }.filter {
        FileManager.default.fileExists(atPath: $0)
      }
      let brought = Self.folders(scratch.path + "/checkouts").flatMap {
        Self.folders($0 + "/Sources").map { $0 + "/include" }
      }.filter { FileManager.default.fileExists(atPath: $0 + "/module.modulemap") }
      options =
        ["-typecheck", "-swift-version", "6", "-I", modules]
        + brought.flatMap { ["-I", $0] } + made.flatMap { ["-Xcc", "-fmodule-map-file=" + $0] }
    #endif
  }

  private static func folders(_ path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.sorted().map { "\(path)/\($0)" }
  }

  /// What the compiler says of a program, as the `main.swift` of a module of its own.
  func problems(in program: String) throws -> String {
    let folder = try TemporaryFolder()
    let file = try folder.file("main.swift", program)
    let process = Process()
    process.executableURL = executable
    process.arguments = options + ["-module-cache-path", folder.path + "/cache", file]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : text.isEmpty ? "no reason given" : text
  }
}
