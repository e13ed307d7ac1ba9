/// A struct whose stored properties are trees, named in one line.
///
/// ```swift
/// struct Model: TreeStruct {
///   var weight: Tensor<Float>
///   var bias: Tensor<Float>
///   var scale: Tensor<Float>     // measured once, not trained
///
///   static var children: [Child<Model>] { [Child(\.weight), Child(\.bias)] }
///   static var frozen: [PartialKeyPath<Model>] { [\.scale] }
/// }
/// ```
///
/// Every property with floating-point tensors stands in one of the two lists. One that was
/// forgotten stops the program with its name: in a debug build at the first gradient, in a release
/// build at the latest when an optimizer is set up, or the model printed or saved.
public protocol TreeStruct: Tree, CustomStringConvertible {
  /// The properties that hold parameters, in the order of the leaves.
  static var children: [Child<Self>] { get }

  /// The properties with tensors that are no parameters. They are no leaves: transforms and
  /// optimizers leave them as they are. In gradients, those that are variables hold zeros.
  static var frozen: [PartialKeyPath<Self>] { get }
}

/// One property of a struct that is a tree.
public struct Child<Root>: @unchecked Sendable {
  // The functions hold nothing but the key path, which is sendable, and the label.
  let append: (Root, inout [Leaf]) -> Void
  let replace: (inout Root, inout LeafReader) -> Void
  let appendPaths: (Root, inout [String], String) -> Void
  let hasStructure: (Root, Root) -> Bool
  let keyPath: PartialKeyPath<Root>
  /// How many bytes the property takes in the struct.
  let size: Int

  /// The property at a key path.
  ///
  /// - Parameters:
  ///   - keyPath: The property.
  ///   - label: Its name in paths; by default, the property's.
  public init<Part: Tree>(
    _ keyPath: any WritableKeyPath<Root, Part> & Sendable, label: String? = nil
  ) {
    append = { $0[keyPath: keyPath].appendLeaves(to: &$1) }
    replace = { $0[keyPath: keyPath].replaceLeaves(from: &$1) }
    hasStructure = { $0[keyPath: keyPath].hasStructure(of: $1[keyPath: keyPath]) }
    appendPaths = {
      // Asked for late: to describe a key path takes longer than to collect a model's leaves.
      let name = label ?? keyPath.propertyName
      $0[keyPath: keyPath].appendLeafPaths(to: &$1, prefix: "\($2).\(name)")
    }
    self.keyPath = keyPath
    size = MemoryLayout<Part>.size
  }

  /// A constant is no parameter.
  @available(
    *, unavailable,
    message: "a constant cannot be trained: make the property a var, or list it in frozen"
  )
  public init<Part: Tree>(_ keyPath: any KeyPath<Root, Part> & Sendable, label: String? = nil) {
    fatalError("unavailable")
  }
}

extension PartialKeyPath {
  /// The name of the last property on the way.
  var propertyName: String { "\(self)".split(separator: ".").last.map(String.init) ?? "" }
}

extension TreeStruct {
  /// None.
  public static var frozen: [PartialKeyPath<Self>] { [] }

  /// Adds the leaves of each child.
  public func appendLeaves(to leaves: inout [Leaf]) {
    for child in Self.children { child.append(self, &leaves) }
  }

  /// Replaces the leaves of each child.
  public mutating func replaceLeaves(from reader: inout LeafReader) {
    let children = Self.children
    if reader.makesGradient {
      requireListedProperties(children)
      for property in Self.frozen { setToZero(property) }
    }
    for child in children { child.replace(&self, &reader) }
  }

  /// Adds the child's name to the path.
  public func appendLeafPaths(to paths: inout [String], prefix: String) {
    let children = Self.children
    requireListedProperties(children, thoroughly: true)
    for child in children { child.appendPaths(self, &paths, prefix) }
  }

  /// Whether all children have the same structure.
  public func hasStructure(of other: Self) -> Bool {
    Self.children.allSatisfy { $0.hasStructure(self, other) }
  }

  private mutating func setToZero(_ property: PartialKeyPath<Self>) {
    if let part = type(of: property).valueType as? any Tree.Type { setToZero(property, part) }
  }

  private mutating func setToZero<Part: Tree>(
    _ property: PartialKeyPath<Self>, _ part: Part.Type
  ) {
    guard let variable = property as? WritableKeyPath<Self, Part> else { return }
    self[keyPath: variable] = zeros(like: self[keyPath: variable])
  }
}

extension TreeStruct where Self: AnyObject {
  /// Trees are values.
  @available(
    *, unavailable,
    message: "a model that is a class and its gradient would be one object: make it a struct"
  )
  public func appendLeaves(to leaves: inout [Leaf]) {}
}
