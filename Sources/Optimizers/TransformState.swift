public import Tensors

/// What a gradient transform or a minimizer remembers from one update to the next.
///
/// A state is a tree of tensors, whose step count is a leaf of type `Int32`. So it can be saved and
/// loaded like a model, and a run that continues from it continues to the same bits.
public struct TransformState: Sendable {
  /// One remembered quantity, such as Adam's first moment: a leaf for each leaf of the parameters,
  /// or whatever the transform keeps.
  public struct Slot: Sendable {
    /// The quantity's name, which is part of the leaf's path.
    public let name: String
    /// The remembered tensors.
    public var leaves: [Leaf]

    /// A quantity of a name, with its first values.
    public init(_ name: String, _ leaves: [Leaf]) {
      self.name = name
      self.leaves = leaves
    }
  }

  /// The number of updates so far.
  public var step: Int
  /// The quantities that the transform remembers.
  public var slots: [Slot]
  /// The states of the transforms that this one is made of.
  public var children: [TransformState]
  /// The leaves that a masked transform works on; made again from the paths, never saved.
  var selection: [Int] = []

  /// A state before the first update.
  public init(slots: [Slot] = [], children: [TransformState] = []) {
    step = 0
    self.slots = slots
    self.children = children
  }
}

extension TransformState {
  /// Stops where a slot has not as many leaves as the parameters.
  func requireSlots(for parameters: [Leaf], _ operation: @autoclosure () -> String) {
    for slot in slots {
      require(
        slot.leaves.count == parameters.count, operation(),
        "\(parameters.count) parameters with a state for \(slot.leaves.count): the state belongs "
          + "to other parameters")
    }
  }
}

extension TransformState: Tree {
  /// Adds the step count, the slots and the children.
  public func appendLeaves(to leaves: inout [Leaf]) {
    leaves.append(Leaf(Tensor(Int32(truncatingIfNeeded: step))))
    for slot in slots { leaves.append(contentsOf: slot.leaves) }
    for child in children { child.appendLeaves(to: &leaves) }
  }

  /// Replaces the step count, the slots and the children.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    step = Int(reader.next().tensor(of: Int32.self).scalar)
    for slot in slots.indices {
      for index in slots[slot].leaves.indices { slots[slot].leaves[index] = reader.next() }
    }
    for child in children.indices { children[child].replaceLeaves(from: &reader) }
  }

  /// Adds `.step`, the names of the slots with `[0]`, `[1]`, …, and `.children[0]`, ….
  public func appendLeafPaths(to paths: inout [String], prefix: String) {
    paths.append("\(prefix).step")
    for slot in slots {
      for index in slot.leaves.indices { paths.append("\(prefix).\(slot.name)[\(index)]") }
    }
    for (index, child) in children.enumerated() {
      child.appendLeafPaths(to: &paths, prefix: "\(prefix).children[\(index)]")
    }
  }
}

/// The leaves of the parameters and their names: what a transform makes its first state from.
public struct ParameterList: Sendable {
  /// The leaves, in the tree's order.
  public let leaves: [Leaf]
  /// The path from the root to each leaf.
  public let paths: [String]

  /// The leaves of a tree.
  public init<Parameters: Tree>(_ parameters: Parameters) {
    leaves = parameters.leaves
    paths = parameters.leafPaths
  }

  init(leaves: [Leaf], paths: [String]) {
    self.leaves = leaves
    self.paths = paths
  }

  /// A slot with a number in every element of every leaf.
  public func slot(_ name: String, filledWith number: Double = 0) -> TransformState.Slot {
    TransformState.Slot(
      name, leaves.map { Leaf(.filled($0.shape, $0.elementType, number)) })
  }
}
