public import Tensors

/// Transforms one after the other: each works on what the one before it made.
///
/// ```swift
/// let optimizer = Optimizer(
///   ClipByGlobalNorm(1), ScaleByAdam(), AddWeightDecay(1e-4),
///   ScaleByLearningRate(.cosine(1e-3, over: 10_000)))
/// ```
///
/// The usual methods stand ready: `Optimizer.sgd(learningRate: 0.1, momentum: 0.9)`,
/// `Optimizer.adam(learningRate: 0.01)` and so on. Optimizers can be transforms of others.
public struct Optimizer: GradientTransform {
  /// The transforms, in the order in which they act.
  public let transforms: [any GradientTransform]

  /// Transforms one after the other.
  public init(_ transforms: any GradientTransform...) { self.transforms = transforms }

  /// Transforms one after the other.
  public init(_ transforms: [any GradientTransform]) { self.transforms = transforms }

  /// The states of the transforms.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(children: transforms.map { $0.initialState(for: parameters) })
  }

  /// Applies each transform.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    require(
      state.children.count == transforms.count, "Optimizer",
      "a state of \(state.children.count) transforms for an optimizer of \(transforms.count)")
    state.step += 1
    for index in transforms.indices {
      transforms[index].update(
        &updates, state: &state.children[index], parameters: parameters)
    }
  }
}

/// Transforms one after the other: each works on what the one before it made. The same as
/// `Optimizer(…)`.
public func chain(_ transforms: any GradientTransform...) -> Optimizer { Optimizer(transforms) }
