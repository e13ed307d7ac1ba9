public import Tensors

/// Lion's direction: the sign of a mean of the gradients.
///
///     u = sign(β₁ m + (1 − β₁) g),   m ← β₂ m + (1 − β₂) g
///
/// - SeeAlso: X. Chen et al., "Symbolic discovery of optimization algorithms" (NeurIPS 2023),
///   Algorithm 2.
public struct ScaleByLion: GradientTransform {
  /// β₁, the weight of the mean in the direction.
  public let beta1: Double
  /// β₂, the decay of the mean.
  public let beta2: Double

  /// Lion's direction.
  ///
  /// - Precondition: β₁ and β₂ in [0, 1).
  public init(beta1: Double = 0.9, beta2: Double = 0.99) {
    requireDecay(beta1, "ScaleByLion", "beta1")
    requireDecay(beta2, "ScaleByLion", "beta2")
    self.beta1 = beta1
    self.beta2 = beta2
  }

  /// Zeros for m.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(slots: [parameters.slot("mean")])
  }

  /// Replaces gradients by signs.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension ScaleByLion: ElementwiseTransform {
  var slotCount: Int { 1 }

  func coefficients(_ step: Int) {}

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number, _ coefficients: Void
  ) -> Number {
    let update = (beta1 * slots.first + (1 - beta1) * gradient).sign
    slots.first = beta2 * slots.first + (1 - beta2) * gradient
    return update
  }
}
