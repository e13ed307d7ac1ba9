internal import CKernels

extension Value {
  /// Adds a value of the same shape in this one's own memory, if nobody else holds it.
  ///
  /// - Returns: Whether it did; otherwise nothing has changed.
  mutating func addInPlace(_ other: Value) -> Bool {
    guard other.isDense, other.shape == shape, other.type == type, case .dense(var buffer) = content
    else { return false }
    // The local reference is to be the only one while it is looked at.
    content = .single(0)
    defer { content = .dense(buffer) }
    guard isKnownUniquelyReferenced(&buffer) else { return false }
    let pointer = buffer.pointer
    other.withRepeatedPointer { other, stride in
      Kernels.binary(.add, type, pointer, 1, other, stride, pointer, count)
    }
    return true
  }
}
