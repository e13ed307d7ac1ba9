import Foundation
import Programs
import Testing

/// Workers that leave their group, and children of theirs that do.
@Suite(
  .enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
struct DescendantsTests {
  private let marker = "marker-\(UUID().uuidString)"

  /// Processes whose arguments hold the marker.
  private var survivors: [Int32] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
        .filter { number in
          FileManager.default.contents(atPath: "/proc/\(number)/cmdline").map {
            String(decoding: $0, as: UTF8.self).contains(marker)
          } ?? false
        }
    }
  }

  private func expectNoSurvivors() throws {
    for _ in 0..<30_000 {
      if try survivors.isEmpty { return }
      Foundation.Thread.sleep(forTimeInterval: 0.02)
    }
    let left = try survivors
    #expect(left.isEmpty)
    for process in left { kill(process, SIGKILL) }
  }

  /// A shell that runs a script, in which `$0` is the marker and `hang` a command that hangs with it
  /// among its arguments.
  private func shell(_ script: String, timeout: Duration? = nil) throws -> ExternalProgram {
    let hang = "sh -c 'trap \"\" TERM HUP INT; while :; do sleep 1000; done'"
    return try ExternalProgram(
      "sh", arguments: ["-c", script.replacing("hang", with: "\(hang) $0"), marker], jobs: 1,
      timeout: timeout, retries: 0, onFailure: .skip)
  }

  /// The group of a worker's number is then empty, and the worker lives on.
  @Test(.enabled(if: CompiledProgram.compiler != nil, "needs a C compiler"))
  func aWorkerThatMovesToItsParentsGroupIsEnded() throws {
    let program = try ExternalProgram(
      CompiledProgram.worker, arguments: ["move", marker], jobs: 1, timeout: .seconds(1),
      retries: 0, onFailure: .skip)
    #expect(try program.evaluate([[0.1], [0.9], [0.2]]) == [[0.1], nil, [0.2]])
    program.stop()
    try expectNoSurvivors()
  }

  @Test(arguments: [
    "setsid hang", "timeout 1000 hang", "set -m; hang & wait", "setsid setsid hang & wait",
    "(setsid hang &); hang", "hang | hang",
  ])
  func whatAHangingWorkerStartedIsEnded(script: String) throws {
    let program = try shell(script, timeout: .seconds(1))
    #expect(try program.evaluate([[1]]) == [nil])
    program.stop()
    try expectNoSurvivors()
  }

  @Test(arguments: ["setsid hang & echo 7", "(setsid hang &); echo 7", "set -m; hang & echo 7"])
  func whatAWorkerLeavesBehindIsEnded(script: String) throws {
    // Holds no pipe of the worker's, which would hold up its end.
    let program = try shell(script.replacing("hang", with: "hang >/dev/null 2>&1"))
    #expect(try program([1]) == [7])
    try program.finish()
    try expectNoSurvivors()
  }
}
