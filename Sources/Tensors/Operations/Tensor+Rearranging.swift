// Parts of a tensor, and its entries in another arrangement. All differentiable.

extension Tensor {
  /// Cut along an axis into pieces of the given extents.
  ///
  /// - Parameters:
  ///   - extents: They add up to the extent of the axis.
  ///   - axis: The axis that is cut.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line there.
  /// - Returns: One tensor for each extent.
  public func split(
    _ extents: [Int], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let resolved = shape.axis(axis, "split", file: file, line: line)
    require(
      extents.reduce(0, +) == shape[resolved] && extents.allSatisfy { $0 >= 0 }, "split",
      "extents \(extents) do not add up to axis \(axis) of shape \(shape)", file: file, line: line)
    var start = 0
    return extents.map { extent in
      defer { start += extent }
      return Tensor(value.sliced(axis: resolved, start: start, count: extent))
    }
  }

  /// Cut along an axis into equal pieces.
  ///
  /// - Precondition: `count` divides the extent of the axis.
  public func split(
    into count: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let extent = shape[shape.axis(axis, "split", file: file, line: line)]
    require(
      count > 0 && extent % count == 0, "split",
      "axis \(axis) of shape \(shape) has no \(count) equal parts", file: file, line: line)
    return split(Array(repeating: extent / count, count: count), axis: axis, file: file, line: line)
  }

  /// Cut along an axis into pieces of `extent` entries, the last of what is left.
  ///
  /// - Precondition: `extent` is at least 1.
  public func chunked(
    by extent: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    require(extent > 0, "chunked", "pieces of \(extent) entries", file: file, line: line)
    let whole = shape[shape.axis(axis, "chunked", file: file, line: line)]
    let extents = stride(from: 0, to: whole, by: extent).map { Swift.min(extent, whole - $0) }
    return split(extents, axis: axis, file: file, line: line)
  }

  /// The entries of an axis, each without it: what `stack(_:axis:)` puts together.
  public func unstacked(axis: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> [Tensor]
  {
    split(
      into: shape[shape.axis(axis, "unstacked", file: file, line: line)], axis: axis, file: file,
      line: line
    ).map { $0.squeezed(axis: axis) }
  }

  /// Each entry of an axis `count` times in a row, as NumPy's `repeat`.
  public func repeated(_ count: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    let axis = shape.axis(axis, "repeated", file: file, line: line)
    require(count >= 0, "repeated", "\(count) repetitions", file: file, line: line)
    let repeated = value.expanded(axis + 1).broadcast(to: shape.inserting(count, at: axis + 1))
    return Tensor(repeated.reshaped(shape.replacing(axis, with: shape[axis] * count)))
  }

  /// Entries moved along an axis by `shift` places; those that leave at one end come in at the
  /// other.
  public func rolled(
    by shift: Int, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = shape.axis(axis, "rolled", file: file, line: line)
    let extent = shape[axis]
    guard extent > 0 else { return self }
    let kept = ((-shift) % extent + extent) % extent
    if kept == 0 { return self }
    let parts = split([kept, extent - kept], axis: axis, file: file, line: line)
    return concatenate([parts[1], parts[0]], axis: axis, file: file, line: line)
  }

  /// With one axis taken out and put in before another place.
  public func movingAxis(
    _ source: Int, to destination: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    var order = Array(0..<rank)
    let moved = order.remove(at: shape.axis(source, "movingAxis", file: file, line: line))
    order.insert(moved, at: shape.axis(destination, "movingAxis", file: file, line: line))
    return Tensor(value.permuted(Shape(order)))
  }

  /// The tensor with what `other` has where the condition holds; all three broadcast.
  public func replacing(with other: Tensor, where condition: Tensor<Bool>) -> Tensor {
    select(condition, other, self)
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// The sum of the diagonal of the last two axes.
  public func trace() -> Tensor { diagonal().sum(axis: -1) }

  /// The last two axes on and below a diagonal, zeros above it.
  ///
  /// - Parameters:
  ///   - offset: The diagonal: 0 the main one, positive ones above it.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line there.
  /// - Returns: The same shape.
  public func lowerTriangle(offset: Int = 0, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    triangle("lowerTriangle", offset, file, line) { $0.compared(.lessOrEqual, $1) }
  }

  /// The last two axes on and above a diagonal, zeros below it.
  ///
  /// - Parameters:
  ///   - offset: The diagonal: 0 the main one, positive ones above it.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line there.
  /// - Returns: The same shape.
  public func upperTriangle(offset: Int = 0, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    triangle("upperTriangle", offset, file, line) { $0.compared(.greaterOrEqual, $1) }
  }

  private func triangle(
    _ operation: String, _ offset: Int, _ file: StaticString, _ line: UInt,
    _ isKept: (Value, Value) -> Value
  ) -> Tensor {
    require(
      rank >= 2, operation, "shape \(shape) has no matrix in its last two axes", file: file,
      line: line)
    let rows = Value.iota(shape[rank - 2], .int32).expanded(1)
    let columns = Value.iota(shape[rank - 1], .int32)
    let isInside = isKept(columns, rows + .scalar(Double(offset), .int32))
    return Tensor(isInside.select(value, .scalar(0, value.type)))
  }
}
