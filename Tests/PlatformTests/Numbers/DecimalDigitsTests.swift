import Platform
import Testing

struct DecimalDigitsTests {
  private func text(_ digits: DecimalDigits, _ decimals: Int? = nil) -> String {
    let (whole, fraction) = digits.positional(decimals: decimals)
    return (digits.isNegative ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }

  @Test func theShortestDigitsMakeTheNumber() throws {
    for value in [
      0, 1, -2.5, 0.1, 1e-7, 123.456, 1e22, .leastNonzeroMagnitude, 1.7976931348623157e308,
    ] {
      let digits = try #require(DecimalDigits(value))
      #expect(Double(text(digits)) == value)
    }
    #expect(DecimalDigits(.nan) == nil)
    #expect(DecimalDigits(-.infinity) == nil)
    #expect(DecimalDigits(0)?.isZero == true)
    #expect(DecimalDigits(mantissa: -1500, exponent: -4) == DecimalDigits(-0.15))
  }

  @Test(arguments: [
    (2.5, 0, "3"), (-2.5, 0, "-3"), (0.05, 1, "0.1"), (9.996, 2, "10.00"), (0.7062, 3, "0.706"),
    (-0.001, 2, "0.00"), (0.4, 0, "0"), (1234.5, 0, "1235"),
  ])
  func halvesAreRoundedAwayFromZero(value: Double, decimals: Int, expected: String) throws {
    let digits = try #require(DecimalDigits(value))
    #expect(text(digits.rounded(toDecimals: decimals), decimals) == expected)
  }

  @Test func digitsAreCounted() throws {
    let digits = try #require(DecimalDigits(0.0019996))
    #expect(text(digits.rounded(toDigits: 4)) == "0.002")
    #expect(text(digits.rounded(toDigits: 9)) == "0.0019996")
    #expect(digits.rounded(toDigits: -1).isZero)
  }

  @Test func theShortestTextReadsBack() {
    #expect(shortestText(2.0) == "2")
    #expect(shortestText(0.1 as Float) == "0.1")
    #expect(shortestText(-1e-7) == "-1e-07")
    #expect(shortestText(-0.0) == "-0")
    #expect(shortestText(Double.nan) == "nan")
  }
}
