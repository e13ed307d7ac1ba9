import Foundation
import Programs
import Testing

/// Programs that tests run, compiled from C at the first use.
enum CompiledProgram {
  /// The path of the compiler, or nil where there is none: tests that need one are then skipped.
  static let compiler: String? = find("cc") ?? find("clang")

  static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static let folder: URL = {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perturbations-tests-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }()

  /// The program of `Fixtures/worker.c`.
  static let worker: String = {
    let source = Bundle.module.path(forResource: "worker", ofType: "c", inDirectory: "Fixtures")
    let target = folder.appendingPathComponent("worker").path
    compile(source ?? "worker.c", to: target)
    return target
  }()

  static func compile(_ source: String, to target: String) {
    guard let compiler else { return }
    do {
      let program = try ExternalProgram(
        "sh",
        arguments: [
          "-c", "\"$1\" -O2 -o \"$3\" \"$2\" -lm && echo 1", "compile", compiler, source, target,
          "{0}",
        ], jobs: 1, retries: 0)
      _ = try program([0])
    } catch { Issue.record("\(error)") }
  }

  /// A path for a file that does not exist yet.
  static func newPath(_ name: String) -> String {
    folder.appendingPathComponent("\(name)-\(UUID().uuidString)").path
  }
}
