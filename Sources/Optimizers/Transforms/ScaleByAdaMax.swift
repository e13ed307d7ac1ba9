internal import Platform
public import Tensors

/// AdaMax's direction: the mean of the gradients over a decaying maximum of their sizes.
///
///     m ← β₁ m + (1 − β₁) g,   n ← max(β₂ n, |g| + ε),   u = m / ((1 − β₁ᵗ) n)
///
/// As in PyTorch and optax, ε is added to the size.
///
/// - SeeAlso: D. P. Kingma, J. Ba, "Adam: A method for stochastic optimization" (ICLR 2015),
///   Algorithm 2.
public struct ScaleByAdaMax: GradientTransform {
  /// β₁, the decay of the mean of the gradients.
  public let beta1: Double
  /// β₂, the decay of the largest size.
  public let beta2: Double
  /// ε, what keeps the denominator from 0.
  public let epsilon: Double

  /// AdaMax's direction.
  ///
  /// - Precondition: β₁ and β₂ in [0, 1), ε not negative.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    requireDecay(beta1, "ScaleByAdaMax", "beta1")
    requireDecay(beta2, "ScaleByAdaMax", "beta2")
    requireNonNegative(epsilon, "ScaleByAdaMax", "epsilon")
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Zeros for m and n.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(slots: ["mean", "largest"].map { parameters.slot($0) })
  }

  /// Replaces gradients by AdaMax's direction.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension ScaleByAdaMax: ElementwiseTransform {
  var slotCount: Int { 2 }

  func coefficients(_ step: Int) -> Double { 1 - Elementary.power(beta1, step) }

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number, _ correction: Double
  ) -> Number {
    slots.first = beta1 * slots.first + (1 - beta1) * gradient
    slots.second = .larger(beta2 * slots.second, gradient.magnitude + epsilon)
    return slots.first / (correction * slots.second)
  }
}
