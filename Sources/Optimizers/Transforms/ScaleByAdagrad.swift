public import Tensors

/// The gradient over the root of the sum of all squares so far.
///
///     s ← s + g²,   u = g / (√s + ε)
///
/// The place of ε and the first sum are PyTorch's.
///
/// - SeeAlso: J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and
///   stochastic optimization" (JMLR 12, 2011), figure 1, with a diagonal matrix.
public struct ScaleByAdagrad: GradientTransform {
  /// What the sums begin with.
  public let initialSum: Double
  /// ε, what keeps the denominator from 0.
  public let epsilon: Double

  /// The gradient over the root of its sum of squares.
  ///
  /// - Precondition: neither is negative.
  public init(initialSum: Double = 0, epsilon: Double = 1e-10) {
    requireNonNegative(initialSum, "ScaleByAdagrad", "initialSum")
    requireNonNegative(epsilon, "ScaleByAdagrad", "epsilon")
    self.initialSum = initialSum
    self.epsilon = epsilon
  }

  /// The first sums.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(slots: [parameters.slot("sumOfSquares", filledWith: initialSum)])
  }

  /// Divides gradients by the root of their sum of squares.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension ScaleByAdagrad: ElementwiseTransform {
  var slotCount: Int { 1 }

  func coefficients(_ step: Int) {}

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number, _ coefficients: Void
  ) -> Number {
    slots.first = slots.first + gradient.squared
    return gradient / (slots.first.squareRoot + epsilon)
  }
}
