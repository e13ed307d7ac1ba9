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
  /// How the function is smoothed.
  public internal(set) var smoothing: Smoothing
  let function: AnyFunction<Input, Output>

  /// The number of samples N.
  public var samples: Int { smoothing.samples }
  /// The scale σ of the noise.
  public var sigma: Double { smoothing.sigma }
  /// The noise.
  public var noise: Noise { smoothing.noise }
  /// What is subtracted from the outputs in estimates of derivatives.
  public var baseline: Baseline { smoothing.baseline }
  /// How the samples depend on one another.
  public var sampling: Sampling { smoothing.sampling }

  init(
    _ function: AnyFunction<Input, Output>, _ smoothing: Smoothing
  ) throws(PerturbationError) {
    try smoothing.validate()
    self.smoothing = smoothing
    self.function = function
  }

  /// The mean of the function's outputs at the perturbed inputs.
  ///
  /// The result can be differentiated twice, by `gradient`, `vjp` or any other transform, and
  /// mapped; the samples are those of the value. It is called `samples` times (once more with the
  /// baseline ``Baseline/point``), possibly from several threads.
  ///
  /// - Parameters:
  ///   - input: θ; its leaves are all `Float` or all `Double`.
  ///   - key: The key of the noise; by default the next of the enclosing
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
    _ = try input.scalarType()
    let batch = try PerturbedBatch(input, batched: batched)
    let bound = try function.bind(
      input,
      CallRequest(
        smoothing: smoothing, key: .resolve(key), batch: batch,
        mayBeDifferentiated: batch.theta.contains(where: \.isRecorded)))
    let packed = try apply(EstimatorNode(bound.call, leafCount: batch.theta.count), batch.theta)
    return bound.makeOutput(batch.unpacked(packed, bound.call.outputLayout))
  }

  /// The perturbed input of one sample: what the function was given for it.
  ///
  /// A message that names a sample is enough to make it again.
  ///
  /// - Parameters:
  ///   - sample: The sample, from 0 to ``samples`` − 1.
  ///   - input: θ.
  ///   - key: The key of the call.
  ///   - batched: Whether leaves have a batch axis in front; the result then has it too.
  /// - Returns: θ + σz (or what the noise makes of it), in the structure of the input.
  /// - Throws: ``PerturbationError`` for a sample that there is none of, and for an input that is empty
  ///   or not finite.
  /// - Complexity: That of drawing one sample; up to ``Sampling/maximumWidth`` of them for orthogonal
  ///   directions.
  public func input(
    ofSample sample: Int, at input: Input, key: RandomKey, batched: Bool = false
  ) throws -> Input {
    guard (0..<samples).contains(sample) else {
      throw PerturbationError.invalidParameter(
        name: "the sample", value: "\(sample)", expected: "0 to \(samples - 1)")
    }
    let context = try statistics(input, key: key, batched: batched, keepingOutputs: false)
    let inputs = try context.call.inputs(context.theta, sample: sample)
    return input.withValues(
      zip(input.values, inputs).map { $1.reshaped($0.shape) })
  }

  /// A line that says so where σ is so small, next to θ, that the noise is coarse: less than 256 times
  /// the distance between neighbouring numbers of the input's size. Derivatives are then biased, the
  /// more the smaller σ is; below a single distance, calls throw.
  ///
  /// - Parameter input: θ.
  /// - Returns: The line, with what helps, or nil.
  public func resolutionWarning(at input: Input) -> String? {
    var steps = Double.infinity
    var type = ElementType.double
    for leaf in withoutGradient(input).values where leaf.type.isFloatingPoint && leaf.isDense {
      let magnitude = leaf.magnitude(under: noise.perturbation)
      steps = Swift.min(steps, sigma * noise.scale / Resolution.of(magnitude, leaf.type))
      type = leaf.type
    }
    guard steps < Resolution.wantedSteps else { return nil }
    return
      "sigma is \(sigma), \(Int(steps)) times the distance between neighbouring \(type) numbers at "
      + "the input's size, and estimates are coarse: take "
      + (type == .double ? "a larger sigma" : "double precision, a larger sigma")
      + ", or an input centred near 0"
  }
}
