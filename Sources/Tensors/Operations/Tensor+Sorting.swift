extension Tensor where Scalar: TensorNumeric {
  /// The index of the first largest element along an axis. A NaN counts as the largest.
  ///
  /// Indices carry no derivative.
  public func argMax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor<
    Int32
  > {
    Tensor<Int32>(
      apply(.argReduce(.maximum, axis: shape.axis(axis, "argMax", file: file, line: line)), value))
  }

  /// The index of the first smallest element along an axis. A NaN counts as the smallest.
  ///
  /// Indices carry no derivative.
  public func argMin(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor<
    Int32
  > {
    Tensor<Int32>(
      apply(.argReduce(.minimum, axis: shape.axis(axis, "argMin", file: file, line: line)), value))
  }

  /// The indices that sort the elements along an axis; equal elements keep their order, NaN comes
  /// last.
  ///
  /// - Complexity: O(n log n) per row.
  public func argsort(
    axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int32> {
    let axis = shape.axis(axis, "argsort", file: file, line: line)
    let order = apply(.argsort(descending: descending), value.movingAxisToEnd(axis))
    return Tensor<Int32>(order.movingLastAxis(to: axis))
  }

  /// The elements in order along an axis. Differentiable: cotangents go back to where the elements
  /// came from.
  public func sorted(
    axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = shape.axis(axis, "sorted", file: file, line: line)
    return take(along: axis, argsort(axis: axis, descending: descending, file: file, line: line))
  }

  /// The `k` largest elements along the last axis, largest first, and their indices.
  ///
  /// - Precondition: `k` is between 0 and the extent of the last axis.
  public func topK(_ k: Int, file: StaticString = #fileID, line: UInt = #line) -> (
    values: Tensor, indices: Tensor<Int32>
  ) {
    require(
      rank > 0, "topK", "a tensor without axes has no largest elements", file: file, line: line)
    require(
      k >= 0 && k <= shape[rank - 1], "topK",
      "k is \(k), expected 0 … \(shape[rank - 1]) for shape \(shape)", file: file, line: line)
    let indices = Tensor<Int32>(apply(.topIndices(count: k), value))
    return (take(along: -1, indices), indices)
  }

  /// Running sums along an axis.
  public func cumulativeSum(
    axis: Int = -1, reversed: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(
      apply(
        .cumulativeSum(
          axis: shape.axis(axis, "cumulativeSum", file: file, line: line), reversed: reversed),
        value))
  }
}
