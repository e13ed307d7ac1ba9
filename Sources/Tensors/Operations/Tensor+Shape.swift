extension Tensor {
  /// The same elements, in row-major order, in another shape. One extent may be −1: it is computed.
  ///
  /// - Precondition: as many elements as before.
  /// - Complexity: O(1).
  public func reshaped(
    _ shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    var extents = shape
    if let unknown = extents.firstIndex(of: -1) {
      let known = extents.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
      require(
        known > 0 && count % known == 0 && extents.count(where: { $0 == -1 }) == 1, "reshape",
        "shape \(self.shape) does not fit \(shape)", file: file, line: line)
      extents[unknown] = count / known
    }
    let result = Shape(extents)
    require(
      result.elementCount == count, "reshape",
      "shape \(self.shape) has \(count) elements, \(shape) has \(result.elementCount)", file: file,
      line: line)
    return Tensor(value.reshaped(result))
  }

  /// All elements along one axis.
  public func flattened() -> Tensor { reshaped([count]) }

  /// With an axis of extent 1 put before `axis` (which may count from the end of the result).
  public func expandingAxis(_ axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    let resolved = axis < 0 ? axis + rank + 1 : axis
    require(
      resolved >= 0 && resolved <= rank, "expandingAxis",
      "axis \(axis) is out of range for shape \(shape)", file: file, line: line)
    return Tensor(value.expanded(resolved))
  }

  /// Without the axes of extent 1, or without the one named.
  public func squeezed(axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    guard let axis else { return reshaped(shape.filter { $0 != 1 }, file: file, line: line) }
    let resolved = shape.axis(axis, "squeezed", file: file, line: line)
    require(
      shape[resolved] == 1, "squeezed", "axis \(axis) of shape \(shape) is not of extent 1",
      file: file, line: line)
    return Tensor(value.reshaped(shape.removing(resolved)))
  }

  /// With the axes in another order; none given reverses them.
  ///
  /// - Precondition: a permutation of the axes.
  public func transposed(_ axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    let order = (axes ?? Array((0..<rank).reversed())).map {
      shape.axis($0, "transposed", file: file, line: line)
    }
    require(
      order.sorted() == Array(0..<rank), "transposed",
      "\(order) is not an order of the axes of shape \(shape)", file: file, line: line)
    return Tensor(value.permuted(Shape(order)))
  }

  /// With two axes exchanged.
  public func swappingAxes(_ a: Int, _ b: Int, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    var order = Array(0..<rank)
    order.swapAt(
      shape.axis(a, "swappingAxes", file: file, line: line),
      shape.axis(b, "swappingAxes", file: file, line: line))
    return Tensor(value.permuted(Shape(order)))
  }

  /// Repeated along axes of extent 1 and new leading axes, as NumPy broadcasts.
  ///
  /// - Precondition: the shape broadcasts to `shape`.
  public func broadcast(
    to shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      Shape.broadcast(self.shape, shape) == shape, "broadcast",
      "shape \(self.shape) does not broadcast to \(shape)", file: file, line: line)
    return Tensor(value.broadcast(to: shape))
  }

  /// The whole tensor repeated along each axis.
  ///
  /// - Parameters:
  ///   - counts: Repetitions for each axis.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line there.
  /// - Returns: Each extent times its count.
  public func tiled(_ counts: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    require(
      counts.count == rank, "tiled", "\(counts.count) counts for the \(rank) axes of \(shape)",
      file: file, line: line)
    var (split, repeated, final) = (Shape(), Shape(), Shape())
    for (extent, count) in zip(shape, counts) {
      split.append(1)
      split.append(extent)
      repeated.append(count)
      repeated.append(extent)
      final.append(count * extent)
    }
    return Tensor(value.reshaped(split).broadcast(to: repeated).reshaped(final))
  }

  /// In reverse order along an axis.
  public func flipped(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    let axis = shape.axis(axis, "flipped", file: file, line: line)
    let count = shape[axis]
    return Tensor(
      value.sliced(axis: axis, start: Swift.max(count - 1, 0), count: count, step: -1))
  }

  /// The diagonal of the last two axes: shape [..., min(m, n)].
  public func diagonal(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    require(
      rank >= 2, "diagonal", "shape \(shape) has no matrix in its last two axes", file: file,
      line: line)
    let (m, n) = (shape[rank - 2], shape[rank - 1])
    let count = Swift.min(m, n)
    var flat = Shape(shape[0..<rank - 2])
    flat.append(m * n)
    return Tensor(
      value.reshaped(flat).sliced(axis: rank - 2, start: 0, count: count, step: n + 1))
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// Surrounded by `scalar`: so many entries before and after on each axis.
  public func padded(
    _ widths: [(before: Int, after: Int)], with scalar: Scalar = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    require(
      widths.count == rank && widths.allSatisfy { $0.before >= 0 && $0.after >= 0 }, "padded",
      "expected a non-negative width before and after each axis of \(shape), got \(widths)",
      file: file, line: line)
    var whole = Shape()
    for (extent, width) in zip(shape, widths) { whole.append(width.before + extent + width.after) }
    var slice = Primitive.Slice(of: shape)
    slice.starts = Shape(widths.map(\.before))
    let embedded = apply(.embed(slice, into: whole), value)
    if scalar == 0 { return Tensor(embedded) }
    let inside = apply(.embed(slice, into: whole), .ones(shape, value.type))
    return Tensor(inside.compared(.notEqual, 0).select(embedded, Tensor(scalar).value))
  }

  /// A matrix with this vector on its diagonal; leading axes stay.
  public func diagonalMatrix(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    require(rank >= 1, "diagonalMatrix", "a scalar has no diagonal", file: file, line: line)
    return expandingAxis(-1, file: file, line: line) * Tensor.identity(shape[rank - 1])
  }
}

/// Tensors one after the other along an axis.
///
/// - Precondition: at least one tensor; shapes equal but for that axis.
public func concatenate<Scalar>(
  _ tensors: [Tensor<Scalar>], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  guard let first = tensors.first else { trap("concatenate", "no tensors", file: file, line: line) }
  let axis = first.shape.axis(axis, "concatenate", file: file, line: line)
  for (position, tensor) in tensors.enumerated() {
    require(
      tensor.rank == first.rank && tensor.shape.removing(axis) == first.shape.removing(axis),
      "concatenate",
      "tensor \(position) of shape \(tensor.shape) does not continue \(first.shape) on axis \(axis)",
      file: file, line: line)
  }
  return Tensor(apply(.concatenate(axis: axis), tensors.map(\.value)))
}

/// Tensors of one shape along a new axis.
///
/// - Precondition: at least one tensor; equal shapes.
public func stack<Scalar>(
  _ tensors: [Tensor<Scalar>], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  for tensor in tensors {
    require(
      tensor.shape == tensors[0].shape, "stack",
      "shapes \(tensors[0].shape) and \(tensor.shape) differ", file: file, line: line)
  }
  return concatenate(
    tensors.map { $0.expandingAxis(axis) }, axis: axis, file: file, line: line)
}
