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
    guard let digits = Digits(value) else { return special(value) }
    return digits.rounded(toDecimals: max(0, decimals)).fixed(decimals: max(0, decimals))
  }

  /// A number rounded to a count of significant digits, without trailing zeros; very large and very
  /// small ones as 1.2×10⁷ with Unicode superscripts.
  package static func significant(_ value: Double, digits count: Int = 4) -> String {
    NumberLabel(significant: value, digits: count).plain
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

/// The shortest decimal digits that make a number: ±d₁.d₂d₃… × 10ᵉ.
struct Digits {
  var isNegative: Bool
  var digits: [UInt8]
  var exponent: Int

  /// Nil for NaN and infinities.
  init?(_ value: Double) {
    guard value.isFinite else { return nil }
    isNegative = value < 0
    digits = []
    exponent = 0
    var point: Int?
    var text = value.magnitude.description.utf8[...]
    if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
      exponent = Int(String(Substring(text[text.index(after: mark)...]))) ?? 0
      text = text[..<mark]
    }
    for byte in text {
      if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte - 48) }
    }
    exponent += (point ?? digits.count) - 1
    while digits.count > 1, digits[0] == 0 {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.last == 0 { digits.removeLast() }
    if digits == [0] { exponent = 0 }
  }

  /// mantissa·10ⁿ.
  init(mantissa: Int, exponent power: Int) {
    isNegative = mantissa < 0
    digits = String(mantissa.magnitude).utf8.map { $0 - 48 }
    exponent = power + digits.count - 1
    while digits.count > 1, digits.last == 0 { digits.removeLast() }
    if digits == [0] { exponent = 0 }
  }

  var isZero: Bool { digits == [0] }

  func rounded(toDecimals decimals: Int) -> Digits { rounded(toDigits: exponent + 1 + decimals) }

  /// Half away from zero, on the shortest digits.
  func rounded(toDigits count: Int) -> Digits {
    var result = self
    guard count < digits.count else { return result }
    guard count >= 0 else {
      result.digits = [0]
      result.exponent = 0
      result.isNegative = false
      return result
    }
    let carry = digits[count] >= 5
    result.digits = Array(digits[..<count])
    if carry {
      var index = count - 1
      while index >= 0, result.digits[index] == 9 {
        result.digits[index] = 0
        index -= 1
      }
      if index >= 0 {
        result.digits[index] += 1
      } else {
        result.digits.insert(1, at: 0)
        result.exponent += 1
      }
    }
    while result.digits.count > 1, result.digits.last == 0 { result.digits.removeLast() }
    if result.digits.isEmpty || result.digits == [0] {
      result.digits = [0]
      result.exponent = 0
      result.isNegative = false
    }
    return result
  }

  /// Without an exponent, with as many decimals as asked for or as there are.
  func fixed(decimals: Int? = nil) -> String {
    func digit(_ place: Int) -> Character {
      let index = exponent - place
      let value = digits.indices.contains(index) ? digits[index] : 0
      return Character(Unicode.Scalar(48 + value))
    }
    let whole = String(stride(from: max(exponent, 0), through: 0, by: -1).map(digit))
    let count = decimals ?? max(0, digits.count - 1 - exponent)
    let fraction = String((0..<count).map { digit(-1 - $0) })
    return (isNegative ? NumberText.minus : "") + NumberText.grouped(whole)
      + (fraction.isEmpty ? "" : "." + fraction)
  }
}

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
    guard let digits = Digits(value)?.rounded(toDigits: max(1, count)) else {
      self.init(NumberText.special(value))
      return
    }
    if digits.isZero || (-4..<6).contains(digits.exponent) {
      self.init(digits.fixed())
    } else {
      self.init(digits: digits, exponent: digits.exponent)
    }
  }

  /// In units of 10ᵉ.
  init(digits: Digits, exponent: Int) {
    var mantissa = digits
    mantissa.exponent -= exponent
    let text = mantissa.fixed()
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
