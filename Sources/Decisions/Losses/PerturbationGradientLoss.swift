public import Perturbations
public import Solvers
public import Tensors

/// The perturbation gradient loss: a difference quotient of the optimal value at the prediction, in the
/// direction of the true costs.
///
///     L(ĉ; c) = (V(ĉ) − V(ĉ − σc))/σ, or (V(ĉ + σc) − V(ĉ − σc))/2σ,    V(c) = min_w ⟨c, w⟩
///
/// By Danskin's theorem the derivative of V in the direction c is ⟨c, w*(ĉ)⟩, which is what the decision
/// costs; the quotient has a gradient of its own, (w*(ĉ) − w*(ĉ − σc))/σ. It needs the true costs, not
/// their solution. Where costs are maximised, V is the maximum and the loss the negative quotient.
///
/// - SeeAlso: Gupta and Huang 2024, "Decision-focused learning with directional gradients",
///   arXiv:2402.03256.
public struct PerturbationGradientLoss<S: Solver>: Sendable {
  /// What decides.
  public let solver: S
  /// σ, the step in units of the true costs.
  public let sigma: Double
  /// Whether the quotient is the central one.
  public let isTwoSided: Bool
  private let sign: Double

  /// The loss of decisions by a solver.
  ///
  /// - Throws: `PerturbationError` for a σ that is not positive, for a solver without a sense, and for one
  ///   that changes costs before it solves.
  public init(
    _ solver: S, sigma: Double = 0.1, twoSided: Bool = false
  ) throws(PerturbationError) {
    try checkPositive(sigma, "sigma")
    self.solver = solver
    self.sigma = sigma
    isTwoSided = twoSided
    sign = try solver.sign(needsOptimum: true)
  }

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ.
  ///   - costs: c, in the same shape.
  ///   - batched: Whether the first axis counts examples.
  /// - Returns: The loss, shape [] or [B].
  /// - Throws: `PerturbationError` for shapes that differ; what the solver throws.
  /// - Complexity: Two solves for each example.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, costs: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    try predicted.checkShape(of: costs, "costs")
    let step = costs * .number(sigma)
    let (above, below) = (isTwoSided ? predicted + step : predicted, predicted - step)
    return (try optimum(above, batched) - optimum(below, batched))
      * .number(sign / (isTwoSided ? 2 * sigma : sigma))
  }

  /// V.
  private func optimum<Scalar: TensorFloatingPoint>(
    _ costs: Tensor<Scalar>, _ batched: Bool
  ) throws -> Tensor<Scalar> {
    costs.product(try solver.decide(costs, batched: batched), batched: batched)
  }
}
