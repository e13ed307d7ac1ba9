/// How elements are written: as NumPy writes them.
enum ElementFormat {
  /// A number by itself.
  static func plain<Scalar: TensorScalar>(_ scalar: Scalar) -> String {
    if let truth = scalar as? Bool { return truth ? "True" : "False" }
    return "\(scalar)"
  }

  /// Elements of one tensor, all of one width.
  static func aligned<Scalar: TensorScalar>(_ scalars: [Scalar]) -> [String] {
    let numbers = scalars.compactMap { $0 as? any TensorFloatingPoint }
    let texts =
      numbers.isEmpty ? scalars.map(plain) : texts(numbers.map { DecimalNumber($0) })
    let width = texts.map(\.count).max() ?? 0
    return texts.map { String(repeating: " ", count: width - $0.count) + $0 }
  }

  /// So many digits behind the point each, all of one width.
  static func fixed<Scalar: TensorFloatingPoint>(_ scalars: [Scalar], decimals: Int) -> [String] {
    let texts = scalars.map { scalar in
      let number = DecimalNumber(scalar)
      if let special = number.special { return special }
      let (whole, fraction) = number.positional(decimals)
      let zeros = String(repeating: "0", count: decimals - fraction.count)
      return decimals == 0 ? whole : whole + "." + fraction + zeros
    }
    let width = texts.map(\.count).max() ?? 0
    return texts.map { String(repeating: " ", count: width - $0.count) + $0 }
  }

  /// Shortest decimals with at most eight digits behind the point, their points in one column; with
  /// an exponent where sizes differ by more than a thousand or are very large or small.
  private static func texts(_ numbers: [DecimalNumber]) -> [String] {
    let sizes = numbers.filter { $0.special == nil && !$0.isZero }.map(\.size)
    let (largest, smallest) = (sizes.max() ?? 1, sizes.min() ?? 1)
    let usesExponent = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000
    let precision = 8
    let finite = numbers.filter { $0.special == nil }
    if usesExponent {
      let places =
        finite.map { $0.rounded(to: precision + 1).trimmedCount - 1 }.max().map { Swift.max($0, 0) }
        ?? 0
      let exponentWidth = finite.map { $0.exponentDigits(places: places) }.max() ?? 2
      return numbers.map {
        $0.special ?? $0.scientific(places: places, exponentWidth: exponentWidth)
      }
    }
    let places = finite.map { $0.positional(precision).fraction.count }.max() ?? 0
    return numbers.map { number in
      if let special = number.special { return special }
      let (whole, fraction) = number.positional(precision)
      return whole + "." + fraction + String(repeating: " ", count: places - fraction.count)
    }
  }
}

/// A floating-point number as the shortest decimal digits that stand for it.
struct DecimalNumber {
  let isNegative: Bool
  /// "nan", "inf" or "-inf"; nil for numbers.
  let special: String?
  /// The magnitude, to compare sizes.
  let size: Double
  /// Digits without leading zeros; none for zero.
  private var digits: [UInt8]
  /// The value is 0.d₁d₂d₃… · 10^point.
  private var point: Int

  init(_ number: some TensorFloatingPoint) {
    let value = number.asDouble
    isNegative = value.sign == .minus
    size = value.magnitude
    special = value.isNaN ? "nan" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : nil
    digits = []
    point = 0
    guard special == nil, value != 0 else { return }
    // "123.25", "1e-07" or "1.5e+20"
    let parts = "\(number.magnitude)".split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let all = mantissa.joined().utf8.map { $0 - UInt8(ascii: "0") }
    let leading = all.prefix { $0 == 0 }.count
    digits = Array(all[leading...])
    point = mantissa[0].count - leading + exponent
    while digits.last == 0 { digits.removeLast() }
  }

  var isZero: Bool { digits.isEmpty }

  /// How many digits there are without trailing zeros.
  var trimmedCount: Int { digits.count }

  /// The number with at most so many digits; halves go to the even digit.
  func rounded(to count: Int) -> DecimalNumber {
    guard digits.count > count else { return self }
    var result = self
    if count < 0 {
      result.digits = []
      return result
    }
    result.digits = Array(digits[..<count])
    let rest = digits[count...]
    let isHalf = rest.first == 5 && rest.count == 1
    let isOdd = (result.digits.last ?? 0) % 2 == 1
    if rest[count] > 5 || rest[count] == 5 && (!isHalf || isOdd) {
      var position = count - 1
      while position >= 0 && result.digits[position] == 9 { position -= 1 }
      if position >= 0 {
        result.digits[position] += 1
        result.digits.removeSubrange((position + 1)...)
      } else {
        result.digits = [1]
        result.point += 1
      }
    }
    while result.digits.last == 0 { result.digits.removeLast() }
    return result
  }

  private static func text(_ digits: some Sequence<UInt8>) -> String {
    String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
  }

  private var sign: String { isNegative ? "-" : "" }

  /// With at most `places` digits behind the point.
  func positional(_ places: Int) -> (whole: String, fraction: String) {
    let number = rounded(to: point + places)
    let zeros = [UInt8](repeating: 0, count: Swift.max(0, -number.point))
    let padded =
      zeros + number.digits
      + [UInt8](repeating: 0, count: Swift.max(0, number.point - number.digits.count))
    let wholeCount = number.isZero ? 0 : Swift.max(0, number.point)
    let whole = Self.text(padded.prefix(wholeCount))
    return (
      sign + (whole.isEmpty ? "0" : whole),
      number.isZero ? "" : Self.text(padded.dropFirst(wholeCount))
    )
  }

  /// How many digits the exponent has once the mantissa is rounded.
  func exponentDigits(places: Int) -> Int {
    let number = rounded(to: places + 1)
    return Swift.max(2, String((number.isZero ? 0 : number.point - 1).magnitude).count)
  }

  /// With one digit before the point, `places` behind it and an exponent.
  func scientific(places: Int, exponentWidth: Int) -> String {
    let number = rounded(to: places + 1)
    let exponent = number.isZero ? 0 : number.point - 1
    let filled =
      number.digits + [UInt8](repeating: 0, count: Swift.max(0, places + 1 - number.digits.count))
    let size = String(exponent.magnitude)
    return sign + Self.text(filled.prefix(1)) + "." + Self.text(filled.dropFirst()) + "e"
      + (exponent < 0 ? "-" : "+") + String(repeating: "0", count: exponentWidth - size.count)
      + size
  }
}
