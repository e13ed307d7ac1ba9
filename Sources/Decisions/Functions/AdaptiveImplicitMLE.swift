public import Perturbations
public import Solvers
internal import Synchronization
public import Tensors

/// ``ImplicitMLE`` that finds λ by itself: the costs are moved by a share α of their size, and α is steered
/// so that the gradient has about one entry per example that is not 0.
///
///     λ = α ‖ĉ‖/‖g‖        α ← α + η where the mean count of entries ≠ 0 is below the target, else α − η
///
/// over the whole batch. What it has learned is in ``step``, which copies share.
///
/// - SeeAlso: Minervini, Franceschi and Niepert 2023, "Adaptive perturbation-based gradient estimation for
///   discrete latent variable models", arXiv:2209.04862.
public struct AdaptiveImplicitMLE<S: Solver>: Sendable {
  /// What decides.
  public let solver: S
  /// Samples, σ and noise; the baseline is of no use.
  public let smoothing: Smoothing
  /// Whether costs are moved both ways.
  public let isTwoSided: Bool
  /// α, and how it is steered.
  public let step: AdaptiveStep
  private let sign: Double

  /// Mean decisions by a solver.
  ///
  /// - Throws: `PerturbationError` for parameters out of range and for a solver without a sense.
  public init(
    _ solver: S, _ smoothing: Smoothing, step: AdaptiveStep = AdaptiveStep(),
    twoSided: Bool = false
  ) throws(PerturbationError) {
    self.solver = solver
    self.smoothing = smoothing.valueOnly
    self.step = step
    isTwoSided = twoSided
    sign = try solver.sign()
    _ = try Perturbed(solver, self.smoothing)
  }

  /// The mean decisions. Each gradient that is taken moves α.
  ///
  /// - Parameters:
  ///   - costs: ĉ.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether the first axis counts examples.
  /// - Returns: w̄(ĉ), in the shape of the costs. It can be differentiated once, not under `vmap`.
  /// - Throws: `PerturbationError`; what the solver throws.
  /// - Complexity: N solves for each example, and N more in the gradient, 2N if two-sided.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ costs: Tensor<Scalar>, key: RandomKey? = nil, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    let key = try RandomKey.resolve(key)
    let mean = try Perturbed<Tensor<Scalar>, Tensor<Scalar>>(solving: solver, smoothing)
    let step = step
    return try Interpolation(
      name: "AdaptiveImplicitMLE", sign: sign, isTwoSided: isTwoSided,
      lambda: { costs, cotangent in
        let size = cotangent.norm().scalar.asDouble
        return size > 0 ? step.alpha * costs.norm().scalar.asDouble / size : 0
      },
      isDone: { step.steer($0, examples: batched ? $0.shape[0] : 1) }
    ).decisions(costs) { try mean($0, key: key, batched: batched) }
  }
}

/// The share α of ``AdaptiveImplicitMLE``, which gradients move.
public final class AdaptiveStep: Sendable {
  /// How many entries of a gradient are not 0: what is steered.
  public enum Density: Sendable, Hashable {
    /// Entries per example, whose target is 1: the paper's.
    case perExample
    /// The share of all entries, which is compared with 1 too and so is always below it: α only rises.
    /// PyEPO 2.2 has this; it is here to reproduce its numbers.
    case ofAllEntries
  }

  /// What is steered.
  public let density: Density
  /// η.
  public let increment: Double
  /// How much of the mean density a new gradient replaces: 1 − decay.
  public let decay: Double
  private let state: Mutex<(alpha: Double, average: Double)>

  /// A share to begin with.
  ///
  /// - Parameters:
  ///   - alpha: α, not negative.
  ///   - increment: η.
  ///   - decay: What is kept of the mean density at each gradient.
  ///   - density: What is steered.
  public init(
    alpha: Double = 1, increment: Double = 1e-3, decay: Double = 0.9,
    density: Density = .perExample
  ) {
    require(
      alpha >= 0 && increment >= 0 && (0..<1).contains(decay), "AdaptiveStep",
      "alpha \(alpha), increment \(increment), decay \(decay)")
    self.density = density
    self.increment = increment
    self.decay = decay
    state = Mutex((alpha, 1))
  }

  /// α.
  public var alpha: Double { state.withLock { $0.alpha } }

  /// Moves α for a gradient.
  func steer<Scalar: TensorFloatingPoint>(_ gradient: Tensor<Scalar>, examples: Int) {
    let count = gradient.scalars.count { $0 > Scalar(nearest: 1e-8) || $0 < Scalar(nearest: -1e-8) }
    let size = density == .perExample ? examples : gradient.count
    state.withLock { state in
      state.average = decay * state.average + (1 - decay) * Double(count) / Double(max(size, 1))
      state.alpha =
        state.average < 1 ? state.alpha + increment : max(0, state.alpha - increment)
    }
  }
}
