internal import CKernels

/// The operations that everything else is made of.
///
/// Each knows three things: how to compute itself on dense values (`evaluate`), its
/// vector–Jacobian product in terms of other operations (`vjp`), and how to act on values with a
/// mapped leading axis (`batched`). The same list is the seam for another device.
package enum Primitive: Sendable {
  /// One value to one, element by element.
  case unary(UnaryOperation)
  /// Two values of one element type, broadcast against each other.
  case binary(BinaryOperation)
  /// Two values of one element type, broadcast against each other, to truth values.
  case compare(Comparison)
  /// (condition, a, b), broadcast against each other: a where the condition holds, else b.
  case select
  /// To another element type.
  case cast(ElementType)
  /// To a shape that the value's shape broadcasts to.
  case broadcast(Shape)
  /// The same elements in row-major order in another shape.
  case reshape(Shape)
  /// The axes in another order.
  case permute(Shape)
  /// Every step-th element from a start, on each axis.
  case slice(Slice)
  /// The adjoint of `slice`: the elements put into zeros of the given shape.
  case embed(Slice, into: Shape)
  /// The values one after the other along an axis.
  case concatenate(axis: Int)
  /// Reduction over axes (given in ascending order), which disappear.
  case reduce(Reduction, axes: Shape)
  /// The index of the first largest or smallest element along an axis, which disappears.
  case argReduce(ArgReduction, axis: Int)
  /// The stable order of the elements along the last axis.
  case argsort(descending: Bool)
  /// The indices of the k largest elements along the last axis, largest first.
  case topIndices(count: Int)
  /// (x, index): out[…, i, …] = x[…, index[…, i, …], …] along an axis.
  case takeAlong(axis: Int)
  /// (updates, index): the adjoint of `takeAlong` into `count` entries.
  case scatterAddAlong(axis: Int, count: Int)
  /// (x, index of rank 1): out[…, i, …] = x[…, index[i], …].
  case take(axis: Int)
  /// (updates, index of rank 1): the adjoint of `take` into `count` entries.
  case scatterAdd(axis: Int, count: Int)
  /// Running sums along an axis, from its start or from its end.
  case cumulativeSum(axis: Int, reversed: Bool)
  /// Matrix product over the last two axes, leading axes broadcast; operands may be transposed.
  case matrixProduct(transposeA: Bool, transposeB: Bool)
  /// (x [m, d], y [n, d]): squared Euclidean distances [m, n]; leading axes must be equal.
  case pairwiseSquaredDistance
  /// exp(x) / Σ exp(x) along the last axis.
  case softmax
  /// log Σ exp(x) along the last axis, which disappears.
  case logSumExp

  package enum UnaryOperation: CaseIterable, Sendable {
    case negate, abs, sign, exp, expm1, log, log1p, sqrt, rsqrt, reciprocal, square
    case sin, cos, tan, arcSine, arcCosine, tanh, sigmoid, relu, softplus, erf, floor, ceil, round,
      not
    /// √x whose derivative at 0 is taken to be 0, as PyTorch does for norms and distances.
    case distanceRoot
  }

  package enum BinaryOperation: CaseIterable, Sendable {
    case add, subtract, multiply, divide, power, minimum, maximum, arcTangent, and, or
  }

  package enum Comparison: CaseIterable, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  }

  package enum Reduction: CaseIterable, Sendable { case sum, product, minimum, maximum, any, all }

  package enum ArgReduction: CaseIterable, Sendable { case minimum, maximum }

  /// The primitives without their parameters: what tests walk through.
  package enum Kind: CaseIterable, Sendable {
    case unary, binary, compare, select, cast, broadcast, reshape, permute, slice, embed
    case concatenate, reduce, argReduce, argsort, topIndices, takeAlong, scatterAddAlong, take
    case scatterAdd, cumulativeSum, matrixProduct, pairwiseSquaredDistance, softmax, logSumExp
  }

  package var kind: Kind {
    switch self {
    case .unary: .unary
    case .binary: .binary
    case .compare: .compare
    case .select: .select
    case .cast: .cast
    case .broadcast: .broadcast
    case .reshape: .reshape
    case .permute: .permute
    case .slice: .slice
    case .embed: .embed
    case .concatenate: .concatenate
    case .reduce: .reduce
    case .argReduce: .argReduce
    case .argsort: .argsort
    case .topIndices: .topIndices
    case .takeAlong: .takeAlong
    case .scatterAddAlong: .scatterAddAlong
    case .take: .take
    case .scatterAdd: .scatterAdd
    case .cumulativeSum: .cumulativeSum
    case .matrixProduct: .matrixProduct
    case .pairwiseSquaredDistance: .pairwiseSquaredDistance
    case .softmax: .softmax
    case .logSumExp: .logSumExp
    }
  }

  /// Whether the output carries derivatives. Functions that are constant almost everywhere do
  /// not: to differentiate through them alone is an error, not a silent zero.
  var isDifferentiable: Bool {
    switch self {
    case .unary(let operation):
      switch operation {
      case .sign, .floor, .ceil, .round, .not: false
      default: true
      }
    case .binary(let operation): operation != .and && operation != .or
    case .reduce(let operation, _): operation != .any && operation != .all
    case .compare, .argReduce, .argsort, .topIndices: false
    default: true
    }
  }

  /// Whether the output is constant piece by piece: a derivative or a number ends here.
  var cutsOff: Bool {
    if case .cast(let type) = self { !type.isFloatingPoint } else { !isDifferentiable }
  }
}

extension Primitive.UnaryOperation {
  var kernel: ck_unary_op {
    switch self {
    case .negate: CK_NEGATE
    case .abs: CK_ABSOLUTE
    case .sign: CK_SIGN
    case .exp: CK_EXP
    case .expm1: CK_EXPM1
    case .log: CK_LOG
    case .log1p: CK_LOG1P
    case .sqrt, .distanceRoot: CK_SQRT
    case .rsqrt: CK_RSQRT
    case .reciprocal: CK_RECIPROCAL
    case .square: CK_SQUARE
    case .sin: CK_SIN
    case .cos: CK_COS
    case .tan: CK_TAN
    case .arcSine: CK_ASIN
    case .arcCosine: CK_ACOS
    case .tanh: CK_TANH
    case .sigmoid: CK_SIGMOID
    case .relu: CK_RELU
    case .softplus: CK_SOFTPLUS
    case .erf: CK_ERF
    case .floor: CK_FLOOR
    case .ceil: CK_CEIL
    case .round: CK_ROUND
    case .not: CK_LOGICAL_NOT
    }
  }
}

extension Primitive.BinaryOperation {
  var kernel: ck_binary_op {
    switch self {
    case .add: CK_ADD
    case .subtract: CK_SUBTRACT
    case .multiply: CK_MULTIPLY
    case .divide: CK_DIVIDE
    case .power: CK_POWER
    case .minimum: CK_MINIMUM
    case .maximum: CK_MAXIMUM
    case .arcTangent: CK_ATAN2
    case .and: CK_LOGICAL_AND
    case .or: CK_LOGICAL_OR
    }
  }
}

extension Primitive.Comparison {
  var kernel: ck_compare_op {
    switch self {
    case .equal: CK_EQUAL
    case .notEqual: CK_NOT_EQUAL
    case .less: CK_LESS
    case .lessOrEqual: CK_LESS_EQUAL
    case .greater: CK_GREATER
    case .greaterOrEqual: CK_GREATER_EQUAL
    }
  }
}

extension Primitive.Reduction {
  var kernel: ck_reduce_op {
    switch self {
    case .sum: CK_REDUCE_SUM
    case .product: CK_REDUCE_PRODUCT
    case .minimum: CK_REDUCE_MINIMUM
    case .maximum: CK_REDUCE_MAXIMUM
    case .any: CK_REDUCE_ANY
    case .all: CK_REDUCE_ALL
    }
  }
}
