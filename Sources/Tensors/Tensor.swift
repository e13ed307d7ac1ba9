/// A dense, row-major array of numbers with any number of axes, whose operations can be
/// differentiated, mapped and perturbed.
///
/// A tensor is a value: assigning it copies nothing and shares nothing that can change. Its
/// elements are `Float`, `Double`, `Int32` (indices, counts) or `Bool` (comparisons).
///
/// ```swift
/// let x: Tensor<Float> = [[1, 2], [3, 4]]
/// let y = x * 2 + 1            // broadcasting as in NumPy
/// let g = gradient(at: x) { ($0 * $0).sum() }   // [[2, 4], [6, 8]]
/// ```
///
/// Element types do not mix by themselves: number literals take the type of the tensor beside them,
/// and `cast(to:)` converts, so that nothing is computed in another precision than the one that
/// stands in the type.
///
/// Programmer's errors (shapes that do not fit, an axis out of range) stop the program with a
/// message that names the operation and the shapes.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  package let value: Value

  package init(_ value: Value) { self.value = value }

  /// A tensor of the given shape with the given elements in row-major order.
  ///
  /// - Precondition: as many elements as the shape has.
  public init(shape: Shape, scalars: [Scalar], file: StaticString = #fileID, line: UInt = #line) {
    require(
      shape.elementCount == scalars.count, "Tensor",
      "shape \(shape) has \(shape.elementCount) elements, not \(scalars.count)", file: file,
      line: line)
    value = .dense(shape, Scalar.elementType) { out in
      scalars.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { out.copyMemory(from: base, byteCount: bytes.count) }
      }
    }
  }

  /// A tensor with one axis.
  public init(_ scalars: [Scalar]) { self.init(shape: [scalars.count], scalars: scalars) }

  /// A matrix from its rows.
  ///
  /// - Precondition: rows of one length.
  public init(_ rows: [[Scalar]], file: StaticString = #fileID, line: UInt = #line) {
    let count = rows.first?.count ?? 0
    for (position, row) in rows.enumerated() {
      require(
        row.count == count, "Tensor",
        "row \(position) has \(row.count) entries, row 0 has \(count)", file: file, line: line
      )
    }
    self.init(shape: [rows.count, count], scalars: rows.flatMap { $0 })
  }

  /// A tensor with three axes from its matrices.
  ///
  /// - Precondition: matrices of one shape.
  public init(_ matrices: [[[Scalar]]], file: StaticString = #fileID, line: UInt = #line) {
    self =
      matrices.isEmpty
      ? Tensor(shape: [0, 0, 0], scalars: [])
      : stack(matrices.map { Tensor($0, file: file, line: line) }, file: file, line: line)
  }

  /// A tensor without axes.
  public init(_ scalar: Scalar) {
    value = .single(scalar)
  }

  /// A tensor of the given shape whose elements `initialize` writes, in row-major order.
  public init(
    shape: Shape, initializingWith initialize: (UnsafeMutableBufferPointer<Scalar>) -> Void
  ) {
    let count = shape.elementCount
    value = .dense(shape, Scalar.elementType) { out in
      initialize(
        UnsafeMutableBufferPointer(
          start: out.bindMemory(to: Scalar.self, capacity: count), count: count))
    }
  }

  /// The extents of the axes, outermost first.
  public var shape: Shape { value.shape }

  /// The number of axes.
  public var rank: Int { value.rank }

  /// The number of elements.
  public var count: Int { value.count }

  /// All elements in row-major order.
  ///
  /// - Precondition: not called inside `vmap`, where a tensor stands for many.
  public var scalars: [Scalar] {
    value.withElements("scalars") { pointer in
      Array(
        UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Scalar.self), count: count))
    }
  }

  /// The only element of a tensor that has one.
  ///
  /// - Precondition: one element; not called inside `vmap`, where a tensor stands for many.
  public var scalar: Scalar {
    require(count == 1, "scalar", "a tensor of shape \(shape) has \(count) elements, not one")
    return value.withElements("scalar") { $0.load(as: Scalar.self) }
  }

  /// Calls `body` with the elements in row-major order, without copying them.
  public func withScalars<Result, E: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(E) -> Result
  ) throws(E) -> Result {
    try value.withElements("withScalars") { pointer throws(E) in
      try body(
        UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Scalar.self), count: count))
    }
  }
}

extension Tensor: ExpressibleByArrayLiteral {
  /// A tensor written as nested lists: `[[1, 2], [3, 4]]`.
  ///
  /// - Precondition: all entries have the same shape.
  public init(arrayLiteral elements: Tensor...) {
    guard let first = elements.first else {
      self.init(shape: [0], scalars: [])
      return
    }
    for (position, element) in elements.enumerated() {
      require(
        element.shape == first.shape, "Tensor literal",
        "entry \(position) has shape \(element.shape), entry 0 has shape \(first.shape)")
    }
    if elements.allSatisfy({ $0.value.isDense }) {
      let count = first.count * first.value.type.size
      self.init(
        .dense(first.shape.inserting(elements.count, at: 0), Scalar.elementType) { out in
          for (position, element) in elements.enumerated() {
            element.value.withPointer {
              (out + position * count).copyMemory(from: $0, byteCount: count)
            }
          }
        })
    } else {
      self = stack(elements)
    }
  }
}

extension Tensor: ExpressibleByFloatLiteral where Scalar: TensorFloatingPoint {
  /// A tensor without axes.
  public init(floatLiteral literal: Double) { self.init(Scalar(nearest: literal)) }
}

extension Tensor: ExpressibleByIntegerLiteral where Scalar: TensorNumeric {
  /// A tensor without axes.
  public init(integerLiteral literal: Int) { self.init(Scalar(nearest: Double(literal))) }
}

extension Tensor: ExpressibleByBooleanLiteral where Scalar == Bool {
  /// A tensor without axes.
  public init(booleanLiteral literal: Bool) { self.init(literal) }
}

extension Tensor: Equatable, Hashable {
  /// Whether two tensors have the same shape and the same elements, as a `Bool`.
  ///
  /// For the comparison element by element, see `.==`.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.value.hasEqualElements(to: b.value)
  }

  /// Feeds the shape and the elements to a hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    value.hashElements(into: &hasher)
  }
}
