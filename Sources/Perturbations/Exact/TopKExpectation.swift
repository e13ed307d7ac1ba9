/// The expected indicator of the k largest entries, Pᵢ = ∫ (1 − F(xᵢ)) dHᵢ, where Hᵢ is the distribution
/// function of the k-th largest of the others and xⱼ = (t − θⱼ)/σ.
///
/// With [c] the coefficient of zᶜ in a product of Fⱼ + (1 − Fⱼ) z, the density of Hᵢ is
/// Σ_{m≠i} p_m [k − 1] Π_{≠i,m}, and ∂Pᵢ/∂θ_m = −K_im/σ with K_im = ∫ pᵢ p_m [k − 1] Π_{≠i,m}, so that
/// (J a)ᵢ = Σ_m K_im (aᵢ − a_m)/σ, which is symmetric. The second derivative in directions g and u is
/// −∫ p_l ([k − 1] (1 − z) Σ_{i<m} pᵢ p_m (gᵢ − g_m)(uᵢ − u_m) Π_{≠i,m,l} + p′/p c_l)/σ² with
/// c_l = Σ_m p_m (g_l − g_m)(u_l − u_m) [k − 1] Π_{≠l,m}, symmetric in all three arguments.
///
/// - Complexity: O(d k Q); entries that are never or always among the k take none.
/// - SeeAlso: Chen, Dempster and Liu 1994, "Weighted finite population sampling to maximize entropy",
///   for the Poisson–binomial distribution.
struct TopKExpectation: ExactExpectation {
  let noise: ExactNoise
  let k: Int

  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation {
    let sorted = theta.sorted(by: >)
    var value = [Double](repeating: k >= theta.count ? 1 : 0, count: theta.count)
    if k >= theta.count {
      return Evaluated(
        noise: noise, theta: theta, sigma: sigma, tolerance: tolerance, marked: k, value: value,
        errorBound: 0, active: [], places: [], k: 0,
        nodes: nil)
    }
    // The k-th largest lies about θ of that rank, the k-th largest of the others about it or the next.
    let origin = sorted[k - 1]
    let gap = (sorted[k] - origin) / sigma
    var (lower, upper) = noise.bulk
    upper += noise.excess(count: theta.count)
    lower -= noise.mirrored.excess(count: theta.count)
    if lower >= gap + upper {
      for index in theta.indices where theta[index] >= origin { value[index] = 1 }
      return Evaluated(
        noise: noise, theta: theta, sigma: sigma, tolerance: tolerance, marked: k, value: value,
        errorBound: 1e-15, active: [], places: [], k: 0,
        nodes: nil)
    }
    var active: [Int] = []
    var places: [Double] = []
    var rest = k
    for (index, x) in theta.enumerated() {
      let place = (x - origin) / sigma
      if place + lower > upper {
        value[index] = 1
        rest -= 1
      } else if place + upper >= gap + lower {
        active.append(index)
        places.append(place)
      }
    }
    let n = active.count
    let ones = [Double](repeating: 1, count: n)
    var functional = [Double](repeating: 0, count: rest)
    functional[rest - 1] = 1
    var products = try OrderPolynomials(count: n, length: rest, directions: 1)
    let nodes = try ExactNodes(
      noise: noise, places: places, windows: [gap + lower...upper], width: n, tolerance: tolerance
    ) { node, out in
      products.multiply(node.cumulative, node.density, ones)
      products.leaveOneOut(node.cumulative, node.density, ones, functional: functional)
      for i in 0..<n { out[i] = (1 - node.cumulative[i]) * products.leftOut(i, 1) }
    }
    for (index, probability) in zip(active, nodes.value) { value[index] = probability }
    return Evaluated(
      noise: noise, theta: theta, sigma: sigma, tolerance: tolerance, marked: k, value: value,
      errorBound: nodes.errorBound, active: active,
      places: places, k: rest, nodes: nodes)
  }

  struct Evaluated: EvaluatedExpectation {
    let noise: ExactNoise
    let theta: [Double]
    let sigma: Double
    let tolerance: Double
    /// The k of the function.
    let marked: Int
    let value: [Double]
    let errorBound: Double
    let active: [Int]
    let places: [Double]
    /// The number of active entries among the k.
    let k: Int
    let nodes: ExactNodes?

    /// The sum of the k largest, from their expectations in order.
    var optimum: Double? {
      get throws {
        let sorted = SortingExpectation(noise: noise, descending: true)
        return try sorted.evaluated(at: theta, sigma: sigma, tolerance: tolerance)
          .value[..<marked].reduce(0, +)
      }
    }

    func cotangent(_ g: [Double]) throws -> [Double] { try tangent(g) }

    func tangent(_ u: [Double]) throws -> [Double] { try tangent(active: active.map { u[$0] }) }

    private func tangent(active u: [Double]) throws -> [Double] {
      let n = active.count
      var out = [Double](repeating: 0, count: value.count)
      guard let nodes else { return out }
      let weights = [Double](repeating: 1, count: n) + u
      var functional = [Double](repeating: 0, count: k)
      functional[k - 1] = 1
      var products = try OrderPolynomials(count: n, length: k, directions: 2)
      try nodes.visit { node in
        products.multiply(node.cumulative, node.density, weights)
        products.leaveOneOut(node.cumulative, node.density, weights, functional: functional)
        for i in 0..<n {
          out[active[i]] +=
            node.weight / sigma * node.density[i]
            * (u[i] * products.leftOut(i, 1) - products.leftOut(i, 2))
        }
      }
      return out
    }

    func secondCotangent(_ g: [Double], _ u: [Double]) throws -> [Double] {
      try secondTangent(g, u)
    }

    func secondTangent(_ u: [Double], _ v: [Double]) throws -> [Double] {
      let n = active.count
      var out = [Double](repeating: 0, count: value.count)
      guard let nodes else { return out }
      let (a, b) = (active.map { u[$0] }, active.map { v[$0] })
      let both = zip(a, b).map { $0 * $1 }
      let weights = [Double](repeating: 1, count: n) + both + a + b
      var functional = [Double](repeating: 0, count: k)
      functional[k - 1] = 1
      // [k − 1] (1 − z)
      var difference = functional
      if k > 1 { difference[k - 2] = -1 }
      var slopes = [Double](repeating: 0, count: n)
      var pairs = try OrderPolynomials(count: n, length: k, directions: 4, isBilinear: true)
      var singles = try OrderPolynomials(count: n, length: k, directions: 4)
      func own(_ i: Int) -> Double {
        both[i] * singles.leftOut(i, 1) + singles.leftOut(i, 2)
          - b[i] * singles.leftOut(i, 3) - a[i] * singles.leftOut(i, 4)
      }
      try nodes.visit { node in
        slopes.withUnsafeMutableBufferPointer { slopes in
          if let start = slopes.baseAddress { node.slopes(into: start) }
        }
        pairs.multiply(node.cumulative, node.density, weights)
        pairs.leaveOneOut(node.cumulative, node.density, weights, functional: difference)
        singles.multiply(node.cumulative, node.density, weights)
        singles.leaveOneOut(node.cumulative, node.density, weights, functional: functional)
        for i in 0..<n {
          out[active[i]] -=
            node.weight / (sigma * sigma) * node.density[i]
            * (pairs.leftOut(i, 5) + slopes[i] * own(i))
        }
      }
      try nodes.visitJumps { entry, height, node in
        singles.multiply(node.cumulative, node.density, weights)
        singles.leaveOneOut(node.cumulative, node.density, weights, functional: functional)
        out[active[entry]] -= height / (sigma * sigma) * own(entry)
      }
      return out
    }

    /// The value depends on θ/σ and does not see a common shift.
    func sigmaDerivative() throws -> [Double] { try tangent(active: places.map { -$0 }) }
  }
}
