import Foundation
import Testing

/// Programs that the compiler reads against this package's modules, for what it must refuse.
enum TypeChecking {
  /// The path of the compiler; tests that need one are skipped without.
  static let compiler: String? = {
    #if os(Linux) || os(macOS)
      let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
      return path.split(separator: ":").map { "\($0)/swiftc" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    #else
      return nil
    #endif
  }()

  /// What the compiler says about a program; nothing where it accepts it.
  static func messages(for program: String) throws -> String {
    #if os(Linux) || os(macOS)
      let source = FileManager.default.temporaryDirectory
        .appendingPathComponent("perturbations-\(UUID().uuidString).swift")
      try Data(program.utf8).write(to: source)
      defer { try? FileManager.default.removeItem(at: source) }
      var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
        folder = bundle.bundleURL.deletingLastPathComponent()
      }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try #require(compiler))
      process.arguments =
        ["-typecheck", "-swift-version", "6"] + ModuleFlags.flags(build: folder) + [source.path]
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let text = errors.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return process.terminationStatus == 0 ? "" : String(decoding: text, as: UTF8.self)
    #else
      return ""
    #endif
  }
}
