/// A leaf of a tree: a tensor of any element type.
public struct Leaf: Sendable {
  package var value: Value

  package init(_ value: Value) { self.value = value }

  /// A leaf that holds a tensor.
  public init<Scalar>(_ tensor: Tensor<Scalar>) { value = tensor.value }

  /// The leaf's shape.
  public var shape: Shape { value.shape }

  /// The type of the leaf's elements.
  public var elementType: ElementType { value.type }

  /// The leaf as a tensor.
  ///
  /// - Precondition: its elements are of that type.
  public func tensor<Scalar: TensorScalar>(of type: Scalar.Type = Scalar.self) -> Tensor<Scalar> {
    require(
      value.type == Scalar.elementType, "Leaf",
      "a leaf of \(value.type) elements read as \(Scalar.elementType)")
    return Tensor(value)
  }
}

/// Hands out leaves in order, to the parts of a tree that is being filled.
public struct LeafReader: ~Copyable {
  private let leaves: [Value]
  private var position = 0
  /// Whether the tree becomes a gradient: what is not a parameter becomes 0 in it.
  let makesGradient: Bool

  init(_ leaves: [Value], makesGradient: Bool = false) {
    self.leaves = leaves
    self.makesGradient = makesGradient
  }

  /// The next leaf.
  ///
  /// - Precondition: there is one.
  public mutating func next() -> Leaf {
    require(
      position < leaves.count, "Tree",
      "a tree asks for more than the \(leaves.count) leaves that there are")
    defer { position += 1 }
    return Leaf(leaves[position])
  }

  consuming func finish() {
    require(
      position == leaves.count, "Tree",
      "a tree took \(position) of \(leaves.count) leaves: the structures differ")
  }
}

/// A structure of tensors: a tensor, or an array, dictionary, optional, tuple or struct of trees.
///
/// Everything that transforms take and give is a tree. Leaves come in JAX's order: entries of
/// arrays in order, of dictionaries by sorted key, of structs as declared. A struct becomes a tree
/// with one line: see ``TreeStruct``.
///
/// Trees are values: a class cannot be one, because a model and its gradient would be one object.
public protocol Tree {
  /// Adds the leaves, in order.
  func appendLeaves(to leaves: inout [Leaf])

  /// Puts other leaves in the place of the present ones, in order.
  mutating func replaceLeaves(from reader: inout LeafReader)

  /// Adds a name for each leaf, in order: the path from the root.
  func appendLeafPaths(to paths: inout [String], prefix: String)

  /// Whether another tree has its parts in the same places, whatever the shapes of the leaves: as
  /// many entries, the same keys, values in the same optionals. By default, whether the paths to the
  /// leaves are the same.
  func hasStructure(of other: Self) -> Bool
}

extension Tree {
  /// The leaves in JAX's order.
  public var leaves: [Leaf] {
    var leaves: [Leaf] = []
    appendLeaves(to: &leaves)
    return leaves
  }

  /// The path from the root to each leaf, such as `["weight"][0]`.
  public var leafPaths: [String] {
    var paths: [String] = []
    appendLeafPaths(to: &paths, prefix: "")
    return paths
  }

  /// Compares the paths to the leaves.
  public func hasStructure(of other: Self) -> Bool { leafPaths == other.leafPaths }

  package var values: [Value] { leaves.map(\.value) }

  /// A tree of this structure with other leaves.
  ///
  /// - Precondition: as many leaves as this tree has.
  public func withLeaves(_ leaves: [Leaf]) -> Self { withValues(leaves.map(\.value)) }

  package func withValues(_ values: [Value]) -> Self {
    filled(from: LeafReader(values))
  }

  /// A tree of this structure with derivatives for leaves, and zeros in what is not a parameter.
  package func withGradient(_ values: [Value]) -> Self {
    filled(from: LeafReader(values, makesGradient: true))
  }

  private func filled(from leaves: consuming LeafReader) -> Self {
    var result = self
    var reader = leaves
    result.replaceLeaves(from: &reader)
    reader.finish()
    return result
  }
}

extension Tree where Self: AnyObject {
  /// Trees are values.
  @available(
    *, unavailable,
    message: "a model that is a class and its gradient would be one object: make it a struct"
  )
  public func hasStructure(of other: Self) -> Bool { false }
}

extension Tensor: Tree {
  /// Adds this tensor.
  public func appendLeaves(to leaves: inout [Leaf]) { leaves.append(Leaf(self)) }
  /// Takes one leaf.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    self = reader.next().tensor()
  }
  /// Adds the path as it is.
  public func appendLeafPaths(to paths: inout [String], prefix: String) { paths.append(prefix) }
  /// True: a leaf is a leaf.
  public func hasStructure(of other: Self) -> Bool { true }
}

extension Leaf: Tree {
  /// Adds this leaf.
  public func appendLeaves(to leaves: inout [Leaf]) { leaves.append(self) }
  /// Takes one leaf.
  public mutating func replaceLeaves(from reader: inout LeafReader) { self = reader.next() }
  /// Adds the path as it is.
  public func appendLeafPaths(to paths: inout [String], prefix: String) { paths.append(prefix) }
  /// True: a leaf is a leaf.
  public func hasStructure(of other: Self) -> Bool { true }
}

extension Array: Tree where Element: Tree {
  /// Adds the leaves of each entry.
  public func appendLeaves(to leaves: inout [Leaf]) {
    for element in self { element.appendLeaves(to: &leaves) }
  }

  /// Replaces the leaves of each entry.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    for index in indices { self[index].replaceLeaves(from: &reader) }
  }

  /// Adds `[0]`, `[1]`, … to the path.
  public func appendLeafPaths(to paths: inout [String], prefix: String) {
    for (index, element) in enumerated() {
      element.appendLeafPaths(to: &paths, prefix: "\(prefix)[\(index)]")
    }
  }

  /// Whether there are as many entries, each of the same structure.
  public func hasStructure(of other: Self) -> Bool {
    count == other.count && zip(self, other).allSatisfy { $0.hasStructure(of: $1) }
  }
}

extension Dictionary: Tree where Key: Comparable, Value: Tree {
  /// Adds the leaves of each value, by sorted key.
  public func appendLeaves(to leaves: inout [Leaf]) {
    for key in keys.sorted() { self[key]?.appendLeaves(to: &leaves) }
  }

  /// Replaces the leaves of each value, by sorted key.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    for key in keys.sorted() { self[key]?.replaceLeaves(from: &reader) }
  }

  /// Adds `["key"]` to the path.
  public func appendLeafPaths(to paths: inout [String], prefix: String) {
    for key in keys.sorted() {
      self[key]?.appendLeafPaths(to: &paths, prefix: "\(prefix)[\(String(reflecting: key))]")
    }
  }

  /// Whether there are the same keys, with values of the same structure.
  public func hasStructure(of other: Self) -> Bool {
    count == other.count
      && allSatisfy { key, value in other[key].map { value.hasStructure(of: $0) } ?? false }
  }
}

extension Optional: Tree where Wrapped: Tree {
  /// Adds the leaves of the value, if there is one.
  public func appendLeaves(to leaves: inout [Leaf]) { self?.appendLeaves(to: &leaves) }

  /// Replaces the leaves of the value, if there is one.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    self?.replaceLeaves(from: &reader)
  }

  /// Adds nothing to the path.
  public func appendLeafPaths(to paths: inout [String], prefix: String) {
    self?.appendLeafPaths(to: &paths, prefix: prefix)
  }

  /// Whether both hold a value of the same structure, or neither holds one.
  public func hasStructure(of other: Self) -> Bool {
    switch (self, other) {
    case (nil, nil): true
    case (let value?, let otherValue?): value.hasStructure(of: otherValue)
    default: false
    }
  }
}

/// Several trees as one: what stands for a tuple, which cannot conform to a protocol.
///
/// ```swift
/// let tree = Tuple(weights, ["k1": x, "k2": y])
/// let (first, rest) = tree.elements
/// ```
public struct Tuple<each Element: Tree>: Tree {
  /// The trees.
  public var elements: (repeat each Element)

  /// A tuple of trees.
  public init(_ elements: repeat each Element) { self.elements = (repeat each elements) }

  /// Adds the leaves of each element.
  public func appendLeaves(to leaves: inout [Leaf]) {
    for element in repeat each elements { element.appendLeaves(to: &leaves) }
  }

  /// Replaces the leaves of each element.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    var values: [Value] = []
    var counts: [Int] = []
    for element in repeat each elements {
      let count = element.leaves.count
      counts.append(count)
      for _ in 0..<count { values.append(reader.next().value) }
    }
    var position = 0
    var start = 0
    let makesGradient = reader.makesGradient
    func next<E: Tree>(_ element: E) -> E {
      defer {
        start += counts[position]
        position += 1
      }
      let own = Array(values[start..<start + counts[position]])
      return makesGradient ? element.withGradient(own) : element.withValues(own)
    }
    elements = (repeat next(each elements))
  }

  /// Adds `.0`, `.1`, … to the path.
  public func appendLeafPaths(to paths: inout [String], prefix: String) {
    var index = 0
    for element in repeat each elements {
      element.appendLeafPaths(to: &paths, prefix: "\(prefix).\(index)")
      index += 1
    }
  }

  /// Whether all elements have the same structure.
  public func hasStructure(of other: Self) -> Bool {
    for (element, otherElement) in repeat (each elements, each other.elements) {
      if !element.hasStructure(of: otherElement) { return false }
    }
    return true
  }
}

extension Tuple: Sendable where repeat each Element: Sendable {}
