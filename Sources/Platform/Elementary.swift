#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#elseif canImport(Android)
  private import Android
#elseif canImport(WASILibc)
  private import WASILibc
#endif

/// The elementary functions of the C library, without Foundation and without the tensors' functions of
/// the same names.
///
/// Their last bits are the library's, which differ from system to system. The square root is
/// `squareRoot()`, which is exact to rounding everywhere.
package enum Elementary {
  /// eˣ.
  package static func exp(_ x: Double) -> Double { cExp(x) }
  /// eˣ.
  package static func exp(_ x: Float) -> Float { cExp(x) }
  /// eˣ − 1, exact to rounding near 0.
  package static func expm1(_ x: Double) -> Double { cExpm1(x) }
  /// eˣ − 1, exact to rounding near 0.
  package static func expm1(_ x: Float) -> Float { cExpm1(x) }
  /// The natural logarithm.
  package static func log(_ x: Double) -> Double { cLog(x) }
  /// The natural logarithm.
  package static func log(_ x: Float) -> Float { cLog(x) }
  /// log(1 + x), exact to rounding near 0.
  package static func log1p(_ x: Double) -> Double { cLog1p(x) }
  /// log(1 + x), exact to rounding near 0.
  package static func log1p(_ x: Float) -> Float { cLog1p(x) }
  /// The sine.
  package static func sin(_ x: Double) -> Double { cSin(x) }
  /// The sine.
  package static func sin(_ x: Float) -> Float { cSin(x) }
  /// The cosine.
  package static func cos(_ x: Double) -> Double { cCos(x) }
  /// The cosine.
  package static func cos(_ x: Float) -> Float { cCos(x) }
  /// The tangent.
  package static func tan(_ x: Double) -> Double { cTan(x) }
  /// The tangent.
  package static func tan(_ x: Float) -> Float { cTan(x) }
  /// The arc tangent, in (−π/2, π/2).
  package static func atan(_ x: Double) -> Double { cAtan(x) }
  /// The arc tangent, in (−π/2, π/2).
  package static func atan(_ x: Float) -> Float { cAtan(x) }
  /// The hyperbolic sine.
  package static func sinh(_ x: Double) -> Double { cSinh(x) }
  /// The hyperbolic sine.
  package static func sinh(_ x: Float) -> Float { cSinh(x) }
  /// The hyperbolic cosine.
  package static func cosh(_ x: Double) -> Double { cCosh(x) }
  /// The hyperbolic cosine.
  package static func cosh(_ x: Float) -> Float { cCosh(x) }
  /// The hyperbolic tangent.
  package static func tanh(_ x: Double) -> Double { cTanh(x) }
  /// The hyperbolic tangent.
  package static func tanh(_ x: Float) -> Float { cTanh(x) }
  /// The cube root, also of negative numbers.
  package static func cbrt(_ x: Double) -> Double { cCbrt(x) }
  /// The cube root, also of negative numbers.
  package static func cbrt(_ x: Float) -> Float { cCbrt(x) }
  /// The error function, (2/√π) ∫₀ˣ exp(−t²) dt.
  package static func erf(_ x: Double) -> Double { cErf(x) }
  /// The error function, (2/√π) ∫₀ˣ exp(−t²) dt.
  package static func erf(_ x: Float) -> Float { cErf(x) }
  /// 1 − erf(x), exact to rounding for large x.
  package static func erfc(_ x: Double) -> Double { cErfc(x) }
  /// 1 − erf(x), exact to rounding for large x.
  package static func erfc(_ x: Float) -> Float { cErfc(x) }
  /// xʸ.
  package static func pow(_ x: Double, _ y: Double) -> Double { cPow(x, y) }
  /// xʸ.
  package static func pow(_ x: Float, _ y: Float) -> Float { cPow(x, y) }
  /// √(x² + y²) without overflow on the way.
  package static func hypot(_ x: Double, _ y: Double) -> Double { cHypot(x, y) }
  /// √(x² + y²) without overflow on the way.
  package static func hypot(_ x: Float, _ y: Float) -> Float { cHypot(x, y) }
  /// The angle of the point (x, y), in [−π, π].
  package static func atan2(_ y: Double, _ x: Double) -> Double { cAtan2(y, x) }
  /// The angle of the point (x, y), in [−π, π].
  package static func atan2(_ y: Float, _ x: Float) -> Float { cAtan2(y, x) }
  /// log |Γ(x)|.
  package static func logGamma(_ x: Double) -> Double { cLogGamma(x) }
  /// log |Γ(x)|.
  package static func logGamma(_ x: Float) -> Float { cLogGamma(x) }

  /// The decimal logarithm; one of the closest number to a power of ten is a whole number, with every
  /// library.
  package static func log10(_ x: Double) -> Double {
    let result = cLog10(x)
    let whole = result.rounded()
    guard abs(result - whole) < 1e-9 else { return result }
    return scaled(1, byPowerOfTen: Int(whole)) == x ? whole : result
  }

  /// xⁿ by repeated squaring: the same bits on every system.
  ///
  /// - Complexity: O(log n)
  package static func power(_ x: Double, _ n: Int) -> Double {
    var (result, square, rest) = (1.0, x, n.magnitude)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return n < 0 ? 1 / result : result
  }

  /// mantissa·10ⁿ, rounded once.
  package static func scaled(_ mantissa: Int, byPowerOfTen exponent: Int) -> Double {
    Double("\(mantissa)e\(exponent)") ?? .nan
  }
}

// At file scope, where the names still mean the library's.

private func cExp(_ x: Double) -> Double { exp(x) }
private func cExp(_ x: Float) -> Float { exp(x) }
private func cExpm1(_ x: Double) -> Double { expm1(x) }
private func cExpm1(_ x: Float) -> Float { expm1(x) }
private func cLog(_ x: Double) -> Double { log(x) }
private func cLog(_ x: Float) -> Float { log(x) }
private func cLog1p(_ x: Double) -> Double { log1p(x) }
private func cLog1p(_ x: Float) -> Float { log1p(x) }
private func cSin(_ x: Double) -> Double { sin(x) }
private func cSin(_ x: Float) -> Float { sin(x) }
private func cCos(_ x: Double) -> Double { cos(x) }
private func cCos(_ x: Float) -> Float { cos(x) }
private func cTan(_ x: Double) -> Double { tan(x) }
private func cTan(_ x: Float) -> Float { tan(x) }
private func cAtan(_ x: Double) -> Double { atan(x) }
private func cAtan(_ x: Float) -> Float { atan(x) }
private func cSinh(_ x: Double) -> Double { sinh(x) }
private func cSinh(_ x: Float) -> Float { sinh(x) }
private func cCosh(_ x: Double) -> Double { cosh(x) }
private func cCosh(_ x: Float) -> Float { cosh(x) }
private func cTanh(_ x: Double) -> Double { tanh(x) }
private func cTanh(_ x: Float) -> Float { tanh(x) }
private func cCbrt(_ x: Double) -> Double { cbrt(x) }
private func cCbrt(_ x: Float) -> Float { cbrt(x) }
private func cErf(_ x: Double) -> Double { erf(x) }
private func cErf(_ x: Float) -> Float { erf(x) }
private func cErfc(_ x: Double) -> Double { erfc(x) }
private func cErfc(_ x: Float) -> Float { erfc(x) }
private func cPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
private func cPow(_ x: Float, _ y: Float) -> Float { pow(x, y) }
private func cHypot(_ x: Double, _ y: Double) -> Double { hypot(x, y) }
private func cHypot(_ x: Float, _ y: Float) -> Float { hypot(x, y) }
private func cAtan2(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
private func cAtan2(_ y: Float, _ x: Float) -> Float { atan2(y, x) }
private func cLog10(_ x: Double) -> Double { log10(x) }
private func cLogGamma(_ x: Double) -> Double { lgamma(x).0 }
private func cLogGamma(_ x: Float) -> Float { lgamma(x).0 }
