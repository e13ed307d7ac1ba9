internal import Tensors

extension ZeroOrderCall {
  /// The coefficients cᵢ of the directions: the gradient is (1/N) Σ cᵢ zᵢ.
  private func coefficients(_ evaluated: Evaluated, _ samples: SampleValues) -> [Double] {
    let sigma = estimator.sigma
    var (up, down, center) = (samples.up, samples.down, evaluated.value)
    if estimator.shaping == .centeredRanks {
      (up, down) = ranks(samples)
      center = 0
    }
    var result: [Double] =
      switch estimator.method {
      case .naive: up.map { $0 / sigma }
      case .forward: up.map { ($0 - center) / sigma }
      case .antithetic: zip(up, down).map { ($0 - $1) / (2 * sigma) }
      }
    for sample in samples.absent { result[sample] = 0 }
    return result
  }

  /// The values' ranks among those that are there.
  private func ranks(_ samples: SampleValues) -> (up: [Double], down: [Double]) {
    let count = samples.up.count
    let absent = Set(samples.absent)
    let all = samples.up + samples.down
    let present = all.indices.filter { !absent.contains($0 % count) }
    var ranks = [Double](repeating: 0, count: all.count)
    for (index, rank) in zip(present, centeredRanks(present.map { all[$0] })) {
      ranks[index] = rank
    }
    return (Array(ranks[..<count]), Array(ranks[count...]))
  }

  /// The estimate of the gradient, leaf by leaf, with standard errors where they are asked for.
  func gradient(_ evaluated: Evaluated, wantsErrors: Bool = false) throws -> Sums {
    let samples = try samples(evaluated)
    let draws = samples.mixes.applyTransposed(coefficients(evaluated, samples))
    return try sums(
      evaluated.point, draws, scale: 1 / samples.presentCount, absent: samples.absent.count,
      wantsErrors: wantsErrors)
  }

  /// The product of the estimate of the Hessian with a vector over all parameters:
  /// (1/Nσ²) Σ wᵢ (zᵢ ⟨zᵢ, u⟩ − u), with wᵢ = f(θ + σzᵢ) − b for the naive and the forward method
  /// and the mean of both directions' values, less f(θ), for the antithetic one.
  func hessianProduct(_ evaluated: Evaluated, _ u: [Double]) throws -> [Double] {
    try checkSecondDerivative()
    let samples = try samples(evaluated)
    var weights: [Double] =
      switch estimator.method {
      case .naive: samples.up
      case .forward: samples.up.map { $0 - evaluated.value }
      case .antithetic: zip(samples.up, samples.down).map { ($0 + $1) / 2 - evaluated.value }
      }
    for sample in samples.absent { weights[sample] = 0 }
    let along = try projections(evaluated.point, [u])[0]
    let scale = 1 / (samples.presentCount * estimator.sigma * estimator.sigma)
    let sums = try sums(evaluated.point, zip(weights, along).map { $0 * $1 }, scale: scale)
    let total = weights.reduce(0, +) * scale
    var result: [Double] = []
    result.reserveCapacity(u.count)
    for value in sums.values { result += value.doubles }
    for k in u.indices { result[k] -= total * u[k] }
    return result
  }

  private func checkSecondDerivative() throws {
    guard case .standard(.normal) = estimator.distribution.kind else {
      throw PerturbationError.unsupportedDerivative(
        "the second derivative of a zero-order estimate needs independent normal directions, not "
          + "those of the \(estimator.distribution.name) distribution")
    }
    guard estimator.shaping == .none else {
      throw PerturbationError.unsupportedDerivative(
        "a zero-order estimate from ranks is the derivative of no function, and has no second one")
    }
  }
}

/// Ranks spread evenly over −½ … ½; equal values share the mean of their ranks.
func centeredRanks(_ values: [Double]) -> [Double] {
  let n = values.count
  guard n > 1 else { return [Double](repeating: 0, count: n) }
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var ranks = [Double](repeating: 0, count: n)
  var start = 0
  while start < n {
    var end = start + 1
    while end < n && values[order[end]] == values[order[start]] { end += 1 }
    let rank = Double(start + end - 1) / 2
    for position in start..<end { ranks[order[position]] = rank / Double(n - 1) - 0.5 }
    start = end
  }
  return ranks
}
