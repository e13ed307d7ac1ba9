import Fuzzing
import Testing

/// The battery fails on readers that are wrong.
struct FuzzerTests {
  private let fuzzer = Fuzzer("nothing", corpus: ["[12, 3]", "[[4]]"], words: ["x"])

  @Test func inputsAreTheSameInEachRun() throws {
    func inputs(_ fuzzer: Fuzzer) throws -> [[UInt8]] {
      var inputs: [[UInt8]] = []
      try fuzzer.run(count: 300) { inputs.append($0) }
      return inputs
    }
    let first = try inputs(fuzzer)
    #expect(first.count == 300)
    #expect(first.prefix(2).map { String(decoding: $0, as: UTF8.self) } == ["[12, 3]", "[[4]]"])
    #expect(Set(first).count > 200)
    #expect(try inputs(fuzzer) == first)
    #expect(try inputs(Fuzzer("other", corpus: ["[12, 3]", "[[4]]"], words: ["x"])) != first)
    // Cut, doubled, nested, not UTF-8, with an extreme number.
    let texts = first.map { String(validating: $0, as: UTF8.self) }
    #expect(texts.contains { $0 == nil })
    #expect(texts.contains { $0?.hasPrefix("[[[[[[[[[[") ?? false })
    #expect(texts.contains { $0?.contains("e400") ?? false })
    #expect(first.contains { $0.count > 2000 } && first.contains { $0.count < 5 })
  }

  @Test func aBrokenPromiseIsAFailureThatKeepsTheInput() throws {
    let error = #expect(throws: Fuzzer.Failure.self) {
      try fuzzer.run(count: 300) { bytes in
        if bytes.contains(UInt8(ascii: "x")) { throw Fuzzer.Failure("an x") }
      }
    }
    #expect(error?.description.contains("an x") ?? false)
    #expect(error?.description.contains(fuzzer.inputFile) ?? false)
    try fuzzer.run(count: 3) { _ in }
  }

  @Test(.enabled(if: Fuzzer.canCountMemory, "memory is counted with glibc, without sanitizers"))
  func memoryOutOfProportionIsAFailure() {
    #expect(throws: Fuzzer.Failure.self) {
      try fuzzer.run(count: 1) { _ in #expect([UInt8](repeating: 1, count: 2 << 20).count > 0) }
    }
  }

  @Test func timeThatGrowsAsTheSquareIsAFailure() throws {
    func read(_ bytes: [UInt8], isSquare: Bool) {
      var sum: UInt8 = 0
      for start in stride(from: 0, to: bytes.count, by: 8) {
        for byte in isSquare ? bytes[start...] : bytes[start...].prefix(8) { sum &+= byte }
      }
      #expect(sum != 1 || !bytes.isEmpty)
    }
    try fuzzer.checkGrowth(of: [("", "ab", "")]) { read($0, isSquare: false) }
    #expect(throws: Fuzzer.Failure.self) {
      try fuzzer.checkGrowth(of: [("", "ab", "")]) { read($0, isSquare: true) }
    }
  }
}
