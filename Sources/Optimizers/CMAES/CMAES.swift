internal import Platform
public import Tensors

/// CMA-ES: minimizes a function from the ranks of its values at a population of points, whose normal
/// distribution adapts to the function's shape. The method of choice for noisy, ill-conditioned and
/// rugged functions of up to about a hundred variables.
///
/// ```swift
/// var search = CMAES(start: [3, 3], sigma: 1, key: RandomKey(1))
/// while search.status == nil && search.best.map({ $0.value > 1e-8 }) ?? true {
///   search.tell(search.ask().map(rosenbrock))
/// }
/// ```
///
/// A search is a value: ``ask()`` does not change it, and the same search with the same values told
/// goes on to the same bits. As a tree it can be saved and loaded between generations.
///
/// The covariance has the rank-one and the rank-μ update with negative weights for the worse half;
/// the step size adapts by the length of its path. Points outside bounds are mirrored back at them,
/// so that inside nothing is distorted.
///
/// - SeeAlso: N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772.
public struct CMAES: Sendable {
  /// Why a search has come to its end.
  public enum Status: String, Sendable, CaseIterable, CustomStringConvertible {
    /// The distribution has become narrower than rounding errors, or than the tolerance.
    case stepWithinTolerance
    /// The values of the last generations differ by less than the tolerance.
    case valueChangeWithinTolerance
    /// The covariance cannot be told from a singular matrix.
    case illConditioned

    /// The reason in a sentence.
    public var description: String {
      switch self {
      case .stepWithinTolerance: "the distribution is narrower than the tolerance"
      case .valueChangeWithinTolerance: "values changed by no more than the tolerance"
      case .illConditioned: "the covariance cannot be told from a singular matrix"
      }
    }
  }

  /// The smallest value found, and where.
  public struct Best: Sendable, Equatable {
    /// The point.
    public let point: [Double]
    /// The function's value there.
    public let value: Double
  }

  /// The key of all draws: candidate i of generation g is drawn from `key.child(g).child(i)`.
  public let key: RandomKey
  /// The smallest step that is taken, as a fraction of the first.
  public let stepTolerance: Double
  /// The smallest change of values that is taken for one.
  public let valueTolerance: Double
  /// The least allowed value of each variable, or nil.
  public let lower: [Double]?
  /// The greatest allowed value of each variable, or nil.
  public let upper: [Double]?
  private let firstSigma: Double
  private let parameters: CMAESParameters

  /// m, which may lie outside the bounds, mirrored.
  private var center: [Double]
  /// σ, the size of steps.
  public private(set) var sigma: Double
  /// How many generations have been told.
  public private(set) var generation = 0
  /// C, row-major.
  private var covariance: [Double]
  private var stepPath: [Double]
  private var path: [Double]
  /// Q and √λ of C as it was when they were last computed.
  private var axes: [Double]
  private var lengths: [Double]
  private var axesGeneration = 0
  /// Best values of the last generations, the oldest first.
  private var recent: [Double] = []
  private var bestPoint: [Double]
  private var bestValue = Double.infinity
  private var statusIndex = -1

  /// A search.
  ///
  /// - Parameters:
  ///   - start: The point to start from.
  ///   - sigma: How far from it to look, about a third of the range in which the minimum is expected.
  ///   - scales: How far along each variable, as multiples of `sigma`; ones where nil.
  ///   - population: How many points a generation has, at least 4; nil for 4 + ⌊3 ln n⌋. More make
  ///     the search more global and less sensitive to noise.
  ///   - lower: The least allowed value of each variable.
  ///   - upper: The greatest allowed value of each variable.
  ///   - stepTolerance: Ends where steps are smaller than this fraction of the first.
  ///   - valueTolerance: Ends where values change by no more than this.
  ///   - key: The key of all draws.
  /// - Precondition: at least one variable, finite numbers, `sigma` and `scales` positive, a population
  ///   of at least 4, and lower < upper.
  public init(
    start: [Double], sigma: Double, scales: [Double]? = nil, population: Int? = nil,
    lower: [Double]? = nil, upper: [Double]? = nil, stepTolerance: Double = 1e-12,
    valueTolerance: Double = 1e-13, key: RandomKey
  ) {
    let n = start.count
    require(n > 0, "CMAES", "the start has no variables, expected at least one")
    require(start.allSatisfy(\.isFinite), "CMAES", "the start is \(start), expected finite numbers")
    require(sigma > 0 && sigma.isFinite, "CMAES", "sigma is \(sigma), expected a positive number")
    let population = population ?? CMAESParameters.defaultPopulation(n)
    require(population >= 4, "CMAES", "a population of \(population), expected at least 4")
    for (name, bounds) in [("lower", lower), ("upper", upper), ("scales", scales)] {
      guard let bounds else { continue }
      require(
        bounds.count == n, "CMAES", "\(bounds.count) numbers in \(name), expected \(n)")
    }
    if let lower, let upper {
      require(
        zip(lower, upper).allSatisfy { $0 < $1 }, "CMAES",
        "lower bounds \(lower) are not below upper bounds \(upper)")
    }
    if let scales {
      require(
        scales.allSatisfy { $0 > 0 && $0.isFinite }, "CMAES",
        "scales are \(scales), expected positive numbers")
    }
    self.key = key
    self.lower = lower
    self.upper = upper
    self.stepTolerance = stepTolerance
    self.valueTolerance = valueTolerance
    parameters = CMAESParameters(dimension: n, population: population)
    firstSigma = sigma
    center = start
    self.sigma = sigma
    lengths = scales ?? [Double](repeating: 1, count: n)
    covariance = [Double](repeating: 0, count: n * n)
    axes = covariance
    for i in 0..<n {
      covariance[i * n + i] = lengths[i] * lengths[i]
      axes[i * n + i] = 1
    }
    stepPath = [Double](repeating: 0, count: n)
    path = stepPath
    bestPoint = start
  }

  // MARK: What has been found

  /// How many points a generation has.
  public var population: Int { parameters.population }
  /// How many values have been told.
  public var evaluations: Int { generation * parameters.population }
  /// The distribution's center: the estimate of the minimum that noise disturbs least.
  public var mean: [Double] { mirrored(center) }
  /// The point with the smallest value; nil before the first finite one.
  public var best: Best? {
    bestValue.isFinite ? Best(point: bestPoint, value: bestValue) : nil
  }
  /// Why the search has come to its end; nil while it has not. It may be told further values.
  public var status: Status? { statusIndex < 0 ? nil : Status.allCases[statusIndex] }
  /// The standard deviation of each variable's draws.
  public var standardDeviations: [Double] {
    let n = center.count
    return (0..<n).map { sigma * max(covariance[$0 * n + $0], 0).squareRoot() }
  }

  // MARK: Asking and telling

  /// The points to evaluate next, ``population`` of them, inside the bounds.
  public func ask() -> [[Double]] { steps().map { mirrored(point($0)) } }

  /// yᵢ ~ N(0, C) of the present generation.
  private func steps() -> [[Double]] {
    let generationKey = key.child(UInt64(generation))
    return (0..<population).map { candidate in
      let z: [Double] = generationKey.child(UInt64(candidate)).normal(center.count)
      return rotated(zip(z, lengths).map { $0 * $1 })
    }
  }

  private func point(_ step: [Double]) -> [Double] {
    zip(center, step).map { $0 + sigma * $1 }
  }

  /// Q v.
  private func rotated(_ v: [Double]) -> [Double] {
    let n = center.count
    return (0..<n).map { i in
      var sum = 0.0
      for j in 0..<n { sum += axes[i * n + j] * v[j] }
      return sum
    }
  }

  /// Qᵀ v.
  private func unrotated(_ v: [Double]) -> [Double] {
    let n = center.count
    var result = [Double](repeating: 0, count: n)
    for i in 0..<n { for j in 0..<n { result[j] += axes[i * n + j] * v[i] } }
    return result
  }

  /// The point with each variable reflected at its bounds until it is between them.
  private func mirrored(_ point: [Double]) -> [Double] {
    if lower == nil && upper == nil { return point }
    return point.indices.map {
      Bounds.mirrored(point[$0], lower?[$0] ?? -.infinity, upper?[$0] ?? .infinity)
    }
  }

  /// Takes the function's values at the points of ``ask()`` and moves on by one generation.
  ///
  /// - Parameter values: One for each point; one that is not a number ranks last.
  /// - Precondition: as many values as the population has points.
  /// - Complexity: O(λ n²) operations, and O(n³) where the covariance is decomposed again.
  public mutating func tell(_ values: [Double]) {
    require(
      values.count == population, "CMAES.tell",
      "\(values.count) values for a population of \(population)")
    let n = center.count
    let p = parameters
    let ranked = values.map { $0.isNaN ? .infinity : $0 }
    let order = ranked.indices.sorted { (ranked[$0], $0) < (ranked[$1], $1) }
    let steps = steps()
    if ranked[order[0]] < bestValue {
      bestValue = ranked[order[0]]
      bestPoint = mirrored(point(steps[order[0]]))
    }
    generation += 1

    // The mean, and the paths (equations 41 to 45).
    var move = [Double](repeating: 0, count: n)
    for rank in 0..<p.parents {
      for i in 0..<n { move[i] += p.weights[rank] * steps[order[rank]][i] }
    }
    for i in 0..<n { center[i] += sigma * move[i] }
    let whitened = unrotated(move)
    let white = rotated(whitened.indices.map { whitened[$0] / lengths[$0] })
    let stepGain = (p.stepPathRate * (2 - p.stepPathRate) * p.effectiveParents).squareRoot()
    for i in 0..<n { stepPath[i] = (1 - p.stepPathRate) * stepPath[i] + stepGain * white[i] }
    let length = stepPath.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let settled = (1 - Elementary.power(1 - p.stepPathRate, 2 * generation)).squareRoot()
    let isSteady = length / settled < (1.4 + 2 / (Double(n) + 1)) * p.expectedLength
    let gain = (p.pathRate * (2 - p.pathRate) * p.effectiveParents).squareRoot()
    for i in 0..<n { path[i] = (1 - p.pathRate) * path[i] + (isSteady ? gain * move[i] : 0) }

    adaptCovariance(order.map { steps[$0] }, isSteady: isSteady)
    sigma *= Elementary.exp(min(1, p.stepPathRate / p.damping * (length / p.expectedLength - 1)))
    decomposeIfDue()
    updateStatus(ranked[order[0]], ranked[order[population / 2]])
  }

  /// Equations 46 and 47.
  private mutating func adaptCovariance(_ ranked: [[Double]], isSteady: Bool) {
    let n = center.count
    let p = parameters
    var weights = p.weights
    for rank in p.parents..<population where weights[rank] != 0 {
      let inner = unrotated(ranked[rank])
      var square = 0.0
      for i in 0..<n { square += inner[i] / lengths[i] * (inner[i] / lengths[i]) }
      weights[rank] *= Double(n) / max(square, .leastNormalMagnitude)
    }
    let missing = isSteady ? 0 : p.rankOneRate * p.pathRate * (2 - p.pathRate)
    let keep = 1 + missing - p.rankOneRate - p.rankMuRate * p.weights.reduce(0, +)
    for i in 0..<n {
      for j in 0...i {
        var sum = 0.0
        for rank in 0..<population { sum += weights[rank] * ranked[rank][i] * ranked[rank][j] }
        let value =
          keep * covariance[i * n + j] + p.rankOneRate * path[i] * path[j] + p.rankMuRate * sum
        covariance[i * n + j] = value
        covariance[j * n + i] = value
      }
    }
  }

  /// The axes are computed again when the covariance may have changed by a tenth.
  private mutating func decomposeIfDue() {
    let n = center.count
    let rate = parameters.rankOneRate + parameters.rankMuRate
    guard Double(generation - axesGeneration) > 1 / (10 * Double(n) * rate) else { return }
    axesGeneration = generation
    guard let eigen = SymmetricEigen(covariance, count: n) else {
      set(.illConditioned)
      return
    }
    let largest = eigen.values.max() ?? 0
    let smallest = eigen.values.min() ?? 0
    guard smallest > 0, largest < 1e14 * smallest else {
      set(.illConditioned)
      return
    }
    axes = eigen.vectors
    lengths = eigen.values.map { $0.squareRoot() }
  }

  private mutating func set(_ status: Status) {
    statusIndex = Status.allCases.firstIndex(of: status) ?? -1
  }

  private mutating func updateStatus(_ best: Double, _ median: Double) {
    recent.append(best)
    let span = 10 + (30 * center.count + population - 1) / population
    if recent.count > span { recent.removeFirst() }
    if statusIndex >= 0 { return }
    let widest = standardDeviations.reduce(0) { max($0, $1) }
    let longest = path.reduce(0) { max($0, abs($1)) } * sigma
    if max(widest, longest) < stepTolerance * firstSigma {
      set(.stepWithinTolerance)
    } else if recent.count == span, let least = recent.min(), let most = recent.max(),
      most - least <= valueTolerance, abs(median - best) <= valueTolerance
    {
      set(.valueChangeWithinTolerance)
    }
  }
}

extension CMAES: Tree {
  /// Adds all that changes from generation to generation.
  public func appendLeaves(to leaves: inout [Leaf]) {
    let counts = [Double(generation), Double(axesGeneration), Double(statusIndex)]
    for part in [
      center, [sigma, bestValue], counts, covariance, stepPath, path, axes, lengths, recent,
      bestPoint,
    ] { leaves.append(Leaf(Tensor(part))) }
  }

  /// Replaces all that changes from generation to generation.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    func next() -> [Double] { reader.next().tensor(of: Double.self).scalars }
    center = next()
    let numbers = next()
    (sigma, bestValue) = (numbers[0], numbers[1])
    let counts = next()
    generation = Int(counts[0])
    axesGeneration = Int(counts[1])
    statusIndex = Int(counts[2])
    covariance = next()
    stepPath = next()
    path = next()
    axes = next()
    lengths = next()
    recent = next()
    bestPoint = next()
  }

  /// The names of the parts.
  public func appendLeafPaths(to paths: inout [String], prefix: String) {
    paths += [
      "center", "numbers", "counts", "covariance", "stepPath", "path", "axes", "lengths", "recent",
      "bestPoint",
    ].map { "\(prefix).\($0)" }
  }
}
