/// The few transcendental functions that pictures need, so that the target imports nothing.
///
/// Accuracy is a few units in the last place, far below a hundredth of a pixel.
package enum Elementary {
  private static let ln2 = 0.693147180559945309
  private static let ln10 = 2.302585092994045684

  /// The natural logarithm of a finite positive number, by 2·artanh((s − 1)/(s + 1)) of the
  /// significand.
  package static func log(_ value: Double) -> Double {
    var significand = value.significand
    var exponent = Double(value.exponent)
    if significand > 1.4142135623730951 {
      significand /= 2
      exponent += 1
    }
    let z = (significand - 1) / (significand + 1)
    let square = z * z
    var power = z
    var sum = 0.0
    var divisor = 1.0
    while divisor < 25 {
      sum += power / divisor
      power *= square
      divisor += 2
    }
    return exponent * ln2 + 2 * sum
  }

  /// The decimal logarithm; a power of ten gives a whole number exactly.
  package static func log10(_ value: Double) -> Double {
    let result = log(value) / ln10
    let whole = result.rounded()
    return abs(result - whole) < 1e-9 && powerOfTen(Int(whole)) == value ? whole : result
  }

  /// e to the given power, for arguments of moderate size.
  package static func exp(_ value: Double) -> Double {
    let limited = min(max(value, -700), 700)
    let exponent = (limited / ln2).rounded()
    let rest = limited - exponent * ln2
    var term = 1.0
    var sum = 1.0
    for i in 1...16 {
      term *= rest / Double(i)
      sum += term
    }
    return Double(sign: .plus, exponent: Int(exponent), significand: sum)
  }

  /// A positive base to a power; zero for bases that are not positive.
  package static func power(_ base: Double, _ exponent: Double) -> Double {
    base > 0 ? exp(exponent * log(base)) : 0
  }

  /// The closest number to 10ⁿ.
  static func powerOfTen(_ exponent: Int) -> Double {
    Double("1e\(exponent)") ?? (exponent > 0 ? .infinity : 0)
  }

  /// mantissa·10ⁿ, rounded once.
  static func scaled(_ mantissa: Int, byPowerOfTen exponent: Int) -> Double {
    Double("\(mantissa)e\(exponent)") ?? 0
  }
}
