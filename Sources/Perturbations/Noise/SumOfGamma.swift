internal import Platform
internal import Tensors

/// I-MLE's noise: (τ/k) (Σᵢ Gamma(1/k, k/i) − log s) for i = 1 … s.
struct SumOfGamma: NoiseDistribution {
  let k: Int
  let temperature: Double
  let terms: Int

  var name: String { "sum-of-gamma(k: \(k))" }

  /// Term i of element j is draw j s + i − 1 of the key.
  func sample(_ count: Int, key: RandomKey) -> [Double] {
    let logarithms = key.logGamma(count * terms, shape: 1 / Double(k))
    let shift = Elementary.log(Double(terms))
    let factor = temperature / Double(k)
    return (0..<count).map { element in
      var sum = 0.0
      for i in 1...terms {
        sum += Elementary.exp(logarithms[element * terms + i - 1]) * Double(k) / Double(i)
      }
      return factor * (sum - shift)
    }
  }

  func score(_ z: Double) -> Double? { nil }

  /// (τ/k) (Hₛ − log s)
  var mean: Double? {
    let harmonic = (1...terms).reduce(0.0) { $0 + 1 / Double($1) }
    return temperature / Double(k) * (harmonic - Elementary.log(Double(terms)))
  }

  /// (τ/k)² Σ (1/k) (k/i)²
  var variance: Double? {
    let squares = (1...terms).reduce(0.0) { $0 + 1 / (Double($1) * Double($1)) }
    return temperature * temperature / Double(k) * squares
  }

  /// For k = 1, where Σ Gamma(1, 1/i) is the largest of s exponential variables: (1 − e⁻ˣ)ˢ with
  /// x = z/τ + log s.
  func cumulative(_ z: Double) -> Double? {
    guard k == 1 else { return nil }
    let x = z / temperature + Elementary.log(Double(terms))
    return x > 0 ? Elementary.pow(-Elementary.expm1(-x), Double(terms)) : 0
  }

  /// The derivative of ``cumulative(_:)``.
  func density(_ z: Double) -> Double? {
    guard k == 1 else { return nil }
    let x = z / temperature + Elementary.log(Double(terms))
    if x <= 0 { return 0 }
    return Double(terms) / temperature * Elementary.exp(-x)
      * Elementary.pow(-Elementary.expm1(-x), Double(terms - 1))
  }
}
