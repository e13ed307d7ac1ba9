/// The function's values at the perturbed parameters of all samples, and what groups of directions were
/// made with.
struct SampleValues: Sendable {
  let isAntithetic: Bool
  /// Directions that are orthogonal to one another; 0 for none.
  let groupSize: Int
  /// For each sample: f(θ + σz), f(θ − σz) where antithetic, and its row of the group's factors. Not a
  /// number for a sample without a value.
  private let records: [Double]

  init(_ records: [Double], isAntithetic: Bool, groupSize: Int) {
    self.records = records
    self.isAntithetic = isAntithetic
    self.groupSize = groupSize
  }

  /// Numbers of a sample's record.
  static func stride(isAntithetic: Bool, groupSize: Int) -> Int {
    (isAntithetic ? 2 : 1) + groupSize
  }

  private var stride: Int { Self.stride(isAntithetic: isAntithetic, groupSize: groupSize) }
  var count: Int { records.count / stride }

  func up(_ sample: Int) -> Double { records[sample * stride] }
  func down(_ sample: Int) -> Double { records[sample * stride + 1] }
  func isPresent(_ sample: Int) -> Bool { !records[sample * stride].isNaN }

  /// The samples with a value.
  var present: [Int] { (0..<count).filter(isPresent) }

  /// The coefficients of the draws for coefficients of the directions.
  ///
  /// Direction i of a group is Σ_j m_ij z_j for the draws z_j of its samples, so a sum Σ c_i q_i over
  /// directions is the sum Σ d_j z_j over draws with d = mᵀ c: it needs the draws alone, of any part
  /// of the parameters.
  func coefficientsOfDraws(_ coefficients: [Double]) -> [Double] {
    guard groupSize > 0 else { return coefficients }
    var result = [Double](repeating: 0, count: coefficients.count)
    let first = isAntithetic ? 2 : 1
    for sample in coefficients.indices where coefficients[sample] != 0 {
      let group = sample / groupSize * groupSize
      for j in 0...(sample - group) {
        result[group + j] += records[sample * stride + first + j] * coefficients[sample]
      }
    }
    return result
  }
}

/// Evaluates a function at the perturbed parameters of all samples.
struct ValuesPass: Pass {
  let call: ZeroOrderCall
  let point: ParameterPoint
  let plan: ZeroOrderPlan

  var segments: Int { 1 }
  var blocks: Int { plan.blockCount }
  var samples: Int { plan.samples }
  var samplesPerBlock: Int { plan.samplesPerBlock }
  var layout: PartialSums.Layout {
    PartialSums.Layout(
      values: SampleValues.stride(
        isAntithetic: call.estimator.method == .antithetic, groupSize: call.groupSize(point)))
  }

  var fingerprint: Fingerprint {
    var fingerprint = shapeFingerprint
    let estimator = call.estimator
    for word in [call.key.words.0, call.key.words.1] { fingerprint.add(UInt64(word)) }
    for leaf in point.leaves { fingerprint.add(leaf.theta.doubles) }
    fingerprint.add(estimator.sigma.bitPattern)
    for name in [estimator.method.rawValue, estimator.distribution.name] { fingerprint.add(name) }
    return fingerprint
  }

  func makeWorker(_ context: EvaluationContext) -> DirectionBlock {
    DirectionBlock(
      point.leaves, call.sampler, capacity: Swift.min(plan.samplesAtOnce, plan.samples),
      groupSize: call.groupSize(point), context)
  }

  func reduce(
    segment: Int, block: Int, _ worker: DirectionBlock, into sums: inout PartialSums
  ) throws {
    let groupSize = call.groupSize(point)
    for samples in ZeroOrderPlan.cuts(plan.block(block), plan.samplesAtOnce) {
      let mixes = try worker.draw(samples)
      let values = try call.evaluate(point, samples, worker)
      for row in 0..<samples.count {
        sums.values.append(values.up[row])
        if !values.down.isEmpty { sums.values.append(values.down[row]) }
        guard groupSize > 0 else { continue }
        // A square matrix of the group's size, of which the last may have fewer rows.
        let mix = mixes[row / groupSize]
        let size = Swift.min(groupSize, samples.count - row / groupSize * groupSize)
        let own = row % groupSize * size
        sums.values += mix[own..<own + size]
        for _ in size..<groupSize { sums.values.append(0) }
      }
      sums.samples += samples.count
      sums.present += values.up.count { !$0.isNaN }
    }
  }
}
