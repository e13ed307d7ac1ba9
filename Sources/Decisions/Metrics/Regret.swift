internal import Perturbations
public import Solvers
public import Tensors

/// What it costs to decide by predicted costs: the true cost of the decision less that of the best one.
///
///     regretᵢ = ⟨cᵢ, w*(ĉᵢ)⟩ − z*(cᵢ), its negative where costs are maximised
///
/// ```swift
/// let regret = try Regret(of: model(features), against: known, by: solver)
/// regret.normalized      // Σ regretᵢ / Σ |z*ᵢ|
/// ```
///
/// - SeeAlso: Elmachtoub and Grigas 2022, "Smart predict, then optimize", Management Science 68,
///   definition 1.
public struct Regret: Sendable {
  /// For each example, shape [B].
  public let values: Tensor<Double>
  /// Σ |z*|.
  public let scale: Double

  /// The mean.
  public var mean: Double { values.mean().scalar }
  /// Σ regret / Σ |z*|: free of the unit of the costs. Not a number where all objectives are 0.
  public var normalized: Double { values.sum().scalar / scale }

  /// The regret of predictions.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, in the shape of the known costs.
  ///   - known: True costs with their solutions.
  ///   - solver: One that has a sense.
  /// - Throws: `PerturbationError` for a solver without a sense and for another shape; what the solver
  ///   throws.
  /// - Complexity: One solve for each example, on all threads.
  public init<Scalar: TensorFloatingPoint>(
    of predicted: Tensor<Scalar>, against known: SolvedCosts<Scalar>, by solver: some Solver
  ) throws {
    try known.costs.checkShape(of: predicted, "predictions")
    self.init(
      of: try solver.decide(predicted, batched: true), against: known, sign: try solver.sign())
  }

  init<Scalar: TensorFloatingPoint>(
    of decisions: Tensor<Scalar>, against known: SolvedCosts<Scalar>, sign: Double
  ) {
    let costs = known.costs.cast(to: Double.self)
    let paid = costs.product(decisions.cast(to: Double.self), batched: true)
    let best = costs.product(known.decisions.cast(to: Double.self), batched: true)
    values = (paid - best) * Tensor(sign)
    scale = abs(best).sum().scalar
  }

  /// The regret in the worst case: of all decisions that are optimal for the predicted costs, the worst
  /// for the true ones. A prediction of equal costs for everything has a regret of its own this way,
  /// whatever the solver does with ties.
  ///
  /// Predicted costs are rounded to multiples of `resolution`, which makes the objectives of decisions of
  /// 0 and 1 whole numbers; true costs, scaled to less than one of them in all, then break ties.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, in the shape of the known costs.
  ///   - known: True costs with their solutions.
  ///   - solver: One that has a sense and decides in 0 and 1.
  ///   - resolution: How much apart costs are that count as different.
  /// - Returns: The regret.
  /// - Throws: `PerturbationError` for a solver without a sense or with other outputs, for another shape,
  ///   and for a resolution that is not positive; what the solver throws.
  /// - SeeAlso: Elmachtoub and Grigas 2022, definition 2.
  public static func unambiguous<Scalar: TensorFloatingPoint>(
    of predicted: Tensor<Scalar>, against known: SolvedCosts<Scalar>, by solver: some Solver,
    resolution: Double = 1e-5
  ) throws -> Regret {
    let sign = try solver.sign(needsOptimum: true)
    try checkPositive(resolution, "resolution")
    try known.costs.checkShape(of: predicted, "predictions")
    guard solver.output == .indicator else {
      throw PerturbationError.invalidParameter(
        name: "the solver", value: "\(type(of: solver))", expected: "one that decides in 0 and 1")
    }
    let costs = known.costs.cast(to: Double.self)
    let axes = Array(1..<costs.rank)
    let whole = round(withoutGradient(predicted).cast(to: Double.self) / Tensor(resolution))
    // A share of less than ½: between two decisions the true costs differ by less than their sum.
    let sums = maximum(abs(costs).sum(axes: axes, keepingAxes: true), Tensor(1e-300))
    let decisions = try solver.decide(whole - costs / (sums * 3), batched: true)
    return Regret(of: decisions.cast(to: Scalar.self), against: known, sign: sign)
  }
}
