import Figures
import Foundation
import Testing

@Suite struct NumberTextTests {
  @Test func coordinatesAreShort() {
    let cases: [(Double, String)] = [
      (0, "0"), (1, "1"), (-1.5, "-1.5"), (0.05, "0.05"), (12.346, "12.35"), (-0.001, "0"),
      (99.999, "100"), (.nan, "0"), (1e300, "10000000"),
    ]
    for (value, text) in cases { #expect(NumberText.coordinate(value) == text) }
  }

  @Test func fixedAgreesWithFoundation() {
    for value in [0.0, 1, 0.5, 2.25, 59.774796, 1e-7, 123.456, 0.999, 9.996, -3.14159, 1234.5] {
      for decimals in 0...6 {
        let text = NumberText.fixed(value, decimals: decimals)
          .replacingOccurrences(of: "\u{2212}", with: "-")
        let theirs = String(format: "%.\(decimals)f", value)
        // Halves are rounded away from zero here, to even there.
        #expect(
          abs((Double(text) ?? .nan) - (Double(theirs) ?? .nan)) <= 1.01
            * pow(10, -Double(decimals)))
        #expect(text.count == theirs.count)
      }
    }
    #expect(NumberText.fixed(0.7062, decimals: 4) == "0.7062")
    #expect(NumberText.fixed(2.5, decimals: 0) == "3")
    #expect(NumberText.fixed(-0.001, decimals: 2) == "0.00")
    #expect(NumberText.fixed(1_234_567.891, decimals: 1) == "1,234,567.9")
    #expect(NumberText.fixed(.infinity, decimals: 1) == "∞")
    #expect(NumberText.fixed(9.99, decimals: 1) == "10.0")
  }

  @Test func significantDigits() {
    let cases: [(Double, Int, String)] = [
      (0.70621, 3, "0.706"), (123_456, 3, "123,000"), (1.23456e7, 3, "1.23×10⁷"),
      (1e-5, 4, "10⁻⁵"), (-2.5e-9, 4, "−2.5×10⁻⁹"), (100, 4, "100"), (0, 4, "0"),
      (.nan, 4, "NaN"), (-.infinity, 4, "−∞"), (0.99996, 4, "1"),
      (.leastNonzeroMagnitude, 1, "5×10⁻³²⁴"),
    ]
    for (value, digits, text) in cases {
      #expect(NumberText.significant(value, digits: digits) == text)
    }
  }

  @Test func textIsEscaped() {
    #expect(escapedMarkup("a<b> & \"c\" 'd'") == "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;")
    #expect(escapedMarkup("\u{0}\u{1B}\u{FFFF}") == "\u{FFFD}\u{FFFD}\u{FFFD}")
    #expect(escapedMarkup("σ 😀\n") == "σ 😀\n")
  }
}
