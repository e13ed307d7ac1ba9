/// Reads numbers from bytes.
struct NumberScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  /// Whether there was any.
  @discardableResult
  mutating func skipSpace() -> Bool {
    let start = position
    while position < bytes.count,
      bytes[position] == 0x20 || bytes[position] == 0x09 || bytes[position] == 0x0D
    { position += 1 }
    return position > start
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Powers of ten that are exact in `Double`.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The nearest `Double` to the decimal number here; infinity and NaN for what C and Python print
  /// for them; nil where there is no number.
  ///
  /// A mantissa below 2⁵³ times or over a power of ten up to 10²² is one correctly rounded operation
  /// on exact numbers (W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990);
  /// all others go to `Double`'s own reader.
  mutating func number() -> Double? {
    let start = position
    let isNegative = take(UInt8(ascii: "-"))
    if !isNegative { _ = take(UInt8(ascii: "+")) }
    let firstDigit = position
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    while position < bytes.count, let digit = Self.digit(bytes[position]) {
      if digits < 19 { mantissa = mantissa &* 10 &+ digit } else { exponent += 1 }
      if mantissa != 0 { digits += 1 }
      position += 1
    }
    var hasDigits = position > firstDigit
    if take(UInt8(ascii: ".")) {
      let first = position
      while position < bytes.count, let digit = Self.digit(bytes[position]) {
        if digits < 19 {
          mantissa = mantissa &* 10 &+ digit
          exponent -= 1
        }
        if mantissa != 0 { digits += 1 }
        position += 1
      }
      hasDigits = hasDigits || position > first
    }
    guard hasDigits else {
      position = firstDigit
      return word(from: start, isNegative)
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      let isDown = take(UInt8(ascii: "-"))
      if !isDown { _ = take(UInt8(ascii: "+")) }
      var size = 0
      let first = position
      while position < bytes.count, let digit = Self.digit(bytes[position]) {
        // More than any line has digits, so that an exponent which makes up for them is not cut.
        size = min(size * 10 + Int(digit), 1 << 50)
        position += 1
      }
      if position == first { return nil }
      exponent += isDown ? -size : size
    }
    if digits <= 19, mantissa < 1 << 53, exponent.magnitude <= 22 {
      let scale = Self.powers[Int(exponent.magnitude)]
      let value = exponent < 0 ? Double(mantissa) / scale : Double(mantissa) * scale
      return isNegative ? -value : value
    }
    return slow(start..<position)
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? UInt64(digit) : nil
  }

  private func slow(_ range: Range<Int>) -> Double? {
    Double(String(decoding: bytes[range], as: UTF8.self))
  }

  /// `inf`, `Infinity`, `nan`, in any case.
  private mutating func word(from start: Int, _ isNegative: Bool) -> Double? {
    let first = position
    while position < bytes.count, bytes[position] | 0x20 >= 0x61, bytes[position] | 0x20 <= 0x7A {
      position += 1
    }
    switch String(decoding: bytes[first..<position], as: UTF8.self).lowercased() {
    case "inf", "infinity": return isNegative ? -.infinity : .infinity
    case "nan": return .nan
    default:
      position = start
      return nil
    }
  }
}
