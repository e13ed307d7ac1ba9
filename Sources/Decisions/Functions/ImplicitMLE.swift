public import Perturbations
public import Solvers
public import Tensors

/// Mean decisions under perturbed costs, with the gradient of implicit maximum likelihood: the difference
/// to the mean decision for costs moved along the loss's gradient, under the same noise.
///
///     w̄(ĉ) = (1/N) Σ w*(ĉ + σzᵢ)        ∇_ĉ = (w̄(ĉ + λ g) − w̄(ĉ))/λ,        g = ∂L/∂w̄
///
/// Where costs are maximised, (w̄(ĉ) − w̄(ĉ − λ g))/λ; two-sided, with a step both ways. The noise needs no
/// score.
///
/// ```swift
/// let decide = try ImplicitMLE(
///   solver, Smoothing(samples: 3, sigma: 1, noise: .sumOfGamma(k: 5)), lambda: 10)
/// let loss = abs(try decide(model(x), key: key, batched: true) - w).mean()
/// ```
///
/// - SeeAlso: Niepert, Minervini and Franceschi 2021, "Implicit MLE: backpropagating through discrete
///   exponential family distributions", arXiv:2106.01798, algorithm 1.
public struct ImplicitMLE<S: Solver>: Sendable {
  /// What decides.
  public let solver: S
  /// Samples, σ and noise; the baseline is of no use.
  public let smoothing: Smoothing
  /// λ, how far costs are moved, in units of costs over those of g.
  public let lambda: Double
  /// Whether costs are moved both ways.
  public let isTwoSided: Bool
  private let sign: Double

  /// Mean decisions by a solver.
  ///
  /// - Throws: `PerturbationError` for parameters out of range and for a solver without a sense.
  public init(
    _ solver: S, _ smoothing: Smoothing, lambda: Double = 10, twoSided: Bool = false
  ) throws(PerturbationError) {
    try checkPositive(lambda, "lambda")
    self.solver = solver
    self.smoothing = smoothing.valueOnly
    self.lambda = lambda
    isTwoSided = twoSided
    sign = try solver.sign()
    _ = try Perturbed(solver, self.smoothing)
  }

  /// The mean decisions.
  ///
  /// - Parameters:
  ///   - costs: ĉ.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether the first axis counts examples.
  /// - Returns: w̄(ĉ), in the shape of the costs. It can be differentiated once.
  /// - Throws: `PerturbationError`; what the solver throws.
  /// - Complexity: N solves for each example, and N more in the gradient, 2N if two-sided.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ costs: Tensor<Scalar>, key: RandomKey? = nil, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    let key = try RandomKey.resolve(key)
    let mean = try Perturbed<Tensor<Scalar>, Tensor<Scalar>>(solving: solver, smoothing)
    return try Interpolation(
      name: "ImplicitMLE", sign: sign, isTwoSided: isTwoSided, lambda: { _, _ in lambda }
    ).decisions(costs) { try mean($0, key: key, batched: batched) }
  }
}

extension Smoothing {
  /// The same, for values alone.
  var valueOnly: Smoothing {
    var smoothing = self
    smoothing.noise = noise.valueOnly
    return smoothing
  }
}
