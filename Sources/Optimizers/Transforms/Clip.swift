public import Tensors

/// Moves each element into [−limit, limit], as PyTorch's `clip_grad_value_` and optax's `clip`.
public struct ClipByValue: GradientTransform {
  /// The largest size of an element.
  public let limit: Double

  /// Moves each element into [−limit, limit].
  ///
  /// - Precondition: the limit is not negative.
  public init(_ limit: Double) {
    requireNonNegative(limit, "ClipByValue", "limit")
    self.limit = limit
  }

  /// Nothing but the step count.
  public func initialState(for parameters: ParameterList) -> TransformState { TransformState() }

  /// Clips.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    updateElementwise(&updates, &state, parameters)
  }
}

extension ClipByValue: ElementwiseTransform {
  var slotCount: Int { 0 }

  func coefficients(_ step: Int) {}

  @inline(__always)
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number, _ coefficients: Void
  ) -> Number {
    .smaller(.larger(gradient, .constant(-limit)), .constant(limit))
  }
}

/// Shortens the whole gradient to a Euclidean norm where it is longer, as optax's
/// `clip_by_global_norm`: u = g · limit / ‖g‖ where ‖g‖ ≥ limit, over all leaves together.
///
/// - SeeAlso: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
///   networks" (ICML 2013), Algorithm 1.
public struct ClipByGlobalNorm: GradientTransform {
  /// The largest norm.
  public let limit: Double

  /// Shortens gradients to a norm of at most `limit`.
  ///
  /// - Precondition: the limit is positive.
  public init(_ limit: Double) {
    require(limit > 0, "ClipByGlobalNorm", "a limit of \(limit), expected a positive number")
    self.limit = limit
  }

  /// Nothing but the step count.
  public func initialState(for parameters: ParameterList) -> TransformState { TransformState() }

  /// Clips.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    state.step += 1
    let norm = updates.globalNorm(as: Double.self)
    let factor = select(norm .< limit, Tensor(1.0), limit / maximum(norm, Tensor(limit)))
    updates = updates.scaled(by: factor)
  }
}
