public import Tensors

/// Adadelta's direction: the gradient in units of the steps that were taken before.
///
///     v ← ρ v + (1 − ρ) g²,   u = g √(d + ε) / √(v + ε),   d ← ρ d + (1 − ρ) u²
///
/// - SeeAlso: M. D. Zeiler, "ADADELTA: An adaptive learning rate method" (arXiv:1212.5701),
///   Algorithm 1.
public struct ScaleByAdadelta: GradientTransform {
  /// ρ, the decay of both means.
  public let decay: Double
  /// ε, what keeps the denominator from 0 and the first step from being 0.
  public let epsilon: Double

  /// Adadelta's direction.
  ///
  /// - Precondition: the decay in [0, 1), ε not negative.
  public init(decay: Double = 0.9, epsilon: Double = 1e-6) {
    requireDecay(decay, "ScaleByAdadelta", "decay")
    requireNonNegative(epsilon, "ScaleByAdadelta", "epsilon")
    self.decay = decay
    self.epsilon = epsilon
  }

  /// Zeros for v and d.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(slots: ["meanSquare", "meanSquaredStep"].map { parameters.slot($0) })
  }

  /// Replaces gradients by Adadelta's direction.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension ScaleByAdadelta: ElementwiseTransform {
  var slotCount: Int { 2 }

  func coefficients(_ step: Int) {}

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number, _ coefficients: Void
  ) -> Number {
    slots.first = decay * slots.first + (1 - decay) * gradient.squared
    let update =
      (slots.second + epsilon).squareRoot / (slots.first + epsilon).squareRoot * gradient
    slots.second = decay * slots.second + (1 - decay) * update.squared
    return update
  }
}
