public import Tensors

/// The gradient over the root of a decaying mean of its squares.
///
///     v ← α v + (1 − α) g²,   u = g / (√v + ε)
///
/// Centred, it is the variance that is taken: m ← α m + (1 − α) g, u = g / (√(v − m²) + ε). The
/// place of ε, outside of the root, is PyTorch's.
///
/// - SeeAlso: T. Tieleman, G. Hinton, "Lecture 6.5: rmsprop" (2012); for the centred form,
///   A. Graves, "Generating sequences with recurrent neural networks" (arXiv:1308.0850), eq. 38–45.
public struct ScaleByRMS: GradientTransform {
  /// α, the decay of the mean of the squares.
  public let decay: Double
  /// ε, what keeps the denominator from 0.
  public let epsilon: Double
  /// Whether the mean's square is taken off the mean of the squares.
  public let centered: Bool

  /// The gradient over its root mean square.
  ///
  /// - Precondition: the decay in [0, 1), ε not negative.
  public init(decay: Double = 0.99, epsilon: Double = 1e-8, centered: Bool = false) {
    requireDecay(decay, "ScaleByRMS", "decay")
    requireNonNegative(epsilon, "ScaleByRMS", "epsilon")
    self.decay = decay
    self.epsilon = epsilon
    self.centered = centered
  }

  /// Zeros for v, and for m where it is needed.
  public func initialState(for parameters: ParameterList) -> TransformState {
    let names = ["meanSquare"] + (centered ? ["mean"] : [])
    return TransformState(slots: names.map { parameters.slot($0) })
  }

  /// Divides gradients by their root mean square.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension ScaleByRMS: ElementwiseTransform {
  var slotCount: Int { centered ? 2 : 1 }

  func coefficients(_ step: Int) {}

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number, _ coefficients: Void
  ) -> Number {
    slots.first = decay * slots.first + (1 - decay) * gradient.squared
    var square = slots.first
    if centered {
      slots.second = decay * slots.second + (1 - decay) * gradient
      square = square - slots.second.squared
    }
    return gradient / (square.squareRoot + epsilon)
  }
}
