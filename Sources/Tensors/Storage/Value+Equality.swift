// Loops over elements of a type that is known only at run time: one switch, then a concrete loop.
// What is generic over the type and called from another target would look it up for each element.

extension Value {
  /// Whether the elements of two values of one type and shape are equal; NaN is not.
  func hasEqualElements(to other: Value) -> Bool {
    withElements("==") { a in
      other.withElements("==") { b in
        switch type {
        case .float: areEqual(a, b, count, as: Float.self)
        case .double: areEqual(a, b, count, as: Double.self)
        case .int32: areEqual(a, b, count, as: Int32.self)
        case .bool: areEqual(a, b, count, as: Bool.self)
        }
      }
    }
  }

  /// Whether |a − b| ≤ absolute + relative · |b| for the elements of two values of one type and
  /// shape, or a = b.
  func isClose(to other: Value, relative: Double, absolute: Double) -> Bool {
    withElements("isClose") { a in
      other.withElements("isClose") { b in
        switch type {
        case .float:
          areClose(a, b, count, relative, absolute) { (x: Float) in Double(x) }
        case .double:
          areClose(a, b, count, relative, absolute) { (x: Double) in x }
        case .int32:
          areClose(a, b, count, relative, absolute) { (x: Int32) in Double(x) }
        case .bool: areEqual(a, b, count, as: Bool.self)
        }
      }
    }
  }

  /// Feeds the elements to a hasher: equal ones in the same way.
  func hashElements(into hasher: inout Hasher) {
    withElements("hash") { pointer in
      switch type {
      case .float: hash(pointer, count, as: Float.self, into: &hasher)
      case .double: hash(pointer, count, as: Double.self, into: &hasher)
      case .int32: hash(pointer, count, as: Int32.self, into: &hasher)
      case .bool: hash(pointer, count, as: Bool.self, into: &hasher)
      }
    }
  }
}

private func areEqual<Scalar: TensorScalar>(
  _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int, as type: Scalar.Type
) -> Bool {
  let a = a.assumingMemoryBound(to: Scalar.self)
  let b = b.assumingMemoryBound(to: Scalar.self)
  var start = 0
  // Without a branch for each element, and not to the end where the start differs.
  while start < count {
    let end = min(start + 512, count)
    var differences: UInt32 = 0
    for index in start..<end { differences |= a[index] == b[index] ? 0 : 1 }
    if differences != 0 { return false }
    start = end
  }
  return true
}

@inline(__always)
private func areClose<Scalar: TensorScalar>(
  _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int, _ relative: Double,
  _ absolute: Double, _ number: (Scalar) -> Double
) -> Bool {
  let a = a.assumingMemoryBound(to: Scalar.self)
  let b = b.assumingMemoryBound(to: Scalar.self)
  for index in 0..<count where a[index] != b[index] {
    let (x, y) = (number(a[index]), number(b[index]))
    guard y.isFinite, abs(x - y) <= absolute + relative * abs(y) else { return false }
  }
  return true
}

private func hash<Scalar: TensorScalar>(
  _ pointer: UnsafeRawPointer, _ count: Int, as type: Scalar.Type, into hasher: inout Hasher
) {
  let elements = pointer.assumingMemoryBound(to: Scalar.self)
  for index in 0..<count { hasher.combine(elements[index]) }
}
