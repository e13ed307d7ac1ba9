public import Tensors

/// The decorator form of ``Perturbed``: a variable that holds a function, perturbed.
///
/// ```swift
/// @PerturbedFunction(samples: 1_000_000, sigma: 0.5, noise: .gumbel)
/// var softArgMax = { (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5) }
///
/// try RandomKey.withDefault(RandomKey(1)) {
///   try softArgMax(theta)                             // the next key
/// }
/// try $softArgMax(theta, key: RandomKey(1))           // key given
/// try $softArgMax(batch, batched: true)
/// ```
///
/// Parameters out of range are reported by the first call.
///
/// It decorates a local variable or a property of a type. At file scope Swift allows no property
/// wrapper that is initialised there in Swift 6 language mode ("property wrappers are not yet supported
/// in top-level code", or a global that is not safe to share); write the plain form, which is also the
/// one that throws for parameters out of range:
///
/// ```swift
/// let softArgMax = try Perturbed(samples: 1_000_000, sigma: 0.5, noise: .gumbel) {
///   (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
/// }
/// ```
@propertyWrapper
public struct PerturbedFunction<Input: Tree & Sendable, Output: Tree & Sendable>: Sendable {
  private let result: Result<Perturbed<Input, Output>, PerturbationError>

  /// Perturbs the function that the variable is initialised with.
  ///
  /// - Parameters:
  ///   - wrappedValue: A function of one example, written with tensors.
  ///   - smoothing: Samples, σ, noise and the rest.
  ///   - batched: Whether the variable's function takes batches.
  ///   - sequential: Evaluates one sample at a time.
  public init(
    wrappedValue: @escaping @Sendable (Input) throws -> Output, _ smoothing: Smoothing,
    batched: Bool = false, sequential: Bool = false
  ) {
    self.batched = batched
    result = Result { () throws(PerturbationError) in
      try Perturbed(smoothing, sequential: sequential, wrappedValue)
    }
  }

  /// Perturbs the function that the variable is initialised with: the short form, with the parameters
  /// of ``Smoothing``.
  public init(
    wrappedValue: @escaping @Sendable (Input) throws -> Output, samples: Int, sigma: Double,
    noise: Noise = .normal, baseline: Baseline = .none, sampling: Sampling = .independent,
    batched: Bool = false, sequential: Bool = false
  ) {
    self.init(
      wrappedValue: wrappedValue,
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling),
      batched: batched, sequential: sequential)
  }

  private let batched: Bool

  /// The perturbed function, with the next key of `RandomKey.withDefault`.
  public var wrappedValue: @Sendable (Input) throws -> Output {
    { [result, batched] in try result.get()($0, batched: batched) }
  }

  /// The perturbed function, to be called with a key or on a batch.
  public var projectedValue: Call { Call(result: result, batched: batched) }

  /// A perturbed function, or why there is none.
  public struct Call: Sendable {
    let result: Result<Perturbed<Input, Output>, PerturbationError>
    let batched: Bool

    /// The perturbed function.
    ///
    /// - Throws: ``PerturbationError`` for parameters out of range.
    public func get() throws(PerturbationError) -> Perturbed<Input, Output> { try result.get() }

    /// The mean of the function's outputs at the perturbed inputs.
    ///
    /// - Throws: ``PerturbationError``, also for parameters out of range.
    public func callAsFunction(
      _ input: Input, key: RandomKey? = nil, batched: Bool? = nil
    ) throws -> Output {
      try result.get()(input, key: key, batched: batched ?? self.batched)
    }
  }
}
