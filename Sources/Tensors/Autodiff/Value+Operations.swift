/// The operations that vector–Jacobian products and batching rules are written with.
extension Value {
  package static func + (a: Value, b: Value) -> Value { apply(.binary(.add), a, b) }
  package static func - (a: Value, b: Value) -> Value { apply(.binary(.subtract), a, b) }
  package static func * (a: Value, b: Value) -> Value { apply(.binary(.multiply), a, b) }
  package static func / (a: Value, b: Value) -> Value { apply(.binary(.divide), a, b) }
  static prefix func - (a: Value) -> Value { apply(.unary(.negate), a) }

  static func + (a: Value, b: Double) -> Value { a + .scalar(b, a.type) }
  static func - (a: Value, b: Double) -> Value { a - .scalar(b, a.type) }
  static func - (a: Double, b: Value) -> Value { .scalar(a, b.type) - b }
  static func * (a: Value, b: Double) -> Value { a * .scalar(b, a.type) }

  func unary(_ operation: Primitive.UnaryOperation) -> Value { apply(.unary(operation), self) }

  func compared(_ comparison: Primitive.Comparison, _ other: Value) -> Value {
    apply(.compare(comparison), self, other)
  }

  func compared(_ comparison: Primitive.Comparison, _ other: Double) -> Value {
    compared(comparison, .scalar(other, type))
  }

  /// Reads `self`, truth values, as the condition.
  func select(_ a: Value, _ b: Value) -> Value { apply(.select, self, a, b) }

  package func broadcast(to shape: Shape) -> Value {
    shape == self.shape ? self : apply(.broadcast(shape), self)
  }

  package func reshaped(_ shape: Shape) -> Value {
    shape == self.shape ? self : apply(.reshape(shape), self)
  }

  package func permuted(_ axes: Shape) -> Value {
    axes.elementsEqual(axes.indices) ? self : apply(.permute(axes), self)
  }

  /// The last two axes exchanged.
  func transposed() -> Value {
    var axes = Shape(0..<rank)
    axes[rank - 1] = rank - 2
    axes[rank - 2] = rank - 1
    return permuted(axes)
  }

  package func reduced(_ operation: Primitive.Reduction, _ axes: Shape) -> Value {
    axes.isEmpty ? self : apply(.reduce(operation, axes: axes), self)
  }

  @_disfavoredOverload
  package func reduced(_ operation: Primitive.Reduction, _ axes: [Int]) -> Value {
    reduced(operation, Shape(axes))
  }

  /// Reduced over axes that stay, with extent 1.
  func reducedKeeping(_ operation: Primitive.Reduction, _ axes: Shape) -> Value {
    var kept = shape
    for axis in axes { kept[axis] = 1 }
    return reduced(operation, axes).reshaped(kept)
  }

  func sliced(_ slice: Primitive.Slice) -> Value { apply(.slice(slice), self) }

  /// Elements [start, start + count) of one axis.
  package func sliced(axis: Int, start: Int, count: Int, step: Int = 1) -> Value {
    var slice = Primitive.Slice(of: shape)
    slice.starts[axis] = start
    slice[stepOf: axis] = step
    slice.shape[axis] = count
    return sliced(slice)
  }

  /// Puts the elements into zeros, from `start` along one axis.
  func embedded(axis: Int, start: Int, count: Int, step: Int = 1) -> Value {
    var slice = Primitive.Slice(of: shape)
    slice.starts[axis] = start
    slice[stepOf: axis] = step
    return apply(.embed(slice, into: shape.replacing(axis, with: count)), self)
  }

  func matrixProduct(_ other: Value, transposeA: Bool = false, transposeB: Bool = false) -> Value {
    apply(.matrixProduct(transposeA: transposeA, transposeB: transposeB), self, other)
  }

  package func cast(_ type: ElementType) -> Value {
    type == self.type ? self : apply(.cast(type), self)
  }

  /// Sums over the axes that broadcasting to this value's shape added or stretched.
  func unbroadcast(to shape: Shape) -> Value {
    if shape == self.shape { return self }
    let offset = rank - shape.rank
    var axes = Shape(0..<offset)
    for axis in 0..<shape.rank where shape[axis] == 1 && self.shape[axis + offset] != 1 {
      axes.append(axis + offset)
    }
    return reduced(.sum, axes).reshaped(shape)
  }

  /// The axis inserted, with extent 1.
  func expanded(_ axis: Int) -> Value { reshaped(shape.inserting(1, at: axis)) }
}
