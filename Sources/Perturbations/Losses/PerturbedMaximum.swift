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
  /// How the optimum is smoothed.
  public internal(set) var smoothing: Smoothing
  /// Whether the function maximises or minimises.
  public let sense: Sense
  /// Whether the solution optimises ⟨y, x⟩ at each perturbed input x as it is.
  let isExact: Bool
  private let function: AnyFunction<Input, Input>

  init(
    _ function: AnyFunction<Input, Input>, _ smoothing: Smoothing, sense: Sense,
    isExact: Bool = true
  ) throws(PerturbationError) {
    var smoothing = smoothing
    // The gradient is a mean of solutions; a second derivative asks for the score itself.
    if isExact { smoothing.noise.isValueOnly = true }
    try smoothing.validate()
    self.smoothing = smoothing
    self.sense = sense
    self.isExact = isExact
    self.function = function
  }

  /// Perturbs the optimum of a function from θ to the y that optimises ⟨y, θ⟩.
  ///
  /// - Parameters:
  ///   - smoothing: Samples, σ, noise and the rest; the baseline is one of the second derivative.
  ///   - sense: Whether the function maximises or minimises.
  ///   - sequential: Evaluates one sample at a time.
  ///   - function: From a tree of tensors to a solution of the same structure.
  /// - Throws: ``PerturbationError`` for parameters out of range.
  public init(
    _ smoothing: Smoothing, sense: Sense = .maximize, sequential: Bool = false,
    _ function: @escaping @Sendable (Input) throws -> Input
  ) throws(PerturbationError) {
    try self.init(AnyFunction(sequential: sequential, function), smoothing, sense: sense)
  }

  /// The same, with the parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, sense: Sense = .maximize, sequential: Bool = false,
    threads: Int? = nil, _ function: @escaping @Sendable (Input) throws -> Input
  ) throws(PerturbationError) {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads), sense: sense, sequential: sequential, function)
  }

  /// The perturbed maximum.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
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
    var request = CallRequest(
      smoothing: smoothing, key: key, batch: batch,
      mayBeDifferentiated: batch.theta.contains(where: \.isRecorded), name: "PerturbedMaximum")
    guard isExact else {
      // The mean solution is not the gradient: ⟨y, x⟩ is differentiated as any other function is.
      request.transform = .objective
      let call = try function.bind(input, request).call
      return try apply(EstimatorNode(call, leafCount: batch.theta.count), batch.theta)
    }
    request.transform = smoothing.noise.perturbation.scalesInput ? .timesInput : .identity
    request.findsObjective = true
    let bound = try function.bind(input, request)
    let sampled: @Sendable ([Value]) throws -> PerturbedCall<Scalar>
    switch bound.call {
    case let call as PerturbedCall<Scalar>: sampled = { _ in call }
    case let call as AutomaticCall<Scalar>: sampled = { try call.sampled($0) }
    default: trap("PerturbedMaximum", "a call in another precision")
    }
    return try apply(
      MaximumNode(call: bound.call, sampled: sampled, leafCount: batch.theta.count), batch.theta)
  }
}

extension PerturbedMaximum where Input == Tensor<Scalar> {
  /// Perturbs the optimum of a solver.
  ///
  /// Where the solver changes costs before it solves (`isExact` is false, as for shortest paths with
  /// clipped or shifted costs), the mean solution is not the gradient of ⟨y, x⟩; the gradient is then
  /// estimated by the noise's score, which needs one.
  ///
  /// - Parameters:
  ///   - solver: One that has a sense: it optimises ⟨y, θ⟩.
  ///   - smoothing: Samples, σ, noise and the rest.
  /// - Throws: ``PerturbationError`` for parameters out of range and a solver without a sense.
  public init(solving solver: some Solver, _ smoothing: Smoothing) throws(PerturbationError) {
    guard let sense = solver.sense else {
      throw .invalidParameter(
        name: "the solver", value: "\(type(of: solver))",
        expected: "one whose output optimises ⟨y, θ⟩; its sense is nil")
    }
    try self.init(
      AnyFunction(SolverEvaluator<Scalar, _>(solver: solver)), smoothing, sense: sense,
      isExact: solver.isExact)
  }

  /// The same, with the parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and a solver without a sense.
  public init(
    solving solver: some Solver, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none, sampling: Sampling = .independent, threads: Int? = nil
  ) throws(PerturbationError) {
    try self.init(
      solving: solver,
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads))
  }
}

extension PerturbedMaximum where Input == Tensor<Float>, Scalar == Float {
  /// Perturbs the optimum of a solver, in single precision; `solving:` takes either.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and a solver without a sense.
  public init(_ solver: some Solver, _ smoothing: Smoothing) throws(PerturbationError) {
    try self.init(solving: solver, smoothing)
  }

  /// The same, with the parameters of ``Smoothing``.
  ///
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

extension PerturbedMaximum where Input == Tensor<Scalar> {
  /// Perturbs the optimum of a function of one tensor, whose type says the precision.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, sense: Sense = .maximize, sequential: Bool = false,
    threads: Int? = nil, _ function: @escaping @Sendable (Tensor<Scalar>) throws -> Tensor<Scalar>
  ) throws(PerturbationError) {
    try self.init(
      AnyFunction(sequential: sequential, function),
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads), sense: sense)
  }
}
