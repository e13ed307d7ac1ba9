public import Solvers
public import Tensors

// Each kind of function has four forms: a function last, as a closure is written, and first, as a name
// is; each with a `Smoothing` and with its parameters.

extension Perturbed {
  /// Perturbs a function of one example, written with tensors.
  ///
  /// The function is vectorised over the samples, as by `vmap`: it sees tensors of one example's
  /// shape and must not read their elements. One that has to (to branch on a value, to call other
  /// code) is evaluated one sample at a time with `sequential: true`.
  ///
  /// - Parameters:
  ///   - smoothing: Samples, σ, noise and the rest.
  ///   - sequential: Evaluates one sample at a time.
  ///   - function: From a tree of tensors to a tree of floating-point tensors.
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    _ smoothing: Smoothing, sequential: Bool = false,
    _ function: @escaping @Sendable (Input) throws -> Output
  ) throws(PerturbationError) {
    try self.init(AnyFunction(sequential: sequential, function), smoothing)
  }

  /// Perturbs a function of one example, written with tensors: the short form,
  /// ``init(_:sequential:_:)``, with the parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, sequential: Bool = false, threads: Int? = nil,
    outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable (Input) throws -> Output
  ) throws(PerturbationError) {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget), sequential: sequential, function)
  }

  /// Perturbs a function of one example that has a name.
  ///
  /// ```swift
  /// @Sendable func argmax(_ x: Tensor<Float>) -> Tensor<Float> { oneHot(x.argMax(), classes: 5) }
  /// let soft = try Perturbed(argmax, smoothing)
  /// ```
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    _ function: @escaping @Sendable (Input) throws -> Output, _ smoothing: Smoothing,
    sequential: Bool = false
  ) throws(PerturbationError) {
    try self.init(smoothing, sequential: sequential, function)
  }

  /// Perturbs a function of one example that has a name, with the parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    _ function: @escaping @Sendable (Input) throws -> Output, samples: Int, sigma: Double,
    noise: Noise = .normal, baseline: Baseline = .none, sampling: Sampling = .independent,
    sequential: Bool = false, threads: Int? = nil, outputBudget: Int = defaultOutputBudget
  ) throws(PerturbationError) {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget), sequential: sequential, function)
  }
}

// MARK: Solvers

extension Perturbed where Input == Tensor<Float>, Output == Tensor<Float> {
  /// Perturbs a solver.
  ///
  /// ```swift
  /// let smoothing = Smoothing(samples: 100_000, sigma: 0.05)
  /// let paths = try Perturbed(ShortestPath(graph, from: 0, to: 8), smoothing)
  /// ```
  ///
  /// - Parameters:
  ///   - solver: What maps θ + σz to an output.
  ///   - smoothing: Samples, σ, noise and the rest.
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(_ solver: some Solver, _ smoothing: Smoothing) throws(PerturbationError) {
    try self.init(AnyFunction(SolverEvaluator<Float, _>(solver: solver)), smoothing)
  }

  /// Perturbs a solver: the short form, with the parameters of ``Smoothing``.
  ///
  /// ```swift
  /// let paths = try Perturbed(ShortestPath(graph, from: 0, to: 8), samples: 100_000, sigma: 0.05)
  /// ```
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    _ solver: some Solver, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none, sampling: Sampling = .independent, threads: Int? = nil,
    outputBudget: Int = defaultOutputBudget
  ) throws(PerturbationError) {
    try self.init(
      solver,
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget))
  }
}

extension Perturbed where Input == Tensor<Double>, Output == Tensor<Double> {
  /// Perturbs a solver in double precision.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  @_disfavoredOverload
  public init(_ solver: some Solver, _ smoothing: Smoothing) throws(PerturbationError) {
    try self.init(AnyFunction(SolverEvaluator<Double, _>(solver: solver)), smoothing)
  }

  /// Perturbs a solver in double precision, with the parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  @_disfavoredOverload
  public init(
    _ solver: some Solver, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none, sampling: Sampling = .independent, threads: Int? = nil,
    outputBudget: Int = defaultOutputBudget
  ) throws(PerturbationError) {
    try self.init(
      solver,
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads, outputBudget: outputBudget))
  }
}

extension Perturbed {
  /// Perturbs a solver in the precision of the input's type, where code works in either.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Scalar: TensorFloatingPoint>(
    solving solver: some Solver, _ smoothing: Smoothing
  ) throws(PerturbationError) where Input == Tensor<Scalar>, Output == Tensor<Scalar> {
    try self.init(AnyFunction(SolverEvaluator<Scalar, _>(solver: solver)), smoothing)
  }

  /// Perturbs a function of many inputs at a time.
  package init<Scalar: TensorFloatingPoint>(
    batchFunction function: some BatchFunction, _ smoothing: Smoothing
  ) throws(PerturbationError) where Input == Tensor<Scalar>, Output == Tensor<Scalar> {
    try self.init(AnyFunction(BatchEvaluator<Scalar>(function: function)), smoothing)
  }
}
