extension Tensor {
  /// The entries where a condition holds, one after the other: `x[x .> 0]`.
  ///
  /// Differentiable in the tensor. Under `vmap` the tensor may be mapped and the condition may not:
  /// each example would have another number of entries. There, `select(_:_:_:)` and sums
  /// keep the shape: `select(x .> 0, x, 0).sum()`.
  ///
  /// - Parameters:
  ///   - mask: Truth values for the first axes, or for all of them.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line that it names.
  /// - Returns: Shape [number of trues] + the axes that the mask does not name.
  /// - Precondition: the mask's shape is the first part of the tensor's; it is not mapped.
  public subscript(
    _ mask: Tensor<Bool>, file file: StaticString = #fileID, line line: UInt = #line
  ) -> Tensor {
    let (rows, index) = masked(by: mask, file, line)
    return rows.take(index)
  }

  /// The entries that the mask's axes name, along one axis, and where the mask holds.
  fileprivate func masked(
    by mask: Tensor<Bool>, _ file: StaticString, _ line: UInt
  ) -> (rows: Tensor, index: Tensor<Int32>) {
    requireMask(mask, file, line)
    let index = mask.value.withElements("x[mask]") { truths in
      (0..<mask.count).filter { truths.load(fromByteOffset: $0, as: Bool.self) }.map {
        Int32($0)
      }
    }
    var whole = Shape([mask.count])
    for axis in mask.rank..<rank { whole.append(shape[axis]) }
    return (Tensor(value.reshaped(whole)), Tensor<Int32>(index))
  }

  fileprivate func requireMask(_ mask: Tensor<Bool>, _ file: StaticString, _ line: UInt) {
    require(
      mask.rank <= rank && mask.shape.elementsEqual(shape.prefix(mask.rank)), "subscript",
      "a mask of shape \(mask.shape) does not name the first axes of shape \(shape)", file: file,
      line: line)
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// The entries where a condition holds; what is assigned broadcasts to them: `x[x .< 0] = 0`.
  ///
  /// Differentiable in the tensor and in what is assigned. One entry for all works under `vmap` with
  /// any mask; entries of their own, as many as the mask has trues, only with a mask that is not
  /// mapped.
  ///
  /// - Parameters:
  ///   - mask: Truth values for the first axes, or for all of them.
  ///   - file: The file that a trap names: the caller's.
  ///   - line: The line that it names.
  /// - Returns: Shape [number of trues] + the axes that the mask does not name.
  /// - Precondition: the mask's shape is the first part of the tensor's; it is not mapped.
  public subscript(
    _ mask: Tensor<Bool>, file file: StaticString = #fileID, line line: UInt = #line
  ) -> Tensor {
    get {
      let (rows, index) = masked(by: mask, file, line)
      return rows.take(index)
    }
    set {
      requireMask(mask, file, line)
      let others = Shape(shape.dropFirst(mask.rank))
      var condition = mask.value
      for _ in others { condition = condition.expanded(condition.rank) }
      if newValue.rank <= others.rank {
        require(
          Shape.broadcast(newValue.shape, others) == others, "subscript",
          "a tensor of shape \(newValue.shape) does not broadcast to entries of shape \(others)",
          file: file, line: line)
        self = Tensor(condition.select(newValue.value, value))
        return
      }
      let (_, index) = masked(by: mask, file, line)
      let entries = others.inserting(index.count, at: 0)
      require(
        newValue.rank == entries.rank && Shape.broadcast(newValue.shape, entries) == entries,
        "subscript",
        "a tensor of shape \(newValue.shape) does not broadcast to the \(entries) that it replaces",
        file: file, line: line)
      let spread = apply(
        .scatterAdd(axis: 0, count: mask.count), newValue.value.broadcast(to: entries), index.value)
      self = Tensor(condition.select(spread.reshaped(shape), value))
    }
  }
}
