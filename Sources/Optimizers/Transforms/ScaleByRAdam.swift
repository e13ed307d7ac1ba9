internal import Platform
public import Tensors

/// RAdam's direction: Adam's, once enough steps have made its denominator reliable.
///
///     ρ∞ = 2 / (1 − β₂) − 1,   ρₜ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
///     u = m̂ · r √(1 − β₂ᵗ) / (√v + ε) where ρₜ > 5, else m̂
///     r = √( (ρₜ − 4)(ρₜ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρₜ) )
///
/// with m, v and m̂ = m / (1 − β₁ᵗ) as in ``ScaleByAdam``. The threshold 5 and the place of ε are
/// PyTorch's.
///
/// - SeeAlso: L. Liu et al., "On the variance of the adaptive learning rate and beyond"
///   (ICLR 2020), Algorithm 2.
public struct ScaleByRAdam: GradientTransform {
  /// β₁, the decay of the mean of the gradients.
  public let beta1: Double
  /// β₂, the decay of the mean of their squares.
  public let beta2: Double
  /// ε, what keeps the denominator from 0.
  public let epsilon: Double

  /// RAdam's direction.
  ///
  /// - Precondition: β₁ and β₂ in [0, 1), ε not negative.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    requireDecay(beta1, "ScaleByRAdam", "beta1")
    requireDecay(beta2, "ScaleByRAdam", "beta2")
    requireNonNegative(epsilon, "ScaleByRAdam", "epsilon")
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Zeros for m and v.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(slots: ["mean", "meanSquare"].map { parameters.slot($0) })
  }

  /// Replaces gradients by RAdam's direction.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension ScaleByRAdam: ElementwiseTransform {
  var slotCount: Int { 2 }

  /// 1 / (1 − β₁ᵗ), and r √(1 − β₂ᵗ) where the denominator is used.
  func coefficients(_ step: Int) -> (mean: Double, rectification: Double?) {
    let decay = Elementary.power(beta2, step)
    let limit = 2 / (1 - beta2) - 1
    let length = limit - 2 * Double(step) * decay / (1 - decay)
    let mean = 1 / (1 - Elementary.power(beta1, step))
    guard length > 5 else { return (mean, nil) }
    let square =
      (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
    return (mean, (square * (1 - decay)).squareRoot())
  }

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number,
    _ coefficients: (mean: Double, rectification: Double?)
  ) -> Number {
    slots.first = beta1 * slots.first + (1 - beta1) * gradient
    slots.second = beta2 * slots.second + (1 - beta2) * gradient.squared
    let mean = coefficients.mean * slots.first
    guard let rectification = coefficients.rectification else { return mean }
    return rectification * mean / (slots.second.squareRoot + epsilon)
  }
}
