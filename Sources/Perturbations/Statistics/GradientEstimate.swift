public import Tensors

/// A value and its pullback of one cotangent, with the pullback's standard error.
public struct GradientEstimate<Input: Tree, Output: Tree> {
  /// The mean of the function's outputs.
  public let value: Output
  /// The standard deviation of the value, element by element, as estimated from the same samples.
  public let valueStandardError: Output
  /// The pullback: the gradient of ⟨cotangent, value⟩ with respect to the input.
  public let gradient: Input
  /// The standard deviation of the gradient, element by element, as estimated from the same samples.
  public let standardError: Input
}

extension GradientEstimate: Sendable where Input: Sendable, Output: Sendable {}

/// A number with its standard error.
public struct ScalarEstimate: Sendable, Equatable {
  /// The estimate.
  public let value: Double
  /// Its standard deviation, as estimated from the same samples.
  public let standardError: Double
}

extension Perturbed {
  /// The gradient of ⟨cotangent, value⟩ and its standard error: (1/Nσ) Σ ⟨g, yᵢ − b⟩ s(zᵢ).
  ///
  /// Value and gradient are those that `vjp` gives, up to the order of summation. With a leave-one-out
  /// baseline its standard error
  /// leaves out that of the baseline, which is of a smaller order.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - cotangent: g, in the structure of the output.
  ///   - key: The key of the noise; by default the next of the task-local default.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The value, the gradient and the gradient's standard error.
  /// - Throws: ``PerturbationError``; `TreeMismatch` where the cotangent is no cotangent.
  public func gradientEstimate(
    at input: Input, cotangent: Output, key: RandomKey? = nil, batched: Bool = false
  ) throws -> GradientEstimate<Input, Output> {
    try gradientEstimate(input, .resolve(key), batched) { _ in cotangent }
  }

  /// The same where the cotangent follows from the value, as for a loss of the value.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - key: The key of the noise; by default the next of the task-local default.
  ///   - batched: Whether leaves have a batch axis in front.
  ///   - cotangent: From the value to g; such as the gradient of a loss at the value.
  /// - Returns: The value, the gradient and the gradient's standard error.
  /// - Throws: ``PerturbationError``, and what `cotangent` throws.
  public func gradientEstimate(
    at input: Input, key: RandomKey? = nil, batched: Bool = false,
    cotangent: (Output) throws -> Output
  ) throws -> GradientEstimate<Input, Output> {
    try gradientEstimate(input, .resolve(key), batched, cotangent)
  }

  /// The derivative of ⟨cotangent, value⟩ with respect to σ: (1/Nσ) Σ ⟨g, yᵢ − b⟩ (⟨zᵢ, s(zᵢ)⟩ − d).
  ///
  /// - Parameters:
  ///   - input: θ; not a batch.
  ///   - cotangent: g, in the structure of the output.
  ///   - key: The key of the noise; by default the next of the task-local default.
  /// - Returns: The derivative and its standard error.
  /// - Throws: ``PerturbationError``.
  public func sigmaDerivative(
    at input: Input, cotangent: Output, key: RandomKey? = nil
  ) throws -> ScalarEstimate {
    try settings.checkStandardError(width: input.exampleWidth(batched: false))
    let context = try statistics(
      input, key: .resolve(key), batched: false, keepingOutputs: true)
    let packed = try packedCotangent(context) { _ in cotangent }
    let moments = try context.call.sigmaMoments(context.theta, cotangent: packed)
    return ScalarEstimate(
      value: moments.sums[0] / Double(samples), standardError: moments.standardErrors[0])
  }

  /// The Hessian of ⟨cotangent, value⟩ times a direction: (1/Nσ²) Σ ⟨g, yᵢ − b⟩ (s⟨s, u⟩ − s′ ∘ u).
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - cotangent: g, in the structure of the output.
  ///   - direction: u, in the structure of the input.
  ///   - key: The key of the noise; by default the next of the task-local default.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The product and its standard error.
  /// - Throws: ``PerturbationError``, also for noise without s′; `TreeMismatch` where structures
  ///   differ.
  public func hessianProductEstimate(
    at input: Input, cotangent: Output, direction: Input, key: RandomKey? = nil,
    batched: Bool = false
  ) throws -> Estimate<Input> {
    try settings.checkStandardError(width: input.exampleWidth(batched: batched))
    try input.checkStructure(direction, "direction")
    let context = try statistics(
      input, key: .resolve(key), batched: batched, keepingOutputs: true)
    let packed = try packedCotangent(context) { _ in cotangent }
    // Multiplicative noise is additive for log |θ|, whose derivative is 1/θ.
    let scale =
      noise.action == .multiplicative
      ? context.packedInput.map { 1 / $0 }
      : [Double](repeating: 1, count: context.packedInput.count)
    let moments = try context.call.hessianMoments(
      context.theta, cotangent: packed,
      direction: zip(context.packed(direction), scale).map { $0 * $1 })
    return Estimate(
      value: context.input(zip(moments.sums, scale).map { $0 * $1 / Double(samples) }),
      standardError: context.input(zip(moments.standardErrors, scale).map { $0 * abs($1) }),
      samples: samples, reachedStandardError: true)
  }

  func packedCotangent(
    _ context: StatisticsContext<Input, Output>, _ cotangent: (Output) throws -> Output
  ) throws -> [Double] {
    let value = context.output(try context.call.mean(context.theta))
    return try context.packedCotangent(try cotangent(value), like: value)
  }

  private func gradientEstimate(
    _ input: Input, _ key: RandomKey, _ batched: Bool, _ cotangent: (Output) throws -> Output
  ) throws -> GradientEstimate<Input, Output> {
    try settings.checkStandardError(width: input.exampleWidth(batched: batched))
    let context = try statistics(input, key: key, batched: batched, keepingOutputs: true)
    let packed = try packedCotangent(context, cotangent)
    let (outputs, terms, scale) = try context.call.gradientMoments(
      context.theta, cotangent: packed)
    let n = Double(samples)
    var gradient = terms.sums.map { $0 * scale }
    var errors = terms.standardErrors.map { $0 * n * scale }
    if noise.action == .multiplicative {
      let theta = context.packedInput
      for k in gradient.indices {
        gradient[k] /= theta[k]
        errors[k] /= abs(theta[k])
      }
    }
    return GradientEstimate(
      value: context.output(outputs.sums.map { $0 / n }),
      valueStandardError: context.output(outputs.standardErrors),
      gradient: context.input(gradient), standardError: context.input(errors))
  }
}
