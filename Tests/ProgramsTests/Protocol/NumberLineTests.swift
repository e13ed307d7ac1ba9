import Programs
import Testing

struct NumberLineTests {
  private func parse(_ line: String) throws(NumberLine.Failure) -> [Double] {
    let bytes = Array(line.utf8)
    return try bytes.withUnsafeBufferPointer { bytes throws(NumberLine.Failure) in
      try NumberLine.parse(bytes)
    }
  }

  @Test(arguments: [
    ("1", [1]), ("[]", []), ("[1, -2.5e3]", [1, -2500]), (" 1 2\t3 ", [1, 2, 3]),
    ("1,2 , 3", [1, 2, 3]),
    ("[ 1 , 2 ]\r", [1, 2]), ("+5 -5", [5, -5]), ("1. .5 -.5e1", [1, 0.5, -5]), ("007", [7]),
    ("0.1e1", [1]), ("1E+2", [100]), ("-0", [-0.0]), ("1e-400", [0]),
    ("12345678901234567890.", [12_345_678_901_234_567_168]),
    (".12345678901234567890123e2", [12.345678901234567]),
    ("9007199254740993", [9_007_199_254_740_992]),
  ])
  func numbersAreRead(line: String, expected: [Double]) throws {
    #expect(try parse(line).map(\.bitPattern) == expected.map(\.bitPattern))
  }

  /// What is not a number, and what is several numbers without anything between them.
  @Test(arguments: [
    "", " ", "+.", "-.", ".", "+", "-", "1e", "1e+", "0x", "0x10", "1.2.3", "2026-11-24", "1-2",
    "1+2", "1.5.", "..5", "1..5", "--1", "+-1", "1e5.5", "1e5e5", "1;2", "1_000", "1,", ",1",
    "1,,2",
    "[1", "1]", "[1 2]", "[1,]", "[,1]", "[1][2]", "[[1]]", "[1-2]", "[+.]", "one", "true", "1 one",
    "1e2x", "٣",
  ])
  func whatIsNoNumberIsRefused(line: String) {
    #expect(
      #expect(throws: NumberLine.Failure.self) { try parse(line) } == .notNumbers)
  }

  @Test(arguments: ["nan", "-inf", "Infinity", "1e400", "[1, NaN]", "2 nan"])
  func whatIsNotFiniteIsNamed(line: String) {
    #expect(
      #expect(throws: NumberLine.Failure.self) { try parse(line) } == .notFinite)
  }

  @Test func numbersAreCounted() {
    let bytes = Array("1 2 3".utf8)
    var out = [0.0, 0.0]
    let error = #expect(throws: NumberLine.Failure.self) {
      try bytes.withUnsafeBufferPointer { bytes in
        try out.withUnsafeMutableBufferPointer {
          try NumberLine.parse(bytes, into: #require($0.baseAddress), expected: 2)
        }
      }
    }
    #expect(error == .wrongCount(3))
  }
}
