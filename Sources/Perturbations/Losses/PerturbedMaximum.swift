public import Solvers
public import Tensors

/// The perturbed maximum of a linear objective, F_σ(θ) = E[max_y ⟨y, θ + σZ⟩], as a function of its
/// own: smooth, convex, and with the perturbed solution as its gradient.
///
/// ```swift
/// let maximum = try PerturbedMaximum(ArgMax(), samples: 10_000, sigma: 0.5, noise: .gumbel)
/// try maximum(theta, key: key)                            // σ logsumexp(θ/σ) + σγ, nearly
/// try gradient(at: theta) { try maximum($0, key: key) }   // the perturbed argmax
/// ```
///
/// Value and gradient are those of one function, the mean over the samples: a finite difference of
/// the value with the same key gives the gradient. The gradient needs no score, so any noise will
/// do; the second derivative does. For a solver or function that minimises, the minimum, which is
/// concave.
///
/// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, section 2.
public struct PerturbedMaximum<Input: Tree & Sendable, Scalar: TensorFloatingPoint>: Sendable {
  let settings: PerturbedSettings
  /// Whether the function maximises or minimises.
  public let sense: Sense
  private let makeEvaluator: @Sendable (Input) -> any BlockEvaluator<Scalar>

  init(
    _ settings: PerturbedSettings, sense: Sense,
    _ makeEvaluator: @escaping @Sendable (Input) -> any BlockEvaluator<Scalar>
  ) throws(PerturbationError) {
    var settings = settings
    // The gradient is a mean of solutions; a second derivative asks for the score itself.
    settings.noise.isValueOnly = true
    try settings.validate()
    self.settings = settings
    self.sense = sense
    self.makeEvaluator = makeEvaluator
  }

  /// Perturbs the optimum of a function from θ to the y that optimises ⟨y, θ⟩.
  ///
  /// - Parameters:
  ///   - samples: The number N of evaluations.
  ///   - sigma: The scale σ of the noise, in units of the input; relative to it for `logNormal`.
  ///   - noise: The noise.
  ///   - baseline: What estimates of the second derivative subtract from the outputs.
  ///   - sampling: How samples depend on one another.
  ///   - sense: Whether the function maximises or minimises.
  ///   - sequential: Evaluates one sample at a time.
  ///   - threads: How many threads take part; nil for one per processor.
  ///   - function: From a tree of tensors to a solution of the same structure.
  /// - Throws: ``PerturbationError`` for parameters out of range.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, sense: Sense = .maximize, sequential: Bool = false,
    threads: Int? = nil, _ function: @escaping @Sendable (Input) throws -> Input
  ) throws(PerturbationError) {
    let isMultiplicative = noise.action == .multiplicative
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: defaultOutputBudget, sampling: sampling), sense: sense
    ) { input in
      MaximumEvaluator(
        base: TensorEvaluator<Scalar, Input, Input>(
          input: input.withoutElements, sequential: sequential, function: function,
          output: OutputTemplate<Input>()), isMultiplicative: isMultiplicative)
    }
  }

  /// The perturbed maximum.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - key: The key of the noise; by default the next of the task-local default.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: F_σ(θ), without axes; [B] for a batch. It can be differentiated twice, and mapped.
  /// - Throws: ``PerturbationError``.
  public func callAsFunction(
    _ input: Input, key: RandomKey? = nil, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    let batch = try PerturbedBatch(input, batched: batched)
    return Tensor(try value(input, batch, key: .resolve(key)).reshaped(batched ? [batch.rows] : []))
  }

  /// F_σ of each row, [rows, 1].
  func value(_ input: Input, _ batch: PerturbedBatch, key: RandomKey) throws -> Value {
    let type = try input.scalarType()
    if type != Scalar.elementType {
      throw PerturbationError.inconsistentInput(
        "the input has \(type) elements, the function takes \(Scalar.elementType)")
    }
    let call = PerturbedCall(
      makeEvaluator(input), settings, key: key, noiseRows: batch.rows, paths: input.leafPaths,
      mayBeDifferentiated: batch.theta.contains(where: \.isRecorded))
    return try apply(MaximumNode(call: call, leafCount: batch.theta.count), batch.theta)
  }
}

extension PerturbedMaximum where Input == Tensor<Scalar> {
  /// Perturbs the optimum of a solver.
  ///
  /// - Parameters:
  ///   - solver: One that has a sense: it optimises ⟨y, θ⟩.
  ///   - samples: The number N of solves.
  ///   - sigma: The scale σ of the noise.
  ///   - noise: The noise.
  ///   - baseline: What estimates of the second derivative subtract from the outputs.
  ///   - sampling: How samples depend on one another.
  ///   - threads: How many threads take part; nil for one per processor.
  /// - Throws: ``PerturbationError`` for parameters out of range and a solver without a sense.
  public init(
    solving solver: some Solver, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none, sampling: Sampling = .independent, threads: Int? = nil
  ) throws(PerturbationError) {
    guard let sense = solver.sense else {
      throw .invalidParameter(
        name: "the solver", value: "\(type(of: solver))",
        expected: "one whose output optimises ⟨y, θ⟩; its sense is nil")
    }
    let isMultiplicative = noise.action == .multiplicative
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: defaultOutputBudget, sampling: sampling), sense: sense
    ) { _ in
      MaximumEvaluator(
        base: SolverEvaluator<Scalar, _>(solver: solver), isMultiplicative: isMultiplicative)
    }
  }
}

extension PerturbedMaximum where Input == Tensor<Float>, Scalar == Float {
  /// Perturbs the optimum of a solver, in single precision; `solving:` takes either.
  ///
  /// - Parameters:
  ///   - solver: One that has a sense: it optimises ⟨y, θ⟩.
  ///   - samples: The number N of solves.
  ///   - sigma: The scale σ of the noise.
  ///   - noise: The noise.
  ///   - baseline: What estimates of the second derivative subtract from the outputs.
  ///   - sampling: How samples depend on one another.
  ///   - threads: How many threads take part; nil for one per processor.
  /// - Throws: ``PerturbationError`` for parameters out of range and a solver without a sense.
  public init(
    _ solver: some Solver, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none, sampling: Sampling = .independent, threads: Int? = nil
  ) throws(PerturbationError) {
    try self.init(
      solving: solver, samples: samples, sigma: sigma, noise: noise, baseline: baseline,
      sampling: sampling, threads: threads)
  }
}
