extension Primitive {
  /// Applies the primitive to physical values: those marked as mapped have an additional axis of
  /// `count` entries in front, and so has the output.
  func batched(_ inputs: Operands, isMapped: [Bool], count: Int) -> Value {
    let x = inputs[0]
    switch self {
    case .unary, .cast: return apply(self, inputs)
    case .binary, .compare, .select:
      // Ranks are aligned behind the mapped axis: NumPy's rule aligns from the right.
      let rank = zip(inputs, isMapped).map { $0.rank - ($1 ? 1 : 0) }.max() ?? 0
      return apply(self, zip(inputs, isMapped).map { $1 ? $0.alignedBehindAxis(rank) : $0 })
    case .broadcast(let shape):
      return x.alignedBehindAxis(shape.rank).broadcast(to: shape.inserting(count, at: 0))
    case .reshape(let shape): return x.reshaped(shape.inserting(count, at: 0))
    case .permute(let axes): return x.permuted(axes.shifted)
    case .slice(let slice): return x.sliced(slice.behindAxis(count))
    case .embed(let slice, let shape):
      return apply(.embed(slice.behindAxis(count), into: shape.inserting(count, at: 0)), x)
    case .concatenate(let axis):
      return apply(.concatenate(axis: axis + 1), allMapped(inputs, isMapped, count))
    case .reduce(let reduction, let axes):
      return apply(.reduce(reduction, axes: axes.shifted0), x)
    case .argReduce(let reduction, let axis):
      return apply(.argReduce(reduction, axis: axis + 1), x)
    case .argsort, .topIndices, .softmax, .logSumExp: return apply(self, x)
    case .takeAlong(let axis):
      return apply(.takeAlong(axis: axis + 1), allMapped(inputs, isMapped, count))
    case .scatterAddAlong(let axis, let size):
      return apply(
        .scatterAddAlong(axis: axis + 1, count: size), allMapped(inputs, isMapped, count))
    case .take(let axis):
      if !isMapped[1] { return apply(.take(axis: axis + 1), inputs) }
      let whole = isMapped[0] ? x : x.broadcast(to: x.shape.inserting(count, at: 0))
      let m = inputs[1].shape[1]
      let index = inputs[1].spread(along: axis + 1, to: whole.shape.replacing(axis + 1, with: m))
      return apply(.takeAlong(axis: axis + 1), whole, index)
    case .scatterAdd(let axis, let size):
      if !isMapped[1] { return apply(.scatterAdd(axis: axis + 1, count: size), inputs) }
      let whole = isMapped[0] ? x : x.broadcast(to: x.shape.inserting(count, at: 0))
      let index = inputs[1].spread(along: axis + 1, to: whole.shape)
      return apply(.scatterAddAlong(axis: axis + 1, count: size), whole, index)
    case .cumulativeSum(let axis, let reversed):
      return apply(.cumulativeSum(axis: axis + 1, reversed: reversed), x)
    case .matrixProduct:
      let rank = zip(inputs, isMapped).map { $0.rank - ($1 ? 1 : 0) }.max() ?? 0
      return apply(self, zip(inputs, isMapped).map { $1 ? $0.alignedBehindAxis(rank) : $0 })
    case .pairwiseSquaredDistance: return apply(self, allMapped(inputs, isMapped, count))
    }
  }
}

private func allMapped(_ inputs: Operands, _ isMapped: [Bool], _ count: Int) -> [Value] {
  zip(inputs, isMapped).map { $1 ? $0 : $0.broadcast(to: $0.shape.inserting(count, at: 0)) }
}

extension Value {
  /// The logical axes brought to `rank` by extents of 1 between the mapped axis and them.
  fileprivate func alignedBehindAxis(_ rank: Int) -> Value {
    var shape = Shape()
    shape.append(self.shape[0])
    for _ in 0..<rank - (self.rank - 1) { shape.append(1) }
    for axis in 1..<self.rank { shape.append(self.shape[axis]) }
    return reshaped(shape)
  }

  /// An index [count, m], one row per mapped entry, repeated over all other axes of `shape`.
  fileprivate func spread(along axis: Int, to shape: Shape) -> Value {
    var extents = Shape(shape.map { _ in 1 })
    extents[0] = shape[0]
    extents[axis] = shape[axis]
    return reshaped(extents).broadcast(to: shape)
  }
}

extension Shape {
  /// Axes (as a list) moved by one, with the new first axis staying first.
  fileprivate var shifted: Shape { Shape([0] + map { $0 + 1 }) }

  /// Axes (as a list) moved by one.
  fileprivate var shifted0: Shape { Shape(map { $0 + 1 }) }
}
