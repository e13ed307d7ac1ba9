import Foundation
import Fuzzing
import PerturbCommands
import Platform
import Testing

/// Parts of any bytes: put together, or refused by one line.
@Suite("Part files of any bytes") struct PartFuzzTests {
  private func check(
    _ name: String, _ line: String, words: [String] = [], program: [String] = []
  ) throws {
    let folder = try TemporaryFolder()
    let (paths, runs) = Parts.write(line, count: 2, in: folder, program: program)
    #expect(runs.allSatisfy { $0.code == 0 })
    let body = Parts.body(try Files.read(paths[0]))
    let fuzzer = Fuzzer(
      "part-\(name)", corpus: [String(decoding: body, as: UTF8.self)], words: words,
      bytesPerByte: 400_000)
    try fuzzer.run { bytes in
      try Files.write(Parts.sealed(bytes), to: paths[0], isSynchronized: false)
      let run = CommandRun(["combine", "--json"] + paths)
      guard run.code == 1 ? run.output == "" && run.errorLines.count == 1 : run.code == 0 else {
        throw Fuzzer.Failure("the code is \(run.code), the errors are \(run.errors)")
      }
      // Alone it may be whatever it says.
      _ = CommandRun(["combine", paths[0]])
    }
  }

  @Test func functions() throws {
    try check(
      "function", "ranking --theta 1,2,3 --samples 100 --cotangent 1,2,3 --baseline leave-one-out",
      words: [
        "\"1/1\"", "\"samples\": 1", "\"hessian\": true", "\"function\": \"argmax\"",
        "\"baseline\": \"point\"", "\"precision\": \"double\"", "1e308", "\"theta\": [[1]]",
      ])
  }

  @Test func programs() throws {
    try check(
      "program", "--theta 1,2 --samples 50 --on-failure skip",
      words: ["\"1/1\"", "\"samples\": 1", "\"skipped\": 9", "\"program\": []"],
      program: ["sh", "-c", "while read line; do echo 1; done"])
  }
}
