internal import Perturbations
public import Solvers
public import Tensors

/// Costs that are known, with their optimal decisions and what these cost: what models are trained with
/// and measured against.
///
/// ```swift
/// let known = try SolvedCosts(costs, by: solver)      // costs: [B] + the shape of one problem's
/// let batch = known.rows([3, 1, 4])
/// ```
public struct SolvedCosts<Scalar: TensorFloatingPoint>: Sendable {
  /// c, shape [B] + the shape of one problem's.
  public let costs: Tensor<Scalar>
  /// w*(c), in the same shape.
  public let decisions: Tensor<Scalar>
  /// z*(c) = ⟨c, w*(c)⟩, shape [B].
  public let objectives: Tensor<Scalar>

  /// Solves for each of the costs, on all threads.
  ///
  /// Objectives are summed in double precision and rounded once.
  ///
  /// - Parameters:
  ///   - costs: Shape [B] + the shape of one problem's.
  ///   - solver: One that has a sense.
  /// - Throws: `PerturbationError` for a solver without a sense; what the solver throws.
  public init(_ costs: Tensor<Scalar>, by solver: some Solver) throws {
    _ = try solver.sign()
    let costs = withoutGradient(costs)
    let decisions = try solver.decide(costs, batched: true)
    self.init(
      costs: costs, decisions: decisions,
      objectives: costs.cast(to: Double.self).product(
        decisions.cast(to: Double.self), batched: true
      )
      .cast(to: Scalar.self))
  }

  private init(costs: Tensor<Scalar>, decisions: Tensor<Scalar>, objectives: Tensor<Scalar>) {
    self.costs = costs
    self.decisions = decisions
    self.objectives = objectives
  }

  /// How many there are.
  public var count: Int { costs.shape[0] }

  /// Some of them, in this order.
  public func rows(_ rows: [Int]) -> SolvedCosts {
    let index = Tensor(rows.map(Int32.init))
    return SolvedCosts(
      costs: costs.take(index), decisions: decisions.take(index),
      objectives: objectives.take(index))
  }
}
