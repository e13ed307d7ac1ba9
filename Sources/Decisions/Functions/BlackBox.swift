public import Perturbations
public import Solvers
public import Tensors

/// Decisions with the gradient of an interpolation: as costs move by λ along the loss's gradient, the
/// decision moves too.
///
///     ∇_ĉ = (w*(ĉ + λ g) − w*(ĉ))/λ,        g = ∂L/∂w
///
/// Where costs are minimised; where they are maximised, it is (w*(ĉ) − w*(ĉ − λ g))/λ. Both compare with
/// the decision that the loss would rather have. Its output is a decision: the loss is made of it.
///
/// ```swift
/// let decide = try BlackBox(solver, lambda: 20)
/// let loss = abs((try decide(model(x), batched: true) * c).sum(axis: 1) - z).mean()
/// ```
///
/// The exact loss of a right decision has the gradient 0. In single precision ⟨c, w⟩ − z is then a rounding
/// error more often than 0, and an absolute value makes its sign a gradient of full size.
///
/// - SeeAlso: Vlastelica, Paulus, Musil, Martius and Rolínek 2020, "Differentiation of blackbox
///   combinatorial solvers", arXiv:1912.02175, algorithm 1.
public struct BlackBox<S: Solver>: Sendable {
  /// What decides.
  public let solver: S
  /// λ, how far costs are moved, in units of costs over those of g.
  public let lambda: Double
  private let sign: Double

  /// Decisions by a solver.
  ///
  /// - Throws: `PerturbationError` for a λ that is not positive and for a solver without a sense.
  public init(_ solver: S, lambda: Double = 10) throws(PerturbationError) {
    try checkPositive(lambda, "lambda")
    self.solver = solver
    self.lambda = lambda
    sign = try solver.sign()
  }

  /// The decisions.
  ///
  /// - Parameters:
  ///   - costs: ĉ.
  ///   - batched: Whether the first axis counts examples.
  /// - Returns: w*(ĉ), in the shape of the costs. It can be differentiated once.
  /// - Throws: What the solver throws.
  /// - Complexity: One solve for each example, and one more in the gradient.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ costs: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    try Interpolation(name: "BlackBox", sign: sign, lambda: { _, _ in lambda })
      .decisions(costs) { try solver.decide($0, batched: batched) }
  }
}
