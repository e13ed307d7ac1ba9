public import Tensors

/// What the samples of a ``ZeroOrder`` estimate say: the value, the gradient and how certain it is.
public struct ZeroOrderEstimate<Parameters: Tree & Sendable>: Sendable {
  /// f(θ).
  public let value: Double
  /// The mean of the function over all perturbed parameters, an estimate of E[f(θ + σZ)] (of its
  /// mean over Z and −Z for the antithetic method).
  public let smoothedValue: Double
  /// The standard error of ``smoothedValue``; not a number for a single group of samples.
  public let smoothedValueError: Double
  /// The estimate of the gradient.
  public let gradient: Parameters
  /// The standard error of each element of ``gradient``, from the spread over the samples (over
  /// the groups, where directions are orthogonal to one another); not a number for a single one.
  public let standardError: Parameters
  /// How often the function was called.
  public let evaluations: Int
  /// How many samples the estimate was made without, where the function is a program whose failures
  /// are to be skipped.
  public let skipped: Int
}

extension ZeroOrder {
  /// The value, the gradient and their standard errors from one set of samples.
  ///
  /// - Parameters:
  ///   - x: θ; leaves that are not floating-point are left as they are and have zeros as gradient.
  ///   - key: The key of the directions; by default the next of the task-local default, see
  ///     `RandomKey.withDefault`.
  ///   - function: Gives a tensor with one element; called ``evaluations`` times, possibly from
  ///     several threads.
  /// - Returns: The estimates; they are not followed by gradients around the call.
  /// - Throws: ``PerturbationError`` for parameters that are empty or not finite, and for a function
  ///   that fails or gives anything but one finite number.
  public func estimate<Parameters: Tree & Sendable, Scalar: TensorFloatingPoint>(
    at x: Parameters, key: RandomKey? = nil,
    of function: @escaping @Sendable (Parameters) throws -> Tensor<Scalar>
  ) throws -> ZeroOrderEstimate<Parameters> {
    try estimate(at: x, ZeroOrderCall(self, key: .resolve(key), .init(x, function)))
  }

  /// The same for a function of many inputs.
  package func estimate<Scalar: TensorFloatingPoint>(
    at x: Tensor<Scalar>, key: RandomKey?, ofBatches function: some BatchFunction
  ) throws -> ZeroOrderEstimate<Tensor<Scalar>> {
    let key = RandomKey.resolve(key)
    return try estimate(at: x, ZeroOrderCall(self, key: key, .init(x, batches: function, key: key)))
  }

  private func estimate<Parameters: Tree & Sendable>(
    at x: Parameters, _ call: ZeroOrderCall
  ) throws -> ZeroOrderEstimate<Parameters> {
    let evaluated = try call.evaluated(x.values.map { $0.concrete("ZeroOrder.estimate") })
    let sums = try call.gradient(evaluated, wantsErrors: true)
    let samples = try call.samples(evaluated)
    let (mean, error) = samples.mean
    return ZeroOrderEstimate(
      value: evaluated.value, smoothedValue: mean, smoothedValueError: error,
      gradient: x.withValues(evaluated.point.completed(sums.values)),
      standardError: x.withValues(evaluated.point.completed(sums.errors)),
      evaluations: evaluations, skipped: samples.absent.count)
  }
}

extension ZeroOrderCall.SampleValues {
  /// The mean over the samples and its standard error, from the spread over groups.
  fileprivate var mean: (value: Double, error: Double) {
    let absent = Set(absent)
    let all = down.isEmpty ? up : zip(up, down).map { ($0 + $1) / 2 }
    let values = all.indices.filter { !absent.contains($0) }.map { all[$0] }
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    var spread = 0.0
    let groups = ZeroOrderPlan.cuts(0..<values.count, Swift.max(mixes.groupSize, 1))
    for group in groups {
      let size = Double(group.count)
      let deviation = values[group].reduce(0, +) / size - mean
      spread += size * deviation * deviation
    }
    let error = (spread / Double(groups.count - 1) / n).squareRoot()
    return (mean, groups.count > 1 ? error : .nan)
  }
}

extension ZeroOrderCall.Point {
  /// All leaves: the given values for those that are perturbed, zeros for the others.
  func completed(_ values: [Value]) -> [Value] {
    var next = 0
    return all.enumerated().map { index, leaf in
      guard next < leaves.count, leaves[next].index == index else {
        return .zeros(leaf.shape, leaf.type)
      }
      defer { next += 1 }
      return values[next]
    }
  }
}

extension ZeroOrderCall.SampleValues {
  /// How many samples have a value.
  var presentCount: Double { Double(up.count - absent.count) }
}

extension ZeroOrder {
  /// The value of a function of many inputs, whose gradient is estimated; a node of the tape.
  package func value<Scalar: TensorFloatingPoint>(
    at x: Tensor<Scalar>, key: RandomKey?, ofBatches function: some BatchFunction
  ) throws -> Tensor<Scalar> {
    let key = RandomKey.resolve(key)
    let call = ZeroOrderCall(self, key: key, .init(x, batches: function, key: key))
    return Tensor(try apply(ZeroOrderNode(call: call, order: .value, leafCount: 1), [x.value]))
  }
}
