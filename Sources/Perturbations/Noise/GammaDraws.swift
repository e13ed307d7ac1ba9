internal import Tensors

/// Draws from the Gamma distribution of a shape and scale 1.
///
/// - SeeAlso: Marsaglia and Tsang 2000, "A simple method for generating gamma variables", sections
///   2 and 6.
struct GammaDraws {
  let shape: Double

  /// One draw, the same for the same key.
  func draw(_ key: RandomKey) -> Double {
    if shape < 1 {
      // Gamma(a) = Gamma(a + 1) · U^(1/a)
      let (larger, powerKey) = key.split()
      let u: [Double] = powerKey.uniform(1)
      return GammaDraws(shape: shape + 1).draw(larger)
        * Elementary.pow(u[0] + 0x1p-53, 1 / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    var attempt: UInt64 = 0
    while true {
      let (normalKey, uniformKey) = key.child(attempt).split()
      attempt += 1
      let normal: [Double] = normalKey.normal(1)
      let root = 1 + c * normal[0]
      if root <= 0 { continue }
      let cube = root * root * root
      let uniform: [Double] = uniformKey.uniform(1)
      let bound = normal[0] * normal[0] / 2 + d * (1 - cube + Elementary.log(cube))
      if Elementary.log(uniform[0] + 0x1p-53) < bound { return d * cube }
    }
  }
}

/// I-MLE's noise.
struct SumOfGamma: NoiseDistribution {
  let k: Int
  let temperature: Double
  let terms: Int

  var name: String { "sum-of-gamma(k: \(k))" }

  func sample(_ count: Int, key: RandomKey) -> [Double] {
    let gamma = GammaDraws(shape: 1 / Double(k))
    let shift = Elementary.log(Double(terms))
    return (0..<count).map { element in
      let elementKey = key.child(UInt64(element))
      var sum = 0.0
      for i in 1...terms {
        sum += gamma.draw(elementKey.child(UInt64(i))) * Double(k) / Double(i)
      }
      return temperature / Double(k) * (sum - shift)
    }
  }

  func score(_ z: Double) -> Double? { nil }

  /// (τ/k) (Hₛ − log s)
  var mean: Double? {
    let harmonic = (1...terms).reduce(0.0) { $0 + 1 / Double($1) }
    return temperature / Double(k) * (harmonic - Elementary.log(Double(terms)))
  }
}
