public import Tensors

/// A step from gradients to updates, as optax composes optimizers of: scaling, momentum, clipping.
///
/// A transform works on the leaves of a tree, one after the other, whatever tree they come from.
/// Leaves of integers and truth values have no gradient: a transform leaves their updates alone,
/// and no update is ever added to such a parameter.
///
/// Updates are what is *added* to the parameters: the transform at the end of an optimizer,
/// ``ScaleByLearningRate``, turns them downhill.
///
/// To write your own with tensor operations, conform to ``TensorTransform``.
public protocol GradientTransform: Sendable {
  /// The state before the first update.
  func initialState(for parameters: ParameterList) -> TransformState

  /// Turns gradients, or the updates that an earlier transform made of them, into updates.
  ///
  /// - Parameters:
  ///   - updates: A leaf for each leaf of the parameters; replaced.
  ///   - state: The state that the transform made for these parameters; moved on by one step.
  ///   - parameters: The present parameters.
  func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf])
}

extension GradientTransform {
  /// The state before the first update.
  public func initialState<Parameters: Tree>(for parameters: Parameters) -> TransformState {
    initialState(for: ParameterList(parameters))
  }

  /// The updates to be added to the parameters.
  ///
  /// - Parameters:
  ///   - gradients: A tree of the parameters' structure.
  ///   - state: The state; moved on by one step.
  ///   - parameters: The present parameters.
  /// - Returns: A tree of the parameters' structure.
  /// - Precondition: parameters and gradients of one structure, which is also the state's.
  public func updates<Parameters: Tree>(
    from gradients: Parameters, state: inout TransformState, parameters: Parameters
  ) -> Parameters {
    let leaves = parameters.leaves
    var updates = gradients.leaves
    requireSameStructure(leaves, updates, parameters, gradients)
    update(&updates, state: &state, parameters: leaves)
    return parameters.withLeaves(updates)
  }

  /// Moves the parameters by one step. ``ModelOptimizer`` does the same and keeps the state.
  ///
  /// - Parameters:
  ///   - parameters: The parameters; replaced.
  ///   - gradients: A tree of the parameters' structure.
  ///   - state: The state; moved on by one step.
  /// - Precondition: parameters and gradients of one structure, which is also the state's.
  public func update<Parameters: Tree>(
    _ parameters: inout Parameters, gradients: Parameters, state: inout TransformState
  ) {
    let leaves = parameters.leaves
    var updates = gradients.leaves
    requireSameStructure(leaves, updates, parameters, gradients)
    update(&updates, state: &state, parameters: leaves)
    parameters = parameters.withLeaves(adding(updates, to: leaves))
  }

  private func requireSameStructure<Parameters: Tree>(
    _ leaves: [Leaf], _ updates: [Leaf], _ parameters: Parameters, _ gradients: Parameters
  ) {
    if !leaves.elementsEqual(
      updates, by: { $0.shape == $1.shape && $0.elementType == $1.elementType })
    {
      do {
        try parameters.checkStructure(gradients, "\(Self.self)")
      } catch { fatalError("\(error)") }
    }
  }
}

/// p + u for each leaf that has a gradient; others stay.
func adding(_ updates: [Leaf], to parameters: [Leaf]) -> [Leaf] {
  var result = parameters
  for index in result.indices {
    result[index] = result[index].adding(updates[index])
  }
  return result
}

extension Leaf {
  func adding(_ other: Leaf) -> Leaf {
    switch elementType {
    case .float: Leaf(tensor(of: Float.self) + other.tensor(of: Float.self))
    case .double: Leaf(tensor(of: Double.self) + other.tensor(of: Double.self))
    case .int32, .bool: self
    }
  }

  func scaled(by factor: Double) -> Leaf {
    switch elementType {
    case .float: Leaf(tensor(of: Float.self) * Tensor(Float(factor)))
    case .double: Leaf(tensor(of: Double.self) * Tensor(factor))
    case .int32, .bool: self
    }
  }

  var zeros: Leaf { Leaf(.zeros(shape, elementType)) }

  var isFloatingPoint: Bool { elementType.isFloatingPoint }
}

/// A transform of each leaf by itself, written with tensor operations: what to conform to for an
/// optimizer of your own.
///
/// ```swift
/// /// Heavy ball: m ← β m + g.
/// struct HeavyBall: TensorTransform {
///   var beta = 0.9
///   var slotNames: [String] { ["velocity"] }
///   func update<Scalar: TensorFloatingPoint>(
///     _ gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>], parameter: Tensor<Scalar>,
///     step: Int
///   ) -> Tensor<Scalar> {
///     slots[0] = slots[0] * Scalar(beta) + gradient
///     return slots[0]
///   }
/// }
/// let optimizer = Optimizer(HeavyBall(), ScaleByLearningRate(0.1))
/// ```
public protocol TensorTransform: GradientTransform {
  /// The names of the quantities that are remembered for each leaf; they begin as zeros.
  var slotNames: [String] { get }

  /// The update of one leaf.
  ///
  /// - Parameters:
  ///   - gradient: The leaf's gradient, or what an earlier transform made of it.
  ///   - slots: The remembered quantities in the order of ``slotNames``, of the leaf's shape.
  ///   - parameter: The leaf.
  ///   - step: The number of this update, from 1.
  /// - Returns: What takes the place of the gradient.
  func update<Scalar: TensorFloatingPoint>(
    _ gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>], parameter: Tensor<Scalar>, step: Int
  ) -> Tensor<Scalar>
}

extension TensorTransform {
  /// Zeros for each name and leaf.
  public func initialState(for parameters: ParameterList) -> TransformState {
    TransformState(slots: slotNames.map { parameters.slot($0) })
  }

  /// Updates each leaf that has a gradient.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    state.requireSlots(for: parameters, "\(Self.self)")
    state.step += 1
    for index in updates.indices {
      switch updates[index].elementType {
      case .float: update(&updates[index], index, &state, parameters[index], Float.self)
      case .double: update(&updates[index], index, &state, parameters[index], Double.self)
      case .int32, .bool: continue
      }
    }
  }

  private func update<Scalar: TensorFloatingPoint>(
    _ leaf: inout Leaf, _ index: Int, _ state: inout TransformState, _ parameter: Leaf,
    _ type: Scalar.Type
  ) {
    var slots = state.slots.map { $0.leaves[index].tensor(of: Scalar.self) }
    leaf = Leaf(
      update(
        leaf.tensor(of: Scalar.self), slots: &slots, parameter: parameter.tensor(of: Scalar.self),
        step: state.step))
    for (position, tensor) in slots.enumerated() {
      state.slots[position].leaves[index] = Leaf(tensor)
    }
  }
}
