/// The expected ascending rank of each entry, E[rankᵢ] = Σ_{j≠i} G((θᵢ − θⱼ)/σ), G being the
/// distribution function of the difference of two draws.
///
/// With x = (θᵢ − θⱼ)/σ: J u = Σⱼ g(x) (uᵢ − uⱼ)/σ, which is symmetric, and the second derivative in
/// directions u, v is Σⱼ g′(x) (uᵢ − uⱼ) (vᵢ − vⱼ)/σ², symmetric in all three arguments.
///
/// - Complexity: d(d − 1)/2 values of G, g or g′; memory for d of them.
/// - SeeAlso: Thurstone 1927, "A law of comparative judgment", for normal noise; Luce 1959 for
///   Gumbel's, where G is the logistic function.
struct RankingExpectation: ExactExpectation {
  let noise: ExactNoise

  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation {
    var value = [Double](repeating: 0, count: theta.count)
    let evaluated = Evaluated(noise: noise, theta: theta, sigma: sigma, value: [])
    try evaluated.forEachRow(noise.differenceCumulative) { i, others, pointer in
      // G(−x) = 1 − G(x)
      var sum = 0.0
      for k in 0..<others {
        sum += pointer[k]
        value[i + 1 + k] += 1 - pointer[k]
      }
      value[i] += sum
    }
    return Evaluated(noise: noise, theta: theta, sigma: sigma, value: value)
  }

  struct Evaluated: EvaluatedExpectation {
    let noise: ExactNoise
    let theta: [Double]
    let sigma: Double
    let value: [Double]

    /// Rounding of d terms.
    var errorBound: Double { 4e-16 * Double(theta.count) }

    /// Σ_{i<j} E max(Xᵢ, Xⱼ), since ⟨rank, x⟩ counts each entry once for each that is smaller; with
    /// E max(Xᵢ, Xⱼ) = E Xⱼ + σ H((θᵢ − θⱼ)/σ), H′ = G.
    var optimum: Double? {
      get throws {
        var sum = 0.0
        try forEachRow(noise.differenceIntegral) { i, others, pointer in
          for k in 0..<others { sum += theta[i + 1 + k] + sigma * (noise.mean + pointer[k]) }
        }
        return sum
      }
    }

    func cotangent(_ g: [Double]) throws -> [Double] { try tangent(g) }

    func tangent(_ u: [Double]) throws -> [Double] {
      var out = [Double](repeating: 0, count: theta.count)
      try forEachRow(noise.differenceDensity) { i, others, pointer in
        var sum = 0.0
        for k in 0..<others {
          let term = pointer[k] * (u[i] - u[i + 1 + k])
          sum += term
          out[i + 1 + k] -= term
        }
        out[i] += sum
      }
      for i in out.indices { out[i] /= sigma }
      return out
    }

    func secondCotangent(_ g: [Double], _ u: [Double]) throws -> [Double] {
      try secondTangent(g, u)
    }

    func secondTangent(_ u: [Double], _ v: [Double]) throws -> [Double] {
      var out = [Double](repeating: 0, count: theta.count)
      try forEachRow(noise.differenceSlope) { i, others, pointer in
        var sum = 0.0
        for k in 0..<others {
          let j = i + 1 + k
          let term = pointer[k] * (u[i] - u[j]) * (v[i] - v[j])
          sum += term
          out[j] -= term
        }
        out[i] += sum
      }
      for i in out.indices { out[i] /= sigma * sigma }
      return out
    }

    /// Ranks depend on θ/σ and do not see a common shift: −J (θ − θ₀)/σ.
    func sigmaDerivative() throws -> [Double] {
      let origin = theta[0]
      return try tangent(theta.map { ($0 - origin) / -sigma })
    }

    /// Calls `body` for each i with a function of (θᵢ − θⱼ)/σ for all j > i.
    ///
    /// - Throws: `CancellationError`.
    func forEachRow(
      _ function: (UnsafeMutablePointer<Double>, Int) -> Void,
      _ body: (_ i: Int, _ others: Int, UnsafeMutablePointer<Double>) -> Void
    ) throws {
      let d = theta.count
      let inverse = 1 / sigma
      try withUnsafeTemporaryAllocation(of: Double.self, capacity: d) { buffer in
        guard let row = buffer.baseAddress else { return }
        try theta.withUnsafeBufferPointer { theta in
          for i in 0..<d - 1 {
            if i & 63 == 0 { try Task.checkCancellation() }
            let others = d - 1 - i
            for k in 0..<others {
              row[k] = ExactNoise.limited((theta[i] - theta[i + 1 + k]) * inverse)
            }
            function(row, others)
            body(i, others, row)
          }
        }
      }
    }
  }
}
