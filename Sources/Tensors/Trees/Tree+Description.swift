extension Tree {
  /// The leaves in lines: path, element type, shape and values, long tensors shortened.
  ///
  /// ```text
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
      let lines = leaf.elementDescription.split(separator: "\n", omittingEmptySubsequences: true)
      return "\(place): \(leaf.elementType) \(leaf.shape)\n"
        + lines.map { "  \($0)" }.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

extension TreeStruct {
  /// The type's name, then its stored properties in lines: of tensors the element type, the shape
  /// and the values, long ones shortened; of others their own description.
  ///
  /// ```text
  /// LayerNorm<Float>
  ///   weight: float [3] = [1. 1. 1.]
  ///   bias: float [3] = [0. 0. 0.]
  ///   epsilon: 1e-05
  /// ```
  public var description: String { describedParts(of: self).joined(separator: "\n") }
}

extension Tuple: CustomStringConvertible {
  /// The elements, as ``TreeStruct/description`` has properties.
  public var description: String {
    var lines = ["Tuple"]
    var index = 0
    for element in repeat each elements {
      lines += indented(described("\(index)", element))
      index += 1
    }
    return lines.joined(separator: "\n")
  }
}

extension Leaf: CustomStringConvertible {
  /// Element type, shape and values.
  public var description: String { described("", self).joined(separator: "\n") }
}

extension Leaf {
  fileprivate var elementDescription: String {
    if value.isMapped { return "(mapped)" }
    return switch elementType {
    case .float: tensor(of: Float.self).description
    case .double: tensor(of: Double.self).description
    case .int32: tensor(of: Int32.self).description
    case .bool: tensor(of: Bool.self).description
    }
  }
}

/// A tree that is one leaf.
private protocol SingleLeaf {
  var leaf: Leaf { get }
}

extension Leaf: SingleLeaf {
  fileprivate var leaf: Leaf { self }
}

extension Tensor: SingleLeaf {
  fileprivate var leaf: Leaf { Leaf(self) }
}

/// A type's name, then its stored properties, indented.
private func describedParts(of tree: any TreeStruct) -> [String] {
  ["\(type(of: tree))"]
    + Mirror(reflecting: tree).children.flatMap {
      indented(described($0.label ?? "", $0.value))
    }
}

private func indented(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }

/// A named value in lines. Without a name, the values stand alone.
private func described(_ name: String, _ value: Any) -> [String] {
  let prefix = name.isEmpty ? "" : name + ": "
  if let leaf = (value as? any SingleLeaf)?.leaf {
    let lines = leaf.elementDescription.split(separator: "\n").map(String.init)
    let head = "\(prefix)\(leaf.elementType) \(leaf.shape)"
    return lines.count == 1 ? ["\(head) = \(lines[0])"] : [head] + indented(lines)
  }
  let mirror = Mirror(reflecting: value)
  switch value {
  case let tree as any TreeStruct:
    let lines = describedParts(of: tree)
    return [prefix + lines[0]] + lines.dropFirst()
  case is any Tree where mirror.displayStyle == .optional:
    return mirror.children.first.map { described(name, $0.value) } ?? ["\(prefix)nil"]
  case is any Tree where mirror.displayStyle == .collection && !mirror.children.isEmpty:
    return mirror.children.enumerated().flatMap { described("\(name)[\($0)]", $1.value) }
  case let dictionary as any SortedEntries where !mirror.children.isEmpty:
    return dictionary.sortedEntries.flatMap { described("\(name)[\($0)]", $1) }
  default:
    let lines = "\(value)".split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return [prefix + (lines.first ?? "")] + indented(Array(lines.dropFirst()))
  }
}

/// A dictionary that is a tree.
private protocol SortedEntries {
  var sortedEntries: [(key: String, value: Any)] { get }
}

extension Dictionary: SortedEntries where Key: Comparable, Value: Tree {
  fileprivate var sortedEntries: [(key: String, value: Any)] {
    sorted { $0.key < $1.key }.map { (String(reflecting: $0.key), $0.value) }
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
