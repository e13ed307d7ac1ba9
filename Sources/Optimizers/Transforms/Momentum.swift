public import Tensors

/// A decaying sum of gradients.
///
///     m ← μ m + (1 − τ) g,   u = m,   or   u = g + μ m   with Nesterov
///
/// τ, the dampening, is PyTorch's: as there it does not apply to the first gradient.
///
/// - SeeAlso: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods"
///   (1964); I. Sutskever et al., "On the importance of initialization and momentum in deep
///   learning" (ICML 2013), in the form of PyTorch, where the learning rate multiplies the sum.
public struct Momentum: GradientTransform {
  /// μ, the decay of the sum.
  public let decay: Double
  /// τ, by how much a new gradient counts less.
  public let dampening: Double
  /// Whether the next step's decay is anticipated.
  public let nesterov: Bool

  /// A decaying sum of gradients.
  ///
  /// - Precondition: the decay in [0, 1); with Nesterov, a dampening of 0.
  public init(_ decay: Double, dampening: Double = 0, nesterov: Bool = false) {
    requireDecay(decay, "Momentum", "decay")
    require(
      !nesterov || dampening == 0, "Momentum",
      "a dampening of \(dampening) with Nesterov momentum, expected 0")
    self.decay = decay
    self.dampening = dampening
    self.nesterov = nesterov
  }

  /// Zeros for m.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(slots: [parameters.slot("momentum")])
  }

  /// Replaces gradients by their decaying sum.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension Momentum: ElementwiseTransform {
  var slotCount: Int { 1 }

  func coefficients(_ step: Int) -> Double { step == 1 ? 1 : 1 - dampening }

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number, _ weight: Double
  ) -> Number {
    slots.first = decay * slots.first + weight * gradient
    return nesterov ? gradient + decay * slots.first : slots.first
  }
}
