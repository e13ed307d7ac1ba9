public import Solvers
public import Tensors

/// Listwise learning to rank: predicted costs are to give the decisions of a pool the same chances as the true
/// ones do.
///
///     L(ĉ; c) = −Σ_v p(v; c) log p(v; ĉ),        p(v; c) ∝ exp(−⟨c, v⟩/τ) where costs are minimised
///
/// - SeeAlso: Mandi, Bucarey, Mulamba and Guns 2022, "Decision-focused learning: through the lens of
///   learning to rank", ICML 2022, "Listwise ranking".
public struct ListwiseRankingLoss: Sendable {
  /// Which decision has the largest chance.
  public enum Order: Sendable, Hashable {
    /// The best, as in the paper.
    case bestFirst
    /// The worst: PyEPO 2.2 weighs the decisions of a minimisation by exp(+⟨c, v⟩), so that the loss is
    /// about telling the worst ones apart. It is here to reproduce its numbers.
    case worstFirst
  }

  /// Whether costs are minimised.
  public let sense: Sense
  /// τ, in units of the objective.
  public let temperature: Double
  /// Which decision has the largest chance.
  public let order: Order

  /// The loss for costs that are minimised or maximised.
  ///
  /// - Precondition: a positive temperature.
  public init(_ sense: Sense, temperature: Double = 1, order: Order = .bestFirst) {
    require(
      temperature > 0 && temperature.isFinite, "ListwiseRankingLoss",
      "a temperature of \(temperature)")
    self.sense = sense
    self.temperature = temperature
    self.order = order
  }

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, shape [B] + the shape of one problem's.
  ///   - costs: c, in the same shape.
  ///   - pool: The decisions that are ranked.
  /// - Returns: The loss, shape [B].
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, costs: Tensor<Scalar>, pool: SolutionPool<Scalar>
  ) -> Tensor<Scalar> {
    let isNegative = (sense == .minimize) == (order == .bestFirst)
    let scale: Tensor<Scalar> = .number((isNegative ? -1 : 1) / temperature)
    let chances = (pool.objectives(costs) * scale).softmax(axis: 1)
    return -((pool.objectives(predicted) * scale).logSoftmax(axis: 1) * chances).sum(axis: 1)
  }
}

/// Pairwise learning to rank: the best decision of a pool by true costs is to be the best by predicted ones.
///
///     L(ĉ; c) = 1/(P − 1) Σ_v max(0, ⟨ĉ, w⟩ − ⟨ĉ, v⟩ + ν),        w = the best by c, v ≠ w
///
/// where costs are minimised. Convex in ĉ.
///
/// - SeeAlso: Mandi et al. 2022, as for ``ListwiseRankingLoss``, "Pairwise ranking".
public struct PairwiseRankingLoss: Sendable {
  /// Whether costs are minimised.
  public let sense: Sense
  /// ν, by how much the best is to be better.
  public let margin: Double

  /// The loss for costs that are minimised or maximised.
  ///
  /// - Precondition: a margin of at least 0.
  public init(_ sense: Sense, margin: Double = 0) {
    require(margin >= 0 && margin.isFinite, "PairwiseRankingLoss", "a margin of \(margin)")
    self.sense = sense
    self.margin = margin
  }

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, shape [B] + the shape of one problem's.
  ///   - costs: c, in the same shape.
  ///   - pool: The decisions that are ranked.
  /// - Returns: The loss, shape [B].
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, costs: Tensor<Scalar>, pool: SolutionPool<Scalar>
  ) -> Tensor<Scalar> {
    let truth = pool.objectives(withoutGradient(costs))
    let best = sense == .minimize ? truth.argMin(axis: 1) : truth.argMax(axis: 1)
    let scores = pool.objectives(predicted)
    let own = scores.take(along: 1, best.expandingAxis(1))
    let others = oneHot(best, classes: pool.count, as: Scalar.self)
    let excess = relu((sense == .minimize ? own - scores : scores - own) + .number(margin))
    return (excess * (1 - others)).sum(axis: 1) * .number(1 / Double(Swift.max(pool.count - 1, 1)))
  }
}

/// Pointwise learning to rank: predicted costs are to give each decision of a pool its true objective.
///
///     L(ĉ; c) = (1/P) Σ_v (⟨c, v⟩ − ⟨ĉ, v⟩)²
///
/// - SeeAlso: Mandi et al. 2022, as for ``ListwiseRankingLoss``, "Pointwise ranking".
public struct PointwiseRankingLoss: Sendable {
  /// The loss, the same for costs that are minimised and maximised.
  public init() {}

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, shape [B] + the shape of one problem's.
  ///   - costs: c, in the same shape.
  ///   - pool: The decisions that are ranked.
  /// - Returns: The loss, shape [B].
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, costs: Tensor<Scalar>, pool: SolutionPool<Scalar>
  ) -> Tensor<Scalar> {
    square(pool.objectives(costs - predicted)).mean(axis: 1)
  }
}
