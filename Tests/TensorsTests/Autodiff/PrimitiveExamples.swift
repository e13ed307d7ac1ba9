import Tensors

/// Examples for every primitive. The switches are exhaustive, so that a new primitive does not
/// compile before it has its own.
enum PrimitiveExamples {
  /// What to check about a primitive.
  enum Case {
    case examples([Example])
    /// It has no derivative: differentiating through it alone must say so.
    case withoutDerivative(Primitive, [Leaf])
  }

  static func applied(_ primitive: Primitive) -> @Sendable ([Leaf]) -> Leaf {
    { Leaf(package: apply(primitive, $0.map(\.packageValue))) }
  }

  static func example(_ name: String, _ primitive: Primitive, _ inputs: Tensor<Double>...)
    -> Example
  {
    Example("\(primitive.kind) \(name)", inputs.map { Leaf($0) }, applied(primitive))
  }

  static let matrix = sample([3, 4], seed: 5)
  static let positive = sample([3, 4], seed: 6, in: 0.3...2.5)

  static func cases(_ kind: Primitive.Kind) -> [Case] {
    switch kind {
    case .unary: Primitive.UnaryOperation.allCases.map(unary)
    case .binary: Primitive.BinaryOperation.allCases.map(binary)
    case .compare:
      Primitive.Comparison.allCases.map {
        .withoutDerivative(.compare($0), [Leaf(matrix), Leaf(positive)])
      }
    case .reduce: Primitive.Reduction.allCases.map(reduction)
    case .argReduce:
      [Primitive.ArgReduction.minimum, .maximum].map {
        .withoutDerivative(.argReduce($0, axis: 1), [Leaf(matrix)])
      }
    case .argsort: [.withoutDerivative(.argsort(descending: true), [Leaf(matrix)])]
    case .topIndices: [.withoutDerivative(.topIndices(count: 2), [Leaf(matrix)])]
    default: [.examples(others(kind))]
    }
  }

  private static func unary(_ operation: Primitive.UnaryOperation) -> Case {
    func everywhere(_ x: Tensor<Double>) -> Case {
      .examples([
        example("\(operation)", .unary(operation), x),
        example("\(operation) of a scalar", .unary(operation), x[0, 0]),
        example("\(operation) of three axes", .unary(operation), x.reshaped([2, 1, 6])),
      ])
    }
    switch operation {
    case .negate, .abs, .exp, .expm1, .square, .sin, .cos, .tanh, .sigmoid, .relu, .softplus, .erf:
      return everywhere(matrix)
    case .log, .sqrt, .rsqrt, .reciprocal, .distanceRoot: return everywhere(positive)
    case .log1p: return everywhere(positive - 1.0)
    case .tan: return everywhere(matrix * 0.6)
    case .arcSine, .arcCosine: return everywhere(matrix * 0.45)
    case .sign, .floor, .ceil, .round: return .withoutDerivative(.unary(operation), [Leaf(matrix)])
    case .not: return .withoutDerivative(.unary(.not), [Leaf(matrix .> 0)])
    }
  }

  private static func binary(_ operation: Primitive.BinaryOperation) -> Case {
    func everywhere(_ x: Tensor<Double>, _ y: Tensor<Double>) -> Case {
      let primitive = Primitive.binary(operation)
      return .examples([
        example("\(operation)", primitive, x, y),
        example("\(operation) with a row", primitive, x, y[0]),
        example("\(operation) with a column", primitive, x, y[.all, 0..<1]),
        example("\(operation) of a scalar", primitive, x[1, 1], y),
        example("\(operation) of a row and a column", primitive, x[1], y[.all, 2..<3]),
        example("\(operation) of scalars", primitive, x[0, 3], y[2, 1]),
        Example("\(operation) of one with itself", [Leaf(x)]) {
          applied(primitive)([$0[0], $0[0]])
        },
      ])
    }
    switch operation {
    case .add, .subtract, .multiply: return everywhere(matrix, sample([3, 4], seed: 9))
    case .minimum, .maximum:
      // One with itself is a tie everywhere, where the halves add up to one.
      return everywhere(matrix, sample([3, 4], seed: 9))
    case .divide: return everywhere(matrix, positive)
    case .arcTangent: return everywhere(matrix, sample([3, 4], seed: 9))
    case .power: return everywhere(positive, sample([3, 4], seed: 9))
    case .and, .or:
      let truth = Leaf(matrix .> 0)
      return .withoutDerivative(.binary(operation), [truth, truth])
    }
  }

  private static func reduction(_ operation: Primitive.Reduction) -> Case {
    switch operation {
    case .sum, .product, .minimum, .maximum:
      let axes: [[Int]] = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]
      let cube = sample([2, 3, 4], seed: 12)
      return .examples(
        axes.dropFirst().map { axes in
          example("\(operation) over \(axes)", .reduce(operation, axes: Shape(axes)), cube)
        } + [
          example("\(operation) of one entry", .reduce(operation, axes: [0]), cube[0, 0, 0..<1]),
          example("\(operation) of five", .reduce(operation, axes: [0]), sample([5, 2], seed: 4)),
        ])
    case .any, .all:
      return .withoutDerivative(.reduce(operation, axes: [0]), [Leaf(matrix .> 0)])
    }
  }

  private static func others(_ kind: Primitive.Kind) -> [Example] {
    let cube = sample([2, 3, 4], seed: 21)
    let index: Tensor<Int32> = [2, 0, 2, 1]
    let spread: Tensor<Int32> = [[1, 0, 2, 2], [0, 0, 1, 2]]
    let slice = Primitive.Slice(starts: [2, 1], steps: [-2, 2], shape: [2, 2])
    switch kind {
    case .unary, .binary, .compare, .reduce, .argReduce, .argsort, .topIndices: return []
    case .select:
      let condition = Leaf(matrix .> 0)
      let a = Leaf(sample([3, 4], seed: 2))
      let b = Leaf(sample([3, 4], seed: 3))
      return [
        Example("select", [condition, a, b], applied(.select)),
        Example(
          "select rows", [condition, Leaf(matrix[0]), Leaf(matrix[.all, 0..<1])], applied(.select)),
        Example(
          "select by a row", [Leaf(matrix[0] .> 0), a, Leaf(Tensor<Double>(0.5))], applied(.select)),
      ]
    case .cast:
      // Through Float the finite differences would be too coarse: there and back as one linear map.
      return [
        Example("cast from Int32 beside", [Leaf(matrix), Leaf(index)]) {
          Leaf($0[0].tensor(of: Double.self) * $0[1].tensor(of: Int32.self).cast(to: Double.self))
        }
      ]
    case .broadcast:
      return [
        example("rows", .broadcast([2, 3, 4]), matrix),
        example("a column", .broadcast([3, 5]), matrix[.all, 0..<1]),
        example("a scalar", .broadcast([2, 2]), matrix[0, 0]),
      ]
    case .reshape:
      return [
        example("split", .reshape([2, 2, 3]), matrix), example("flat", .reshape([12]), matrix),
      ]
    case .permute:
      return [
        example("matrix", .permute([1, 0]), matrix), example("turn", .permute([2, 0, 1]), cube),
      ]
    case .slice: return [example("with steps", .slice(slice), matrix)]
    case .embed:
      return [example("with steps", .embed(slice, into: [3, 4]), matrix[0..<2, 0..<2])]
    case .concatenate:
      return [
        example("rows", .concatenate(axis: 0), matrix, positive[0..<2]),
        example("columns", .concatenate(axis: 1), matrix, positive[.all, 1...2], matrix),
        example("one", .concatenate(axis: 0), matrix),
      ]
    case .takeAlong:
      return [
        Example("takeAlong rows", [Leaf(matrix), Leaf(spread)], applied(.takeAlong(axis: 0))),
        Example(
          "takeAlong columns", [Leaf(matrix), Leaf(spread.transposed()[.all, 0..<1][0..<3])],
          applied(.takeAlong(axis: 1))),
      ]
    case .scatterAddAlong:
      return [
        Example(
          "scatterAddAlong", [Leaf(matrix[0..<2]), Leaf(spread)],
          applied(.scatterAddAlong(axis: 0, count: 4)))
      ]
    case .take:
      return [
        Example("take rows", [Leaf(matrix), Leaf(index)], applied(.take(axis: 0))),
        Example("take middle", [Leaf(cube), Leaf(index)], applied(.take(axis: 1))),
        Example("take columns", [Leaf(matrix), Leaf(index)], applied(.take(axis: 1))),
      ]
    case .scatterAdd:
      return [
        Example(
          "scatterAdd", [Leaf(matrix), Leaf(index)], applied(.scatterAdd(axis: 1, count: 3))),
        Example(
          "scatterAdd rows", [Leaf(matrix), Leaf(index[0..<3])],
          applied(.scatterAdd(axis: 0, count: 5))),
      ]
    case .cumulativeSum:
      return [
        example("rows", .cumulativeSum(axis: 0, reversed: false), cube),
        example("columns backwards", .cumulativeSum(axis: 2, reversed: true), cube),
      ]
    case .matrixProduct:
      let a = sample([3, 4], seed: 31)
      let b = sample([4, 2], seed: 32)
      var examples: [Example] = []
      for transposeA in [false, true] {
        for transposeB in [false, true] {
          let primitive = Primitive.matrixProduct(transposeA: transposeA, transposeB: transposeB)
          let (x, y) = (transposeA ? a.transposed() : a, transposeB ? b.transposed() : b)
          let name = "\(transposeA ? "ᵀ" : "")·\(transposeB ? "ᵀ" : "")"
          examples.append(example(name, primitive, x, y))
          let batch = stack([x, x * 0.5])
          examples.append(example(name + " batch on the left", primitive, batch, y))
          examples.append(example(name + " batch on the right", primitive, x, stack([y, y * 2])))
          examples.append(
            example(
              name + " batches broadcast", primitive, batch.expandingAxis(1),
              stack([y, y + 1, y * 2])))
        }
      }
      return examples
    case .pairwiseSquaredDistance:
      let x = sample([4, 3], seed: 41)
      return [
        example("points", .pairwiseSquaredDistance, x, sample([2, 3], seed: 42)),
        example(
          "batches", .pairwiseSquaredDistance, stack([x, x * 0.5]), sample([2, 5, 3], seed: 43)),
        Example("pairwiseSquaredDistance of one set", [Leaf(x)]) {
          applied(.pairwiseSquaredDistance)([$0[0], $0[0]])
        },
      ]
    case .softmax:
      return [example("rows", .softmax, matrix), example("one row", .softmax, matrix[0])]
    case .logSumExp:
      return [example("rows", .logSumExp, matrix), example("one row", .logSumExp, matrix[0])]
    }
  }
}
