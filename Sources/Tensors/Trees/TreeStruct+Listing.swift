// Finds properties with floating-point tensors that a struct lists neither as children nor as
// frozen. Tensors are compared by the memory that they hold, so that properties behind a wrapper,
// or listed part by part, count as listed.

extension TreeStruct {
  /// Stops where a property with floating-point tensors is not listed.
  ///
  /// - Parameters:
  ///   - children: ``TreeStruct/children``.
  ///   - isThorough: Whether to look even where the listed properties leave no room for a tensor
  ///     in the struct. What lies elsewhere, such as the entries of an array, may be missed then.
  func requireListedProperties(_ children: [Child<Self>], thoroughly isThorough: Bool = false) {
    #if !DEBUG
      // Reflection takes microseconds, which is much for the gradient of a small model.
      if !isThorough {
        var room = MemoryLayout<Self>.size
        for child in children { room -= child.size }
        if room < MemoryLayout<Tensor<Float>>.size { return }
      }
    #endif
    guard let name = unlistedProperty(children) else { return }
    trap(
      "\(Self.self)",
      "the property \"\(name)\" holds numbers but is not listed: name it in `children` to have it "
        + "trained, or in `frozen` to have it stay as it is")
  }

  private func unlistedProperty(_ children: [Child<Self>]) -> String? {
    let frozen = Self.frozen
    var listed: [TensorIdentity: Int] = [:]
    func list(_ leaves: [Leaf]) {
      for leaf in leaves where leaf.elementType.isFloatingPoint {
        listed[TensorIdentity(leaf.value), default: 0] += 1
      }
    }
    for child in children {
      var leaves: [Leaf] = []
      child.append(self, &leaves)
      list(leaves)
    }
    for property in frozen { list(tensors(in: self[keyPath: property])) }
    let properties = Mirror(reflecting: self).children.map {
      (name: $0.label ?? "", tensors: tensors(in: $0.value).map { TensorIdentity($0.value) })
    }
    let hasUnlisted = !properties.allSatisfy { $0.tensors.allSatisfy { listed.remove($0) } }
    if !hasUnlisted { return nil }
    // Two properties may hold the same tensor: one whose name is not listed is the forgotten one.
    let names = Set((children.map(\.keyPath) + frozen).flatMap { "\($0)".split(separator: ".") })
    let candidates = properties.filter { !$0.tensors.isEmpty }
    return (candidates.first { !names.contains(Substring($0.name)) } ?? candidates.last)?.name
  }
}

extension [TensorIdentity: Int] {
  /// Takes one away; false where there is none.
  fileprivate mutating func remove(_ identity: TensorIdentity) -> Bool {
    guard let count = self[identity], count > 0 else { return false }
    self[identity] = count - 1
    return true
  }
}

/// What two tensors share if one is the copy of the other.
private struct TensorIdentity: Hashable {
  private let object: ObjectIdentifier?
  private let bytes: UInt64

  init(_ value: Value) {
    switch value.content {
    case .dense(let buffer): (object, bytes) = (ObjectIdentifier(buffer), 0)
    case .single(let bits): (object, bytes) = (nil, bits)
    case .recorded(let recorded): (object, bytes) = (ObjectIdentifier(recorded), 0)
    case .mapped(let mapped): (object, bytes) = (ObjectIdentifier(mapped), 0)
    }
  }
}

/// The floating-point tensors in any value: those of a tree, or of the parts of a struct, tuple,
/// optional or enumeration, and of the first entry of a collection. Objects are not looked into.
private func tensors(in value: Any) -> [Leaf] {
  if let tree = value as? any Tree {
    return tree.leaves.filter { $0.elementType.isFloatingPoint }
  }
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .class, nil: return []
  case .collection, .set, .dictionary:
    return mirror.children.first.map { tensors(in: $0.value) } ?? []
  default: return mirror.children.flatMap { tensors(in: $0.value) }
  }
}
