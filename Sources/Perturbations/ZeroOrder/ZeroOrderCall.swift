internal import Synchronization
internal import Tensors

/// One call of a zero-order estimate: a function, a key and the settings. It evaluates the function
/// and reduces over the samples.
final class ZeroOrderCall: @unchecked Sendable {
  let estimator: ZeroOrder
  let key: RandomKey
  let function: ErasedFunction
  private let last = Mutex<Evaluated?>(nil)

  init(_ estimator: ZeroOrder, key: RandomKey, _ function: ErasedFunction) {
    self.estimator = estimator
    self.key = key
    self.function = function
  }

  /// A scalar function of a tree, seen as one of the tree's leaves.
  struct ErasedFunction: Sendable {
    /// The value at the leaves of one tree.
    let one: @Sendable ([Value]) throws -> Value
    /// The values at leaves with an additional axis in front.
    let many: @Sendable ([Value]) throws -> Value
    /// The path of each leaf, for messages.
    let paths: @Sendable () -> [String]
    let outputType: ElementType
    /// Evaluates many inputs by itself, in the place of `many`.
    var batch: (any BatchFunction)?

    /// A function of many inputs, each a tensor of one shape.
    init<Scalar: TensorFloatingPoint>(
      _ input: Tensor<Scalar>, batches: some BatchFunction, key: RandomKey
    ) {
      self.init(input) { (x: Tensor<Scalar>) throws -> Tensor<Scalar> in
        let answer = try batches.evaluate(
          BatchRequest(
            inputs: x.value.doubles, width: x.count, count: 1, firstSample: -1, key: key,
            outputWidth: 1))
        if let reason = answer.reason { throw reason }
        return Tensor(Scalar(nearest: answer.outputs[0]))
      }
      batch = batches
    }

    init<Input: Tree & Sendable, Scalar: TensorFloatingPoint>(
      _ input: Input, _ function: @escaping @Sendable (Input) throws -> Tensor<Scalar>
    ) {
      let template = input.withoutElements
      one = { try function(template.withValues($0)).value }
      many = { leaves in
        try vmap { (x: Input) throws in try function(x) }(template.withValues(leaves)).value
      }
      paths = { template.leafPaths }
      outputType = Scalar.elementType
    }
  }

  /// The parameters, checked.
  struct Point: Sendable {
    /// All leaves, dense.
    let all: [Value]
    /// Those that are perturbed.
    let leaves: [ParameterLeaf]

    var parameters: Int { leaves.reduce(0) { $0 + $1.count } }
  }

  /// What evaluations at one point have given.
  final class Evaluated: @unchecked Sendable {
    let point: Point
    let value: Double
    private let samples = Mutex<SampleValues?>(nil)

    init(_ point: Point, value: Double) {
      self.point = point
      self.value = value
    }

    func samples(_ evaluate: () throws -> SampleValues) throws -> SampleValues {
      if let known = samples.withLock({ $0 }) { return known }
      let found = try evaluate()
      samples.withLock { $0 = found }
      return found
    }
  }

  /// The function's values at the perturbed parameters.
  struct SampleValues: Sendable {
    /// f(θ + σzᵢ)
    var up: [Double] = []
    /// f(θ − σzᵢ), for the antithetic method.
    var down: [Double] = []
    /// Samples that lack a value, whose entries are zeros.
    var absent: [Int] = []
    var mixes: GroupMixes
  }

  // MARK: Evaluation

  private static let processorCount = SampleExecutor.processorCount
  private static let largestVectorized = 8192

  var sampler: DirectionSampler {
    DirectionSampler(key: key, distribution: estimator.distribution)
  }

  func executor(threads most: Int = .max) -> SampleExecutor {
    SampleExecutor(threads: Swift.min(most, estimator.threads ?? Self.processorCount))
  }

  func plan(_ point: Point) -> ZeroOrderPlan {
    ZeroOrderPlan(
      samples: estimator.samples, parameters: point.parameters,
      groupSize: estimator.distribution.groupSize(parameters: point.parameters),
      isVectorized: isVectorized(point))
  }

  private func isVectorized(_ point: Point) -> Bool {
    function.batch != nil || !estimator.sequential && point.parameters <= Self.largestVectorized
  }

  /// The value at θ, or what the last evaluation at these very leaves gave.
  func evaluated(_ theta: [Value]) throws -> Evaluated {
    if let last = last.withLock({ $0 }),
      zip(last.point.all, theta).allSatisfy({ $0.sharesElements(with: $1) && $0.shape == $1.shape })
    {
      return last
    }
    let point = try point(theta)
    let output = try TraceContext.evaluating(for: TraceContext.current) {
      try callingFunction(sample: -1, key: key) { try function.one(theta) }
    }
    guard output.count == 1 else { throw notScalar(output.shape) }
    let value = output.doubles[0]
    guard value.isFinite else {
      throw PerturbationError.nonFiniteOutput(sample: -1, key: key, index: 0, value: value)
    }
    let result = Evaluated(point, value: value)
    last.withLock { $0 = result }
    return result
  }

  private func notScalar(_ shape: Shape) -> PerturbationError {
    .invalidParameter(
      name: "the function's output", value: "a tensor of shape \(shape)", expected: "one number")
  }

  private func point(_ theta: [Value]) throws -> Point {
    var leaves: [ParameterLeaf] = []
    var offset = 0
    for (index, value) in theta.enumerated() where value.type.isFloatingPoint && value.count > 0 {
      leaves.append(ParameterLeaf(index: index, theta: value, offset: offset))
      offset += value.count
      if let (position, element) = value.firstNonFinite {
        throw PerturbationError.nonFiniteInput(
          path: function.paths()[index], index: position, value: element)
      }
    }
    if leaves.isEmpty { throw PerturbationError.emptyInput }
    return Point(all: theta, leaves: leaves)
  }

  /// The values at the perturbed parameters of all samples.
  func samples(_ evaluated: Evaluated) throws -> SampleValues {
    try evaluated.samples {
      let point = evaluated.point
      let plan = plan(point)
      let groupSize = estimator.distribution.groupSize(parameters: point.parameters)
      var result = SampleValues(mixes: GroupMixes(groupSize: groupSize))
      try executor().run(blocks: plan.blockCount) {
        DirectionBlock(
          point.leaves, sampler, capacity: Swift.min(plan.samplesAtOnce, plan.samples),
          groupSize: groupSize)
      } body: { block, directions in
        var values = SampleValues(mixes: GroupMixes(groupSize: groupSize))
        for samples in ZeroOrderPlan.cuts(plan.block(block), plan.samplesAtOnce) {
          try evaluate(point, samples, directions, &values)
        }
        return values
      } combine: { _, values in
        result.up += values.up
        result.down += values.down
        result.absent += values.absent
        result.mixes.append(contentsOf: values.mixes)
      }
      if result.absent.count == estimator.samples {
        throw PerturbationError.invalidParameter(
          name: "the number of samples with a value", value: "0", expected: "at least one")
      }
      return result
    }
  }

  private func evaluate(
    _ point: Point, _ samples: Range<Int>, _ directions: DirectionBlock,
    _ values: inout SampleValues
  ) throws {
    values.mixes.append(contentsOf: try directions.draw(samples))
    let isAntithetic = estimator.method == .antithetic
    if isVectorized(point) {
      let rows = 0..<samples.count
      let signs: [Double] = isAntithetic ? [1, -1] : [1]
      let inputs = inputs(point, directions, rows, signs)
      if let batch = function.batch {
        try evaluate(batch, inputs, point.parameters, samples, signs.count, &values)
        return
      }
      let output = try callingFunction(sample: samples.lowerBound, key: key) {
        try function.many(inputs)
      }
      guard output.count == samples.count * signs.count else {
        throw notScalar(output.shape.removing(0))
      }
      let found = output.doubles
      try checkFinite(found, samples)
      values.up += found[..<samples.count]
      if isAntithetic { values.down += found[samples.count...] }
      return
    }
    for (row, sample) in samples.enumerated() {
      func value(_ sign: Double) throws -> Double {
        let inputs = inputs(point, directions, row..<row + 1, [sign]).enumerated().map {
          $1.reshaped(point.all[$0].shape)
        }
        let output = try callingFunction(sample: sample, key: key) { try function.one(inputs) }
        guard output.count == 1 else { throw notScalar(output.shape) }
        let found = output.doubles
        try checkFinite(found, sample..<sample + 1)
        return found[0]
      }
      values.up.append(try value(1))
      if isAntithetic { values.down.append(try value(-1)) }
    }
  }

  private func evaluate(
    _ batch: any BatchFunction, _ inputs: [Value], _ width: Int, _ samples: Range<Int>,
    _ signs: Int, _ values: inout SampleValues
  ) throws {
    let count = samples.count
    let answer = try batch.evaluate(
      BatchRequest(
        inputs: inputs.flatMap(\.doubles), width: width, count: count * signs,
        firstSample: samples.lowerBound, period: count, key: key, outputWidth: 1))
    values.absent += Set(answer.absent.map { samples.lowerBound + $0 % count }).sorted()
    values.up += answer.outputs[..<count]
    if signs > 1 { values.down += answer.outputs[count...] }
  }

  /// θ ± σz for some rows, those of one sign after those of the other: [signs · rows] + the shape.
  private func inputs(
    _ point: Point, _ directions: DirectionBlock, _ rows: Range<Int>, _ signs: [Double]
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
  /// The elements of a dense floating-point value.
  var doubles: [Double] {
    withElements { pointer in
      if type == .double {
        return Array(
          UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Double.self), count: count))
      }
      let floats = UnsafeBufferPointer(
        start: pointer.assumingMemoryBound(to: Float.self), count: count)
      return floats.map { Double($0) }
    }
  }

  /// The first element that is infinite or not a number.
  fileprivate var firstNonFinite: (Int, Double)? {
    withElements { pointer in
      func find<Scalar: TensorFloatingPoint>(_ elements: UnsafePointer<Scalar>) -> (Int, Double)? {
        // x − x is 0 for finite x only.
        var sum: Scalar = 0
        for i in 0..<count { sum += elements[i] - elements[i] }
        if sum == 0 { return nil }
        for i in 0..<count where !elements[i].isFinite { return (i, elements[i].asDouble) }
        return nil
      }
      return type == .double
        ? find(pointer.assumingMemoryBound(to: Double.self))
        : find(pointer.assumingMemoryBound(to: Float.self))
    }
  }
}
