/// A rule of quadrature for integrals over t of functions of F(xⱼ) and p(xⱼ), xⱼ = t − aⱼ, with what
/// those are at each of its nodes.
///
/// Smooth noise has the trapezoidal rule, which for analytic integrands that fall off at both ends
/// converges exponentially: halving the step squares the error, so that the difference to twice the
/// step tells it. Where densities have corners, the pieces between them have the 15-point rule of
/// Gauss and Kronrod, halved where the 7-point rule differs.
///
/// - SeeAlso: Trefethen and Weideman 2014, "The exponentially convergent trapezoidal rule", SIAM
///   Review 56, theorem 5.1; Piessens et al. 1983, "QUADPACK", section 2.2.
struct ExactNodes: Sendable {
  /// Writes the integrand of the value at a node, from F and p of each entry, which it may change;
  /// what it leaves there and what it returns is kept for the derivatives.
  typealias Integrand = (
    _ t: Double, _ cumulative: UnsafeMutablePointer<Double>,
    _ density: UnsafeMutablePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) -> Double

  /// What is known at one node.
  struct Node {
    let noise: ExactNoise
    let t: Double
    let weight: Double
    /// What the integrand returned.
    let scalar: Double
    let cumulative: UnsafePointer<Double>
    let density: UnsafePointer<Double>
    let places: UnsafePointer<Double>
    let count: Int

    /// p′/p of each entry.
    func slopes(into out: UnsafeMutablePointer<Double>) {
      withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { x in
        guard let x = x.baseAddress else { return }
        for j in 0..<count { x[j] = t - places[j] }
        noise.slopes(x, count: count, into: out)
      }
    }
  }

  let noise: ExactNoise
  /// a
  let places: [Double]
  /// The integral of the integrand.
  private(set) var value: [Double]
  /// How far an element of the value may be off.
  private(set) var errorBound = 0.0

  private var points: [Double] = []
  private var weights: [Double] = []
  /// The weights of the rule that the error is told by.
  private var coarse: [Double] = []
  private var scalars: [Double] = []
  private var cumulative: [Double] = []
  private var density: [Double] = []

  /// - Parameters:
  ///   - noise: p and F.
  ///   - places: aⱼ, in units of σ.
  ///   - windows: Where the integrand is not zero, rising and apart.
  ///   - width: The elements of the value.
  ///   - tolerance: The error that is good enough.
  ///   - integrand: See ``Integrand``.
  init(
    noise: ExactNoise, places: [Double], windows: [ClosedRange<Double>], width: Int,
    tolerance: Double, integrand: Integrand
  ) {
    self.noise = noise
    self.places = places
    value = [Double](repeating: 0, count: width)
    if let corners = noise.corners {
      integratePieces(windows, corners, tolerance, integrand)
    } else {
      var step = noise.step(count: places.count)
      for _ in 0..<8 {
        integrateEvenly(windows, step: step, integrand)
        if errorBound <= tolerance { break }
        step /= 2
      }
    }
    errorBound += 4e-16 * Double(places.count).squareRoot() + 1e-15
  }

  /// Calls `body` for each node.
  func visit(_ body: (Node) -> Void) {
    let n = places.count
    cumulative.withUnsafeBufferPointer { cumulative in
      density.withUnsafeBufferPointer { density in
        places.withUnsafeBufferPointer { places in
          guard let cumulative = cumulative.baseAddress, let density = density.baseAddress,
            let places = places.baseAddress
          else { return }
          for q in points.indices {
            body(
              Node(
                noise: noise, t: points[q], weight: weights[q], scalar: scalars[q],
                cumulative: cumulative + q * n, density: density + q * n, places: places, count: n))
          }
        }
      }
    }
  }

  /// Calls `body` for each entry and each place where its density jumps, with a node of weight 1 there
  /// that has F and p of all entries: where integrals over p′ have impulses.
  func visitJumps(_ body: (_ entry: Int, _ height: Double, Node) -> Void) {
    let jumps = noise.jumps
    if jumps.isEmpty { return }
    let n = places.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * n) { buffer in
      places.withUnsafeBufferPointer { places in
        guard let x = buffer.baseAddress, let places = places.baseAddress else { return }
        for entry in 0..<n {
          for (place, height) in jumps {
            let t = places[entry] + place
            for j in 0..<n { x[j] = t - places[j] }
            noise.evaluate(x, count: n, cumulative: x + n, density: x + 2 * n)
            body(
              entry, height,
              Node(
                noise: noise, t: t, weight: 1, scalar: 1, cumulative: x + n, density: x + 2 * n,
                places: places, count: n))
          }
        }
      }
    }
  }

  // MARK: The trapezoidal rule

  private mutating func integrateEvenly(
    _ windows: [ClosedRange<Double>], step: Double, _ integrand: Integrand
  ) {
    points.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    coarse.removeAll(keepingCapacity: true)
    for window in windows {
      let length = window.upperBound - window.lowerBound
      let count = 2 * Swift.max(Int((length / step / 2).rounded(.up)), 2)
      let step = length / Double(count)
      for k in 0...count {
        points.append(window.lowerBound + Double(k) * step)
        weights.append(step)
        coarse.append(k % 2 == 0 ? 2 * step : 0)
      }
    }
    for index in value.indices { value[index] = 0 }
    let difference = fill(from: 0, integrand)
    errorBound = Swift.min(difference, 100 * difference * difference)
  }

  /// Evaluates the nodes from one on, adds their share to the value and returns by how much, in sum
  /// over the elements, the two rules differ there.
  private mutating func fill(from first: Int, _ integrand: Integrand) -> Double {
    let n = places.count
    let width = value.count
    let total = points.count
    func extend(_ array: inout [Double], to count: Int) {
      if array.count > count { array.removeLast(array.count - count) }
      array.append(contentsOf: repeatElement(0, count: count - array.count))
    }
    extend(&scalars, to: total)
    extend(&cumulative, to: total * n)
    extend(&density, to: total * n)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: n * 16 + 2 * width) { buffer in
      guard let x = buffer.baseAddress else { return 0 }
      let out = x + n * 16
      let differences = out + width
      for index in 0..<width { differences[index] = 0 }
      cumulative.withUnsafeMutableBufferPointer { cumulative in
        density.withUnsafeMutableBufferPointer { density in
          guard let cumulative = cumulative.baseAddress, let density = density.baseAddress
          else { return }
          var q = first
          while q < total {
            // A few nodes at a time, so that short rows fill the kernels.
            let some = Swift.min(16, total - q)
            for row in 0..<some {
              let t = points[q + row]
              for j in 0..<n { x[row * n + j] = t - places[j] }
            }
            noise.evaluate(
              x, count: some * n, cumulative: cumulative + q * n, density: density + q * n)
            for row in q..<q + some {
              scalars[row] = integrand(
                points[row], cumulative + row * n, density + row * n, out)
              let (weight, difference) = (weights[row], weights[row] - coarse[row])
              for index in 0..<width {
                value[index] += weight * out[index]
                differences[index] += difference * out[index]
              }
            }
            q += some
          }
        }
      }
      var sum = 0.0
      for index in 0..<width { sum += abs(differences[index]) }
      return sum
    }
  }

  // MARK: Pieces

  private mutating func integratePieces(
    _ windows: [ClosedRange<Double>], _ corners: [Double], _ tolerance: Double,
    _ integrand: Integrand
  ) {
    var pieces: [(lower: Double, upper: Double)] = []
    var span = 0.0
    for window in windows {
      var ends = [window.lowerBound, window.upperBound]
      for place in places {
        for corner in corners where window.contains(place + corner) { ends.append(place + corner) }
      }
      ends.sort()
      for (lower, upper) in zip(ends, ends.dropFirst()) where upper > lower {
        let parts = Swift.max(Int(((upper - lower) / 4).rounded(.up)), 1)
        let length = (upper - lower) / Double(parts)
        for part in 0..<parts {
          pieces.append((lower + Double(part) * length, lower + Double(part + 1) * length))
        }
        span += upper - lower
      }
    }
    var before = value
    while let (lower, upper) = pieces.popLast() {
      let first = points.count
      let half = (upper - lower) / 2
      for k in 0..<15 {
        points.append(lower + half + half * Self.kronrodPoints[k])
        weights.append(half * Self.kronrodWeights[k])
        coarse.append(k % 2 == 1 ? half * Self.gaussWeights[k / 2] : 0)
      }
      for index in value.indices { before[index] = value[index] }
      let difference = fill(from: first, integrand)
      var error = 200 * difference
      error = Swift.min(difference, error * error.squareRoot())
      if error > tolerance * 2 * half / span && half > 1e-9 && error > 1e-17 {
        for index in value.indices { value[index] = before[index] }
        points.removeLast(15)
        weights.removeLast(15)
        coarse.removeLast(15)
        pieces.append((lower, lower + half))
        pieces.append((lower + half, upper))
      } else {
        errorBound += error
      }
    }
  }

  private static let kronrodPoints: [Double] = [
    -0.991455371120812639207, -0.949107912342758524526, -0.864864423359769072790,
    -0.741531185599394439864, -0.586087235467691130294, -0.405845151377397166907,
    -0.207784955007898467601, 0, 0.207784955007898467601, 0.405845151377397166907,
    0.586087235467691130294, 0.741531185599394439864, 0.864864423359769072790,
    0.949107912342758524526, 0.991455371120812639207,
  ]

  private static let kronrodWeights: [Double] = [
    0.022935322010529224964, 0.063092092629978553291, 0.104790010322250183840,
    0.140653259715525918745, 0.169004726639267902827, 0.190350578064785409913,
    0.204432940075298892414, 0.209482141084727828013, 0.204432940075298892414,
    0.190350578064785409913, 0.169004726639267902827, 0.140653259715525918745,
    0.104790010322250183840, 0.063092092629978553291, 0.022935322010529224964,
  ]

  private static let gaussWeights: [Double] = [
    0.129484966168869693271, 0.279705391489276667901, 0.381830050505118944950,
    0.417959183673469387755, 0.381830050505118944950, 0.279705391489276667901,
    0.129484966168869693271,
  ]
}
