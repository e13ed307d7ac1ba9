internal import Tensors

extension ZeroOrderCall {
  func compute(
    _ order: EstimatorOrder, _ theta: [Value], _ vectors: [PackedVectors]
  ) throws -> Value {
    let rows = try evaluated(theta)
    if order == .value {
      return .doubles(rows.map(\.value), [rows.count, 1], function.outputType)
    }
    let copies = vectors[0].copies
    let parameters = rows[0].point.parameters
    let hasParameters = order == .cotangent || order == .secondCotangent
    let width = hasParameters ? parameters : 1
    var result = [Double](repeating: 0, count: copies * rows.count * width)
    for (row, evaluated) in rows.enumerated() {
      // A vector over the parameters, or the one number of a cotangent.
      func vector(_ index: Int, _ copy: Int) -> ArraySlice<Double> {
        let part = vectors[index][copy]
        let size = part.count / rows.count
        return part[part.startIndex + row * size..<part.startIndex + (row + 1) * size]
      }
      func set(_ copy: Int, _ values: [Double]) {
        let start = (copy * rows.count + row) * width
        for k in values.indices { result[start + k] = values[k] }
      }
      let all = 0..<copies
      switch order {
      case .value: break
      case .cotangent:
        let gradient = try gradient(evaluated).values.flatMap(\.doubles)
        for copy in all {
          let factor = vector(0, copy).first ?? 0
          set(copy, gradient.map { $0 * factor })
        }
      case .tangent:
        let gradient = try gradient(evaluated).values.flatMap(\.doubles)
        for copy in all { set(copy, [dot(gradient[...], vector(0, copy))]) }
      case .secondCotangent:
        let products = try hessianProducts(evaluated, all.map { vector(1, $0) })
        for copy in all {
          let factor = vector(0, copy).first ?? 0
          set(copy, products[copy].map { $0 * factor })
        }
      case .secondTangent:
        let products = try hessianProducts(evaluated, all.map { vector(1, $0) })
        for copy in all { set(copy, [dot(products[copy][...], vector(0, copy))]) }
      }
    }
    return .doubles(
      result, [copies, rows.count, width],
      hasParameters ? rows[0].point.packedType : function.outputType)
  }

  private func dot(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
        return dotProduct(first, second, a.count)
      }
    }
  }

  func unpacked(_ cotangent: Value, _ theta: [Value]) -> [Value?] {
    var start = 0
    return theta.map { leaf in
      guard leaf.type.isFloatingPoint, leaf.count > 0 else { return nil }
      let count = leaf.count / leaf.shape[0]
      defer { start += count }
      let part =
        count == cotangent.shape[1]
        ? cotangent : cotangent.sliced(axis: 1, start: start, count: count)
      return part.reshaped(leaf.shape).cast(leaf.type)
    }
  }

  // MARK: Estimates

  /// Sums for each leaf that is perturbed.
  struct Sums {
    /// The estimate, in the leaves' shapes and types.
    var values: [Value] = []
    /// Its standard error, from the spread of independent groups of samples.
    var errors: [Value] = []
  }

  /// The estimate of the gradient, leaf by leaf, with standard errors where they are asked for.
  func gradient(_ evaluated: Evaluated, wantsErrors: Bool = false) throws -> Sums {
    let samples = try samples(evaluated)
    let present = samples.present.count
    return try sums(
      evaluated.point, samples.coefficientsOfDraws(coefficients(evaluated, samples)),
      scale: 1 / Double(present), errorsOf: wantsErrors ? present : nil)
  }

  /// The coefficients cᵢ of the directions: the gradient is (1/N) Σ cᵢ zᵢ over the N samples with a
  /// value.
  ///
  /// Where samples lack a value, the mean of the others is subtracted, with N/(N − 1), in place of
  /// nothing or f(θ): the estimate is then the derivative of the mean over the samples that are there,
  /// which a constant added to f does not enter.
  private func coefficients(_ evaluated: Evaluated, _ samples: SampleValues) -> [Double] {
    let sigma = estimator.sigma
    let present = samples.present
    let isRanked = estimator.shaping == .centeredRanks
    let ranks = isRanked ? ranks(samples, present) : [:]
    func up(_ sample: Int) -> Double { ranks[sample]?.up ?? samples.up(sample) }
    func down(_ sample: Int) -> Double { ranks[sample]?.down ?? samples.down(sample) }
    var (center, factor) = (0.0, 1.0)
    if !isRanked, present.count < samples.count {
      let n = Double(present.count)
      center = present.reduce(0) { $0 + samples.up($1) } / n
      factor = n / (n - 1)
    } else if !isRanked, estimator.method == .forward {
      center = evaluated.value
    }
    var result = [Double](repeating: 0, count: samples.count)
    for sample in present {
      result[sample] =
        estimator.method == .antithetic
        ? (up(sample) - down(sample)) / (2 * sigma) : (up(sample) - center) * factor / sigma
    }
    return result
  }

  /// The values' ranks among those that are there.
  private func ranks(
    _ samples: SampleValues, _ present: [Int]
  ) -> [Int: (up: Double, down: Double)] {
    let isAntithetic = samples.isAntithetic
    let values = present.map(samples.up) + (isAntithetic ? present.map(samples.down) : [])
    let ranks = centeredRanks(values)
    var result: [Int: (up: Double, down: Double)] = [:]
    for (place, sample) in present.enumerated() {
      result[sample] = (ranks[place], isAntithetic ? ranks[present.count + place] : 0)
    }
    return result
  }

  /// `scale` Σ dᵢ zᵢ for the coefficients dᵢ of the draws.
  ///
  /// - Parameters:
  ///   - point: Where the directions start from.
  ///   - coefficients: dᵢ, zeros for samples without a value.
  ///   - scale: What the sums are multiplied by.
  ///   - present: For standard errors of means over as many samples; nil for none.
  /// - Returns: The sums, leaf by leaf.
  /// - Throws: What drawing the directions throws.
  private func sums(
    _ point: ParameterPoint, _ coefficients: [Double], scale: Double, errorsOf present: Int? = nil
  ) throws -> Sums {
    let plan = plan(point)
    let pass = DirectionSumsPass(
      point, sampler, plan, coefficients: coefficients, findsErrors: present != nil)
    var execution = estimator.smoothing
    // So little work that threads cost more than they bring.
    if estimator.samples < 100_000 / point.parameters { execution.threads = 1 }
    let totals = try pass.totals(on: execution.execution)
    var (sums, errors): ([Double], [Double]) = ([], [])
    sums.reserveCapacity(point.parameters)
    for (part, total) in zip(pass.parts, totals) {
      let count = part.counters.count
      if let present {
        let moments = total.moments[0]
        sums += moments.sum[..<count].map { $0 * scale }
        errors += moments.standardErrors(present: present, unit: plan.groupSize)[..<count].map {
          $0 * Double(present) * abs(scale)
        }
      } else {
        sums += total.sums[..<count].map { $0 * scale }
      }
    }
    func leaves(_ packed: [Double]) -> [Value] {
      point.leaves.map { leaf in
        .doubles(
          Array(packed[leaf.offset..<leaf.offset + leaf.count]), leaf.theta.shape, leaf.theta.type)
      }
    }
    return Sums(values: leaves(sums), errors: present == nil ? [] : leaves(errors))
  }

  /// The products of the estimate of the Hessian with vectors over all parameters:
  /// (1/Nσ²) Σ wᵢ (zᵢ ⟨zᵢ, u⟩ − u), with wᵢ = f(θ + σzᵢ) − b for the naive and the forward method
  /// and the mean of both directions' values, less f(θ), for the antithetic one. Where samples lack a
  /// value, the mean of the others is subtracted, with N/(N − 1).
  private func hessianProducts(
    _ evaluated: Evaluated, _ vectors: [ArraySlice<Double>]
  ) throws -> [[Double]] {
    try checkSecondDerivative()
    let samples = try samples(evaluated)
    let present = samples.present
    let n = Double(present.count)
    func mean(_ sample: Int) -> Double {
      samples.isAntithetic ? (samples.up(sample) + samples.down(sample)) / 2 : samples.up(sample)
    }
    var (center, factor) = (estimator.method == .naive ? 0 : evaluated.value, 1.0)
    if present.count < samples.count {
      center = present.reduce(0) { $0 + mean($1) } / n
      factor = n / (n - 1)
    }
    var weights = [Double](repeating: 0, count: samples.count)
    for sample in present { weights[sample] = (mean(sample) - center) * factor }
    let pass = ProjectionPass(
      point: evaluated.point, sampler: sampler, samples: estimator.samples, vectors: vectors)
    let along = try pass.totals(on: estimator.smoothing.execution)[0].values
    let scale = 1 / (n * estimator.sigma * estimator.sigma)
    let total = weights.reduce(0, +) * scale
    return try vectors.indices.map { index in
      let coefficients = weights.indices.map { weights[$0] * along[$0 * vectors.count + index] }
      let sums = try sums(evaluated.point, coefficients, scale: scale)
      var result = sums.values.flatMap(\.doubles)
      for (k, u) in vectors[index].enumerated() { result[k] -= total * u }
      return result
    }
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
