public import Solvers
internal import Synchronization
public import Tensors

/// Bytes up to which a call keeps the function's outputs for its pullback: 256 MB. Beyond, the
/// pullback evaluates the function again.
public let defaultOutputBudget = 256 << 20

extension Perturbed {
  /// Perturbs a function of one example, written with tensors.
  ///
  /// The function is vectorised over the samples, as by `vmap`: it sees tensors of one example's
  /// shape and must not read their elements. One that has to (to branch on a value, to call other
  /// code) is evaluated one sample at a time with `sequential: true`.
  ///
  /// - Parameters:
  ///   - samples: The number N of evaluations.
  ///   - sigma: The scale σ of the noise, in units of the input.
  ///   - noise: The noise, normal by default (optax takes Gumbel where none is given).
  ///   - baseline: What estimates of derivatives subtract from the outputs.
  ///   - sampling: How samples depend on one another.
  ///   - sequential: Evaluates one sample at a time.
  ///   - threads: How many threads take part; nil for one per processor. The numbers don't depend
  ///     on it.
  ///   - outputBudget: Bytes up to which outputs are kept for a pullback.
  ///   - function: From a tree of tensors to a tree of floating-point tensors.
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, sequential: Bool = false, threads: Int? = nil,
    outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable (Input) throws -> Output
  ) throws(PerturbationError) {
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: outputBudget, sampling: sampling),
      Evaluators(
        float: { Self.tensorEvaluator($0, sequential, function) },
        double: { Self.tensorEvaluator($0, sequential, function) }))
  }

  private static func tensorEvaluator<Scalar: TensorFloatingPoint>(
    _ input: Input, _ sequential: Bool, _ function: @escaping @Sendable (Input) throws -> Output
  ) -> (any BlockEvaluator<Scalar>, @Sendable ([Value]) -> Output) {
    let template = OutputTemplate<Output>()
    let evaluator = TensorEvaluator<Scalar, Input, Output>(
      input: input.withoutElements, sequential: sequential, function: function, output: template)
    return (evaluator, { template.filled(with: $0) })
  }
}

extension Perturbed where Input == Tensor<Float>, Output == Tensor<Float> {
  /// Perturbs a solver.
  ///
  /// ```swift
  /// let paths = try Perturbed(ShortestPath(graph, from: 0, to: 8), samples: 100_000, sigma: 0.05)
  /// ```
  ///
  /// - Parameters:
  ///   - solver: What maps θ + σz to an output.
  ///   - samples: The number N of solves.
  ///   - sigma: The scale σ of the noise, in units of the input.
  ///   - noise: The noise.
  ///   - baseline: What estimates of derivatives subtract from the outputs.
  ///   - sampling: How samples depend on one another.
  ///   - threads: How many threads take part; nil for one per processor.
  ///   - outputBudget: Bytes up to which outputs are kept for a pullback.
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    _ solver: some Solver, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget
  ) throws(PerturbationError) {
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: outputBudget, sampling: sampling),
      Evaluators(
        float: { _ in (SolverEvaluator<Float, _>(solver: solver), { Tensor($0[0]) }) }, double: nil)
    )
  }

  /// Perturbs a plain function of an array: anything at all, evaluated one sample at a time.
  ///
  /// - Parameters:
  ///   - samples: The number N of evaluations.
  ///   - sigma: The scale σ of the noise, in units of the input.
  ///   - noise: The noise.
  ///   - baseline: What estimates of derivatives subtract from the outputs.
  ///   - sampling: How samples depend on one another.
  ///   - threads: How many threads take part; nil for one per processor.
  ///   - outputBudget: Bytes up to which outputs are kept for a pullback.
  ///   - function: From the elements of θ + σz, row-major, to as many outputs each time.
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable ([Float]) throws -> [Float]
  ) throws(PerturbationError) {
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: outputBudget, sampling: sampling),
      Evaluators(
        float: { _ in (ArrayEvaluator(function: function), { Tensor($0[0]) }) }, double: nil))
  }
}

extension Perturbed where Input == Tensor<Double>, Output == Tensor<Double> {
  /// Perturbs a solver in double precision.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  @_disfavoredOverload
  public init(
    _ solver: some Solver, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget
  ) throws(PerturbationError) {
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: outputBudget, sampling: sampling),
      Evaluators(
        float: nil,
        double: { _ in (SolverEvaluator<Double, _>(solver: solver), { Tensor($0[0]) }) }))
  }

  /// Perturbs a plain function of an array in double precision, one sample at a time.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws(PerturbationError) {
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: outputBudget, sampling: sampling),
      Evaluators(
        float: nil, double: { _ in (ArrayEvaluator(function: function), { Tensor($0[0]) }) }))
  }
}

/// The structure of a function's output, learned from its first evaluation.
final class OutputTemplate<Output: Tree & Sendable>: Sendable {
  private let output = Mutex<Output?>(nil)

  func learn(_ example: Output) {
    output.withLock { if $0 == nil { $0 = example.withoutElements } }
  }

  func filled(with values: [Value]) -> Output {
    guard let output = output.withLock({ $0 }) else {
      trap("Perturbed", "the function was not evaluated")
    }
    return output.withValues(values)
  }
}

extension Tree {
  /// The same structure with empty leaves, so that it holds no memory.
  var withoutElements: Self { withValues(values.map { .zeros([0], $0.type) }) }
}
