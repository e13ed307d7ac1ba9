public import Solvers
public import Tensors

/// Noise contrastive estimation: the known decision is to be cheaper than the average one of a pool.
///
///     L(ĉ; w) = (1/P) Σ_v (⟨ĉ, w⟩ − ⟨ĉ, v⟩), its negative where costs are maximised
///
/// Linear in ĉ, and without a lower bound. The paper takes the sum.
///
/// - SeeAlso: Mulamba et al. 2021, "Contrastive losses and solution caching for predict-and-optimize", IJCAI
///   2021.
public struct NoiseContrastiveLoss: Sendable {
  /// Whether costs are minimised.
  public let sense: Sense

  /// The loss for costs that are minimised or maximised.
  public init(_ sense: Sense) { self.sense = sense }

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, shape [B] + the shape of one problem's.
  ///   - decision: w, in the same shape.
  ///   - pool: What it is compared with.
  /// - Returns: The loss, shape [B].
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, decision: Tensor<Scalar>, pool: SolutionPool<Scalar>
  ) -> Tensor<Scalar> {
    margins(predicted, decision, pool, sense).mean(axis: 1)
  }
}

/// Contrastive MAP: the known decision is to be as cheap as the best of a pool.
///
///     L(ĉ; w) = max_v (⟨ĉ, w⟩ − ⟨ĉ, v⟩), of the negative where costs are maximised
///
/// Convex in ĉ; with all feasible decisions in the pool, 0 only where w is optimal.
///
/// - SeeAlso: Mulamba et al. 2021, as for ``NoiseContrastiveLoss``.
public struct ContrastiveMAPLoss: Sendable {
  /// Whether costs are minimised.
  public let sense: Sense

  /// The loss for costs that are minimised or maximised.
  public init(_ sense: Sense) { self.sense = sense }

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, shape [B] + the shape of one problem's.
  ///   - decision: w, in the same shape.
  ///   - pool: What it is compared with.
  /// - Returns: The loss, shape [B]. Where several of the pool are the best, the gradient is the first's.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, decision: Tensor<Scalar>, pool: SolutionPool<Scalar>
  ) -> Tensor<Scalar> {
    let margins = margins(predicted, decision, pool, sense)
    let best = withoutGradient(margins).argMax(axis: 1).expandingAxis(1)
    return margins.take(along: 1, best).squeezed(axis: 1)
  }
}

/// How much dearer a decision is than each of a pool, by predicted costs: [B, P].
private func margins<Scalar: TensorFloatingPoint>(
  _ predicted: Tensor<Scalar>, _ decision: Tensor<Scalar>, _ pool: SolutionPool<Scalar>,
  _ sense: Sense
) -> Tensor<Scalar> {
  let own = predicted.product(decision, batched: true).expandingAxis(1)
  let others = pool.objectives(predicted)
  return sense == .minimize ? own - others : others - own
}
