public import Tensors

// What ``PlainValue`` takes in general, for the usual closures: with the type of the result known, their
// literals are numbers of that type, as in `x.map { $0 > 0 ? 1 : 0 }`.

extension Perturbed {
  /// Perturbs a plain function of an array that gives an array of one length each time.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint & PlainValue>(
    _ smoothing: Smoothing, _ function: @escaping @Sendable ([Scalar]) throws -> [Scalar]
  ) throws(PerturbationError)
  where Input == Tensor<Scalar>, Output == Tensor<Scalar>, Scalar.Scalar == Scalar {
    try self.init(AnyFunction(ArrayEvaluator(function)), smoothing)
  }

  /// Perturbs a plain function of an array that gives an array of one length each time: the short form, with the
  /// parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint & PlainValue>(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable ([Scalar]) throws -> [Scalar]
  ) throws(PerturbationError)
  where Input == Tensor<Scalar>, Output == Tensor<Scalar>, Scalar.Scalar == Scalar {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget), function)
  }

  /// Perturbs a plain function of an array that gives a number.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint & PlainValue>(
    _ smoothing: Smoothing, _ function: @escaping @Sendable ([Scalar]) throws -> Scalar
  ) throws(PerturbationError)
  where Input == Tensor<Scalar>, Output == Tensor<Scalar>, Scalar.Scalar == Scalar {
    try self.init(AnyFunction(ArrayEvaluator(function)), smoothing)
  }

  /// Perturbs a plain function of an array that gives a number: the short form, with the
  /// parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint & PlainValue>(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable ([Scalar]) throws -> Scalar
  ) throws(PerturbationError)
  where Input == Tensor<Scalar>, Output == Tensor<Scalar>, Scalar.Scalar == Scalar {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget), function)
  }

  /// Perturbs a plain function of a number.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint & PlainValue>(
    _ smoothing: Smoothing, _ function: @escaping @Sendable (Scalar) throws -> Scalar
  ) throws(PerturbationError)
  where Input == Tensor<Scalar>, Output == Tensor<Scalar>, Scalar.Scalar == Scalar {
    try self.init(AnyFunction(ArrayEvaluator(function)), smoothing)
  }

  /// Perturbs a plain function of a number: the short form, with the
  /// parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint & PlainValue>(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable (Scalar) throws -> Scalar
  ) throws(PerturbationError)
  where Input == Tensor<Scalar>, Output == Tensor<Scalar>, Scalar.Scalar == Scalar {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget), function)
  }

  /// Perturbs a plain function of a matrix, row by row, that gives a matrix.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint & PlainValue>(
    _ smoothing: Smoothing, _ function: @escaping @Sendable ([[Scalar]]) throws -> [[Scalar]]
  ) throws(PerturbationError)
  where Input == Tensor<Scalar>, Output == Tensor<Scalar>, Scalar.Scalar == Scalar {
    try self.init(AnyFunction(ArrayEvaluator(function)), smoothing)
  }

  /// Perturbs a plain function of a matrix, row by row, that gives a matrix: the short form, with the
  /// parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint & PlainValue>(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable ([[Scalar]]) throws -> [[Scalar]]
  ) throws(PerturbationError)
  where Input == Tensor<Scalar>, Output == Tensor<Scalar>, Scalar.Scalar == Scalar {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget), function)
  }
}
