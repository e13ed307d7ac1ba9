import Fuzzing
import Layers
import Perturbations
import Platform
import Programs
import Testing

#if os(macOS) || os(Linux)
  /// Workers, their pipes and the threads that ask them.
  @Suite struct ProgramTests {
    private let key = RandomKey(5)
    private let theta: Tensor<Double> = [0.25, -0.5]

    private func shell(
      _ text: String, jobs: Int, timeout: Duration? = nil, retries: Int = 0
    ) throws -> ExternalProgram {
      try ExternalProgram(
        "sh", arguments: ["-c", text], jobs: jobs, timeout: timeout, retries: retries)
    }

    @Test(arguments: [1, 3]) func answers(jobs: Int) throws {
      let program = try shell("while read line; do echo \"$line\"; done", jobs: jobs)
      let smooth = try Perturbed<Tensor<Double>, Tensor<Double>>(
        program, samples: 40, sigma: 0.5, baseline: .leaveOneOut)
      let inside = try Perturbed<Tensor<Double>, Tensor<Double>>(
        samples: 40, sigma: 0.5, baseline: .leaveOneOut
      ) { (x: [Double]) in x }
      let found = try valueAndGradient(at: theta) { try smooth($0, key: key).sum() }
      let expected = try valueAndGradient(at: theta) { try inside($0, key: key).sum() }
      // A program's blocks are smaller, so that sums are taken in another order.
      #expect(
        zip(found.gradient.scalars, expected.gradient.scalars).allSatisfy { abs($0 - $1) < 1e-12 })
      try program.finish()
    }

    @Test func callsAtTheSameTime() async throws {
      let program = try shell("while read line; do echo \"$line\"; done", jobs: 2)
      try await withThrowingTaskGroup(of: (Double, [Double]).self) { group in
        for number in 0..<6 {
          let x = Double(number)
          group.addTask { (x, try program([x, -x])) }
        }
        for try await (x, answer) in group { #expect(answer == [x, -x]) }
      }
    }

    @Test func crashesAndTimeOuts() throws {
      let crashing = try shell("read line; echo 1; read line; kill -9 $$", jobs: 2, retries: 1)
      for _ in 0..<3 { #expect(try crashing([1]) == [1]) }
      let hanging = try shell("sleep 1000", jobs: 1, timeout: .milliseconds(200))
      #expect(throws: ProgramError.self) { try hanging([1]) }
      let flooding = try shell("while :; do echo x; echo y >&2; done", jobs: 1)
      #expect(throws: ProgramError.self) { try flooding([1]) }
    }
  }
#endif

/// What reads bytes by their address.
@Suite struct ReaderTests {
  @Test func json() throws {
    let fuzzer = Fuzzer(
      "sanitized-JSON",
      corpus: [#"{"a": [1, -2.5e3, "x\u00e9\n"], "b": {"c": null}}"#, "[[1], true]"])
    try fuzzer.run { bytes in
      guard let json = try? JSON(parsing: bytes) else { return }
      _ = try JSON(parsing: Array(json.text.utf8))
    }
  }

  @Test func answers() throws {
    let fuzzer = Fuzzer(
      "sanitized-answers", corpus: ["[1, -2.5e3]", " 1 2\t3 ", "0.12345678901234567"])
    try fuzzer.run { bytes in
      _ = try? bytes.withUnsafeBufferPointer { try NumberLine.parse($0) }
      _ = NumberedLine.parse(bytes)
    }
  }

  @Test func safetensors() throws {
    let tree: [String: Tensor<Float>] = ["a": [1, 2], "b": [[3], [4]]]
    let fuzzer = Fuzzer(
      "sanitized-safetensors", corpus: [try SafetensorsFile(tree).bytes], words: ["F32", "[0,8]"])
    try fuzzer.run { bytes in
      guard let file = try? SafetensorsFile(bytes: bytes) else { return }
      _ = try SafetensorsFile(bytes: file.bytes)
    }
  }
}
