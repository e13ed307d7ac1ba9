/// The expected entries in order of size: the m-th largest has the density
/// D_m(t) = Σᵢ pᵢ [m − 1] Π_{≠i}, where [c] is the coefficient of zᶜ in a product of
/// Fⱼ + (1 − Fⱼ) z, F and p at xⱼ = (t − θⱼ)/σ.
///
/// ∂E[X_(m)]/∂θᵢ = ∫ pᵢ [m − 1] Π_{≠i}, the probability that entry i is the m-th largest. The second
/// derivative in directions u and v is −∫ [m − 1] ((1 − z) Σ_{i≠l} uᵢ pᵢ v_l p_l Π_{≠i,l} +
/// Σᵢ uᵢ vᵢ pᵢ′ Π_{≠i})/σ.
///
/// Entries that are too far apart to change places fall into groups that are sorted by themselves.
///
/// - Complexity: O(d² Q) for d entries in a group.
/// - SeeAlso: David and Nagaraja 2003, "Order statistics", section 5.2.
struct SortingExpectation: ExactExpectation {
  let noise: ExactNoise
  let descending: Bool

  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation {
    let d = theta.count
    let order = theta.indices.sorted { theta[$0] > theta[$1] }
    var (lower, upper) = noise.bulk
    upper += noise.excess(count: d)
    lower -= noise.mirrored.excess(count: d)
    var value = [Double](repeating: 0, count: d)
    var groups: [Group] = []
    var errorBound = 0.0
    var start = 0
    while start < d {
      var end = start + 1
      while end < d && (theta[order[end - 1]] - theta[order[end]]) / sigma < upper - lower {
        end += 1
      }
      let members = Array(order[start..<end])
      let n = members.count
      let origin = theta[members[0]]
      let places = members.map { (theta[$0] - origin) / sigma }
      let ones = [Double](repeating: 1, count: n)
      var products = try OrderPolynomials(count: n, length: n, directions: 1)
      let nodes = try ExactNodes(
        noise: noise, places: places, windows: [places[n - 1] + lower...upper], width: n,
        tolerance: tolerance
      ) { node, out in
        products.multiply(node.cumulative, node.density, ones)
        _ = products.withProduct(1) { product in
          for m in 0..<n { out[m] = node.t * product[m] }
        }
      }
      let positions = (start..<end).map { descending ? $0 : d - 1 - $0 }
      for (m, position) in positions.enumerated() {
        value[position] = origin + sigma * nodes.value[m]
      }
      errorBound = Swift.max(
        errorBound, sigma * (nodes.errorBound + 2e-15 * abs(places[n - 1])) + abs(origin) * 2e-16)
      groups.append(
        Group(members: members, positions: positions, places: places, nodes: nodes))
      start = end
    }
    return Evaluated(
      noise: noise, sigma: sigma, value: value, errorBound: errorBound, groups: groups)
  }

  /// Entries that may change places.
  struct Group: Sendable {
    /// The entries, the largest first.
    let members: [Int]
    /// Where the output has the m-th largest of them.
    let positions: [Int]
    let places: [Double]
    let nodes: ExactNodes
  }

  struct Evaluated: EvaluatedExpectation {
    let noise: ExactNoise
    let sigma: Double
    let value: [Double]
    let errorBound: Double
    let groups: [Group]

    func cotangent(_ g: [Double]) throws -> [Double] {
      var out = [Double](repeating: 0, count: value.count)
      for group in groups {
        let n = group.members.count
        let functional = group.positions.map { g[$0] }
        var products = try OrderPolynomials(count: n, length: n, directions: 0)
        try group.nodes.visit { node in
          products.multiply(node.cumulative, node.density, [])
          products.leaveOneOut(node.cumulative, node.density, [], functional: functional)
          for i in 0..<n {
            out[group.members[i]] += node.weight * node.density[i] * products.leftOut(i, 0)
          }
        }
      }
      return out
    }

    func tangent(_ u: [Double]) throws -> [Double] {
      var out = [Double](repeating: 0, count: value.count)
      for group in groups { try add(group, group.members.map { u[$0] }, to: &out) }
      return out
    }

    private func add(_ group: Group, _ u: [Double], to out: inout [Double]) throws {
      let n = u.count
      var products = try OrderPolynomials(count: n, length: n, directions: 1)
      try group.nodes.visit { node in
        products.multiply(node.cumulative, node.density, u)
        _ = products.withProduct(1) { product in
          for m in 0..<n { out[group.positions[m]] += node.weight * product[m] }
        }
      }
    }

    func secondCotangent(_ g: [Double], _ u: [Double]) throws -> [Double] {
      var out = [Double](repeating: 0, count: value.count)
      for group in groups {
        let n = group.members.count
        let direction = group.members.map { u[$0] }
        let functional = group.positions.map { g[$0] }
        // γ((1 − z) …)
        let difference = (0..<n).map { functional[$0] - ($0 + 1 < n ? functional[$0 + 1] : 0) }
        var slopes = [Double](repeating: 0, count: n)
        var whole = try OrderPolynomials(count: n, length: n, directions: 0)
        var along = try OrderPolynomials(count: n, length: n, directions: 1)
        try group.nodes.visit { node in
          slopes.withUnsafeMutableBufferPointer { slopes in
            if let start = slopes.baseAddress { node.slopes(into: start) }
          }
          whole.multiply(node.cumulative, node.density, [])
          whole.leaveOneOut(node.cumulative, node.density, [], functional: functional)
          along.multiply(node.cumulative, node.density, direction)
          along.leaveOneOut(node.cumulative, node.density, direction, functional: difference)
          for i in 0..<n {
            out[group.members[i]] -=
              node.weight / sigma * node.density[i]
              * (along.leftOut(i, 1) + direction[i] * slopes[i] * whole.leftOut(i, 0))
          }
        }
        try group.nodes.visitJumps { entry, height, node in
          whole.multiply(node.cumulative, node.density, [])
          whole.leaveOneOut(node.cumulative, node.density, [], functional: functional)
          out[group.members[entry]] -= height / sigma * direction[entry] * whole.leftOut(entry, 0)
        }
      }
      return out
    }

    func secondTangent(_ u: [Double], _ v: [Double]) throws -> [Double] {
      var out = [Double](repeating: 0, count: value.count)
      for group in groups {
        let n = group.members.count
        let (a, b) = (group.members.map { u[$0] }, group.members.map { v[$0] })
        let both = zip(a, b).map { $0 * $1 }
        var slopes = [Double](repeating: 0, count: n)
        var pairs = PairPolynomials(count: n)
        try group.nodes.visit { node in
          slopes.withUnsafeMutableBufferPointer { slopes in
            if let start = slopes.baseAddress { node.slopes(into: start) }
          }
          for i in 0..<n { slopes[i] *= both[i] }
          pairs.multiply(node.cumulative, node.density, a, b, slopes)
          for m in 0..<n {
            out[group.positions[m]] -= node.weight / sigma * pairs.coefficient(m)
          }
        }
        // uᵢ vᵢ Π_{≠i} where pᵢ jumps: the product for a density that is 1 for entry i alone.
        var only = [Double](repeating: 0, count: n)
        let (ones, none) = (
          [Double](repeating: 1, count: n), [Double](repeating: 0, count: n)
        )
        try group.nodes.visitJumps { entry, height, node in
          only[entry] = both[entry]
          pairs.multiply(node.cumulative, ones, none, none, only)
          only[entry] = 0
          for m in 0..<n {
            out[group.positions[m]] -= height / sigma * pairs.coefficient(m)
          }
        }
      }
      return out
    }

    /// V is σ times a function of θ/σ, and moves with a common shift.
    func sigmaDerivative() throws -> [Double] {
      var out = [Double](repeating: 0, count: value.count)
      for group in groups {
        try add(group, group.places.map { -$0 }, to: &out)
        for (m, position) in group.positions.enumerated() { out[position] += group.nodes.value[m] }
      }
      return out
    }
  }
}

/// (1 − z) Σ_{i≠l} aᵢ pᵢ b_l p_l Π_{≠i,l} + Σᵢ cᵢ pᵢ Π_{≠i}.
private struct PairPolynomials {
  let count: Int
  /// The product, its derivatives along a, b and c, and that along a and b, [5, count].
  private var terms: [Double]

  init(count: Int) {
    self.count = count
    terms = [Double](repeating: 0, count: 5 * count)
  }

  mutating func multiply(
    _ cumulative: UnsafePointer<Double>, _ density: UnsafePointer<Double>, _ a: [Double],
    _ b: [Double], _ c: [Double]
  ) {
    let n = count
    terms.withUnsafeMutableBufferPointer { terms in
      guard let base = terms.baseAddress else { return }
      for m in 0..<5 * n { base[m] = 0 }
      base[0] = 1
      let (alongA, alongB) = (base + n, base + 2 * n)
      let (alongC, second) = (base + 3 * n, base + 4 * n)
      for i in 0..<n {
        let f = cumulative[i]
        let q = 1 - f
        let (pa, pb, pc) = (density[i] * a[i], density[i] * b[i], density[i] * c[i])
        for m in stride(from: Swift.min(i + 1, n - 1), through: 1, by: -1) {
          second[m] =
            f * second[m] + q * second[m - 1] + pa * alongB[m] + pb * alongA[m]
          alongA[m] = f * alongA[m] + q * alongA[m - 1] + pa * base[m]
          alongB[m] = f * alongB[m] + q * alongB[m - 1] + pb * base[m]
          alongC[m] = f * alongC[m] + q * alongC[m - 1] + pc * base[m]
          base[m] = f * base[m] + q * base[m - 1]
        }
        second[0] = f * second[0] + pa * alongB[0] + pb * alongA[0]
        alongA[0] = f * alongA[0] + pa * base[0]
        alongB[0] = f * alongB[0] + pb * base[0]
        alongC[0] = f * alongC[0] + pc * base[0]
        base[0] = f * base[0]
      }
    }
  }

  func coefficient(_ m: Int) -> Double {
    let second = terms[4 * count + m] - (m > 0 ? terms[4 * count + m - 1] : 0)
    return second + terms[3 * count + m]
  }
}
