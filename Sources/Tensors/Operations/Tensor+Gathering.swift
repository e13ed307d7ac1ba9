extension Tensor {
  /// Whole entries of an axis by their numbers: out[…, i, …] = self[…, index[i], …].
  ///
  /// - Parameters:
  ///   - index: Any shape; it replaces the axis. Each number is in 0 …< the axis's extent.
  ///   - axis: The axis to take from.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line there.
  /// - Returns: The entries, in the index's order.
  /// - Precondition: every index in range.
  public func take(
    _ index: Tensor<Int32>, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = shape.axis(axis, "take", file: file, line: line)
    let taken = apply(.take(axis: axis), [value, index.value.reshaped([index.count])])
    var result = Shape(shape[0..<axis])
    for extent in index.shape { result.append(extent) }
    for i in axis + 1..<rank { result.append(shape[i]) }
    return Tensor(taken.reshaped(result))
  }

  /// Elements along an axis by an index of each: out[…, i, …] = self[…, index[…, i, …], …].
  ///
  /// - Parameters:
  ///   - axis: The axis that the indices count along.
  ///   - index: The tensor's shape but for that axis.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line there.
  /// - Returns: Elements in the index's shape.
  /// - Precondition: every index in range.
  public func take(
    along axis: Int, _ index: Tensor<Int32>, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = shape.axis(axis, "take(along:)", file: file, line: line)
    require(
      index.rank == rank && index.shape.removing(axis) == shape.removing(axis), "take(along:)",
      "an index of shape \(index.shape) does not fit shape \(shape) on axis \(axis)", file: file,
      line: line)
    return Tensor(apply(.takeAlong(axis: axis), value, index.value))
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// The adjoint of `take(along:_:)`: zeros of extent `count` on the axis, to which each element
  /// of this tensor is added at its index.
  public func scatterAdded(
    along axis: Int, _ index: Tensor<Int32>, count: Int, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let axis = shape.axis(axis, "scatterAdded(along:)", file: file, line: line)
    require(
      index.shape == shape, "scatterAdded(along:)",
      "an index of shape \(index.shape) for a tensor of shape \(shape)", file: file, line: line)
    return Tensor(apply(.scatterAddAlong(axis: axis, count: count), value, index.value))
  }
}

/// What can stand in a tensor's subscript for one axis: an integer, a range, a stride, `.all`,
/// `.newAxis`, `.ellipsis`.
public protocol TensorIndex {
  /// The index in a common form.
  var tensorIndex: AxisIndex { get }
}

/// One entry of a tensor's subscript.
public enum AxisIndex: TensorIndex, Sendable {
  /// One entry; the axis disappears. Negative numbers count from the end.
  case entry(Int)
  /// A range with a step; nil means from the beginning or to the end. Negative bounds count from
  /// the end.
  case range(start: Int?, end: Int?, step: Int)
  /// A new axis of extent 1.
  case addedAxis
  /// As many whole axes as are not named.
  case remainingAxes

  /// The index itself.
  public var tensorIndex: AxisIndex { self }
}

extension TensorIndex where Self == AxisIndex {
  /// The whole axis.
  public static var all: AxisIndex { .range(start: nil, end: nil, step: 1) }
  /// A new axis of extent 1.
  public static var newAxis: AxisIndex { .addedAxis }
  /// As many whole axes as are not named.
  public static var ellipsis: AxisIndex { .remainingAxes }
  /// Every `step`-th entry between two bounds; nil means from the beginning or to the end.
  public static func every(_ step: Int, from start: Int? = nil, to end: Int? = nil) -> AxisIndex {
    .range(start: start, end: end, step: step)
  }
}

extension Int: TensorIndex {
  /// One entry.
  public var tensorIndex: AxisIndex { .entry(self) }
}
extension Range<Int>: TensorIndex {
  /// The entries of the range.
  public var tensorIndex: AxisIndex { .range(start: lowerBound, end: upperBound, step: 1) }
}
extension ClosedRange<Int>: TensorIndex {
  /// The entries of the range.
  public var tensorIndex: AxisIndex { .range(start: lowerBound, end: upperBound + 1, step: 1) }
}
extension PartialRangeFrom<Int>: TensorIndex {
  /// The entries from the bound to the end.
  public var tensorIndex: AxisIndex { .range(start: lowerBound, end: nil, step: 1) }
}
extension PartialRangeUpTo<Int>: TensorIndex {
  /// The entries up to the bound.
  public var tensorIndex: AxisIndex { .range(start: nil, end: upperBound, step: 1) }
}
extension PartialRangeThrough<Int>: TensorIndex {
  /// The entries up to and with the bound.
  public var tensorIndex: AxisIndex { .range(start: nil, end: upperBound + 1, step: 1) }
}

extension Tensor {
  /// A part of the tensor, as NumPy's basic indexing: `x[0]`, `x[1..., 2]`, `x[.ellipsis, -1]`,
  /// `x[.every(2), .newAxis]`. Differentiable.
  ///
  /// - Precondition: not more indices than axes, each in range.
  public subscript<each Index: TensorIndex>(_ indices: repeat each Index,
    file file: StaticString = #fileID, line line: UInt = #line
  ) -> Tensor {
    part(collected(repeat each indices), file, line)
  }

  /// A part of the tensor whose last axes are named: `x[..., 8, 6]` is `x[.ellipsis, 8, 6]`.
  ///
  /// - Precondition: not more indices than axes, each in range.
  public subscript<each Index: TensorIndex>(
    _ others: UnboundedRange, _ indices: repeat each Index, file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> Tensor {
    part([.remainingAxes] + collected(repeat each indices), file, line)
  }

  fileprivate func part(
    _ indices: [AxisIndex], _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let region = Region(indices, of: shape, file, line)
    return Tensor(value.sliced(region.slice).reshaped(region.shape))
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// The tensor with a part replaced by what broadcasts to it. Differentiable in both.
  fileprivate func replacing(
    _ indices: [AxisIndex], with part: Tensor, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let region = Region(indices, of: shape, file, line)
    require(
      Shape.broadcast(part.shape, region.shape) == region.shape, "subscript",
      "a tensor of shape \(part.shape) does not broadcast to the \(region.shape) that it replaces",
      file: file, line: line)
    let whole = part.value.broadcast(to: region.shape).reshaped(region.slice.shape)
    let inside = apply(.embed(region.slice, into: shape), .ones(region.slice.shape, value.type))
    return Tensor(
      inside.compared(.notEqual, 0).select(
        apply(.embed(region.slice, into: shape), whole), value))
  }

  // One form for each number of indices: setters of parameter packs crash the compiler (6.3).

  /// A part of the tensor; what is assigned broadcasts to it. Differentiable in both.
  public subscript<A: TensorIndex>(_ a: A, file file: StaticString = #fileID,
    line line: UInt = #line
  )
    -> Tensor
  {
    get { part([a.tensorIndex], file, line) }
    set { self = replacing([a.tensorIndex], with: newValue, file, line) }
  }

  /// A part of the tensor; what is assigned broadcasts to it. Differentiable in both.
  public subscript<A: TensorIndex, B: TensorIndex>(_ a: A, _ b: B,
    file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> Tensor {
    get { part([a.tensorIndex, b.tensorIndex], file, line) }
    set { self = replacing([a.tensorIndex, b.tensorIndex], with: newValue, file, line) }
  }

  /// A part of the tensor; what is assigned broadcasts to it. Differentiable in both.
  public subscript<A: TensorIndex, B: TensorIndex, C: TensorIndex>(
    _ a: A, _ b: B, _ c: C, file file: StaticString = #fileID, line line: UInt = #line
  ) -> Tensor {
    get { part([a.tensorIndex, b.tensorIndex, c.tensorIndex], file, line) }
    set {
      self = replacing([a.tensorIndex, b.tensorIndex, c.tensorIndex], with: newValue, file, line)
    }
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// A part of the tensor whose last axis is named; what is assigned broadcasts to it.
  public subscript<A: TensorIndex>(_ others: UnboundedRange, _ a: A,
    file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> Tensor {
    get { part([.remainingAxes, a.tensorIndex], file, line) }
    set { self = replacing([.remainingAxes, a.tensorIndex], with: newValue, file, line) }
  }

  /// A part of the tensor whose last two axes are named; what is assigned broadcasts to it.
  public subscript<A: TensorIndex, B: TensorIndex>(
    _ others: UnboundedRange, _ a: A, _ b: B, file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> Tensor {
    get { part([.remainingAxes, a.tensorIndex, b.tensorIndex], file, line) }
    set {
      self = replacing([.remainingAxes, a.tensorIndex, b.tensorIndex], with: newValue, file, line)
    }
  }

  /// A part of the tensor whose first axis is named: `x[3, ...]` is `x[3]`.
  public subscript<A: TensorIndex>(_ a: A, _ others: UnboundedRange,
    file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> Tensor {
    get { part([a.tensorIndex, .remainingAxes], file, line) }
    set { self = replacing([a.tensorIndex, .remainingAxes], with: newValue, file, line) }
  }
}

private func collected<each Index: TensorIndex>(_ indices: repeat each Index) -> [AxisIndex] {
  var result: [AxisIndex] = []
  for index in repeat each indices { result.append(index.tensorIndex) }
  return result
}

/// A subscript resolved against a shape: a slice, and the shape it has once entries are dropped
/// and new axes are put in.
private struct Region {
  var slice: Primitive.Slice
  var shape = Shape()

  init(_ indices: [AxisIndex], of whole: Shape, _ file: StaticString, _ line: UInt) {
    var named = 0
    for case .entry in indices { named += 1 }
    for case .range in indices { named += 1 }
    require(
      named <= whole.rank, "subscript", "\(named) indices for the \(whole.rank) axes of \(whole)",
      file: file, line: line)
    slice = Primitive.Slice(of: whole)
    var axis = 0
    func keepAxes(_ count: Int, _ region: inout Region) {
      for _ in 0..<count {
        region.shape.append(whole[axis])
        axis += 1
      }
    }
    for index in indices {
      switch index {
      case .addedAxis: shape.append(1)
      case .remainingAxes: keepAxes(whole.rank - named, &self)
      case .entry(let entry):
        let position = entry < 0 ? entry + whole[axis] : entry
        require(
          position >= 0 && position < whole[axis], "subscript",
          "entry \(entry) is out of range for axis \(axis) of shape \(whole)", file: file,
          line: line)
        slice.starts[axis] = position
        slice.shape[axis] = 1
        axis += 1
      case .range(let start, let end, let step):
        let extent = whole[axis]
        require(step != 0, "subscript", "a step of 0", file: file, line: line)
        let first = start.map { $0 < 0 ? $0 + extent : $0 } ?? (step > 0 ? 0 : extent - 1)
        let last = end.map { $0 < 0 ? $0 + extent : $0 } ?? (step > 0 ? extent : -1)
        require(
          first >= 0 && first <= extent && last >= -1 && last <= extent, "subscript",
          "range \(first) ..< \(last) is out of range for axis \(axis) of shape \(whole)",
          file: file, line: line)
        let count = Swift.max(
          0, step > 0 ? (last - first + step - 1) / step : (first - last - step - 1) / -step)
        slice.starts[axis] = count == 0 ? 0 : first
        slice[stepOf: axis] = step
        slice.shape[axis] = count
        shape.append(count)
        axis += 1
      }
    }
    keepAxes(whole.rank - axis, &self)
  }
}
