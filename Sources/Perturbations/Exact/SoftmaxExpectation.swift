internal import Platform

/// The expected one-hot argmax under Gumbel noise: softmax(θ/σ).
///
/// With P = softmax and ⟨·⟩ its mean: J u = P ∘ (u − ⟨u⟩)/σ, which is symmetric, and the second
/// derivative is P ∘ ((u − ⟨u⟩)(v − ⟨v⟩) − ⟨(u − ⟨u⟩)(v − ⟨v⟩)⟩)/σ².
///
/// - Complexity: d exponentials.
/// - SeeAlso: Gumbel 1954; Maddison, Tarlow and Minka 2014, "A* sampling".
struct SoftmaxExpectation: ExactExpectation {
  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation {
    var largest = -Double.infinity
    for x in theta { largest = Swift.max(largest, x) }
    var sum = 0.0
    var value = theta.map { x in
      let e = Elementary.exp((x - largest) / sigma)
      sum += e
      return e
    }
    for i in value.indices { value[i] /= sum }
    return Evaluated(
      theta: theta, origin: largest, sigma: sigma, value: value,
      logSum: Elementary.log(sum))
  }

  struct Evaluated: EvaluatedExpectation {
    let theta: [Double]
    let origin: Double
    let sigma: Double
    let value: [Double]
    /// log Σ exp((θ − the largest)/σ)
    let logSum: Double

    /// σ (log Σ exp(θ/σ) + γ)
    var optimum: Double? {
      origin + sigma * (logSum + ExactNoise.gumbel.mean)
    }

    var errorBound: Double { 4e-16 * (1 + Double(theta.count).squareRoot()) }

    func cotangent(_ g: [Double]) -> [Double] { tangent(g) }

    func tangent(_ u: [Double]) -> [Double] {
      let mean = mean(u)
      return u.indices.map { value[$0] * (u[$0] - mean) / sigma }
    }

    func secondCotangent(_ g: [Double], _ u: [Double]) -> [Double] { secondTangent(g, u) }

    func secondTangent(_ u: [Double], _ v: [Double]) -> [Double] {
      let (first, second) = (mean(u), mean(v))
      let products = u.indices.map { (u[$0] - first) * (v[$0] - second) }
      let covariance = mean(products)
      return u.indices.map { value[$0] * (products[$0] - covariance) / sigma / sigma }
    }

    func sigmaDerivative() -> [Double] { tangent(theta.map { ($0 - origin) / -sigma }) }

    private func mean(_ u: [Double]) -> Double {
      var sum = 0.0
      for i in u.indices { sum += value[i] * u[i] }
      return sum
    }
  }
}
