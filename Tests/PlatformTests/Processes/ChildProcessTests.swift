import Foundation
import Platform
import Testing

@Suite
struct ChildProcessTests {
  private let output: (reading: Descriptor, writing: Descriptor)

  init() throws { output = try Descriptor.pipe() }

  private func start(
    _ program: String, _ arguments: [String], input: Descriptor? = nil
  ) throws -> Int32 {
    try ChildProcess.start(
      program, arguments, variable: "CHILD_PROCESS_TEST=\(UUID().uuidString)", input: input,
      output: output.writing, error: output.writing)
  }

  /// What comes until every writer has ended.
  private func text() -> String {
    output.writing.close()
    defer { output.reading.close() }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case .count(let count) = buffer.withUnsafeMutableBytes({ output.reading.read(into: $0) })
    { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func end(_ process: Int32) -> ChildProcess.End {
    while true {
      if let end = ChildProcess.end(of: process) {
        ChildProcess.reap(process)
        return end
      }
      usleep(1000)
    }
  }

  @Test func itHasItsArgumentsItsVariableAndAGroup() throws {
    let process = try start(
      "sh", ["-c", "echo \"$0,$1\"; env | grep -c ^CHILD_PROCESS_TEST=; echo $PATH", "a b", ""])
    #expect(getpgid(process) == process)
    #expect(end(process) == .exited(code: 0))
    #expect(text() == "a b,\n1\n\(String(cString: getenv("PATH")))\n")
  }

  @Test func withoutAnInputItReadsNothing() throws {
    let process = try start("cat", [])
    #expect(end(process) == .exited(code: 0))
    #expect(text() == "")
  }

  @Test func itReadsItsInput() throws {
    let input = try Descriptor.pipe()
    let process = try start("cat", [], input: input.reading)
    input.reading.close()
    try input.writing.writeAll("hello".utf8)
    input.writing.close()
    #expect(end(process) == .exited(code: 0))
    #expect(text() == "hello")
  }

  @Test func theWayItEndsIsTold() throws {
    #expect(end(try start("sh", ["-c", "exit 7"])) == .exited(code: 7))
    #expect(end(try start("sh", ["-c", "kill -9 $$"])) == .signaled(9))
    let process = try start("sleep", ["1000"])
    #expect(ChildProcess.end(of: process) == nil)
    ChildProcess.kill(process)
    #expect(end(process) == .signaled(9))
    #expect(ChildProcess.end(of: process) == .exited(code: -1))
    _ = text()
  }

  @Test func aProcessThatHasEndedCanBeRead() throws {
    let process = try start("sleep", ["0.05"])
    if let watch = ChildProcess.watch(process) {
      var poll = Poll()
      poll.add(watch, .reading)
      poll.wait(milliseconds: nil)
      #expect(ChildProcess.end(of: process) == .exited(code: 0))
      watch.close()
    }
    _ = end(process)
    _ = text()
  }

  /// Signals that this thread blocks are the pump's own affair.
  @Test func noSignalIsBlocked() throws {
    let name = "/proc/self/status"
    guard FileManager.default.fileExists(atPath: name) else { return }
    Signals.blockBrokenPipe()
    let process = try start("grep", ["SigBlk", name])
    #expect(end(process) == .exited(code: 0))
    #expect(text().split(separator: "\t").last == "0000000000000000\n")
  }

  @Test(arguments: [("/nowhere/at/all", ENOENT), ("no-such-program", ENOENT), ("/etc", EACCES)])
  func whatCannotBeExecutedIsSaid(program: String, code: Int32) throws {
    #expect(throws: SystemFailure(code)) { _ = try start(program, []) }
    _ = text()
  }

  /// Also a process that has left the group of its number.
  @Test func oneThatHasMovedIsEnded() throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
    let process = try start(
      "python3",
      [
        "-u", "-c",
        "import os, time; os.setpgid(0, os.getpgid(os.getppid())); print(1); time.sleep(1000)",
      ])
    var byte: UInt8 = 0
    _ = withUnsafeMutableBytes(of: &byte) { output.reading.read(into: $0) }
    #expect(getpgid(process) == getpgid(0))
    ChildProcess.kill(process)
    #expect(end(process) == .signaled(9))
    _ = text()
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
  func descendantsAreFound() throws {
    let process = try start(
      "sh", ["-c", "setsid sh -c 'sleep 1000 & echo $!; wait' & echo $!; wait"])
    var numbers: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 100)
    while numbers.count(where: { $0 == 10 }) < 2,
      case .count(let count) = buffer.withUnsafeMutableBytes({ output.reading.read(into: $0) })
    { numbers += buffer[..<count] }
    let expected = String(decoding: numbers, as: UTF8.self).split(separator: "\n")
      .compactMap { Int32($0) }
    let found = ProcessTable.descendants(of: process)
    #expect(Set(found).isSuperset(of: expected))
    // The shell first: without its children it would end by itself.
    for descendant in [process] + found { ChildProcess.kill(descendant) }
    #expect(end(process) == .signaled(9))
    _ = text()
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
  func aVariableTellsWhoDescends() throws {
    // A shell passes on variables with names like those of its own only.
    let name = "CHILD_PROCESS_TEST_\(UUID().uuidString.replacing("-", with: "_"))"
    let process = try ChildProcess.start(
      "sh", ["-c", "(setsid sleep 1000 & ) ; echo done"], variable: "\(name)=1", input: nil,
      output: output.writing, error: output.writing)
    #expect(end(process) == .exited(code: 0))
    // Its parent has ended; only what it inherited tells where it is from.
    let found = ProcessTable.holding(variable: name)
    #expect(found.count == 1)
    for process in found { ChildProcess.kill(process) }
    for _ in 0..<60_000 {
      if ProcessTable.holding(variable: name).isEmpty { break }
      usleep(10_000)
    }
    #expect(ProcessTable.holding(variable: name).isEmpty)
    #expect(text() == "done\n")
  }
}
