internal import CKernels

extension Primitive {
  /// The output at dense inputs.
  func evaluate(_ inputs: Operands) -> Value {
    switch self {
    case .select: evaluateSelect(inputs[0], inputs[1], inputs[2])
    case .concatenate(let axis): evaluateConcatenate(inputs, axis)
    default: inputs.count == 1 ? evaluate(inputs[0]) : evaluate(inputs[0], inputs[1])
    }
  }

  /// The output at one dense input.
  func evaluate(_ x: Value) -> Value {
    if x.isSingle, let result = evaluateRepeated(x) { return result }
    switch self {
    case .unary(let operation):
      return .dense(x.shape, x.type) { out in
        x.withPointer { ck_unary(operation.kernel, x.type.kernelType, $0, out, x.count) }
      }
    case .cast(let type):
      return .dense(x.shape, type) { out in
        x.withPointer { ck_cast(x.type.kernelType, type.kernelType, $0, out, x.count) }
      }
    case .reshape(let shape): return x.withShape(shape)
    case .broadcast(let shape):
      return evaluateCopy(x, to: shape, strides: x.shape.strides(broadcastTo: shape), offset: 0)
    case .permute(let axes):
      let own = x.shape.strides
      var strides = Strides(repeating: 0)
      for (position, axis) in axes.enumerated() { strides[position] = own[axis] }
      return evaluateCopy(x, to: x.shape.permuted(axes), strides: strides, offset: 0)
    case .slice(let slice):
      let (strides, offset) = slice.region(of: x.shape)
      return evaluateCopy(x, to: slice.shape, strides: strides, offset: offset)
    case .embed(let slice, let shape): return evaluateEmbed(x, slice, into: shape)
    case .concatenate: return x
    case .reduce(let reduction, let axes): return evaluateReduce(x, reduction, axes)
    case .argReduce(let reduction, let axis): return evaluateArgReduce(x, reduction, axis)
    case .argsort(let descending):
      let (rows, count) = x.shape.rows
      return .dense(x.shape, .int32) { out in
        x.withPointer {
          ck_argsort(
            x.type.kernelType, rows, count, $0, out.assumingMemoryBound(to: Int32.self),
            descending ? 1 : 0)
        }
      }
    case .topIndices(let k):
      let (rows, count) = x.shape.rows
      return .dense(x.shape.replacing(x.rank - 1, with: k), .int32) { out in
        x.withPointer {
          ck_top_k(
            x.type.kernelType, rows, count, k, $0, out.assumingMemoryBound(to: Int32.self))
        }
      }
    case .cumulativeSum(let axis, let reversed):
      let (outer, count, inner) = x.shape.view(axis)
      return .dense(x.shape, x.type) { out in
        x.withPointer {
          ck_cumulative_sum(x.type.kernelType, outer, count, inner, reversed ? 1 : 0, $0, out)
        }
      }
    case .softmax:
      let (rows, count) = x.shape.rows
      return .dense(x.shape, x.type) { out in
        x.withPointer { ck_softmax(x.type.kernelType, rows, count, $0, out) }
      }
    case .logSumExp:
      let (rows, count) = x.shape.rows
      return .dense(x.shape.removing(x.rank - 1), x.type) { out in
        x.withPointer { ck_log_sum_exp(x.type.kernelType, rows, count, $0, out) }
      }
    case .binary, .compare, .select, .takeAlong, .scatterAddAlong, .take, .scatterAdd,
      .matrixProduct, .pairwiseSquaredDistance:
      trap("\(kind)", "one input, expected more")
    }
  }

  /// The output at two dense inputs.
  func evaluate(_ a: Value, _ b: Value) -> Value {
    switch self {
    case .binary(let operation): return evaluateBinary(operation, a, b)
    case .compare(let comparison):
      return evaluateElementwise(a, b, "\(comparison)", .bool) {
        ck_compare(
          comparison.kernel, a.type.kernelType, $0, $1, $2, $3, $4, $5,
          $6.assumingMemoryBound(to: UInt8.self))
      }
    case .takeAlong, .scatterAddAlong, .take, .scatterAdd: return evaluateGather(a, b)
    case .matrixProduct(let transposeA, let transposeB):
      return evaluateMatrixProduct(a, b, transposeA, transposeB)
    case .pairwiseSquaredDistance: return evaluatePairwise(a, b)
    case .concatenate(let axis): return evaluateConcatenate(Operands(a, b), axis)
    default: trap("\(kind)", "two inputs, expected another number")
    }
  }
}

extension Primitive {
  /// The output at a value whose elements are all one number, where that is another one.
  private func evaluateRepeated(_ x: Value) -> Value? {
    switch self {
    case .unary(let operation):
      .single(x.shape, x.type) { out in
        x.withRepeatedPointer { source, _ in
          ck_unary(operation.kernel, x.type.kernelType, source, out, 1)
        }
      }
    case .cast(let type):
      .single(x.shape, type) { out in
        x.withRepeatedPointer { source, _ in
          ck_cast(x.type.kernelType, type.kernelType, source, out, 1)
        }
      }
    case .broadcast(let shape): x.withShape(shape)
    case .permute(let axes): x.withShape(x.shape.permuted(axes))
    case .slice(let slice): x.withShape(slice.shape)
    default: nil
    }
  }
}

extension Shape {
  /// The shape seen as [outer, count, inner] around an axis.
  func view(_ axis: Int) -> (outer: Int, count: Int, inner: Int) {
    (elementCount(0..<axis), self[axis], elementCount(axis + 1..<rank))
  }

  /// The shape seen as rows of the last axis.
  var rows: (rows: Int, count: Int) {
    (elementCount(0..<rank - 1), self[rank - 1])
  }
}
