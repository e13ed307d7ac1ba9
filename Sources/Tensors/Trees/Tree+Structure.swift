/// Two trees that should have the same structure do not.
public struct TreeMismatch: Error, Equatable, CustomStringConvertible {
  /// What was being done.
  public let operation: String
  /// Where the first difference is.
  public let path: String
  /// What is there in the first tree and what in the second.
  public let difference: String

  /// One line: the operation, the path, the difference.
  public var description: String {
    "\(operation): the trees differ at \(path.isEmpty ? "the root" : path): \(difference)"
  }
}

extension Tree {
  /// Checks that another tree has the same leaves in number, path, shape and type.
  ///
  /// - Throws: ``TreeMismatch``, with the path to the first difference.
  public func checkStructure<Other: Tree>(
    _ other: Other, _ operation: String = "tree"
  ) throws(TreeMismatch) {
    let (own, others) = (leaves, other.leaves)
    if own.count == others.count,
      zip(own, others).allSatisfy({ $0.shape == $1.shape && $0.elementType == $1.elementType }),
      let other = other as? Self, hasStructure(of: other)
    {
      return
    }
    let (paths, otherPaths) = (leafPaths, other.leafPaths)
    for index in 0..<Swift.max(own.count, others.count) {
      guard index < own.count else {
        throw TreeMismatch(
          operation: operation, path: otherPaths[index],
          difference: "nothing against \(others[index].summary)")
      }
      guard index < others.count else {
        throw TreeMismatch(
          operation: operation, path: paths[index],
          difference: "\(own[index].summary) against nothing")
      }
      if paths[index] != otherPaths[index] {
        throw TreeMismatch(
          operation: operation, path: paths[index],
          difference: "the second tree has \(otherPaths[index]) in this place")
      }
      if own[index].shape != others[index].shape
        || own[index].elementType != others[index].elementType
      {
        throw TreeMismatch(
          operation: operation, path: paths[index],
          difference: "\(own[index].summary) against \(others[index].summary)")
      }
    }
  }
}

extension Leaf {
  fileprivate var summary: String { "\(elementType)\(shape)" }
}
