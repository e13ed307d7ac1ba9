public import Tensors

/// A perturbed function with extra arguments, which are handed to the function as they are: neither
/// perturbed nor differentiated.
///
/// ```swift
/// let route = try PerturbedWith(samples: 1000, sigma: 0.1) {
///   (cost: Tensor<Float>, limit: Tensor<Float>) -> Tensor<Float> in
///   select((cost .> limit).any(), 1, 0)
/// }
/// try route(theta, [1], key: key)
/// ```
public struct PerturbedWith<
  Input: Tree & Sendable, Arguments: Tree & Sendable, Output: Tree & Sendable
>: Sendable {
  private let perturbed: @Sendable (Arguments) throws -> Perturbed<Input, Output>

  /// Perturbs a function in its first argument.
  ///
  /// - Parameters:
  ///   - smoothing: Samples, σ, noise and the rest.
  ///   - sequential: Evaluates one sample at a time.
  ///   - function: Of one example and the arguments, written with tensors.
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    _ smoothing: Smoothing, sequential: Bool = false,
    _ function: @escaping @Sendable (Input, Arguments) throws -> Output
  ) throws(PerturbationError) {
    try smoothing.validate()
    perturbed = { arguments in
      try Perturbed(smoothing, sequential: sequential) { try function($0, arguments) }
    }
  }

  /// Perturbs a function in its first argument: the short form, with the parameters of ``Smoothing``.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, sequential: Bool = false, threads: Int? = nil,
    _ function: @escaping @Sendable (Input, Arguments) throws -> Output
  ) throws(PerturbationError) {
    try self.init(
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        threads: threads), sequential: sequential, function)
  }

  /// The mean of the function's outputs at the perturbed inputs.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - arguments: Handed to every evaluation. A tensor in it that is being differentiated is an
  ///     error; wrap it in `withoutGradient`.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether leaves of the input (not of the arguments) have a batch axis in front.
  /// - Returns: The mean, in the structure of the function's output.
  /// - Throws: ``PerturbationError``.
  public func callAsFunction(
    _ input: Input, _ arguments: Arguments, key: RandomKey? = nil, batched: Bool = false
  ) throws -> Output {
    try perturbed(arguments)(input, key: key, batched: batched)
  }
}
