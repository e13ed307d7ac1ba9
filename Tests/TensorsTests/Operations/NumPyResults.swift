import Tensors

/// Our side of each result in `numpy_values.json`.
struct NumPyResults {
  let values: NumPyValues

  func array(_ name: String) -> Tensor<Double> {
    values.arrays[name].map(\.double) ?? Tensor(shape: [0], scalars: [])
  }

  func computed() -> [String: Leaf] {
    var all: [String: Leaf] = [:]
    for (name, tensor) in elementwise() { all[name] = Leaf(tensor) }
    for (name, tensor) in reductions() { all[name] = Leaf(tensor) }
    for (name, tensor) in products() { all[name] = Leaf(tensor) }
    for (name, tensor) in arrangements() { all[name] = Leaf(tensor) }
    for (name, tensor) in subscripts() { all[name] = Leaf(tensor) }
    for (name, tensor) in truthValues() { all[name] = Leaf(tensor) }
    for (name, tensor) in indices() { all[name] = Leaf(tensor) }
    return all
  }

  private func elementwise() -> [String: Tensor<Double>] {
    let (x, y, p, c) = (array("x"), array("y"), array("p"), array("c"))
    return [
      "add row": x + y[1], "subtract column": x - y[.all, 1..<2], "multiply cube": c * x,
      "divide": x / p, "power": p ** y, "negate": -x, "number minus": 2 - x, "atan2": atan2(x, y),
      "exp": exp(x), "expm1": expm1(x), "log": log(p), "log1p": log1p(p), "sqrt": sqrt(p),
      "sin": sin(x), "cos": cos(x), "tan": tan(x), "atan": atan(x),
      "asin": asin(tanh(x)), "acos": acos(tanh(x)), "tanh": tanh(x),
      "sigmoid": sigmoid(x), "softplus": softplus(x), "erf": erf(x), "abs": abs(x),
      "sign": sign(x), "floor": floor(x), "ceil": ceil(x), "round": round(2 * x), "relu": relu(x),
      "square": square(x), "rsqrt": rsqrt(p), "reciprocal": reciprocal(x),
      "clamped": x.clamped(to: -0.5...1), "minimum": minimum(x, y), "maximum": maximum(x, y),
      "select": select(x .> y, x, 0),
    ]
  }

  private func reductions() -> [String: Tensor<Double>] {
    let (x, c) = (array("x"), array("c"))
    return [
      "sum": x.sum(), "sum 0": c.sum(axis: 0), "sum 0 2": c.sum(axes: [0, 2]),
      "sum kept": c.sum(axis: 1, keepingAxes: true), "mean": x.mean(), "mean 1": c.mean(axis: 1),
      "product 2": c.product(axis: 2), "product": x.product(), "min 0": c.min(axis: 0),
      "max -1": c.max(axis: -1), "max": c.max(), "variance": x.variance(),
      "variance 0 corrected": x.variance(axis: 0, correction: 1),
      "variance 0 2": c.variance(axes: [0, 2]),
      "standard deviation 1": x.standardDeviation(axis: 1),
      "standard deviation corrected": x.standardDeviation(correction: 1),
      "logsumexp 1": c.logSumExp(axis: 1), "softmax 0": c.softmax(axis: 0), "softmax": x.softmax(),
      "log softmax": x.logSoftmax(), "norm": x.norm(), "norm 1": c.norm(axis: 1),
      "cumulative sum 1": c.cumulativeSum(axis: 1),
      "cumulative sum reversed": x.cumulativeSum(reversed: true),
    ]
  }

  private func products() -> [String: Tensor<Double>] {
    let (x, y, c, d, v) = (array("x"), array("y"), array("c"), array("d"), array("v"))
    let column = x[.all, 0]
    let (first, second) = meshgrid(v, column)
    var all: [String: Tensor<Double>] = [
      "matmul": matmul(x, y.transposed()), "matmul batch": matmul(c, d),
      "matmul broadcast": matmul(x, d), "matmul vector": matmul(x, v),
      "vector matmul": matmul(v, d),
      "vectors": matmul(v, x[0]),
      "matmul batches broadcast": matmul(c.expandingAxis(1), d.expandingAxis(0)),
      "dot": dot(v, x[1]), "outer": outer(v, column), "diagonal": c.diagonal(),
      "diagonal matrix": v.diagonalMatrix(), "trace": matmul(x, y.transposed()).trace(),
      "lower": x.lowerTriangle(offset: -1), "upper": c.upperTriangle(offset: 1),
      "squared distance": pairwiseSquaredDistance(x, y), "distance": cdist(x, y),
      "meshgrid 0": first, "meshgrid 1": second,
    ]
    let operands: [String: (Tensor<Double>, Tensor<Double>)] = [
      "ij,kj->ik": (x, y), "ij,ij->": (x, y), "bij,bjk->bki": (c, d), "ij,bjk->ibk": (x, d),
      "bij,ij->b": (c, x), "i,j->ji": (v, column), "ij,jk->k": (x, y.transposed()),
      "bij,bij->bi": (c, c), "bij,kj->kbi": (c, y), "ij,->ji": (x, v[0]),
    ]
    for (formula, (a, b)) in operands { all[formula] = einsum(formula, a, b) }
    return all
  }

  private func arrangements() -> [String: Tensor<Double>] {
    let (x, y, c) = (array("x"), array("y"), array("c"))
    return [
      "arange of an integer": .arange(x.count / 3),
      "arange down": .arange(5, -1, step: -2), "arange fraction": .arange(0, 1, step: 0.25),
      "linspace": .linspace(-1, 2, count: 7), "identity": .identity(3),
      "reshape": c.reshaped([4, -1]), "transpose": c.transposed(),
      "transpose axes": c.transposed([1, 2, 0]), "swap": c.swappingAxes(0, 2),
      "move": c.movingAxis(0, to: -1), "tile": x.tiled([2, 3]), "repeat": x.repeated(2, axis: 0),
      "repeat 1": x.repeated(3, axis: 1), "flip": c.flipped(axis: 1),
      "roll": x.rolled(by: 3, axis: 1), "roll back": x.rolled(by: -1, axis: 0),
      "pad": x.padded([(1, 2), (0, 3)]), "pad number": x.padded([(0, 1), (2, 0)], with: 9),
      "concatenate": concatenate([x, y], axis: 1), "stack": stack([x, y], axis: -1),
      "split": x.split([1, 2, 1], axis: 1)[1], "chunk": x.chunked(by: 3, axis: 1)[1],
    ]
  }

  private func subscripts() -> [String: Tensor<Double>] {
    let (x, y, c) = (array("x"), array("y"), array("c"))
    var (row, column, block, corner) = (x, x, c, x)
    row[1] = 5
    column[.all, 1] = y[.all, 0]
    block[1, .every(-2), 1..<3] = x[..<2, ..<2]
    corner[.every(2), -1] = 1
    let rows = x[.all, 0] .> 0
    var (last, sevens, replaced, negative) = (c, x, x, x)
    last[..., 1] = x[..<2, 0].expandingAxis(-1)
    sevens[x .< 0] = 7
    replaced[rows] = y[0]
    negative[x .> 0] = -x[x .> 0]
    let index = Tensor<Int32>([2, 0, 2, 1])
    let along = values.arrays["along"].map(\.int32) ?? index
    return [
      "x[1]": x[1], "x[-1, 2]": x[-1, 2], "c[1, :, 2]": c[1, .all, 2], "c[..., 1]": c[.ellipsis, 1],
      "x[::-1]": x[.every(-1)], "x[:, ::-2]": x[.all, .every(-2)],
      "x[:, 3:0:-2]": x[.all, .every(-2, from: 3, to: 0)], "x[1:3, :2]": x[1..<3, ..<2],
      "c[:, None, 1]": c[.all, .newAxis, 1], "x[..., None]": x[.ellipsis, .newAxis],
      "x[-2:]": x[(-2)...], "x[:-1]": x[..<(-1)], "x[2:2]": x[2..<2],
      "c[0, ::2, 1::2]": c[0, .every(2), .every(2, from: 1)], "x[1] = 5": row,
      "x[:, 1] = y[:, 0]": column, "c[1, ::-2, 1:3] = x[:2, :2]": block, "x[::2, -1] = 1": corner,
      "c[..., 1, 2]": c[..., 1, 2], "c[1, ...]": c[1, ...], "c[..., 1] = x[:2, 0]": last,
      "x[x > 0]": x[x .> 0], "c[mask]": c[[false, true]], "x[rows]": x[rows],
      "x[x < 0] = 7": sevens, "x[rows] = y[0]": replaced, "x[x > 0] = -x[x > 0]": negative,
      "sort 1": c.sorted(axis: 1), "sort descending": x.sorted(descending: true),
      "top 2": x.topK(2).values, "one hot": oneHot(index, classes: 4), "take": x.take(index),
      "take 1": c.take(index, axis: 1), "take -1": x.take(index, axis: -1),
      "take matrix": x.take(index.reshaped([2, 2])), "take along": x.take(along: 1, along),
      "scatter": x.scatterAdded(along: 1, along, count: 5),
    ]
  }

  private func truthValues() -> [String: Tensor<Bool>] {
    let (x, y, p) = (array("x"), array("y"), array("p"))
    return [
      "greater": x .> y, "less or equal": x .<= y[0], "equal": round(x) .== round(y),
      "and": (x .> 0) .& (y .> 0), "or not": (x .> 0) .| .!(y .> 0),
      "any 0": (x .> 1).any(axis: 0), "all 1": (p .> 0.5).all(axis: 1),
    ]
  }

  private func indices() -> [String: Tensor<Int32>] {
    let (x, c, ties) = (array("x"), array("c"), array("ties"))
    return [
      "true count 1": (x .> 0).trueCount(axes: [1]), "argmax 0": x.argMax(axis: 0),
      "argmax": c.argMax(), "argmin 1": c.argMin(axis: 1), "argmax ties": ties.argMax(),
      "argmin ties": ties.argMin(), "argsort ties": ties.argsort(),
      "argsort descending ties": ties.argsort(descending: true), "top 2 indices": x.topK(2).indices,
      "sum of truths": (x .> 0).sum(), "sum of truths 0": (x .> 0).sum(axis: 0),
      "arange": .arange(2, 9, step: 3), "cast": (2 * x).cast(to: Int32.self),
    ]
  }
}
