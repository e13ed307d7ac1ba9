public import Tensors

/// An optimizer with its state for one model.
///
/// ```swift
/// var optimizer = ModelOptimizer(.adam(learningRate: 0.01), for: model)
/// for _ in 0..<100 {
///   let (loss, gradients) = valueAndGradient(at: model) { meanSquaredError($0(x), y) }
///   optimizer.step(&model, gradients)
/// }
/// ```
///
/// It is a tree, whose leaves are those of the state: it is saved and loaded like a model, and a run
/// that goes on with what was loaded goes on to the same bits.
public struct ModelOptimizer: Sendable {
  /// The method, which has no state itself.
  public let method: Optimizer
  /// What the method remembers from step to step.
  public var state: TransformState

  /// A method before its first step.
  ///
  /// - Parameters:
  ///   - method: The method, such as `.adam(learningRate: 0.01)` or a chain of transforms.
  ///   - model: The parameters, of which structure, shapes and types are taken.
  public init<Model: Tree>(_ method: Optimizer, for model: Model) {
    self.method = method
    state = method.initialState(for: model)
  }

  /// The number of steps so far.
  public var stepCount: Int { state.step }

  /// Moves the model by one step.
  ///
  /// - Parameters:
  ///   - model: The parameters; replaced.
  ///   - gradients: A tree of the model's structure.
  /// - Precondition: structure, shapes and types of the model that this optimizer was made for.
  public mutating func step<Model: Tree>(_ model: inout Model, _ gradients: Model) {
    method.update(&model, gradients: gradients, state: &state)
  }
}

extension ModelOptimizer: Tree {
  /// Adds the leaves of the state.
  public func appendLeaves(to leaves: inout [Leaf]) { state.appendLeaves(to: &leaves) }

  /// Replaces the leaves of the state.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    state.replaceLeaves(from: &reader)
  }

  /// Adds the paths in the state.
  public func appendLeafPaths(to paths: inout [String], prefix: String) {
    state.appendLeafPaths(to: &paths, prefix: prefix)
  }

  /// Whether the states have the same structure.
  public func hasStructure(of other: Self) -> Bool { state.hasStructure(of: other.state) }
}
