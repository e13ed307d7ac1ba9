extension Primitive {
  /// The cotangents of the inputs, given that of the output.
  ///
  /// - Parameters:
  ///   - inputs: The inputs, at levels below the tape's.
  ///   - output: The output, likewise.
  ///   - cotangent: Of the output's shape.
  ///   - needed: Which inputs the tape follows; the others' cotangents may be nil.
  func vjp(
    inputs: [Value], output: Value, cotangent g: Value, needed: (Int) -> Bool
  ) -> [Value?] {
    let x = inputs[0]
    switch self {
    case .unary(let operation):
      return [operation.vjp(x, output, g)]
    case .binary(let operation):
      let b = inputs[1]
      return [
        needed(0) ? operation.vjpA(x, b, output, g).unbroadcast(to: x.shape) : nil,
        needed(1) ? operation.vjpB(x, b, output, g).unbroadcast(to: b.shape) : nil,
      ]
    case .select:
      let zero = Value.scalar(0, g.type)
      return [
        nil,
        needed(1) ? x.select(g, zero).unbroadcast(to: inputs[1].shape) : nil,
        needed(2) ? x.select(zero, g).unbroadcast(to: inputs[2].shape) : nil,
      ]
    case .cast: return [g.cast(x.type)]
    case .broadcast: return [g.unbroadcast(to: x.shape)]
    case .reshape: return [g.reshaped(x.shape)]
    case .permute(let axes):
      var inverse = axes
      for (position, axis) in axes.enumerated() { inverse[axis] = position }
      return [g.permuted(inverse)]
    case .slice(let slice): return [apply(.embed(slice, into: x.shape), [g])]
    case .embed(let slice, _): return [g.sliced(slice)]
    case .concatenate(let axis):
      var start = 0
      return inputs.enumerated().map { position, input in
        let count = input.shape[axis]
        defer { start += count }
        return needed(position) ? g.sliced(axis: axis, start: start, count: count) : nil
      }
    case .reduce(let reduction, let axes):
      return [reduction.vjp(x, output, g, axes: axes)]
    case .takeAlong(let axis):
      return [apply(.scatterAddAlong(axis: axis, count: x.shape[axis]), [g, inputs[1]]), nil]
    case .scatterAddAlong(let axis, _): return [apply(.takeAlong(axis: axis), [g, inputs[1]]), nil]
    case .take(let axis):
      return [apply(.scatterAdd(axis: axis, count: x.shape[axis]), [g, inputs[1]]), nil]
    case .scatterAdd(let axis, _): return [apply(.take(axis: axis), [g, inputs[1]]), nil]
    case .cumulativeSum(let axis, let reversed):
      return [apply(.cumulativeSum(axis: axis, reversed: !reversed), [g])]
    case .matrixProduct(let transposeA, let transposeB):
      // c = op(a) op(b); with a' = op(a), b' = op(b): ā' = g b'ᵀ, b̄' = a'ᵀ g, transposed back.
      let b = inputs[1]
      var cotangentA: Value?
      var cotangentB: Value?
      if needed(0) {
        cotangentA =
          (transposeA
          ? b.matrixProduct(g, transposeA: transposeB, transposeB: true)
          : g.matrixProduct(b, transposeB: !transposeB)).unbroadcast(to: x.shape)
      }
      if needed(1) {
        cotangentB =
          (transposeB
          ? g.matrixProduct(x, transposeA: true, transposeB: transposeA)
          : x.matrixProduct(g, transposeA: !transposeA)).unbroadcast(to: b.shape)
      }
      return [cotangentA, cotangentB]
    case .pairwiseSquaredDistance:
      // d_ij = Σ_k (x_ik − y_jk)²: x̄ = 2 (diag(Σ_j g_ij) x − g y), and the same with roles exchanged.
      let y = inputs[1]
      let g2 = g + g
      let last = g.rank - 1
      return [
        needed(0) ? g2.reducedKeeping(.sum, [last]) * x - g2.matrixProduct(y) : nil,
        needed(1)
          ? g2.reduced(.sum, [last - 1]).expanded(last) * y
            - g2.matrixProduct(x, transposeA: true) : nil,
      ]
    case .softmax:
      let weighted = g * output
      return [weighted - output * weighted.reducedKeeping(.sum, [x.rank - 1])]
    case .logSumExp:
      return [g.expanded(x.rank - 1) * apply(.softmax, [x])]
    case .compare, .argReduce, .argsort, .topIndices:
      trap("gradient", "\(kind) has no derivative")
    }
  }
}

extension Primitive.UnaryOperation {
  /// `y` is the output; where an outer tape recorded how it came from `x`, it carries that along.
  func vjp(_ x: Value, _ y: Value, _ g: Value) -> Value {
    switch self {
    case .negate: return -g
    case .abs: return g * x.unary(.sign)
    case .exp: return g * y
    case .expm1: return g * (y + 1)
    case .log: return g / x
    case .log1p: return g / (x + 1)
    case .sqrt: return g / (y * 2)
    case .rsqrt: return g * (y / x) * -0.5
    case .reciprocal: return -(g * y.unary(.square))
    case .square: return g * (x + x)
    case .sin: return g * x.unary(.cos)
    case .cos: return -(g * x.unary(.sin))
    case .tan: return g * (y.unary(.square) + 1)
    case .tanh: return g * (1 - y.unary(.square))
    case .sigmoid:
      return g * (y * (1 - y))
    case .relu: return x.compared(.greater, 0).select(g, .scalar(0, g.type))
    case .softplus: return g * x.unary(.sigmoid)
    case .erf: return g * ((-x.unary(.square)).unary(.exp) * 1.128_379_167_095_512_6)  // 2/√π
    case .sign, .floor, .ceil, .round, .not: trap("gradient", "\(self) has no derivative")
    }
  }
}

extension Primitive.BinaryOperation {
  func vjpA(_ a: Value, _ b: Value, _ output: Value, _ g: Value) -> Value {
    switch self {
    case .add, .subtract: return g
    case .multiply: return g * b
    case .divide: return g / b
    case .power:
      // b a^(b−1), and 0 where b = 0 even at a = 0.
      let isConstant = b.compared(.equal, 0)
      let exponent = isConstant.select(.scalar(1, b.type), b - 1)
      return isConstant.select(.scalar(0, g.type), g * (b * apply(.binary(.power), [a, exponent])))
    case .minimum: return g * share(a, b, .less)
    case .maximum: return g * share(a, b, .greater)
    case .and, .or: trap("gradient", "\(self) has no derivative")
    }
  }

  func vjpB(_ a: Value, _ b: Value, _ output: Value, _ g: Value) -> Value {
    switch self {
    case .add: return g
    case .subtract: return -g
    case .multiply: return g * a
    case .divide: return -(g * (output / b))
    case .power:
      // a^b log a, and 0 at a = 0.
      let isZero = a.compared(.equal, 0)
      let logarithm = isZero.select(.scalar(1, a.type), a).unary(.log)
      return g * (output * logarithm)
    case .minimum: return g * share(b, a, .less)
    case .maximum: return g * share(b, a, .greater)
    case .and, .or: trap("gradient", "\(self) has no derivative")
    }
  }

  /// 1 where `a` wins, ½ at a tie, else 0.
  private func share(_ a: Value, _ b: Value, _ comparison: Primitive.Comparison) -> Value {
    let tie = a.compared(.equal, b).cast(a.type)
    return a.compared(comparison, b).cast(a.type) + tie * 0.5
  }
}

extension Primitive.Reduction {
  func vjp(_ x: Value, _ y: Value, _ g: Value, axes: Shape) -> Value {
    var kept = x.shape
    for axis in axes { kept[axis] = 1 }
    let cotangent = g.reshaped(kept)
    switch self {
    case .sum: return cotangent.broadcast(to: x.shape)
    case .minimum, .maximum:
      // Shared evenly between equal extremes.
      let isExtreme = x.compared(.equal, y.reshaped(kept)).cast(x.type)
      return cotangent * (isExtreme / isExtreme.reducedKeeping(.sum, Array(axes)))
    case .product:
      return cotangent * x.productOfOthers(axes: Array(axes))
    case .any, .all: trap("gradient", "\(self) has no derivative")
    }
  }
}

extension Value {
  /// For each element, the product of the others in its group: without divisions, so that zeros
  /// among the factors give the right derivatives, of any order.
  fileprivate func productOfOthers(axes: [Int]) -> Value {
    let others = shape.indices.filter { !axes.contains($0) }
    let order = Shape(others + axes)
    let moved = permuted(order)
    let count = axes.reduce(1) { $0 * shape[$1] }
    let rows = moved.reshaped([moved.count / Swift.max(count, 1), count])
    var inverse = order
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    return rows.productOfOthersInRows().reshaped(moved.shape).permuted(inverse)
  }

  private func productOfOthersInRows() -> Value {
    let rows = shape[0]
    let count = shape[1]
    if count <= 1 { return .ones(shape, type) }
    let pairs = (count + 1) / 2
    let padded =
      count % 2 == 0 ? self : apply(.concatenate(axis: 1), [self, .ones([rows, 1], type)])
    let first = padded.sliced(axis: 1, start: 0, count: pairs, step: 2)
    let second = padded.sliced(axis: 1, start: 1, count: pairs, step: 2)
    let rest = (first * second).productOfOthersInRows()
    let both = apply(.concatenate(axis: 2), [(rest * second).expanded(2), (rest * first).expanded(2)])
    return both.reshaped([rows, 2 * pairs]).sliced(axis: 1, start: 0, count: count)
  }
}
