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
