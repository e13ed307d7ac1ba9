public import Perturbations
public import Solvers
public import Tensors

/// Decisions with a gradient that passes through them: of dearer costs there is less in the decision.
///
///     ∇_ĉ = −g where costs are minimised, g where they are maximised,        g = ∂L/∂w
///
/// No parameter, no second solve. Its output is a decision: the loss is made of it.
///
/// - SeeAlso: Sahoo, Paulus, Vlastelica, Musil, Kuleshov and Martius 2023, "Backpropagation through
///   combinatorial algorithms: identity with projection works", arXiv:2205.15213.
public struct NegativeIdentity<S: Solver>: Sendable {
  /// What decides.
  public let solver: S
  private let sign: Double

  /// Decisions by a solver.
  ///
  /// - Throws: `PerturbationError` for a solver without a sense.
  public init(_ solver: S) throws(PerturbationError) {
    self.solver = solver
    sign = try solver.sign()
  }

  /// The decisions.
  ///
  /// - Parameters:
  ///   - costs: ĉ.
  ///   - batched: Whether the first axis counts examples.
  /// - Returns: w*(ĉ), in the shape of the costs. It can be differentiated once.
  /// - Throws: What the solver throws.
  /// - Complexity: One solve for each example.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ costs: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    let sign = sign
    return try withPullback(at: costs, name: "NegativeIdentity") { costs in
      (try solver.decide(costs, batched: batched), { $0 * .number(-sign) })
    }
  }
}
