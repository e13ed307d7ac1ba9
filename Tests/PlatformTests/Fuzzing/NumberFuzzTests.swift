import Fuzzing
import Platform
import Testing

/// The same numbers in each run.
struct KeptNumbers: RandomNumberGenerator {
  private var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state = state &* 0xD134_2543_DE82_EF95 &+ 0x9E37_79B9_7F4A_7C15
    let mixed = (state ^ (state >> 32)) &* 0xD6E8_FEB8_6659_FD93
    return mixed ^ (mixed >> 32)
  }
}

@Suite("Texts of numbers") struct NumberFuzzTests {
  /// Doubles of all sizes: of any bits, of few digits, and neighbours of powers of ten.
  private func doubles(_ body: (Double) throws -> Void) rethrows {
    var random = KeptNumbers()
    let edges = [
      0, -0.0, 1e15, 1e16, 9_007_199_254_740_992, 1e-5, 1e22, 1e23, .leastNonzeroMagnitude,
    ]
    for value in edges {
      try body(value)
    }
    for _ in 0..<Fuzzer.inputs {
      let bits = Double(bitPattern: random.next())
      if bits.isFinite { try body(bits) }
      let short = Double(Int.random(in: -99_999...99_999, using: &random))
      let power = Double("1e\(Int.random(in: -300...300, using: &random))") ?? 1
      try body(short * power)
      try body(power.nextUp)
      try body(power.nextDown)
    }
  }

  @Test func shortestTextsReadBack() {
    doubles { value in
      #expect(Double(shortestText(value))?.bitPattern == value.bitPattern)
      let single = Float(value)
      if single.isFinite { #expect(Float(shortestText(single))?.bitPattern == single.bitPattern) }
    }
  }

  @Test func digitsMakeTheNumber() throws {
    try doubles { value in
      let digits = try #require(DecimalDigits(value))
      let (whole, fraction) = digits.positional()
      #expect(Double("\(digits.isNegative ? "-" : "")\(whole).\(fraction)0") == value)
      #expect(digits.digits.allSatisfy { $0 < 10 })
      #expect(digits.digits == [0] || digits.digits.first != 0 && digits.digits.last != 0)
      for count in -1...18 {
        let rounded = digits.rounded(toDigits: count)
        #expect(rounded.digits.count <= max(1, count))
        // Half a unit of the last digit at most, but for the rounding of this difference itself.
        if count > 0, value != 0, let back = Double(text(rounded)), back.isFinite {
          let unit = Double("1e\(digits.exponent - count + 1)") ?? 0
          #expect(abs(back - value) <= 0.5 * unit + 2 * value.ulp, "\(value) to \(count)")
        }
      }
    }
  }

  private func text(_ digits: DecimalDigits) -> String {
    (digits.isNegative ? "-" : "") + digits.digits.map(String.init).joined()
      + "e\(digits.exponent - digits.digits.count + 1)"
  }

  @Test func numbersOfJSONReadBack() {
    doubles { value in
      #expect(JSON(value).double?.bitPattern == value.bitPattern)
      #expect(JSON.exactly(value).exact?.bitPattern == value.bitPattern)
    }
  }
}
