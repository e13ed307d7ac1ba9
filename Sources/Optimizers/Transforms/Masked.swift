public import Tensors

/// A transform that acts on some of the parameters only; the updates of the others pass unchanged.
///
/// ```swift
/// // Weight decay for all parameters but the biases.
/// Masked(AddWeightDecay(1e-4)) { !$0.hasSuffix(".bias") }
/// ```
public struct Masked: GradientTransform {
  /// The transform.
  public let transform: any GradientTransform
  /// Whether it acts on the leaf at a path.
  public let includes: @Sendable (_ path: String) -> Bool

  /// A transform of the leaves whose path satisfies a condition.
  public init(
    _ transform: any GradientTransform,
    where includes: @escaping @Sendable (_ path: String) -> Bool
  ) {
    self.transform = transform
    self.includes = includes
  }

  /// The transform's state for the leaves that it acts on.
  public func initialState(for parameters: ParameterList) -> TransformState {
    let selection = parameters.paths.indices.filter { includes(parameters.paths[$0]) }
    let chosen = ParameterList(
      leaves: selection.map { parameters.leaves[$0] },
      paths: selection.map { parameters.paths[$0] })
    var state = TransformState(children: [transform.initialState(for: chosen)])
    state.selection = selection
    return state
  }

  /// Updates the leaves that it acts on.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    require(
      state.selection.last ?? -1 < parameters.count, "Masked",
      "\(parameters.count) parameters with a state for \(state.selection.last.map { $0 + 1 } ?? 0) or "
        + "more: the state belongs to other parameters")
    state.step += 1
    var chosen = state.selection.map { updates[$0] }
    transform.update(
      &chosen, state: &state.children[0], parameters: state.selection.map { parameters[$0] })
    for (index, update) in zip(state.selection, chosen) { updates[index] = update }
  }
}
