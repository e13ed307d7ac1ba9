internal import Tensors

/// A uniform variable on [−1, 1] plus τ times a logistic one.
///
/// p(z) = (S(a) − S(b))/2 with a = (z + 1)/τ, b = (z − 1)/τ and the sigmoid S; from S′ = S(1 − S),
/// −p′/p = (S(a) + S(b) − 1)/τ.
struct SmoothedUniform: NoiseDistribution {
  let edge: Double
  let isSymmetric = true

  var name: String { "smoothed-uniform(\(edge))" }

  func sample(_ count: Int, key: RandomKey) -> [Double] {
    let (uniformKey, logisticKey) = key.split()
    let uniform: [Double] = uniformKey.uniform(count)
    let logistic: [Double] = logisticKey.logistic(count)
    return zip(uniform, logistic).map { 2 * $0 - 1 + edge * $1 }
  }

  func score(_ z: Double) -> Double? {
    // S(x) = (1 + tanh(x/2))/2
    let (a, b) = halves(z)
    return (a + b) / (2 * edge)
  }

  func scoreDerivative(_ z: Double) -> Double? {
    let (a, b) = halves(z)
    return (2 - a * a - b * b) / (4 * edge * edge)
  }

  private func halves(_ z: Double) -> (a: Double, b: Double) {
    (Elementary.tanh((z + 1) / (2 * edge)), Elementary.tanh((z - 1) / (2 * edge)))
  }
}
