public import Tensors

/// Adds a multiple of the parameters: u = g + λ p.
///
/// Before a method that divides by the gradient's size this is an L² penalty of λ/2 ‖p‖² (PyTorch's
/// `weight_decay` of Adam and SGD); after it, decoupled weight decay (AdamW).
///
/// - SeeAlso: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization" (ICLR 2019),
///   Algorithm 2.
public struct AddWeightDecay: GradientTransform {
  /// λ.
  public let rate: Double

  /// Adds `rate` times the parameters.
  ///
  /// - Precondition: the rate is not negative.
  public init(_ rate: Double) {
    requireNonNegative(rate, "AddWeightDecay", "rate")
    self.rate = rate
  }

  /// Nothing but the step count.
  public func initialState(for parameters: ParameterList) -> TransformState { TransformState() }

  /// Adds the decay.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension AddWeightDecay: ElementwiseTransform {
  var slotCount: Int { 0 }

  func coefficients(_ step: Int) {}

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number, _ coefficients: Void
  ) -> Number {
    gradient + rate * parameter
  }
}
