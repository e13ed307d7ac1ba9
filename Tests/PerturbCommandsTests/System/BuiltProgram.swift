import Foundation

/// The built program, run with what it says collected in files, so that nothing waits for a reader.
struct BuiltProgram {
  let process = Process()
  private let folder: TemporaryFolder

  /// Starts it after `prefix`, commands of a shell such as `ulimit -n 40;`, with more variables in its
  /// environment.
  init(
    _ arguments: [String], prefix: String = "", environment: [String: String] = [:]
  ) throws {
    folder = try TemporaryFolder()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      ["-c", "\(prefix) exec \"$0\" \"$@\"", ExecutableTests.program.path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(
      forWritingTo: URL(fileURLWithPath: folder.file("output", "")))
    process.standardError = try FileHandle(
      forWritingTo: URL(fileURLWithPath: folder.file("errors", "")))
    try process.run()
  }

  var output: String { get throws { try folder.text("output") } }
  var errors: String { get throws { try folder.text("errors") } }

  /// The exit code, or the negative number of the signal that ended it.
  func code() -> Int32 {
    process.waitUntilExit()
    return process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus
  }

  /// What it printed but for the time that it took.
  var numbers: String {
    get throws { try output.replacing(/"seconds": [^,}]*/, with: "") }
  }
}
