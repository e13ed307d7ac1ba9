/// The expected one-hot argmax, Pᵢ = ∫ p(xᵢ) Π_{j≠i} F(xⱼ) dt/σ with xⱼ = (t − θⱼ)/σ, by quadrature over
/// nodes that all entries share.
///
/// With E = Π F and r = p/F at a node, sums over nodes with weights w:
/// Pᵢ = Σ w E rᵢ; from −∂²P/∂… = Kᵢₖ = Σ w E rᵢ rₖ/σ, with R = Σ r and A = Σ r a for a vector a,
/// (J a)ᵢ = Σ w E rᵢ (aᵢ R − A)/σ, which is symmetric. The second derivative in directions a and b is
/// −Σ w E rₗ (B + (p′/p − rₗ) cₗ)/σ² with C = Σ r a b, B = R C − A·Σ r b and
/// cₗ = Σ_k rₖ (aₗ − aₖ)(bₗ − bₖ), symmetric in all three arguments. r is large only where E is small,
/// and cancels there.
///
/// - Complexity: O(d Q) for Q nodes (70 for d = 100 and normal noise); entries that are never the
///   largest take none. Memory O(d Q) up to two million numbers of either kind, then O(d).
/// - SeeAlso: McFadden 1981, "Econometric models of probabilistic choice", section 5.
struct ArgMaxExpectation: ExactExpectation {
  let noise: ExactNoise

  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation {
    var largest = theta[0]
    for x in theta { largest = Swift.max(largest, x) }
    // Others are never the largest.
    let least = noise.bulk.lower - noise.bulk.upper
    var active: [Int] = []
    var places: [Double] = []
    for (index, x) in theta.enumerated() where (x - largest) / sigma > least {
      active.append(index)
      places.append((x - largest) / sigma)
    }
    let n = active.count
    var value = [Double](repeating: 0, count: theta.count)
    if n == 1 {
      value[active[0]] = 1
      return Evaluated(
        noise: noise, sigma: sigma, origin: largest, value: value, errorBound: 1e-15, active: [],
        places: [], nodes: nil)
    }
    let nodes = try ExactNodes(
      noise: noise, places: places, windows: [Self.window(noise, places)], width: n,
      tolerance: tolerance, prepare: Self.divide
    ) { node, out in
      for j in 0..<n { out[j] = node.scalar * node.density[j] }
    }
    for (index, probability) in zip(active, nodes.value) { value[index] = probability }
    return Evaluated(
      noise: noise, sigma: sigma, origin: largest, value: value, errorBound: nodes.errorBound,
      active: active, places: places, nodes: nodes)
  }

  /// Makes r of p and returns E.
  private static func divide(
    _ count: Int, _ cumulative: UnsafeMutablePointer<Double>,
    _ density: UnsafeMutablePointer<Double>
  ) -> Double {
    var product = 1.0
    for j in 0..<count {
      product *= cumulative[j]
      density[j] /= cumulative[j]
    }
    return product
  }

  /// Where the largest lies: below the product of the distribution functions is what is left out,
  /// above at most the sum of what is left of each.
  static func window(_ noise: ExactNoise, _ places: [Double]) -> ClosedRange<Double> {
    let n = places.count
    var (lower, upper) = noise.bulk
    upper += noise.excess(count: n)
    if n < 6 { return lower...upper }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * n) { buffer in
      guard let x = buffer.baseAddress else { return }
      var high = upper
      for _ in 0..<6 {
        let middle = (lower + high) / 2
        for j in 0..<n { x[j] = middle - places[j] }
        noise.evaluate(x, count: n, cumulative: x + n, density: x + 2 * n)
        var product = 1.0
        for j in 0..<n { product *= x[n + j] }
        if product < 1e-18 { lower = middle } else { high = middle }
      }
    }
    return lower...upper
  }

  struct Evaluated: EvaluatedExpectation {
    let noise: ExactNoise
    let sigma: Double
    /// The largest θ.
    let origin: Double
    let value: [Double]
    let errorBound: Double
    let active: [Int]
    /// (θ − the largest)/σ of the active entries.
    let places: [Double]
    let nodes: ExactNodes?

    /// ∫ t dE, in which dE/dt = E R.
    var optimum: Double? {
      get throws {
        guard let nodes else { return origin + sigma * noise.mean }
        var sum = 0.0
        try nodes.visit { node in
          var total = 0.0
          for j in 0..<node.count { total += node.density[j] }
          sum += node.weight * node.scalar * total * node.t
        }
        return origin + sigma * sum
      }
    }

    func cotangent(_ g: [Double]) throws -> [Double] { try tangent(g) }

    func tangent(_ u: [Double]) throws -> [Double] { try tangent(active: active.map { u[$0] }) }

    private func tangent(active u: [Double]) throws -> [Double] {
      try spread(divisor: sigma) { out in
        try nodes?.visit { node in
          let r = node.density
          var (total, along) = (0.0, 0.0)
          for j in u.indices {
            total += r[j]
            along += r[j] * u[j]
          }
          let weight = node.weight * node.scalar
          for j in u.indices { out[j] += weight * r[j] * (u[j] * total - along) }
        }
      }
    }

    func secondCotangent(_ g: [Double], _ u: [Double]) throws -> [Double] {
      try secondTangent(g, u)
    }

    func secondTangent(_ u: [Double], _ v: [Double]) throws -> [Double] {
      let (a, b) = (active.map { u[$0] }, active.map { v[$0] })
      let n = active.count
      var slopes = [Double](repeating: 0, count: n)
      return try spread(divisor: -sigma * sigma) { out in
        try nodes?.visit { node in
          let r = node.density
          slopes.withUnsafeMutableBufferPointer { slopes in
            if let start = slopes.baseAddress { node.slopes(into: start) }
          }
          var (total, first, second, both) = (0.0, 0.0, 0.0, 0.0)
          for j in 0..<n {
            total += r[j]
            first += r[j] * a[j]
            second += r[j] * b[j]
            both += r[j] * a[j] * b[j]
          }
          let pairs = total * both - first * second
          let weight = node.weight * node.scalar
          for j in 0..<n {
            let own = a[j] * b[j] * total - a[j] * second - b[j] * first + both
            out[j] += weight * r[j] * (pairs + (slopes[j] - r[j]) * own)
          }
        }
        // E/Fₗ cₗ where pₗ jumps.
        try nodes?.visitJumps { entry, height, node in
          var (product, own) = (1.0, 0.0)
          for j in 0..<n where j != entry {
            product *= node.cumulative[j]
            let pair = (a[entry] - a[j]) * (b[entry] - b[j])
            own += node.density[j] / node.cumulative[j] * pair
          }
          out[entry] += height * product * own
        }
      }
    }

    /// The value depends on θ/σ and does not see a common shift.
    func sigmaDerivative() throws -> [Double] { try tangent(active: places.map { -$0 }) }

    /// Sums over the active entries, at their places among all.
    private func spread(
      divisor: Double, _ body: (UnsafeMutablePointer<Double>) throws -> Void
    ) rethrows -> [Double] {
      var out = [Double](repeating: 0, count: value.count)
      try withUnsafeTemporaryAllocation(of: Double.self, capacity: active.count) { sums in
        sums.initialize(repeating: 0)
        guard let start = sums.baseAddress, !active.isEmpty else { return }
        try body(start)
        for (position, index) in active.enumerated() { out[index] = sums[position] / divisor }
      }
      return out
    }
  }
}
