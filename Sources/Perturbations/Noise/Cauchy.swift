internal import Platform
internal import Tensors

/// The Cauchy distribution: Student's with one degree of freedom, whose formulas close.
struct Cauchy: NoiseDistribution {
  let name = "cauchy"
  let isSymmetric = true

  private let student = StudentT(degreesOfFreedom: 1)

  func sample(_ count: Int, key: RandomKey) -> [Double] {
    // Halves of a step away from 0 and 1.
    key.uniform(count).map { (u: Double) in at(u + 0x1p-53) }
  }

  func score(_ z: Double) -> Double? { student.score(z) }

  func scoreDerivative(_ z: Double) -> Double? { student.scoreDerivative(z) }

  func density(_ z: Double) -> Double? { 1 / (.pi * (1 + z * z)) }

  /// The angle of (−z, 1) over π, which keeps its digits in the lower tail.
  func cumulative(_ z: Double) -> Double? { Elementary.atan2(1, -z) / .pi }

  func quantile(_ u: Double) -> Double? { at(u) }

  private func at(_ u: Double) -> Double { Elementary.tan(.pi * (u - 0.5)) }
}
