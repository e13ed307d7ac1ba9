public import Tensors

/// A transform that sees the mean of several gradients at once, as optax's `MultiSteps`.
///
/// Every `count`-th update is the transform's, of the mean of the last `count` gradients; those
/// between are zeros, so the parameters stay.
public struct Accumulate: GradientTransform {
  /// How many gradients make one step.
  public let count: Int
  /// The transform.
  public let transform: any GradientTransform

  /// A transform of the mean of `count` gradients.
  ///
  /// - Precondition: the count is at least 1.
  public init(_ count: Int, _ transform: any GradientTransform) {
    require(count >= 1, "Accumulate", "a count of \(count), expected at least 1")
    self.count = count
    self.transform = transform
  }

  /// Zeros for the sum, and the transform's state.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(
      slots: [parameters.slot("sum")], children: [transform.initialState(for: parameters)])
  }

  /// Adds to the sum, and steps where it is complete.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    state.requireSlots(for: parameters, "Accumulate")
    state.step += 1
    let sum = adding(updates, to: state.slots[0].leaves)
    if state.step.isMultiple(of: count) {
      updates = sum.map { $0.scaled(by: 1 / Double(count)) }
      transform.update(&updates, state: &state.children[0], parameters: parameters)
      state.slots[0].leaves = sum.map(\.zeros)
    } else {
      state.slots[0].leaves = sum
      updates = sum.map(\.zeros)
    }
  }
}
