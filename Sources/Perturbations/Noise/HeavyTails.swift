internal import Tensors

/// The Cauchy distribution.
struct Cauchy: NoiseDistribution {
  let name = "cauchy"
  let isSymmetric = true

  func sample(_ count: Int, key: RandomKey) -> [Double] {
    // Halves of a step away from 0 and 1.
    key.uniform(count).map { (u: Double) in at(u + 0x1p-53) }
  }

  func score(_ z: Double) -> Double? { 2 * z / (1 + z * z) }

  func scoreDerivative(_ z: Double) -> Double? {
    let square = z * z
    return 2 * (1 - square) / ((1 + square) * (1 + square))
  }

  func quantile(_ u: Double) -> Double? { at(u) }

  private func at(_ u: Double) -> Double { Elementary.tan(.pi * (u - 0.5)) }
}

/// Student's t distribution: a normal variable over the root of a mean of ν squares.
struct StudentT: NoiseDistribution {
  let degreesOfFreedom: Double
  let isSymmetric = true

  var name: String { "student-t(\(degreesOfFreedom))" }

  func sample(_ count: Int, key: RandomKey) -> [Double] {
    let (normalKey, gammaKey) = key.split()
    let normal: [Double] = normalKey.normal(count)
    let gamma = GammaDraws(shape: degreesOfFreedom / 2)
    return normal.indices.map { index in
      let square = 2 * gamma.draw(gammaKey.child(UInt64(index))) / degreesOfFreedom
      // A square that underflows to 0 would give an infinite draw.
      return normal[index] / Swift.max(square, .leastNormalMagnitude).squareRoot()
    }
  }

  func score(_ z: Double) -> Double? { (degreesOfFreedom + 1) * z / (degreesOfFreedom + z * z) }

  func scoreDerivative(_ z: Double) -> Double? {
    let square = z * z
    let sum = degreesOfFreedom + square
    return (degreesOfFreedom + 1) * (degreesOfFreedom - square) / (sum * sum)
  }
}
