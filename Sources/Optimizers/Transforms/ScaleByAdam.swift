internal import Platform
public import Tensors

/// Adam's direction: the mean of the gradients over the root of the mean of their squares.
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     u = (m / (1 − β₁ᵗ)) / (√v / √(1 − β₂ᵗ) + ε)
///
/// With `amsgrad`, v in the second line is the largest v so far. The order of operations is
/// PyTorch's.
///
/// - SeeAlso: D. P. Kingma, J. Ba, "Adam: A method for stochastic optimization" (ICLR 2015),
///   Algorithm 1; S. J. Reddi, S. Kale, S. Kumar, "On the convergence of Adam and beyond"
///   (ICLR 2018), Algorithm 2.
public struct ScaleByAdam: GradientTransform {
  /// β₁, the decay of the mean of the gradients.
  public let beta1: Double
  /// β₂, the decay of the mean of their squares.
  public let beta2: Double
  /// ε, what keeps the denominator from 0.
  public let epsilon: Double
  /// Whether the denominator never falls.
  public let amsgrad: Bool

  /// Adam's direction.
  ///
  /// - Precondition: β₁ and β₂ in [0, 1), ε not negative.
  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, amsgrad: Bool = false
  ) {
    requireDecay(beta1, "ScaleByAdam", "beta1")
    requireDecay(beta2, "ScaleByAdam", "beta2")
    requireNonNegative(epsilon, "ScaleByAdam", "epsilon")
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
  }

  /// Zeros for m and v.
  public func initialState(for parameters: ParameterList) -> TransformState {
    let names = ["mean", "meanSquare"] + (amsgrad ? ["largestMeanSquare"] : [])
    return TransformState(slots: names.map { parameters.slot($0) })
  }

  /// Replaces gradients by Adam's direction.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension ScaleByAdam: ElementwiseTransform {
  var slotCount: Int { amsgrad ? 3 : 2 }

  /// 1 / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ).
  func coefficients(_ step: Int) -> (mean: Double, root: Double) {
    (1 / (1 - Elementary.power(beta1, step)), 1 / (1 - Elementary.power(beta2, step)).squareRoot())
  }

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number,
    _ coefficients: (mean: Double, root: Double)
  ) -> Number {
    slots.first = beta1 * slots.first + (1 - beta1) * gradient
    slots.second = beta2 * slots.second + (1 - beta2) * gradient.squared
    var square = slots.second
    if amsgrad {
      slots.third = .larger(slots.third, square)
      square = slots.third
    }
    return coefficients.mean * slots.first / (coefficients.root * square.squareRoot + epsilon)
  }
}
