/// The shortest decimal digits that make a number: ±d₁.d₂d₃… × 10ᵉ.
package struct DecimalDigits: Hashable, Sendable {
  package var isNegative: Bool
  /// d₁, d₂, …: without zeros at the end, and without zeros in front but for zero itself.
  package var digits: [UInt8]
  package var exponent: Int

  /// Nil for NaN and infinities.
  package init?(_ value: Double) {
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
  package init(mantissa: Int, exponent power: Int) {
    isNegative = mantissa < 0
    digits = String(mantissa.magnitude).utf8.map { $0 - 48 }
    exponent = power + digits.count - 1
    while digits.count > 1, digits.last == 0 { digits.removeLast() }
    if digits == [0] { exponent = 0 }
  }

  package var isZero: Bool { digits == [0] }

  /// Half away from zero, on the shortest digits.
  package func rounded(toDecimals decimals: Int) -> DecimalDigits {
    rounded(toDigits: exponent + 1 + decimals)
  }

  /// Half away from zero, on the shortest digits.
  package func rounded(toDigits count: Int) -> DecimalDigits {
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

  /// Without a sign and an exponent, with as many decimals as asked for or as there are.
  package func positional(decimals: Int? = nil) -> (whole: String, fraction: String) {
    func digit(_ place: Int) -> Character {
      let index = exponent - place
      let value = digits.indices.contains(index) ? digits[index] : 0
      return Character(Unicode.Scalar(48 + value))
    }
    let count = decimals ?? max(0, digits.count - 1 - exponent)
    return (
      String(stride(from: max(exponent, 0), through: 0, by: -1).map(digit)),
      String((0..<count).map { digit(-1 - $0) })
    )
  }
}
