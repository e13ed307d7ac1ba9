// Reductions. `axes` may count from the end; none given means all. Reduced axes disappear, or stay
// with extent 1 where `keepingAxes` is true.

extension Value {
  func reduced(
    _ reduction: Primitive.Reduction, axes: [Int]?, keepingAxes: Bool, _ operation: String,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Value {
    let resolved = resolvedAxes(axes, operation, file: file, line: line)
    return keepingAxes
      ? reducedKeeping(reduction, resolved) : reduced(reduction, resolved)
  }

  func resolvedAxes(
    _ axes: [Int]?, _ operation: String, file: StaticString = #fileID, line: UInt = #line
  ) -> Shape {
    guard let axes else { return Shape(0..<rank) }
    let resolved = axes.map { shape.axis($0, operation, file: file, line: line) }.sorted()
    for (axis, next) in zip(resolved, resolved.dropFirst()) {
      require(
        axis != next, operation, "axis \(axis) is named twice in \(axes)", file: file, line: line)
    }
    return Shape(resolved)
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// The sum over axes.
  public func sum(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(value.reduced(.sum, axes: axes, keepingAxes: keepingAxes, "sum", file: file, line: line))
  }

  /// The sum over one axis.
  public func sum(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    sum(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The product over axes; zeros among the factors have the right derivatives.
  public func product(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(
      value.reduced(
        .product, axes: axes, keepingAxes: keepingAxes, "product", file: file, line: line))
  }

  /// The smallest element over axes; equal ones share the cotangent evenly.
  public func min(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(
      value.reduced(.minimum, axes: axes, keepingAxes: keepingAxes, "min", file: file, line: line))
  }

  /// The largest element over axes; equal ones share the cotangent evenly.
  public func max(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(
      value.reduced(.maximum, axes: axes, keepingAxes: keepingAxes, "max", file: file, line: line))
  }

  /// The product over one axis.
  public func product(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    product(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The smallest element over one axis.
  public func min(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    min(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The largest element over one axis.
  public func max(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    max(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The mean over axes.
  public func mean(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let sums = sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
    return sums / Scalar(nearest: Double(count) / Double(Swift.max(sums.count, 1)))
  }

  /// The mean over one axis.
  public func mean(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    mean(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The mean squared deviation from the mean, over axes.
  ///
  /// - Parameters:
  ///   - axes: The axes; none given means all.
  ///   - correction: What is taken off the number of elements in the denominator: 0 as in NumPy, 1
  ///     for the unbiased estimate as in PyTorch.
  ///   - keepingAxes: Whether reduced axes stay, with extent 1.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line there.
  /// - Returns: The variance of each group.
  public func variance(
    axes: [Int]? = nil, correction: Int = 0, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let deviations = self - mean(axes: axes, keepingAxes: true, file: file, line: line)
    let sums = square(deviations).sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
    let group = Double(count) / Double(Swift.max(sums.count, 1))
    return sums / Scalar(nearest: group - Double(correction))
  }

  /// The mean squared deviation from the mean, over one axis.
  public func variance(
    axis: Int, correction: Int = 0, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    variance(axes: [axis], correction: correction, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The square root of the variance, over axes. Its derivative where all elements are equal is
  /// taken to be 0.
  ///
  /// - Parameters:
  ///   - axes: The axes; none given means all.
  ///   - correction: As for the variance.
  ///   - keepingAxes: Whether reduced axes stay, with extent 1.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line there.
  /// - Returns: The standard deviation of each group.
  public func standardDeviation(
    axes: [Int]? = nil, correction: Int = 0, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let variance = variance(
      axes: axes, correction: correction, keepingAxes: keepingAxes, file: file, line: line)
    return Tensor(variance.value.unary(.distanceRoot))
  }

  /// The square root of the variance, over one axis.
  public func standardDeviation(
    axis: Int, correction: Int = 0, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    standardDeviation(
      axes: [axis], correction: correction, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// log Σ eˣ over one axis, without overflow.
  public func logSumExp(
    axis: Int = -1, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = shape.axis(axis, "logSumExp", file: file, line: line)
    let result = apply(.logSumExp, value.movingAxisToEnd(axis))
    return Tensor(keepingAxes ? result.expanded(axis) : result)
  }

  /// eˣ / Σ eˣ along one axis, without overflow.
  public func softmax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    let axis = shape.axis(axis, "softmax", file: file, line: line)
    return Tensor(apply(.softmax, value.movingAxisToEnd(axis)).movingLastAxis(to: axis))
  }

  /// x − log Σ eˣ along one axis, exact for elements near the largest, whatever its size: computed
  /// as d − log Σ eᵈ with d = x − max x.
  public func logSoftmax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    let shifted = subtractingMax(axis: axis, file: file, line: line)
    return shifted - shifted.logSumExp(axis: axis, keepingAxes: true)
  }

  /// x − max x along one axis, with the derivative of x: for functions that a shift of all elements
  /// does not change.
  package func subtractingMax(axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    let axis = shape.axis(axis, "logSoftmax", file: file, line: line)
    if shape[axis] == 0 { return self }
    return Tensor(value - value.withoutTapes.reducedKeeping(.maximum, [axis]))
  }

  /// The Euclidean norm of all elements, or over axes. Its derivative at 0 is 0.
  public func norm(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let squares = square(self).sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
    return Tensor(squares.value.unary(.distanceRoot))
  }

  /// The Euclidean norm over one axis. Its derivative at 0 is 0.
  public func norm(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    norm(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }
}

extension Value {
  func movingAxisToEnd(_ axis: Int) -> Value {
    permuted(Shape(Array(0..<rank).filter { $0 != axis } + [axis]))
  }

  func movingLastAxis(to axis: Int) -> Value {
    var axes = Array(0..<rank - 1)
    axes.insert(rank - 1, at: axis)
    return permuted(Shape(axes))
  }
}

extension Tensor where Scalar == Bool {
  /// Whether any element holds, over axes.
  public func any(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(value.reduced(.any, axes: axes, keepingAxes: keepingAxes, "any", file: file, line: line))
  }

  /// Whether all elements hold, over axes.
  public func all(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(value.reduced(.all, axes: axes, keepingAxes: keepingAxes, "all", file: file, line: line))
  }

  /// Whether any element holds, over one axis.
  public func any(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    any(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// Whether all elements hold, over one axis.
  public func all(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    all(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements hold, over axes.
  public func trueCount(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int32> {
    cast(to: Int32.self).sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements hold, over one axis.
  public func trueCount(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int32> {
    trueCount(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements hold, over axes; the same as `trueCount(axes:keepingAxes:)`.
  public func sum(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int32> {
    trueCount(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements hold, over one axis.
  public func sum(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int32> {
    trueCount(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The fraction of elements that hold, over axes: an accuracy is `(guess .== label).mean()`.
  public func mean(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Float> {
    cast(to: Float.self).mean(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The fraction of elements that hold, over one axis.
  public func mean(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Float> {
    mean(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }
}
