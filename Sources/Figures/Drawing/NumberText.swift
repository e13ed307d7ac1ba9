internal import Platform

/// Numbers as text: decimal digits without Foundation.
package enum NumberText {
  /// The sign of negative numbers, as wide as a plus sign.
  package static let minus = "\u{2212}"

  /// A length or coordinate of an SVG file: at most two decimals, no trailing zeros.
  package static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int((min(max(value, -1e7), 1e7) * 100).rounded())
    let magnitude = hundredths.magnitude
    var text = hundredths < 0 ? "-" : ""
    text += String(magnitude / 100)
    let rest = magnitude % 100
    if rest != 0 {
      text += rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    }
    return text
  }

  /// A number rounded to a count of decimals: `fixed(3.14159, decimals: 2)` is 3.14.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard let digits = DecimalDigits(value) else { return special(value) }
    let count = max(0, decimals)
    return text(digits.rounded(toDecimals: count), decimals: count)
  }

  /// A number rounded to a count of significant digits, without trailing zeros; very large and very
  /// small ones as 1.2×10⁷ with Unicode superscripts.
  package static func significant(_ value: Double, digits count: Int = 4) -> String {
    NumberLabel(significant: value, digits: count).plain
  }

  /// Digits without an exponent, with as many decimals as asked for or as there are.
  static func text(_ digits: DecimalDigits, decimals: Int? = nil) -> String {
    let (whole, fraction) = digits.positional(decimals: decimals)
    return (digits.isNegative ? minus : "") + grouped(whole)
      + (fraction.isEmpty ? "" : "." + fraction)
  }

  static func special(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? minus + "∞" : "∞"
  }

  /// Separates thousands by commas from 10,000 on.
  static func grouped(_ whole: String) -> String {
    guard whole.utf8.count > 4 else { return whole }
    var result = ""
    for (index, character) in whole.enumerated() {
      if index > 0, (whole.utf8.count - index) % 3 == 0 { result += "," }
      result.append(character)
    }
    return result
  }

  /// A whole number as superscripts: 12 gives ¹².
  static func superscript(_ exponent: Int) -> String {
    let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    return (exponent < 0 ? "⁻" : "")
      + String(String(exponent.magnitude).utf8.map { digits[Int($0) - 48] })
  }
}
