extension Primitive {
  /// Adds the cotangents of the inputs, given that of the output.
  ///
  /// - Parameters:
  ///   - g: The cotangent, of the output's shape.
  ///   - sum: Has the inputs and the output, knows which inputs' cotangents are needed, and takes
  ///     them.
  func vjp(_ g: Value, into sum: inout Cotangents) {
    let x = sum.input(0)
    switch self {
    case .unary(let operation): sum.add(operation.vjp(x, sum.output, g), to: 0)
    case .binary(let operation):
      let b = sum.input(1)
      if sum.needs(0) {
        sum.add(operation.vjpA(x, b, sum.output, g).unbroadcast(to: x.shape), to: 0)
      }
      if sum.needs(1) {
        sum.add(operation.vjpB(x, b, sum.output, g).unbroadcast(to: b.shape), to: 1)
      }
    case .select:
      let zero = Value.scalar(0, g.type)
      if sum.needs(1) { sum.add(x.select(g, zero).unbroadcast(to: sum.input(1).shape), to: 1) }
      if sum.needs(2) { sum.add(x.select(zero, g).unbroadcast(to: sum.input(2).shape), to: 2) }
    case .cast: if sum.needs(0) { sum.add(g.cast(x.type), to: 0) }
    case .broadcast: sum.add(g.unbroadcast(to: x.shape), to: 0)
    case .reshape: sum.add(g.reshaped(x.shape), to: 0)
    case .permute(let axes):
      var inverse = axes
      for (position, axis) in axes.enumerated() { inverse[axis] = position }
      sum.add(g.permuted(inverse), to: 0)
    case .slice(let slice): sum.add(apply(.embed(slice, into: x.shape), g), to: 0)
    case .embed(let slice, _): sum.add(g.sliced(slice), to: 0)
    case .concatenate(let axis):
      var start = 0
      for position in 0..<sum.inputCount {
        let count = sum.input(position).shape[axis]
        if sum.needs(position) {
          sum.add(g.sliced(axis: axis, start: start, count: count), to: position)
        }
        start += count
      }
    case .reduce(let reduction, let axes):
      sum.add(reduction.vjp(x, sum.output, g, axes: axes), to: 0)
    case .takeAlong, .scatterAddAlong, .take, .scatterAdd:
      if sum.needs(0) { sum.add(apply(gatherAdjoint(x), g, sum.input(1)), to: 0) }
    case .cumulativeSum(let axis, let reversed):
      sum.add(apply(.cumulativeSum(axis: axis, reversed: !reversed), g), to: 0)
    case .matrixProduct(let transposeA, let transposeB):
      // c = op(a) op(b); with a' = op(a), b' = op(b): ā' = g b'ᵀ, b̄' = a'ᵀ g, transposed back.
      let b = sum.input(1)
      if sum.needs(0) {
        let cotangent =
          transposeA
          ? b.matrixProduct(g, transposeA: transposeB, transposeB: true)
          : g.matrixProduct(b, transposeB: !transposeB)
        sum.add(cotangent.unbroadcast(to: x.shape), to: 0)
      }
      if sum.needs(1) {
        let cotangent =
          transposeB
          ? g.matrixProduct(x, transposeA: true, transposeB: transposeA)
          : x.matrixProduct(g, transposeA: !transposeA)
        sum.add(cotangent.unbroadcast(to: b.shape), to: 1)
      }
    case .pairwiseSquaredDistance:
      // d_ij = Σ_k (x_ik − y_jk)²: x̄ = 2 (diag(Σ_j g_ij) x − g y), and the same with roles exchanged.
      // A shift of all points changes nothing but the rounding: the mean of y is taken for 0.
      let last = g.rank - 1
      let centre = sum.input(1).withoutTapes.meanKeeping(last - 1)
      let (x, y) = (x - centre, sum.input(1) - centre)
      if sum.needs(0) {
        sum.add((g.reducedKeeping(.sum, [last]) * x - g.matrixProduct(y)) * 2, to: 0)
      }
      if sum.needs(1) {
        let weighted = g.reduced(.sum, [last - 1]).expanded(last) * y
        sum.add((weighted - g.matrixProduct(x, transposeA: true)) * 2, to: 1)
      }
    case .softmax:
      let output = sum.output
      let weighted = g * output
      sum.add(weighted - output * weighted.reducedKeeping(.sum, [x.rank - 1]), to: 0)
    case .logSumExp: sum.add(g.expanded(x.rank - 1) * apply(.softmax, x), to: 0)
    case .compare, .argReduce, .argsort, .topIndices:
      trap("gradient", "\(kind) has no derivative")
    }
  }

  /// What takes the cotangent of a gather or scatter back to its first input.
  private func gatherAdjoint(_ x: Value) -> Primitive {
    switch self {
    case .takeAlong(let axis): .scatterAddAlong(axis: axis, count: x.shape[axis])
    case .scatterAddAlong(let axis, _): .takeAlong(axis: axis)
    case .take(let axis): .scatterAdd(axis: axis, count: x.shape[axis])
    case .scatterAdd(let axis, _): .take(axis: axis)
    default: trap("gradient", "\(kind) is not a gather")
    }
  }
}

// Where a derivative is constant piece by piece, the pieces are found on values that no tape
// follows: the next derivative is zero there.

extension Primitive.UnaryOperation {
  /// `y` is the output; where an outer tape recorded how it came from `x`, it carries that along.
  func vjp(_ x: Value, _ y: Value, _ g: Value) -> Value {
    switch self {
    case .negate: return -g
    case .abs: return g * x.withoutTapes.unary(.sign)
    case .exp: return g * y
    case .expm1: return g * (y + 1)
    case .log: return g / x
    case .log1p: return g / (x + 1)
    case .sqrt: return g / (y + y)
    case .distanceRoot:
      // g / 2y, and g / ∞ = 0 at 0.
      let isZero = y.withoutTapes.compared(.equal, 0)
      return g / isZero.select(.scalar(.infinity, y.type), y + y)
    case .rsqrt: return g * (y / x) * -0.5
    case .reciprocal: return -(g * y.unary(.square))
    case .square: return g * (x + x)
    case .sin: return g * x.unary(.cos)
    case .cos: return -(g * x.unary(.sin))
    case .tan: return g * (y.unary(.square) + 1)
    case .arcSine: return g / x.oneMinusSquare.unary(.sqrt)
    case .arcCosine: return -(g / x.oneMinusSquare.unary(.sqrt))
    case .tanh: return g * (1 - y.unary(.square))
    case .sigmoid:
      return g * (y * (1 - y))
    case .relu: return x.withoutTapes.compared(.greater, 0).select(g, .scalar(0, g.type))
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
      let isConstant = b.withoutTapes.compared(.equal, 0)
      let exponent = isConstant.select(.scalar(1, b.type), b - 1)
      return isConstant.select(.scalar(0, g.type), g * (b * apply(.binary(.power), a, exponent)))
    case .minimum: return g * share(a, b, .less)
    case .maximum: return g * share(a, b, .greater)
    case .arcTangent: return g * b / (a.unary(.square) + b.unary(.square))
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
      let isZero = a.withoutTapes.compared(.equal, 0)
      let logarithm = isZero.select(.scalar(1, a.type), a).unary(.log)
      return g * (output * logarithm)
    case .minimum: return g * share(b, a, .less)
    case .maximum: return g * share(b, a, .greater)
    case .arcTangent: return -(g * a / (a.unary(.square) + b.unary(.square)))
    case .and, .or: trap("gradient", "\(self) has no derivative")
    }
  }

  /// 1 where `a` wins, ½ at a tie, else 0.
  private func share(_ a: Value, _ b: Value, _ comparison: Primitive.Comparison) -> Value {
    let (a, b) = (a.withoutTapes, b.withoutTapes)
    let tie = a.compared(.equal, b).cast(a.type)
    return a.compared(comparison, b).cast(a.type) + tie * 0.5
  }
}

extension Primitive.Reduction {
  func vjp(_ x: Value, _ y: Value, _ g: Value, axes: Shape) -> Value {
    // What the first axes lost comes back by broadcasting alone.
    if self == .sum, axes.elementsEqual(axes.indices) { return g.broadcast(to: x.shape) }
    var kept = x.shape
    for axis in axes { kept[axis] = 1 }
    let cotangent = g.reshaped(kept)
    switch self {
    case .sum: return cotangent.broadcast(to: x.shape)
    case .minimum, .maximum:
      // Shared evenly between equal extremes.
      let isExtreme = x.withoutTapes.compared(.equal, y.withoutTapes.reshaped(kept)).cast(x.type)
      return cotangent * (isExtreme / isExtreme.reducedKeeping(.sum, axes))
    case .product:
      return cotangent * x.productOfOthers(axes: Array(axes))
    case .any, .all: trap("gradient", "\(self) has no derivative")
    }
  }
}

extension Value {
  /// 1 − x², which keeps its digits near ±1.
  fileprivate var oneMinusSquare: Value { (1 - self) * (self + 1) }

  /// The mean over an axis that stays, with extent 1.
  fileprivate func meanKeeping(_ axis: Int) -> Value {
    reducedKeeping(.sum, [axis]) * (1 / Double(Swift.max(shape[axis], 1)))
  }

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
    let both = apply(.concatenate(axis: 2), (rest * second).expanded(2), (rest * first).expanded(2))
    return both.reshaped([rows, 2 * pairs]).sliced(axis: 1, start: 0, count: count)
  }
}
