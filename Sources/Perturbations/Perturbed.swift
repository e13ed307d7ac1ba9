public import Tensors

/// A function made differentiable: its input is perturbed with noise and its outputs are averaged.
///
/// For a function f and noise Z of a known density, f_σ(θ) = E[f(θ + σZ)] is smooth in θ, whatever
/// f is: an argmax, a ranking, a shortest path, a simulator. Its value and its derivatives are
/// estimated from the same `samples` evaluations of f, which is itself never differentiated.
///
/// ```swift
/// let softArgMax = try Perturbed(samples: 1_000_000, sigma: 0.5, noise: .gumbel) {
///   (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
/// }
/// let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
/// try softArgMax(theta, key: RandomKey(1))                       // close to softmax(theta / 0.5)
/// try gradient(at: theta) { try softArgMax($0, key: RandomKey(1)).norm() }
/// ```
///
/// The same key gives the same numbers, on any number of threads, and those of optax's
/// `make_perturbed_fun` for the same function.
///
/// - SeeAlso: Berthet et al. 2020, "Learning with Differentiable Perturbed Optimizers",
///   arXiv:2002.08676.
public struct Perturbed<Input: Tree & Sendable, Output: Tree & Sendable>: Sendable {
  let settings: PerturbedSettings
  let evaluators: Evaluators

  /// Builds what evaluates the function, by the type of the input's elements, and what makes the
  /// output from its leaves.
  struct Evaluators: Sendable {
    typealias Builder<Scalar: TensorFloatingPoint> =
      @Sendable (Input) -> (
        evaluator: any BlockEvaluator<Scalar>, makeOutput: @Sendable ([Value]) -> Output
      )
    let float: Builder<Float>?
    let double: Builder<Double>?
  }

  /// The number of samples N.
  public var samples: Int { settings.samples }
  /// The scale σ of the noise.
  public var sigma: Double { settings.sigma }
  /// The noise.
  public var noise: Noise { settings.noise }
  /// What is subtracted from the outputs in estimates of derivatives.
  public var baseline: Baseline { settings.baseline }
  /// How the samples depend on one another.
  public var sampling: Sampling { settings.sampling }

  init(_ settings: PerturbedSettings, _ evaluators: Evaluators) throws(PerturbationError) {
    try settings.validate()
    self.settings = settings
    self.evaluators = evaluators
  }

  /// The mean of the function's outputs at the perturbed inputs.
  ///
  /// The result can be differentiated twice, by `gradient`, `vjp` or any other transform, and
  /// mapped; the samples are those of the value. It is called `samples` times (once more with the
  /// baseline ``Baseline/point``), possibly from several threads.
  ///
  /// - Parameters:
  ///   - input: θ; its leaves are all `Float` or all `Double`.
  ///   - key: The key of the noise; by default the next of the task-local default, see
  ///     `RandomKey.withDefault`.
  ///   - batched: Whether leaves have a batch axis in front. The function then sees one example,
  ///     the noise of examples is independent, and the output has the batch axis in front.
  /// - Returns: The mean, in the structure of the function's output.
  /// - Throws: ``PerturbationError`` for an input that is empty or not finite, and for a function
  ///   that fails, changes the shape of its output or gives one that is not finite.
  /// - Complexity: `samples` evaluations; memory that does not grow with `samples` beyond the
  ///   budget for kept outputs, and only where a gradient is being taken.
  public func callAsFunction(
    _ input: Input, key: RandomKey? = nil, batched: Bool = false
  ) throws -> Output {
    switch try input.scalarType() {
    case .double:
      guard let double = evaluators.double else { throw wrongScalar("double", "float") }
      return try run(input, double(input), key: .resolve(key), batched: batched)
    default:
      guard let float = evaluators.float else { throw wrongScalar("float", "double") }
      return try run(input, float(input), key: .resolve(key), batched: batched)
    }
  }

  func wrongScalar(_ got: String, _ expected: String) -> PerturbationError {
    .inconsistentInput("the input has \(got) elements, the function takes \(expected)")
  }

  private func run<Scalar: TensorFloatingPoint>(
    _ input: Input,
    _ built: (evaluator: any BlockEvaluator<Scalar>, makeOutput: @Sendable ([Value]) -> Output),
    key: RandomKey, batched: Bool
  ) throws -> Output {
    let batch = try PerturbedBatch(input, batched: batched)
    let call = PerturbedCall(
      built.evaluator, settings, key: key, noiseRows: batch.rows, paths: input.leafPaths,
      mayBeDifferentiated: batch.theta.contains(where: \.isRecorded))
    let packed = try apply(
      PerturbedNode(call: call, order: .value, leafCount: batch.theta.count), batch.theta)
    return built.makeOutput(batch.unpacked(packed, call.outputLayout))
  }
}

extension PerturbedSettings {
  /// Checks the parameters and the noise.
  func validate() throws(PerturbationError) {
    if samples < 1 { throw .invalidSampleCount(samples) }
    if !(sigma > 0 && sigma.isFinite) { throw .invalidSigma(sigma) }
    if !noise.hasScore && !noise.isValueOnly {
      throw .unusableNoise(
        "\(noise.name) noise has no score −d/dz log p(z), which derivatives need; "
          + "expected one of \(Noise.all.filter(\.hasScore).map(\.name).joined(separator: ", ")), "
          + "or noise.valueOnly for values alone")
    }
    if baseline == .leaveOneOut && samples < 2 {
      throw .invalidParameter(
        name: "samples", value: "\(samples)", expected: "at least 2 for a leave-one-out baseline")
    }
    if baseline == .leaveOneOut && sampling == .antithetic && samples < 4 {
      throw .invalidParameter(
        name: "samples", value: "\(samples)",
        expected: "at least 4 for antithetic pairs with a leave-one-out baseline")
    }
    try sampling.validate(self)
    if let threads, threads < 1 {
      throw .invalidParameter(name: "threads", value: "\(threads)", expected: "at least 1")
    }
  }
}
