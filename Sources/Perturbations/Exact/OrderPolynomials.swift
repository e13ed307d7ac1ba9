/// Products Π (Fⱼ + qⱼ z) with q = 1 − F, whose coefficient c is the probability that c entries exceed t,
/// with one or two of their factors replaced by pⱼ aⱼ for directions a: the derivatives of which the
/// densities of order statistics are made.
///
/// With directions a₀ … : component 0 is the product; component 1 + c is Σ_m a_c,m p_m Π_{≠m}; and
/// where there are the four directions (1, gu, g, u), the last one is
/// Σ_{i<m} pᵢ p_m (gᵢ − g_m)(uᵢ − u_m) Π_{≠i,m}. All polynomials are cut to `length` coefficients.
///
/// A linear functional γ of such products with factor i left out comes from the product of the factors
/// before i and from what γ makes of that times the factors after i, which is a linear functional too;
/// no term is negative but by the directions' signs, so that nothing cancels.
///
/// - Complexity: O(count × length) for one node, for each component.
struct OrderPolynomials {
  let count: Int
  let length: Int
  let directions: Int
  let isBilinear: Bool

  private let components: Int
  /// Products of the first i factors, [count + 1, components, length].
  private var prefixes: [Double]
  /// What the functional makes of z^c times the factors after i, [components, length + 1].
  private var functionals: [Double]
  /// The functional of the products with each factor left out, [count, components].
  private var results: [Double]

  /// How many numbers are kept at most: 2 GiB.
  private static let mostNumbers = 1 << 28

  /// - Throws: ``PerturbationError`` where products of so many factors take too much memory.
  init(
    count: Int, length: Int, directions: Int, isBilinear: Bool = false
  ) throws(PerturbationError) {
    self.count = count
    self.length = length
    self.directions = directions
    self.isBilinear = isBilinear
    components = 1 + directions + (isBilinear ? 1 : 0)
    let numbers = Double(count + 1) * Double(components) * Double(length)
    if numbers > Double(Self.mostNumbers) {
      throw .invalidParameter(
        name: "the formula's memory",
        value: "\(Int(numbers)) numbers for the first \(length) of \(count) entries",
        expected: "at most \(Self.mostNumbers); estimate it from samples")
    }
    prefixes = [Double](repeating: 0, count: (count + 1) * components * length)
    functionals = [Double](repeating: 0, count: components * (length + 1))
    results = [Double](repeating: 0, count: count * components)
  }

  /// The functional of component `component` of the product without factor i.
  func leftOut(_ i: Int, _ component: Int) -> Double { results[i * components + component] }

  /// Multiplies the factors at a node.
  ///
  /// - Parameters:
  ///   - cumulative: F.
  ///   - density: p.
  ///   - weights: The directions, [directions, count].
  mutating func multiply(
    _ cumulative: UnsafePointer<Double>, _ density: UnsafePointer<Double>, _ weights: [Double]
  ) {
    let (k, n, directions) = (length, count, directions)
    let (components, isBilinear) = (components, isBilinear)
    prefixes.withUnsafeMutableBufferPointer { prefixes in
      weights.withUnsafeBufferPointer { weights in
        guard let base = prefixes.baseAddress else { return }
        for c in 0..<components * k { base[c] = 0 }
        base[0] = 1
        for i in 0..<n {
          let old = base + i * components * k
          let new = old + components * k
          let (f, p) = (cumulative[i], density[i])
          let q = 1 - f
          for component in 0..<components {
            let (from, to) = (old + component * k, new + component * k)
            to[0] = f * from[0]
            for c in 1..<k { to[c] = f * from[c] + q * from[c - 1] }
          }
          for direction in 0..<directions {
            let factor = p * weights[direction * n + i]
            let to = new + (1 + direction) * k
            for c in 0..<k { to[c] += factor * old[c] }
          }
          if isBilinear {
            let to = new + (components - 1) * k
            // The partners of the directions 1, gu, g, u in gu·1 + 1·gu − g·u − u·g.
            for (direction, partner, sign) in Self.pairs {
              let factor = p * sign * weights[direction * n + i]
              let from = old + (1 + partner) * k
              for c in 0..<k { to[c] += factor * from[c] }
            }
          }
        }
      }
    }
  }

  /// Coefficients of a component of the product of all factors.
  func withProduct<Result>(
    _ component: Int, _ body: (UnsafePointer<Double>) -> Result?
  ) -> Result? {
    prefixes.withUnsafeBufferPointer { prefixes in
      prefixes.baseAddress.flatMap { body($0 + (count * components + component) * length) }
    }
  }

  /// Applies γ to the products with each factor left out, after ``multiply(_:_:_:)`` at the same node.
  mutating func leaveOneOut(
    _ cumulative: UnsafePointer<Double>, _ density: UnsafePointer<Double>, _ weights: [Double],
    functional: [Double]
  ) {
    let (k, n, directions) = (length, count, directions)
    let (components, isBilinear) = (components, isBilinear)
    prefixes.withUnsafeBufferPointer { prefixes in
      functionals.withUnsafeMutableBufferPointer { functionals in
        results.withUnsafeMutableBufferPointer { results in
          guard let base = prefixes.baseAddress, let tau = functionals.baseAddress else { return }
          // One past the length stays 0.
          let span = k + 1
          for c in 0..<components * span { tau[c] = 0 }
          for c in 0..<k { tau[c] = functional[c] }
          for i in stride(from: n - 1, through: 0, by: -1) {
            let before = base + i * components * k
            let out = i * components
            results[out] = dot(before, tau, k)
            for direction in 1..<1 + directions {
              results[out + direction] =
                dot(before + direction * k, tau, k) + dot(before, tau + direction * span, k)
            }
            if isBilinear {
              var sum =
                dot(before + (components - 1) * k, tau, k)
                + dot(before, tau + (components - 1) * span, k)
              for (direction, partner, sign) in Self.pairs {
                sum += sign * dot(before + (1 + direction) * k, tau + (1 + partner) * span, k)
              }
              results[out + components - 1] = sum
            }
            // From the last component to the first: each needs the others as they were.
            let (f, p) = (cumulative[i], density[i])
            let q = 1 - f
            for component in stride(from: components - 1, through: 0, by: -1) {
              let to = tau + component * span
              for c in 0..<k { to[c] = f * to[c] + q * to[c + 1] }
              if isBilinear && component == components - 1 {
                for (direction, partner, sign) in Self.pairs {
                  let factor = p * sign * weights[direction * n + i]
                  let from = tau + (1 + partner) * span
                  for c in 0..<k { to[c] += factor * from[c] }
                }
              } else if component > 0 {
                let factor = p * weights[(component - 1) * n + i]
                for c in 0..<k { to[c] += factor * tau[c] }
              }
            }
          }
        }
      }
    }
  }

  private static let pairs: [(direction: Int, partner: Int, sign: Double)] = [
    (0, 1, 1), (1, 0, 1), (2, 3, -1), (3, 2, -1),
  ]
}

/// Σ a b in four lanes.
private func dot(
  _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) -> Double {
  var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0)
  var i = 0
  while i + 4 <= count {
    s0 += a[i] * b[i]
    s1 += a[i + 1] * b[i + 1]
    s2 += a[i + 2] * b[i + 2]
    s3 += a[i + 3] * b[i + 3]
    i += 4
  }
  while i < count {
    s0 += a[i] * b[i]
    i += 1
  }
  return (s0 + s1) + (s2 + s3)
}
