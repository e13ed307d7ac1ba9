public import Perturbations
public import Solvers
public import Tensors

/// SPO+, a convex upper bound of the regret that is 0 only where the prediction decides rightly.
///
///     L(ĉ; c) = max_w {⟨c, w⟩ − 2⟨ĉ, w⟩} + 2⟨ĉ, w*(c)⟩ − z*(c)        where costs are minimised
///
/// with the subgradient 2(w*(c) − w*(2ĉ − c)). Where they are maximised, it is the loss of −ĉ and −c.
///
/// ```swift
/// let loss = try SPOPlusLoss(solver)
/// let values = try loss(model(x), costs: c, decision: w, objective: z, batched: true)   // [B]
/// ```
///
/// - SeeAlso: Elmachtoub and Grigas 2022, "Smart predict, then optimize", Management Science 68,
///   definition 3 and proposition 3.
public struct SPOPlusLoss<S: Solver>: Sendable {
  /// What decides.
  public let solver: S
  private let sign: Double

  /// The loss of decisions by a solver.
  ///
  /// - Throws: `PerturbationError` for a solver without a sense, and for one that changes costs before it
  ///   solves.
  public init(_ solver: S) throws(PerturbationError) {
    self.solver = solver
    sign = try solver.sign(needsOptimum: true)
  }

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ.
  ///   - costs: c, in the same shape.
  ///   - decision: w*(c), in the same shape.
  ///   - objective: z*(c), shape [] or [B].
  ///   - batched: Whether the first axis counts examples.
  /// - Returns: The loss, shape [] or [B].
  /// - Throws: `PerturbationError` for shapes that differ; what the solver throws.
  /// - Complexity: One solve for each example.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, costs: Tensor<Scalar>, decision: Tensor<Scalar>,
    objective: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    try predicted.checkShape(of: costs, "costs")
    try predicted.checkShape(of: decision, "decisions")
    let shifted = predicted * 2 - costs
    let worst = try solver.decide(shifted, batched: batched)
    return .number(sign)
      * ((predicted * 2).product(decision, batched: batched)
        - shifted.product(worst, batched: batched) - objective)
  }
}

extension SPOPlusLoss {
  /// The loss of a batch whose solutions are known.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, shape [B] + the shape of one problem's.
  ///   - known: True costs with their solutions.
  /// - Returns: The loss, shape [B].
  /// - Throws: `PerturbationError` for shapes that differ; what the solver throws.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, _ known: SolvedCosts<Scalar>
  ) throws -> Tensor<Scalar> {
    try self(
      predicted, costs: known.costs, decision: known.decisions, objective: known.objectives,
      batched: true)
  }
}
