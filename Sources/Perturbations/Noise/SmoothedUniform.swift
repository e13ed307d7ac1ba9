internal import Platform
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

  var mean: Double? { 0 }

  /// That of U and τ² times that of L.
  var variance: Double? { (1 + edge * edge * .pi * .pi) / 3 }

  /// S(a) − S(b) = S(a) S(−b) (1 − exp(b − a)), without cancellation for z ≤ 0.
  func density(_ z: Double) -> Double? {
    let (a, b) = ((1 - abs(z)) / edge, (-1 - abs(z)) / edge)
    return sigmoid(a) * sigmoid(-b) * width / 2
  }

  func cumulative(_ z: Double) -> Double? { z <= 0 ? lower(z) : 1 - lower(-z) }

  /// Newton's steps from 0, each short of the root, because F is convex below 0.
  func quantile(_ u: Double) -> Double? {
    if u > 0.5 { return quantile(1 - u).map { -$0 } }
    var z = 0.0
    for _ in 0..<200 {
      guard let slope = density(z), slope > 0 else { break }
      let step = (lower(z) - u) / slope
      z -= step
      if abs(step) <= 1e-15 * Swift.max(abs(z), edge) { break }
    }
    return z
  }

  /// τ/2 (log(1 + eᵃ) − log(1 + eᵇ)) = τ/2 log(1 + eᵃ S(−b) (1 − exp(b − a))), for z ≤ 0.
  private func lower(_ z: Double) -> Double {
    let (a, b) = ((z + 1) / edge, (z - 1) / edge)
    if a > 30 {
      return edge / 2 * (a + Elementary.exp(-a) - Elementary.log1p(Elementary.exp(b)))
    }
    return edge / 2 * Elementary.log1p(Elementary.exp(a) * sigmoid(-b) * width)
  }

  /// 1 − exp(b − a)
  private var width: Double { -Elementary.expm1(-2 / edge) }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + Elementary.exp(-x)) }

  private func halves(_ z: Double) -> (a: Double, b: Double) {
    (Elementary.tanh((z + 1) / (2 * edge)), Elementary.tanh((z - 1) / (2 * edge)))
  }
}
