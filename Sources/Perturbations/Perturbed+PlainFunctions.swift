public import Tensors

extension Perturbed {
  /// Perturbs a plain function of numbers or arrays (``PlainValue``): anything at all, evaluated one
  /// sample at a time.
  ///
  /// ```swift
  /// let rate = try Perturbed(smoothing) { (x: Double) in x > 0 ? 1.0 : 0.0 }
  /// let cost = try Perturbed(smoothing) { (x: [Float]) in x.max() ?? 0 }
  /// let plan = try Perturbed(smoothing) { (times: [[Float]]) in times.reversed() }
  /// ```
  ///
  /// - Parameters:
  ///   - smoothing: Samples, σ, noise and the rest.
  ///   - function: From the elements of θ + σz, row-major in one array or in nested ones, to a number,
  ///     an array or nested arrays of the same shape each time. The output is a tensor of that shape.
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  @_disfavoredOverload
  public init<Argument: PlainValue, Result: PlainValue>(
    _ smoothing: Smoothing, _ function: @escaping @Sendable (Argument) throws -> Result
  ) throws(PerturbationError)
  where
    Input == Tensor<Argument.Scalar>, Output == Tensor<Argument.Scalar>,
    Result.Scalar == Argument.Scalar
  {
    try self.init(AnyFunction(ArrayEvaluator(function)), smoothing)
  }

  /// Perturbs a plain function of numbers or arrays: the short form, with the parameters of
  /// ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  @_disfavoredOverload
  public init<Argument: PlainValue, Result: PlainValue>(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable (Argument) throws -> Result
  ) throws(PerturbationError)
  where
    Input == Tensor<Argument.Scalar>, Output == Tensor<Argument.Scalar>,
    Result.Scalar == Argument.Scalar
  {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget), function)
  }

  /// Perturbs a plain function of numbers or arrays that has a name.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Argument: PlainValue, Result: PlainValue>(
    _ function: @escaping @Sendable (Argument) throws -> Result, _ smoothing: Smoothing
  ) throws(PerturbationError)
  where
    Input == Tensor<Argument.Scalar>, Output == Tensor<Argument.Scalar>,
    Result.Scalar == Argument.Scalar
  {
    try self.init(smoothing, function)
  }

  /// Perturbs a plain function of numbers or arrays that has a name, with the parameters of
  /// ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Argument: PlainValue, Result: PlainValue>(
    _ function: @escaping @Sendable (Argument) throws -> Result, samples: Int, sigma: Double,
    noise: Noise = .normal, baseline: Baseline = .none, sampling: Sampling = .independent,
    threads: Int? = nil, outputBudget: Int = defaultOutputBudget
  ) throws(PerturbationError)
  where
    Input == Tensor<Argument.Scalar>, Output == Tensor<Argument.Scalar>,
    Result.Scalar == Argument.Scalar
  {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget), function)
  }
}
