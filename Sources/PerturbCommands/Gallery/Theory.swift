internal import Perturbations
internal import Platform

/// What the examples' numbers converge to where there is a closed form.
enum Theory {
  /// E of the one-hot argmax of θ + σz with Gumbel z is softmax(θ/σ).
  static func softmax(_ theta: [Double], sigma: Double) -> [Double] {
    let largest = theta.max() ?? 0
    let weights = theta.map { Elementary.exp(($0 - largest) / sigma) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// E of the OR of θ + σz, as ±1, with Gumbel z: it is false if every entry is negative, and
  /// P(θ + σz < 0) = exp(−exp(θ/σ)).
  static func or(_ theta: [Double], sigma: Double) -> Double {
    1 - 2 * theta.map { Elementary.exp(-Elementary.exp($0 / sigma)) }.reduce(1, *)
  }

  /// The gradient of that: ∂/∂θⱼ = (2/σ) exp(θⱼ/σ) Πᵢ exp(−exp(θᵢ/σ)).
  static func orGradient(_ theta: [Double], sigma: Double) -> [Double] {
    let allFalse = theta.map { Elementary.exp(-Elementary.exp($0 / sigma)) }.reduce(1, *)
    return theta.map { allFalse > 0 ? 2 / sigma * Elementary.exp($0 / sigma) * allFalse : 0 }
  }

  /// P(Z ≤ x) for normal Z.
  static func normalProbability(_ x: Double) -> Double {
    Elementary.erfc(-x / 2.0.squareRoot()) / 2
  }

  /// The density of a normal variable.
  static func normalDensity(_ x: Double) -> Double {
    Elementary.exp(-x * x / 2) / (2 * Double.pi).squareRoot()
  }

  /// The standard error of a frequency of `probability` in so many samples.
  static func frequencyError(_ probability: Double, samples: Int) -> Double {
    (max(0, probability * (1 - probability)) / Double(samples)).squareRoot()
  }
}

extension Tensor where Scalar == Float {
  /// The elements in double precision.
  var doubles: [Double] { scalars.map(Double.init) }
}

/// The standard errors of an estimate from `samples` samples, measured: 16 estimates from a
/// sixteenth of the samples each, whose scatter is four times the scatter of the whole.
///
/// - Parameters:
///   - samples: The number of samples whose scatter is sought.
///   - key: The key of the 16 estimates.
///   - estimate: Makes an estimate from so many samples with that key.
/// - Returns: One error for each element; 0 for fewer than 32 samples.
/// - Throws: What `estimate` throws.
func measuredErrors(
  samples: Int, key: RandomKey, estimate: (_ samples: Int, RandomKey) throws -> Tensor<Float>
) throws -> [Double] {
  let parts = 16
  let first = try estimate(max(1, samples / parts), key.child(0)).doubles
  guard samples >= 2 * parts else { return first.map { _ in 0 } }
  let estimates =
    try [first]
    + (1..<parts).map { try estimate(samples / parts, key.child(UInt64($0))).doubles }
  return first.indices.map { index in
    let values = estimates.map { $0[index] }
    let mean = values.reduce(0, +) / Double(parts)
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(parts - 1)
    return (variance / Double(parts)).squareRoot()
  }
}
