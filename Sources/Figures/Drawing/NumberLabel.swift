internal import Platform

/// A number's text, its power of ten apart so that it can be set as a superscript.
package struct NumberLabel: Hashable {
  package var text: String
  package var exponent: Int?

  init(_ text: String, exponent: Int? = nil) {
    self.text = text
    self.exponent = exponent
  }

  /// Plain from 0.0001 up to a million, otherwise with a power of ten.
  init(significant value: Double, digits count: Int) {
    guard let digits = DecimalDigits(value)?.rounded(toDigits: max(1, count)) else {
      self.init(NumberText.special(value))
      return
    }
    if digits.isZero || (-4..<6).contains(digits.exponent) {
      self.init(NumberText.text(digits))
    } else {
      self.init(digits: digits, exponent: digits.exponent)
    }
  }

  /// In units of 10ᵉ.
  init(digits: DecimalDigits, exponent: Int) {
    var mantissa = digits
    mantissa.exponent -= exponent
    let text = NumberText.text(mantissa)
    switch text {
    case "0": self.init("0")
    case "1": self.init("10", exponent: exponent)
    case NumberText.minus + "1": self.init(NumberText.minus + "10", exponent: exponent)
    default: self.init(text + "×10", exponent: exponent)
    }
  }

  /// In one string, with Unicode superscripts.
  package var plain: String { text + (exponent.map(NumberText.superscript) ?? "") }
}
