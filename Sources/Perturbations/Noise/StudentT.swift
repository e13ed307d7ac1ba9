internal import Platform
internal import Tensors

/// Student's t distribution: a normal variable over the root of a mean of ν squares.
struct StudentT: NoiseDistribution {
  let degreesOfFreedom: Double
  let isSymmetric = true

  var name: String { "student-t(\(degreesOfFreedom))" }

  func sample(_ count: Int, key: RandomKey) -> [Double] {
    let (normalKey, gammaKey) = key.split()
    let normal: [Double] = normalKey.normal(count)
    let logarithms = gammaKey.logGamma(count, shape: degreesOfFreedom / 2)
    let shift = Elementary.log(2 / degreesOfFreedom)
    return normal.indices.map { index in
      let exponent = (logarithms[index] + shift) / -2
      let z = normal[index] * Elementary.exp(exponent)
      if abs(z) < 0x1p90 { return z }
      let size = Self.bounded(logarithm: Elementary.log(abs(normal[index])) + exponent)
      return normal[index] < 0 ? -size : size
    }
  }

  /// The number of that logarithm up to B = 2⁹⁶; past it B (1 + log₂(z/B)), which `Float` holds.
  static func bounded(logarithm: Double) -> Double {
    let excess = logarithm / 0.693_147_180_559_945_309_4 - 96
    return excess > 0 ? 0x1p96 * (1 + Swift.min(excess, 0x1p30)) : Elementary.exp(logarithm)
  }

  /// (ν + 1) z/(ν + z²), with fractions that don't overflow.
  func score(_ z: Double) -> Double? {
    let nu = degreesOfFreedom
    if abs(z) > nu.squareRoot() { return (nu + 1) / (z + nu / z) }
    return (1 + 1 / nu) * z / (1 + z / nu * z)
  }

  /// (ν + 1) (ν − z²)/(ν + z²)²
  func scoreDerivative(_ z: Double) -> Double? {
    let nu = degreesOfFreedom
    if abs(z) > nu.squareRoot() {
      let sum = z + nu / z
      return (nu + 1) / sum * ((nu / z / z - 1) / sum)
    }
    let ratio = z / nu * z
    return (1 + 1 / nu) * (1 - ratio) / ((1 + ratio) * (1 + ratio))
  }

  /// None for ν ≤ 1.
  var mean: Double? { degreesOfFreedom > 1 ? 0 : nil }

  /// None for ν ≤ 2.
  var variance: Double? {
    degreesOfFreedom > 2 ? degreesOfFreedom / (degreesOfFreedom - 2) : nil
  }
}
