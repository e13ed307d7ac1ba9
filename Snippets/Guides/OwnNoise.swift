import Foundation
import Perturbations

// Noise of one's own: the hyperbolic secant distribution.

// snippet.noise
/// The density ½ sech(πz/2): mean 0, variance 1, smooth, and with tails
/// like Laplace's.
struct HyperbolicSecant: NoiseDistribution {
  let name = "hyperbolic secant"
  let isSymmetric = true
  let mean: Double? = 0

  func sample(_ count: Int, key: RandomKey) -> [Double] {
    let uniform: [Double] = key.uniform(count, in: 1e-12..<1)
    return uniform.map { quantile($0) ?? 0 }
  }

  /// s(z) = −d/dz log p(z).
  func score(_ z: Double) -> Double? { .pi / 2 * tanh(.pi * z / 2) }

  func scoreDerivative(_ z: Double) -> Double? {
    let cosine = cosh(.pi * z / 2)
    return .pi * .pi / 4 / (cosine * cosine)
  }

  func quantile(_ u: Double) -> Double? { 2 / .pi * log(tan(.pi * u / 2)) }
}
let noise = Noise(HyperbolicSecant())
// snippet.end

// snippet.check
// E sign(θ + σZ) = 1 − 2 P(Z < −θ/σ) = (4/π) arctan(exp(πθ/2σ)) − 1.
let (theta, sigma) = (0.3, 0.5)
let softSign = try Perturbed(samples: 100_000, sigma: sigma, noise: noise) {
  (x: [Double]) in
  [x[0] > 0 ? 1 : -1]
}
let result = try softSign.gradientEstimate(
  at: Tensor([theta]), cotangent: [1], key: RandomKey(0))
let slope = 1 / (sigma * cosh(.pi * theta / (2 * sigma)))  // 2 p(θ/σ) / σ
print(result.gradient, slope, result.standardError)
// snippet.end
let value = 4 / .pi * atan(exp(.pi * theta / (2 * sigma))) - 1
check(abs(result.value[0].scalar - value) < 0.015, "the value")
check(
  abs(result.gradient[0].scalar - slope) < 4
    * result.standardError[0].scalar, "the gradient")
check(
  result.standardError[0].scalar < 0.02, "and not for want of precision")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
