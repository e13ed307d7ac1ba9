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
  ///   - key: The key of the directions; by default the next of the enclosing
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
    try estimate(at: x, ZeroOrderCall(self, key: .resolve(key), ScalarFunction(x, function)))
  }

  /// The same for a function of many inputs.
  package func estimate<Scalar: TensorFloatingPoint>(
    at x: Tensor<Scalar>, key: RandomKey?, ofBatches function: some BatchFunction
  ) throws -> ZeroOrderEstimate<Tensor<Scalar>> {
    let key = try RandomKey.resolve(key)
    return try estimate(
      at: x, ZeroOrderCall(self, key: key, ScalarFunction(x, batches: function, key: key)))
  }

  private func estimate<Parameters: Tree & Sendable>(
    at x: Parameters, _ call: ZeroOrderCall
  ) throws -> ZeroOrderEstimate<Parameters> {
    let evaluated = try call.evaluated(
      x.values.map { $0.concrete("ZeroOrder.estimate").withRow })[0]
    let sums = try call.gradient(evaluated, wantsErrors: true)
    let samples = try call.samples(evaluated)
    let (mean, error) = samples.mean
    return ZeroOrderEstimate(
      value: evaluated.value, smoothedValue: mean, smoothedValueError: error,
      gradient: x.withGradient(evaluated.point.completed(sums.values)),
      standardError: x.withGradient(evaluated.point.completed(sums.errors)),
      evaluations: evaluations, skipped: samples.count - samples.present.count)
  }
}

extension SampleValues {
  /// The mean over the samples with a value and its standard error, from the spread over groups.
  fileprivate var mean: (value: Double, error: Double) {
    let values = present.map { isAntithetic ? (up($0) + down($0)) / 2 : up($0) }
    var moments = Moments(Moments.Layout(width: 1))
    moments.add(samples: 0..<values.count, unit: Swift.max(groupSize, 1)) { sum in
      for value in values { sum[0] += value }
    } terms: { rows, terms in
      for row in rows { terms[row - rows.lowerBound] = values[row] }
    }
    return (moments.means[0], moments.degreesOfFreedom > 0 ? moments.standardErrors[0] : .nan)
  }
}

extension ZeroOrder {
  /// The value of a function of many inputs, whose gradient is estimated; a node of the tape.
  package func value<Scalar: TensorFloatingPoint>(
    at x: Tensor<Scalar>, key: RandomKey?, ofBatches function: some BatchFunction
  ) throws -> Tensor<Scalar> {
    let key = try RandomKey.resolve(key)
    let call = ZeroOrderCall(self, key: key, ScalarFunction(x, batches: function, key: key))
    return Tensor(try call.value(at: [x.value]))
  }
}
