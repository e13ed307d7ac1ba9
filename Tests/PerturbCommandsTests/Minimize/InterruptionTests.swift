import Foundation
import PerturbCommands
import Testing

/// Signals to the built program itself.
@Suite(.enabled(if: PythonWorker.isThere, "needs python3"))
struct InterruptionTests {
  private func start(_ arguments: [String]) throws -> (process: Process, errors: Pipe) {
    let process = Process()
    process.executableURL = ExecutableTests.program
    process.arguments = arguments
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    return (process, errors)
  }

  /// Processes, zombies included, whose arguments hold a marker.
  private func processes(_ marker: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
      guard Int(name) != nil,
        let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
      else { return false }
      return String(decoding: data, as: UTF8.self).contains(marker)
    }.count
  }

  private func waitUntil(_ condition: () throws -> Bool) rethrows {
    for _ in 0..<30_000 {
      if try condition() { return }
      Foundation.Thread.sleep(forTimeInterval: 0.02)
    }
  }

  @Test(arguments: [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")])
  func aSignalLeavesAStateToResume(number: Int32, name: String) throws {
    let folder = try TemporaryFolder()
    let marker = "marker-\(UUID().uuidString)"
    let program = PythonWorker.program(
      "import time; time.sleep(0.002); print((x[0] - 3) ** 2)  # \(marker)")
    let options = "minimize --start 0 --steps 40 --samples 4 --jobs 2 --out"
      .split(separator: " ").map(String.init)
    let (process, errors) = try start(options + ["\(folder.path)/part", "--"] + program)
    waitUntil {
      ((try? folder.text("part/history.csv").split(separator: "\n").count) ?? 0) >= 5
    }
    kill(process.processIdentifier, number)
    let text = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + number)
    #expect(text.hasPrefix("perturb: stopped by \(name) after "))
    #expect(text.split(separator: "\n").count == 1)
    if FileManager.default.fileExists(atPath: "/proc/self") {
      try waitUntil { try processes(marker) == 0 }
      #expect(try processes(marker) == 0)
    }
    // To the same bits as a run that nobody stopped.
    #expect(CommandRun("minimize --resume --out \(folder.path)/part").code == 0)
    #expect(CommandRun(options + ["\(folder.path)/whole", "--"] + program).code == 0)
    #expect(try folder.text("part/history.csv") == folder.text("whole/history.csv"))
  }

  @Test func aHangingProgramDoesNotHoldUpASignal() throws {
    let marker = "marker-\(UUID().uuidString)"
    let program = PythonWorker.program(
      "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)  # \(marker)"
    )
    let (process, errors) = try start(["minimize", "--start", "0", "--"] + program)
    try waitUntil { try processes(marker) > 1 }
    kill(process.processIdentifier, SIGTERM)
    _ = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + SIGTERM)
  }

  /// What nohup does: the signal is ignored from the start, and stays so.
  @Test func aSignalThatIsIgnoredFromTheStartStaysIgnored() throws {
    let folder = try TemporaryFolder()
    let program = PythonWorker.program("import time; time.sleep(0.002); print((x[0] - 3) ** 2)")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      ["-c", "trap '' HUP; exec \"$0\" \"$@\"", ExecutableTests.program.path, "minimize"]
      + "--start 0 --steps 20 --samples 4 --jobs 2 --out \(folder.path)/run --"
      .split(separator: " ").map(String.init) + program
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    waitUntil { ((try? folder.text("run/history.csv").split(separator: "\n").count) ?? 0) >= 3 }
    kill(process.processIdentifier, SIGHUP)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try folder.names("run").contains("result.json"))
  }

  @Test func aReplayLeavesNoWorkerBehind() throws {
    let marker = "marker-\(UUID().uuidString)"
    let program = PythonWorker.program("import time; time.sleep(1000)  # \(marker)")
    let (process, errors) = try start(["replay", "--input", "1", "--"] + program)
    try waitUntil { try processes(marker) > 1 }
    kill(process.processIdentifier, SIGTERM)
    let text = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + SIGTERM)
    #expect(text == "perturb: stopped by SIGTERM\n")
    if FileManager.default.fileExists(atPath: "/proc/self") {
      try waitUntil { try processes(marker) == 0 }
      #expect(try processes(marker) == 0)
    }
  }
}
