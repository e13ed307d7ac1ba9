extension Tree {
  /// The leaves in lines: path, element type, shape and values, long tensors shortened.
  ///
  /// ```
  /// .weight: float [1, 3]
  ///   [[1. 2. 3.]]
  /// .bias: float [1]
  ///   [0.]
  /// ```
  ///
  /// A leaf that is mapped by `vmap` has no single value, and says so.
  public var treeDescription: String {
    zip(leafPaths, leaves).map { path, leaf in
      let place = path.isEmpty ? "the root" : path
      let lines = leaf.valueDescription.split(separator: "\n", omittingEmptySubsequences: true)
      return "\(place): \(leaf.elementType) \(leaf.shape)\n"
        + lines.map { "  \($0)" }.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

extension Leaf {
  fileprivate var valueDescription: String {
    if value.isMapped { return "(mapped)" }
    return switch elementType {
    case .float: tensor(of: Float.self).description
    case .double: tensor(of: Double.self).description
    case .int32: tensor(of: Int32.self).description
    case .bool: tensor(of: Bool.self).description
    }
  }
}

extension Value {
  fileprivate var isMapped: Bool {
    switch content {
    case .dense, .single: false
    case .recorded(let recorded): recorded.primal.isMapped
    case .mapped: true
    }
  }
}
