import Tensors

/// Every public operation, with examples to check its derivatives on, or none where it has no
/// derivative or makes a tensor from nothing.
enum OperationExamples {
  static let x = sample([3, 4], seed: 51)
  static let y = sample([3, 4], seed: 52)
  static let positive = sample([3, 4], seed: 53, in: 0.2...2)
  static let vector = sample([5], seed: 54)
  static let cube = sample([2, 3, 4], seed: 55)
  static let mask: Tensor<Bool> = x .> 0.3

  typealias T = Tensor<Double>

  /// Numbers of other types than the tensors'.
  static let numbers: (integer: Int, single: Float) = (3, 2)

  static let all: [String: [Example]] = elementwise.merging(reductions) { $0 + $1 }
    .merging(arrangements) { $0 + $1 }.merging(gathers) { $0 + $1 }
    .merging(linearAlgebra) { $0 + $1 }
    .merging(withoutDerivative.map { ($0, []) }) { $0 + $1 }

  /// Comparisons, indices, rounding, properties of the elements, and tensors made from nothing.
  static let withoutDerivative = [
    ".==", ".!=", ".<", ".<=", ".>", ".>=", ".&", ".|", ".!", "any", "all", "trueCount", "argMax",
    "argMin", "argsort", "sign", "floor", "ceil", "round", "isNaN", "isFinite", "isInfinite",
    "mapScalars", "oneHot", "arange", "linspace", "identity", "zeros", "ones", "full",
    "every", "tensorIndex", "newAxis", "ellipsis",
  ]

  static let elementwise: [String: [Example]] = [
    "+": [
      Example("+", x, y) { $0 + $1 }, Example("+ number", x) { $0 + numbers.single },
      Example("number +", x) { 2 + $0 },
    ],
    "-": [
      Example("-", x, y) { $0 - $1 }, Example("negative", x) { -$0 },
      Example("number -", x) { 2 - $0 }, Example("- number", x) { $0 - 2 },
    ],
    "*": [
      Example("*", x, y) { $0 * $1 }, Example("* number", x) { $0 * 3 },
      Example("number *", x) { 3 * $0 },
    ],
    "/": [
      Example("/", x, positive) { $0 / $1 }, Example("/ number", x) { $0 / numbers.integer },
      Example("number /", positive) { 3 / $0 },
    ],
    "**": [
      Example("**", positive, y) { $0 ** $1 }, Example("** 2", x) { $0 ** 2 },
      Example("** 3", x) { $0 ** 3 }, Example("** 1", x) { $0 ** 1 },
      Example("** 0.5", positive) { $0 ** 0.5 }, Example("** -1", positive) { $0 ** -1 },
      Example("** 2.5", positive) { $0 ** 2.5 }, Example("number **", x) { 2 ** $0 },
      Example("** integer", x) { $0 ** numbers.integer },
      Example("** scalar", positive, T(2)) { $0 ** $1 },
    ],
    "pow": [
      Example("pow", positive, y) { pow($0, $1) }, Example("pow number", positive) { pow($0, 3) },
    ],
    "+=": [
      Example("+=", x, y) { a, b in
        var c = a
        c += b
        c += 1
        return c
      }
    ],
    "-=": [
      Example("-=", x, y) { a, b in
        var c = a
        c -= b
        c -= 1
        return c
      }
    ],
    "*=": [
      Example("*=", x, y) { a, b in
        var c = a
        c *= b
        c *= 2
        return c
      }
    ],
    "/=": [
      Example("/=", x, positive) { a, b in
        var c = a
        c /= b
        c /= 2
        return c
      }
    ],
    "exp": [Example("exp", x) { exp($0) }],
    "expm1": [Example("expm1", x) { expm1($0) }],
    "log": [Example("log", positive) { log($0) }],
    "log1p": [Example("log1p", positive) { log1p($0) }],
    "sqrt": [Example("sqrt", positive) { sqrt($0) }],
    "rsqrt": [Example("rsqrt", positive) { rsqrt($0) }],
    "reciprocal": [Example("reciprocal", positive) { reciprocal($0) }],
    "sin": [Example("sin", x) { sin($0) }],
    "cos": [Example("cos", x) { cos($0) }],
    "tan": [Example("tan", positive * 0.5) { tan($0) }],
    "asin": [Example("asin", x * 0.45) { asin($0) }],
    "acos": [Example("acos", x * 0.45) { acos($0) }],
    "atan": [Example("atan", x) { atan($0) }],
    "atan2": [Example("atan2", x, y) { atan2($0, $1) }],
    "tanh": [Example("tanh", x) { tanh($0) }],
    "sigmoid": [Example("sigmoid", x) { sigmoid($0) }],
    "logSigmoid": [Example("logSigmoid", x) { logSigmoid($0) }],
    "softplus": [Example("softplus", x) { softplus($0) }],
    "erf": [Example("erf", x) { erf($0) }],
    "abs": [Example("abs", x) { abs($0) }],
    "relu": [Example("relu", x) { relu($0) }],
    "square": [Example("square", x) { square($0) }],
    "minimum": [
      Example("minimum", x, y[1]) { minimum($0, $1) },
      Example("minimum with a number", x) { minimum($0, numbers.single / 4) },
    ],
    "maximum": [
      Example("maximum", x, y[.all, 1..<2]) { maximum($0, $1) },
      Example("maximum with a number", x) { maximum($0, numbers.single / 4) },
    ],
    "clamped": [Example("clamped", x) { $0.clamped(to: -0.7...0.9) }],
    "select": [
      Example("select", x, y) { select($0 .> $1, $0 * $1, $0) },
      Example("select or a number", x) { select($0 .> 0.3, square($0), numbers.single) },
      Example("select a number", x) { select($0 .> 0.3, numbers.integer, square($0)) },
    ],
    "replacing": [Example("replacing", x, T(0.3)) { $0.replacing(with: $1, where: $0 .< 0) }],
    "cast": [
      Example("cast", [Leaf(x), Leaf([1, 0, 1, 2] as Tensor<Int32>)]) {
        Leaf($0[0].tensor(of: Double.self) * $0[1].tensor(of: Int32.self).cast(to: Double.self))
      }
    ],
  ]

  static let reductions: [String: [Example]] = [
    "sum": [
      Example("sum", cube) { $0.sum() }, Example("sum of axes", cube) { $0.sum(axes: [0, -1]) },
      Example("sum kept", cube) { $0.sum(axis: 1, keepingAxes: true) },
    ],
    "product": [
      Example("product", x) { $0.product() },
      Example("product of axis", cube) { $0.product(axis: 1) },
    ],
    "min": [Example("min", cube) { $0.min(axis: -1) }, Example("min of all", x) { $0.min() }],
    "max": [Example("max", cube) { $0.max(axis: 0) }, Example("max of all", x) { $0.max() }],
    "mean": [Example("mean", cube) { $0.mean(axis: 1) }, Example("mean of all", x) { $0.mean() }],
    "variance": [
      Example("variance", cube) { $0.variance(axis: 1) },
      Example("variance, corrected", x) { $0.variance(correction: 1) },
    ],
    "standardDeviation": [
      Example("standardDeviation", cube) { $0.standardDeviation(axis: -1, correction: 1) },
      Example("standardDeviation of all", x) { $0.standardDeviation() },
    ],
    "logSumExp": [
      Example("logSumExp", cube) { $0.logSumExp(axis: 1) },
      Example("logSumExp kept", cube) { logSumExp($0, keepingAxes: true) },
    ],
    "softmax": [
      Example("softmax", cube) { $0.softmax(axis: 0) }, Example("softmax last", x) { softmax($0) },
    ],
    "logSoftmax": [
      Example("logSoftmax", cube) { $0.logSoftmax(axis: 1) },
      Example("logSoftmax last", x) { logSoftmax($0) },
    ],
    "norm": [Example("norm", x) { $0.norm() }, Example("norm of axis", cube) { $0.norm(axis: 1) }],
    "cumulativeSum": [
      Example("cumulativeSum", cube) { $0.cumulativeSum(axis: 1) },
      Example("cumulativeSum backwards", x) { $0.cumulativeSum(reversed: true) },
    ],
    "trace": [Example("trace", cube) { $0.trace() }],
  ]

  static let arrangements: [String: [Example]] = [
    "reshaped": [Example("reshaped", x) { $0.reshaped([2, -1]) }],
    "flattened": [Example("flattened", cube) { $0.flattened() }],
    "expandingAxis": [Example("expandingAxis", x) { $0.expandingAxis(-1) }],
    "squeezed": [
      Example("squeezed", x.reshaped([1, 3, 1, 4])) { $0.squeezed() },
      Example("squeezed axis", x.reshaped([1, 3, 1, 4])) { $0.squeezed(axis: 2) },
    ],
    "transposed": [
      Example("transposed", cube) { $0.transposed() },
      Example("transposed axes", cube) { $0.transposed([1, 2, 0]) },
    ],
    "swappingAxes": [Example("swappingAxes", cube) { $0.swappingAxes(0, -1) }],
    "movingAxis": [Example("movingAxis", cube) { $0.movingAxis(0, to: -1) }],
    "broadcast": [Example("broadcast", x) { $0.broadcast(to: [2, 3, 4]) }],
    "tiled": [Example("tiled", x) { $0.tiled([2, 3]) }],
    "repeated": [Example("repeated", x) { $0.repeated(3, axis: 1) }],
    "flipped": [Example("flipped", cube) { $0.flipped(axis: 1) }],
    "rolled": [Example("rolled", x) { $0.rolled(by: 3) }],
    "diagonal": [Example("diagonal", cube) { $0.diagonal() }],
    "diagonalMatrix": [Example("diagonalMatrix", x) { $0.diagonalMatrix() }],
    "lowerTriangle": [Example("lowerTriangle", cube) { $0.lowerTriangle() }],
    "upperTriangle": [Example("upperTriangle", x) { $0.upperTriangle(offset: 1) }],
    "padded": [
      Example("padded", x) { $0.padded([(1, 0), (2, 1)]) },
      Example("padded with a number", x) { $0.padded([(0, 1), (1, 1)], with: 7) },
    ],
    "split": [
      Example("split", x) {
        let p = $0.split([1, 3], axis: 1)
        return p[0] * p[1]
      },
      Example("split evenly", x) {
        let p = $0.split(into: 2, axis: -1)
        return p[0] * p[1]
      },
    ],
    "chunked": [
      Example("chunked", x) {
        let p = $0.chunked(by: 3, axis: 1)
        return p[0] * p[1]
      }
    ],
    "unstacked": [
      Example("unstacked", x) {
        let p = $0.unstacked()
        return p[0] * p[1] - p[2]
      }
    ],
    "concatenate": [Example("concatenate", x, y) { concatenate([$0, $1, $0], axis: 1) }],
    "stack": [Example("stack", x, y) { stack([$0, $1], axis: -1) }],
    "meshgrid": [
      Example("meshgrid", vector, x[0]) {
        let (a, b) = meshgrid($0, $1)
        return a * b + a
      }
    ],
  ]

  static let gathers: [String: [Example]] = [
    "take": [
      Example("take", x, index: [[2, 0], [2, 1]]) { $0.take($1) },
      Example("take columns", x, index: [3, 3, 0]) { $0.take($1, axis: -1) },
      Example("take along", x, index: [[2], [0], [1]]) { $0.take(along: 1, $1) },
    ],
    "scatterAdded": [
      Example("scatterAdded", x, index: [[2, 0, 2, 1], [0, 0, 0, 1], [2, 1, 0, 1]]) {
        $0.scatterAdded(along: 1, $1, count: 3)
      }
    ],
    "sorted": [
      Example("sorted", cube) { $0.sorted(axis: 1) },
      Example("sorted descending", x) { $0.sorted(descending: true) },
    ],
    "topK": [Example("topK", x) { $0.topK(2).values }],
    "subscript": [
      Example("subscript entry", cube) { $0[1] },
      Example("subscript ranges", cube) { $0[.all, 1..., (-2)...] },
      Example("subscript step", cube) { $0[.ellipsis, .every(-2)] },
      Example("subscript of four", cube) { $0[0, .newAxis, .all, -1] },
      Example("subscript of the last", cube) { $0[..., 1, 2] },
      Example("subscript by a mask", x) { $0[mask] },
      Example("subscript by a mask of rows", cube) { $0[[false, true]] },
      Example("subscript set by a mask", x, T(2)) { a, b in
        var c = a
        c[mask] = b * b
        return c * a
      },
      Example("subscript set by a mask to entries", cube, x) { a, b in
        var c = a
        c[[true, false]] = b.expandingAxis(0)
        return c * a
      },
      Example("subscript set the last", cube, T(2)) { a, b in
        var c = a
        c[..., 0] = b * b
        return c
      },
      Example("subscript set", x, y[0]) { a, b in
        var c = a
        c[1] = b
        return c * c
      },
      Example("subscript set column", x, T(2)) { a, b in
        var c = a
        c[.all, 0] = b * b
        return c
      },
      Example("subscript set block", cube, x[0..<2, 0..<2]) { a, b in
        var c = a
        c[0, .every(-2), .every(2)] = b
        return c * a
      },
    ],
  ]

  static let linearAlgebra: [String: [Example]] = [
    "matmul": [
      Example("matmul", x, y.transposed()) { matmul($0, $1) },
      Example("matmul of a vector", x, y[0]) { matmul($0, $1) },
      Example("matmul by a vector", vector, sample([5, 2])) { matmul($0, $1) },
      Example("matmul of vectors", vector, vector * 0.7) { matmul($0, $1) },
      Example("matmul of batches", cube, sample([2, 4, 2])) { matmul($0, $1) },
      Example("matmul of a vector and a batch", x[0], sample([2, 4, 2])) { matmul($0, $1) },
    ],
    "dot": [Example("dot", vector, vector + 1) { dot($0, $1) }],
    "outer": [Example("outer", vector, x[0]) { outer($0, $1) }],
    "pairwiseSquaredDistance": [
      Example("pairwiseSquaredDistance", x, y[0..<2]) { pairwiseSquaredDistance($0, $1) }
    ],
    "cdist": [
      Example("cdist", x, y[0..<2]) { cdist($0, $1) },
      Example("cdist of batches", cube, sample([2, 2, 4])) { cdist($0, $1) },
    ],
    "einsum": [
      Example("einsum product", x, y) { einsum("ij,kj->ik", $0, $1) },
      Example("einsum batch", cube, cube + 0.1) { einsum("bij,bik->bjk", $0, $1) },
      Example("einsum all", x, y) { einsum("ij,ij->", $0, $1) },
      Example("einsum outer", vector, x[0]) { einsum("i,j->ji", $0, $1) },
    ],
  ]
}
