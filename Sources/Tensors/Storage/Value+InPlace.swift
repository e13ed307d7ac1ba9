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
    other.withPointer { Kernels.binary(.add, type, pointer, $0, pointer, count) }
    return true
  }
}

/// Kernels on operands of one length.
enum Kernels {
  /// out[i] = operation(a[i], b[i]).
  @inline(__always)
  static func binary(
    _ operation: Primitive.BinaryOperation, _ type: ElementType, _ a: UnsafeRawPointer,
    _ b: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    var extent = Int32(count)
    var stride: Int64 = 1
    ck_binary(operation.kernel, type.kernelType, 1, &extent, a, &stride, b, &stride, out)
  }
}
