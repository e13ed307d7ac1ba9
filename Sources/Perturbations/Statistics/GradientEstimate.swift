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
  /// The number of samples that were taken, for each row of a batch.
  public let samples: Int
  /// Whether every standard error of the gradient is as small as was asked for; true where nothing was.
  public let reachedStandardError: Bool
  /// How many independent pieces the standard errors are made of, less one.
  public let degreesOfFreedom: Int
  /// What is known of an output that was the same in all samples, as ``Estimate/noSpreadError``.
  public let noSpreadError: Double
}

extension GradientEstimate {
  /// The half width of an interval around value or gradient that holds the expectation, in standard
  /// errors: Student's t with the estimate's degrees of freedom.
  ///
  /// - Parameter level: The probability that it does, between 0 and 1.
  /// - Returns: The half width over the standard error.
  /// - Precondition: 0 < `level` < 1.
  public func halfWidth(level: Double = 0.95) -> Double {
    require(
      level > 0 && level < 1, "GradientEstimate.halfWidth", "a level of \(level), expected 0 to 1")
    return StudentDistribution.halfWidth(level: level, degreesOfFreedom: degreesOfFreedom)
  }
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
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
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
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
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
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  /// - Returns: The derivative and its standard error.
  /// - Throws: ``PerturbationError``.
  public func sigmaDerivative(
    at input: Input, cotangent: Output, key: RandomKey? = nil
  ) throws -> ScalarEstimate {
    try smoothing.checkStandardError(width: input.exampleWidth(batched: false))
    let context = try statistics(
      input, key: .resolve(key), batched: false, keepingOutputs: true)
    let packed = try packedCotangent(context) { _ in cotangent }
    let moments = try context.call.sigmaMoments(context.theta, cotangent: packed)
    return ScalarEstimate(
      value: moments[0].means[0], standardError: moments[0].standardErrors[0])
  }

  /// The Hessian of ⟨cotangent, value⟩ times a direction: (1/Nσ²) Σ ⟨g, yᵢ − b⟩ (s⟨s, u⟩ − s′ ∘ u).
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - cotangent: g, in the structure of the output.
  ///   - direction: u, in the structure of the input.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The product and its standard error.
  /// - Throws: ``PerturbationError``, also for noise without s′; `TreeMismatch` where structures
  ///   differ.
  public func hessianProductEstimate(
    at input: Input, cotangent: Output, direction: Input, key: RandomKey? = nil,
    batched: Bool = false
  ) throws -> Estimate<Input> {
    try smoothing.checkStandardError(width: input.exampleWidth(batched: batched))
    try input.checkStructure(direction, "direction")
    let context = try statistics(
      input, key: .resolve(key), batched: batched, keepingOutputs: true)
    let packed = try packedCotangent(context) { _ in cotangent }
    let chain = noise.perturbation.chainFactors(context.packedInput)
    func chained(_ numbers: [Double]) -> [Double] {
      chain.map { zip(numbers, $0).map { $0 * $1 } } ?? numbers
    }
    let moments = try context.call.hessianMoments(
      context.theta, cotangent: packed, direction: chained(context.packed(direction)))
    return Estimate(
      value: context.input(chained(moments.flatMap(\.means))),
      standardError: context.input(chained(moments.flatMap(\.standardErrors)).map { abs($0) }),
      samples: samples, reachedStandardError: true,
      degreesOfFreedom: moments[0].degreesOfFreedom,
      noSpreadError: moments.map(\.noSpreadError).max() ?? 0)
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
    try smoothing.checkStandardError(width: input.exampleWidth(batched: batched))
    let context = try statistics(input, key: key, batched: batched, keepingOutputs: true)
    let packed = try packedCotangent(context, cotangent)
    let (outputs, terms, scales) = try context.call.gradientMoments(
      context.theta, cotangent: packed)
    let n = Double(samples)
    var gradient = zip(terms, scales).flatMap { terms, scale in terms.sum.map { $0 * scale } }
    var errors = zip(terms, scales).flatMap { terms, scale in
      terms.standardErrors.map { $0 * n * scale }
    }
    if let chain = noise.perturbation.chainFactors(context.packedInput) {
      for k in gradient.indices {
        gradient[k] *= chain[k]
        errors[k] *= abs(chain[k])
      }
    }
    return GradientEstimate(
      value: context.output(outputs.flatMap(\.means)),
      valueStandardError: context.output(outputs.flatMap(\.standardErrors)),
      gradient: context.input(gradient), standardError: context.input(errors),
      samples: samples, reachedStandardError: true, degreesOfFreedom: terms[0].degreesOfFreedom,
      noSpreadError: outputs.map(\.noSpreadError).max() ?? 0)
  }
}
