internal import Synchronization
internal import Tensors

/// One call of a zero-order estimate: a function, a key and the settings. The value is the function's
/// own; derivatives come from its values at the perturbed parameters of all samples.
///
/// Parameters are leaves with an axis of rows in front, each of which is a point of its own with the
/// same directions.
final class ZeroOrderCall: EstimatedCall, @unchecked Sendable {
  let estimator: ZeroOrder
  let key: RandomKey
  let function: ScalarFunction
  let merges = MergedLeaves()
  private let last = Mutex<(theta: [Value], rows: [Evaluated])?>(nil)

  var name: String { "ZeroOrder" }
  var subject: String { "a zero-order estimate" }

  init(_ estimator: ZeroOrder, key: RandomKey, _ function: ScalarFunction) {
    self.estimator = estimator
    self.key = key
    self.function = function
  }

  /// What evaluations at one point have given.
  final class Evaluated: @unchecked Sendable {
    let point: ParameterPoint
    let value: Double
    private let samples = Mutex<SampleValues?>(nil)

    init(_ point: ParameterPoint, value: Double) {
      self.point = point
      self.value = value
    }

    /// The values at all samples; evaluated once, under the lock.
    func samples(_ evaluate: () throws -> SampleValues) throws -> SampleValues {
      try samples.withLock { known in
        if let known { return known }
        let found = try evaluate()
        known = found
        return found
      }
    }
  }

  private static let largestVectorized = 8192

  var sampler: DirectionSampler {
    DirectionSampler(key: key, distribution: estimator.distribution)
  }

  func groupSize(_ point: ParameterPoint) -> Int {
    estimator.distribution.groupSize(parameters: point.parameters)
  }

  func plan(_ point: ParameterPoint) -> ZeroOrderPlan {
    ZeroOrderPlan(
      samples: estimator.samples, parameters: point.parameters, groupSize: groupSize(point),
      isVectorized: isVectorized(point))
  }

  private func isVectorized(_ point: ParameterPoint) -> Bool {
    function.batch != nil || !estimator.sequential && point.parameters <= Self.largestVectorized
  }

  // MARK: Evaluation

  /// The value at each row of θ, or what the last evaluation at these very leaves gave.
  func evaluated(_ theta: [Value]) throws -> [Evaluated] {
    try last.withLock { last in
      if let last, last.theta.areSame(theta) { return last.rows }
      let rows = try (0..<(theta.first?.shape[0] ?? 1)).map { row in
        try evaluate(theta.map { $0.row(row) })
      }
      last = (theta, rows)
      return rows
    }
  }

  private func evaluate(_ theta: [Value]) throws -> Evaluated {
    let point = try ParameterPoint(theta, sigma: estimator.sigma, paths: function.paths)
    let group = groupSize(point)
    if group > (1 << 28) / point.parameters {
      throw PerturbationError.invalidParameter(
        name: "groupSize", value: "\(group)",
        expected:
          "at most \((1 << 28) / point.parameters) for \(point.parameters) parameters: each "
          + "thread holds the directions of a group")
    }
    let found = try estimator.smoothing.execution.single {
      let output = try TraceContext.evaluating(for: TraceContext.current) {
        try callingFunction(sample: -1, key: key) { try function.one(theta) }
      }
      guard output.count == 1 else { throw notScalar(output.shape) }
      return [output.doubles[0]]
    }
    let value = found.first ?? .nan
    guard value.isFinite else {
      throw PerturbationError.nonFiniteOutput(sample: -1, key: key, index: 0, value: value)
    }
    return Evaluated(point, value: value)
  }

  private func notScalar(_ shape: Shape) -> PerturbationError {
    .invalidParameter(
      name: "the function's output", value: "a tensor of shape \(shape)", expected: "one number")
  }

  /// The values at the perturbed parameters of all samples.
  func samples(_ evaluated: Evaluated) throws -> SampleValues {
    try evaluated.samples {
      let pass = ValuesPass(call: self, point: evaluated.point, plan: plan(evaluated.point))
      let total = try pass.totals(on: estimator.smoothing.execution)[0]
      if total.present == 0 {
        throw PerturbationError.invalidParameter(
          name: "the number of samples with a value", value: "0", expected: "at least one")
      }
      return SampleValues(
        total.values, isAntithetic: estimator.method == .antithetic,
        groupSize: groupSize(evaluated.point))
    }
  }

  /// The values at θ + σz and, for the antithetic method, θ − σz for directions that are drawn; not
  /// numbers for samples without a value.
  func evaluate(
    _ point: ParameterPoint, _ samples: Range<Int>, _ directions: DirectionBlock
  ) throws -> (up: [Double], down: [Double]) {
    let signs: [Double] = estimator.method == .antithetic ? [1, -1] : [1]
    let count = samples.count
    if isVectorized(point) {
      let inputs = inputs(point, directions, 0..<count, signs)
      let found: [Double]
      if let batch = function.batch {
        found = try evaluate(batch, inputs, point.parameters, samples, signs.count)
      } else {
        let output = try callingFunction(sample: samples.lowerBound, key: key) {
          try function.many(inputs)
        }
        guard output.count == count * signs.count else { throw notScalar(output.shape.removing(0)) }
        found = output.doubles
        try checkFinite(found, samples)
      }
      return (Array(found[..<count]), Array(found[count...]))
    }
    var values: (up: [Double], down: [Double]) = ([], [])
    for (row, sample) in samples.enumerated() {
      for sign in signs {
        try directions.context.check()
        let inputs = inputs(point, directions, row..<row + 1, [sign]).enumerated().map {
          $1.reshaped(point.all[$0].shape)
        }
        let output = try callingFunction(sample: sample, key: key) { try function.one(inputs) }
        guard output.count == 1 else { throw notScalar(output.shape) }
        let found = output.doubles
        try checkFinite(found, sample..<sample + 1)
        if sign > 0 { values.up.append(found[0]) } else { values.down.append(found[0]) }
      }
    }
    return values
  }

  private func evaluate(
    _ batch: any BatchFunction, _ inputs: [Value], _ width: Int, _ samples: Range<Int>,
    _ signs: Int
  ) throws -> [Double] {
    let count = samples.count
    let answer = try batch.evaluate(
      BatchRequest(
        inputs: inputs.flatMap(\.doubles), width: width, count: count * signs,
        firstSample: samples.lowerBound, period: count, key: key, outputWidth: 1))
    var values = answer.outputs
    // A pair of which one value is absent has no part in the estimate.
    for position in answer.absent {
      for sign in 0..<signs { values[sign * count + position % count] = .nan }
    }
    return values
  }

  /// θ ± σz for some rows, those of one sign after those of the other: [signs · rows] + the shape.
  func inputs(
    _ point: ParameterPoint, _ directions: DirectionBlock, _ rows: Range<Int>, _ signs: [Double]
  ) -> [Value] {
    var result = point.all
    let count = rows.count * signs.count
    var next = 0
    for (index, value) in point.all.enumerated() {
      let shape = value.shape.inserting(count, at: 0)
      guard next < point.leaves.count, point.leaves[next].index == index else {
        result[index] = value.broadcast(to: shape)
        continue
      }
      let bytes = rows.count * value.count * value.type.size
      result[index] = .dense(shape, value.type) { out in
        for (position, sign) in signs.enumerated() {
          directions.perturb(
            leaf: next, rows: rows, scale: sign * estimator.sigma, into: out + position * bytes)
        }
      }
      next += 1
    }
    return result
  }

  private func checkFinite(_ values: [Double], _ samples: Range<Int>) throws {
    for (position, value) in values.enumerated() where !value.isFinite {
      let sample = samples.lowerBound + position % samples.count
      throw PerturbationError.nonFiniteOutput(
        sample: sample, key: key.child(UInt64(sample)), index: 0, value: value)
    }
  }
}

extension Value {
  /// One row of a value with an axis of rows in front.
  func row(_ index: Int) -> Value {
    (shape[0] == 1 ? self : sliced(axis: 0, start: index, count: 1)).reshaped(shape.removing(0))
  }
}
