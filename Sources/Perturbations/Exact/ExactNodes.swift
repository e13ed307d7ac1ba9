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
  /// Writes the integrand of the value at a node.
  typealias Integrand = (_ node: Node, _ out: UnsafeMutablePointer<Double>) -> Void

  /// Makes of F and p of each entry what integrands are written in, in place, and a number for all.
  typealias Preparation =
    @Sendable (
      _ count: Int, _ cumulative: UnsafeMutablePointer<Double>,
      _ density: UnsafeMutablePointer<Double>
    ) -> Double

  /// What is known at one node.
  struct Node {
    let noise: ExactNoise
    let t: Double
    let weight: Double
    /// What the preparation returned.
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
  private let prepare: Preparation?
  /// What was computed at the nodes, for the derivatives; none where it would be more than ``mostKept``
  /// numbers, which are then computed again.
  private var kept: Kept?

  private struct Kept {
    var scalars: [Double] = []
    var cumulative: [Double] = []
    var density: [Double] = []
  }

  private static let mostKept = 1 << 21
  /// Numbers at a time: the nodes of short rows together, so that they fill the kernels.
  private static let run = 1024

  /// - Parameters:
  ///   - noise: p and F.
  ///   - places: aⱼ, in units of σ.
  ///   - windows: Where the integrand is not zero, rising and apart.
  ///   - width: The elements of the value.
  ///   - tolerance: The error that is good enough.
  ///   - prepare: See ``Preparation``.
  ///   - integrand: See ``Integrand``.
  /// - Throws: `CancellationError`.
  init(
    noise: ExactNoise, places: [Double], windows: [ClosedRange<Double>], width: Int,
    tolerance: Double, prepare: Preparation? = nil, integrand: Integrand
  ) throws {
    self.noise = noise
    self.places = places
    self.prepare = prepare
    value = [Double](repeating: 0, count: width)
    if let corners = noise.corners {
      try integratePieces(windows, corners, tolerance, integrand)
    } else {
      var step = noise.step(count: places.count)
      for _ in 0..<8 {
        try integrateEvenly(windows, step: step, integrand)
        if errorBound <= tolerance { break }
        step /= 2
      }
    }
    errorBound += 4e-16 * Double(places.count).squareRoot() + 1e-15
  }

  /// Calls `body` for each node.
  ///
  /// - Throws: `CancellationError`.
  func visit(_ body: (Node) -> Void) throws {
    guard let kept else {
      return try evaluate(from: 0) { _, node in body(node) }
    }
    let n = places.count
    try kept.cumulative.withUnsafeBufferPointer { cumulative in
      try kept.density.withUnsafeBufferPointer { density in
        try places.withUnsafeBufferPointer { places in
          guard let cumulative = cumulative.baseAddress, let density = density.baseAddress,
            let places = places.baseAddress
          else { return }
          for q in points.indices {
            try Task.checkCancellation()
            body(
              Node(
                noise: noise, t: points[q], weight: weights[q], scalar: kept.scalars[q],
                cumulative: cumulative + q * n, density: density + q * n, places: places, count: n))
          }
        }
      }
    }
  }

  /// Where F and p of all nodes are kept.
  private typealias Memory = (
    cumulative: UnsafeMutablePointer<Double>, density: UnsafeMutablePointer<Double>
  )

  /// Computes the nodes from one on, in given memory or in its own, and calls `body` with the number of
  /// each.
  private func evaluate(
    from first: Int, in memory: Memory? = nil, _ body: (Int, Node) -> Void
  ) throws {
    let n = places.count
    let most = Swift.max(Self.run / n, 1)
    let own = memory == nil ? 3 : 1
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: own * n * most) { buffer in
      try places.withUnsafeBufferPointer { places in
        guard let x = buffer.baseAddress, let places = places.baseAddress else { return }
        let total = points.count
        for start in stride(from: first, to: total, by: most) {
          try Task.checkCancellation()
          let some = Swift.min(most, total - start)
          for row in 0..<some {
            let t = points[start + row]
            for j in 0..<n { x[row * n + j] = t - places[j] }
          }
          let cumulative = memory.map { $0.cumulative + start * n } ?? x + n * most
          let density = memory.map { $0.density + start * n } ?? x + 2 * n * most
          noise.evaluate(x, count: some * n, cumulative: cumulative, density: density)
          for row in 0..<some {
            let scalar = prepare?(n, cumulative + row * n, density + row * n) ?? 1
            body(
              start + row,
              Node(
                noise: noise, t: points[start + row], weight: weights[start + row],
                scalar: scalar, cumulative: cumulative + row * n, density: density + row * n,
                places: places, count: n))
          }
        }
      }
    }
  }

  /// Calls `body` for each entry and each place where its density jumps, with a node of weight 1 there
  /// that has F and p of all entries: where integrals over p′ have impulses.
  ///
  /// - Throws: `CancellationError`.
  func visitJumps(_ body: (_ entry: Int, _ height: Double, Node) -> Void) throws {
    let jumps = noise.jumps
    if jumps.isEmpty { return }
    let n = places.count
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * n) { buffer in
      try places.withUnsafeBufferPointer { places in
        guard let x = buffer.baseAddress, let places = places.baseAddress else { return }
        for entry in 0..<n {
          try Task.checkCancellation()
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
  ) throws {
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
    let difference = try fill(from: 0, integrand)
    errorBound = Swift.min(difference, 100 * difference * difference)
  }

  /// Evaluates the nodes from one on, adds their share to the value and returns by how much, in sum
  /// over the elements, the two rules differ there.
  private mutating func fill(from first: Int, _ integrand: Integrand) throws -> Double {
    let n = places.count
    let width = value.count
    let total = points.count
    var kept: Kept? = first == 0 ? Kept() : kept
    self.kept = nil
    if total * n > Self.mostKept { kept = nil }
    let (coarse, prior) = (coarse, value)
    /// The value with the nodes' share, and the difference.
    func accumulate(
      in memory: Memory?, scalars: UnsafeMutablePointer<Double>?
    ) throws -> (value: [Double], difference: Double) {
      var value = prior
      let difference = try withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * width) {
        buffer in
        try value.withUnsafeMutableBufferPointer { value in
          try coarse.withUnsafeBufferPointer { coarse in
            guard let out = buffer.baseAddress, let sums = value.baseAddress else { return 0.0 }
            let differences = out + width
            for index in 0..<width { differences[index] = 0 }
            try evaluate(from: first, in: memory) { q, node in
              integrand(node, out)
              scalars?[q] = node.scalar
              let (weight, difference) = (node.weight, node.weight - coarse[q])
              for index in 0..<width {
                sums[index] += weight * out[index]
                differences[index] += difference * out[index]
              }
            }
            var sum = 0.0
            for index in 0..<width { sum += abs(differences[index]) }
            return sum
          }
        }
      }
      return (value, difference)
    }
    func resize(_ array: inout [Double], _ count: Int) {
      if array.count > count { array.removeLast(array.count - count) }
      array.append(contentsOf: repeatElement(0, count: count - array.count))
    }
    let result: (value: [Double], difference: Double)
    if var arrays = kept.take() {
      resize(&arrays.scalars, total)
      resize(&arrays.cumulative, total * n)
      resize(&arrays.density, total * n)
      result = try arrays.scalars.withUnsafeMutableBufferPointer { scalars in
        try arrays.cumulative.withUnsafeMutableBufferPointer { cumulative in
          try arrays.density.withUnsafeMutableBufferPointer { density in
            guard let cumulative = cumulative.baseAddress, let density = density.baseAddress
            else { return (prior, 0) }
            return try accumulate(in: (cumulative, density), scalars: scalars.baseAddress)
          }
        }
      }
      kept = arrays
    } else {
      result = try accumulate(in: nil, scalars: nil)
    }
    value = result.value
    self.kept = kept
    return result.difference
  }

  // MARK: Pieces

  private mutating func integratePieces(
    _ windows: [ClosedRange<Double>], _ corners: [Double], _ tolerance: Double,
    _ integrand: Integrand
  ) throws {
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
      let difference = try fill(from: first, integrand)
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
