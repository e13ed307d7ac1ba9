import Foundation
import PerturbCommands
import Testing

/// The code that the gallery's page shows: all of a section's blocks together are a program.
struct ShownCodeTests {
  @Test(.enabled(if: Compiler.shared != nil), arguments: Gallery.examples.map(\.name))
  func everyProgramCompilesAndRuns(_ name: String) throws {
    let folder = try TemporaryFolder()
    let run = CommandRun("gallery \(name) --samples 16 --out \(folder.path)/out")
    #expect(run.code == 0)
    let program = Self.program(try folder.text("out/index.html"))
    #expect(program.hasPrefix("import "))
    let compiler = try #require(Compiler.shared)
    #expect(try compiler.problems(in: program) == "")
  }

  private static let start = """
    import Perturbations
    let soft = try Perturbed(ArgMax(), samples: 16, sigma: 0.5)
    let theta: Tensor<Float> = [1, 2]
    func slopes() throws -> Tensor<Float> {

    """
  private static let end = "\n}\n_ = try slopes()\n"

  @Test(
    .enabled(if: Compiler.shared != nil),
    arguments: [
      ("try gradient(at: theta) { try soft($0, key: RandomKey(0))[0] }", nil),
      // Without the outer `try`.
      ("gradient(at: theta) { try soft($0, key: RandomKey(0))[0] }", "not marked with 'try'"),
      // A name that stands for nothing.
      ("try soft(weights, key: RandomKey(0))", "cannot find 'weights' in scope"),
      // What compiles and traps.
      ("try soft([], key: RandomKey(0))[5]", "ended with"),
    ])
  func aProgramThatDoesNotCompileOrRunIsFound(_ body: String, _ problem: String?) throws {
    let compiler = try #require(Compiler.shared)
    let found = try compiler.problems(in: Self.start + body + Self.end)
    if let problem { #expect(found.contains(problem)) } else { #expect(found == "") }
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

/// The Swift compiler, and the modules and objects that the tests were built with.
private struct Compiler: Sendable {
  private let executable: URL
  private let options: [String]
  private let objects: [String]

  /// Nil where there is no compiler in `PATH`, where no modules lie beside the tests, and where the
  /// build's objects are instrumented, which takes libraries to link that only the build knows.
  static let shared: Compiler? = {
    guard let compiler = Compiler() else { return nil }
    let faults = (try? compiler.problems(in: "import Perturbations\n")) ?? ""
    let instruments = ["__asan_", "__tsan_", "__ubsan_", "__llvm_profile_"]
    return instruments.contains { faults.contains($0) } ? nil : compiler
  }()

  private init?() {
    #if !os(Linux)
      // Elsewhere modules want an SDK and a deployment target.
      return nil
    #else
      let places = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
      let found = places.map { "\($0)/swiftc" }.first {
        FileManager.default.isExecutableFile(atPath: $0)
      }
      let products = ExecutableTests.program.deletingLastPathComponent().resolvingSymlinksInPath()
      let modules = products.path + "/Modules"
      guard let found, Self.isThere(modules + "/Perturbations.swiftmodule") else { return nil }
      executable = URL(fileURLWithPath: found)
      // Modules of C that the library's own are built on: those that the build made a map for, and those
      // of packages that bring one.
      let builds = Self.paths(products.path).filter { $0.hasSuffix(".build") }
      let made = builds.filter {
        Self.isThere($0 + "/module.modulemap") && !$0.hasSuffix("/CAllocationCounter.build")
      }
      let scratch = products.deletingLastPathComponent().deletingLastPathComponent()
      let brought = Self.paths(scratch.path + "/checkouts").flatMap { package in
        Self.paths(package + "/Sources").map { $0 + "/include" }
      }.filter { Self.isThere($0 + "/module.modulemap") }
      options =
        ["-swift-version", "6", "-I", modules] + brought.flatMap { ["-I", $0] }
        + made.flatMap { ["-Xcc", "-fmodule-map-file=\($0)/module.modulemap"] }
      let names = [
        "Tensors", "Solvers", "Platform", "Perturbations", "Optimizers", "Layers", "Decisions",
        "SystemPackage", "CSystem",
      ]
      let own = names.map { "\(products.path)/\($0).build" }
      // A build leaves the objects of files that have been removed since.
      let sources = Self.sources
      func isLeftOver(_ object: String, of build: String) -> Bool {
        let target = URL(fileURLWithPath: build).deletingPathExtension().lastPathComponent
        guard let files = sources[target] else { return false }
        return !files.contains(String(object.split(separator: "/").last?.dropLast(2) ?? ""))
      }
      objects = (made + own).flatMap { build in
        (FileManager.default.enumerator(atPath: build)?.compactMap { $0 as? String } ?? [])
          .filter { $0.hasSuffix(".o") && !isLeftOver($0, of: build) }.map { "\(build)/\($0)" }
      }
    #endif
  }

  /// The names of the files of each target of the package.
  private static var sources: [String: Set<String>] {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    folder.appendPathComponent("Sources")
    let targets = paths(folder.path).map { target in
      let names = FileManager.default.enumerator(atPath: target)?.compactMap { path in
        (path as? String)?.split(separator: "/").last.map(String.init)
      }
      return (URL(fileURLWithPath: target).lastPathComponent, Set(names ?? []))
    }
    return Dictionary(targets) { first, _ in first }
  }

  private static func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// All that is in a folder.
  private static func paths(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { "\(folder)/\($0)" }
  }

  /// What goes wrong when a program, as the `main.swift` of a module of its own, is compiled and run.
  func problems(in program: String) throws -> String {
    let folder = try TemporaryFolder()
    let file = try folder.file("main.swift", program)
    let built = folder.path + "/program"
    let cache = ["-module-cache-path", folder.path + "/cache"]
    let faults = try Self.errors(
      of: executable, options + cache + [file] + objects + ["-o", built])
    guard faults.isEmpty else { return faults }
    return try Self.errors(of: URL(fileURLWithPath: built), [])
  }

  /// What a program that fails writes to its standard error, and how it ends.
  private static func errors(of program: URL, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0
      ? "" : "\(text)\n\(program.lastPathComponent) ended with \(process.terminationStatus)"
  }
}
