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
        x.withRepeatedPointer { x_, _ in ck_unary(operation.kernel, x.type.kernelType, x_, out, 1) }
      }
    case .cast(let type):
      .single(x.shape, type) { out in
        x.withRepeatedPointer { x_, _ in ck_cast(x.type.kernelType, type.kernelType, x_, out, 1) }
      }
    case .broadcast(let shape): x.withShape(shape)
    case .permute(let axes): x.withShape(x.shape.permuted(axes))
    case .slice(let slice): x.withShape(slice.shape)
    default: nil
    }
  }
}

private func evaluateBinary(
  _ operation: Primitive.BinaryOperation, _ a: Value, _ b: Value
) -> Value {
  require(a.type == b.type, "\(operation)", "operands of types \(a.type) and \(b.type)")
  let shape: Shape
  if a.shape == b.shape || b.rank == 0 && b.isSingle {
    shape = a.shape
  } else if a.rank == 0 && a.isSingle {
    shape = b.shape
  } else {
    return evaluateElementwise(a, b, "\(operation)", a.type) {
      ck_binary(operation.kernel, a.type.kernelType, $0, $1, $2, $3, $4, $5, $6)
    }
  }
  if a.isSingle && b.isSingle {
    return .single(shape, a.type) { out in
      a.withRepeatedPointer { aPointer, _ in
        b.withRepeatedPointer { bPointer, _ in
          Kernels.binary(operation, a.type, aPointer, 0, bPointer, 0, out, 1)
        }
      }
    }
  }
  return .dense(shape, a.type) { out in
    a.withRepeatedPointer { aPointer, aStride in
      b.withRepeatedPointer { bPointer, bStride in
        Kernels.binary(
          operation, a.type, aPointer, aStride, bPointer, bStride, out, shape.elementCount)
      }
    }
  }
}

private func evaluateArgReduce(
  _ x: Value, _ reduction: Primitive.ArgReduction, _ axis: Int
) -> Value {
  let (outer, count, inner) = x.shape.view(axis)
  require(count > 0, reduction == .maximum ? "argMax" : "argMin", "axis \(axis) of shape \(x.shape) is empty")
  return .dense(x.shape.removing(axis), .int32) { out in
    x.withPointer {
      ck_arg_reduce(
        reduction == .maximum ? CK_ARG_MAXIMUM : CK_ARG_MINIMUM, x.type.kernelType, outer,
        count, inner, $0, out.assumingMemoryBound(to: Int32.self))
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

extension Primitive.Slice {
  /// The strides and the first element of the region in a dense tensor.
  func region(of whole: Shape) -> (strides: Strides, offset: Int) {
    let own = whole.strides
    var strides = Strides(repeating: 0)
    var offset = 0
    for axis in 0..<whole.rank {
      strides[axis] = own[axis] * Int64(steps[axis])
      offset += Int(own[axis]) * starts[axis]
    }
    return (strides, shape.elementCount == 0 ? 0 : offset)
  }
}

private typealias ElementwiseKernel = (
  Int32, UnsafePointer<Int32>, UnsafeRawPointer, UnsafePointer<Int64>, UnsafeRawPointer,
  UnsafePointer<Int64>, UnsafeMutableRawPointer
) -> Void

@inline(__always)
private func evaluateElementwise(
  _ a: Value, _ b: Value, _ name: @autoclosure () -> String, _ type: ElementType,
  _ kernel: ElementwiseKernel
) -> Value {
  require(a.type == b.type, name(), "operands of types \(a.type) and \(b.type)")
  guard let shape = Shape.broadcast(a.shape, b.shape) else {
    trap(name(), "shapes \(a.shape) and \(b.shape) do not broadcast")
  }
  return .dense(shape, type) { out in
    a.withRepeatedPointer { aPointer, _ in
      b.withRepeatedPointer { bPointer, _ in
        shape.withExtents { extents in
          a.strides(broadcastTo: shape).withElements { aStrides in
            b.strides(broadcastTo: shape).withElements { bStrides in
              kernel(Int32(shape.rank), extents, aPointer, aStrides, bPointer, bStrides, out)
            }
          }
        }
      }
    }
  }
}

extension Value {
  /// The strides that read ``withRepeatedPointer(_:)``'s elements as those of a wider shape.
  fileprivate func strides(broadcastTo shape: Shape) -> Strides {
    isSingle ? Strides(repeating: 0) : self.shape.strides(broadcastTo: shape)
  }
}

private func evaluateSelect(_ condition: Value, _ a: Value, _ b: Value) -> Value {
  guard let both = Shape.broadcast(a.shape, b.shape),
    let shape = Shape.broadcast(condition.shape, both)
  else {
    trap("select", "shapes \(condition.shape), \(a.shape) and \(b.shape) do not broadcast")
  }
  return .dense(shape, a.type) { out in
    condition.withRepeatedPointer { cPointer, _ in
      a.withRepeatedPointer { aPointer, _ in
        b.withRepeatedPointer { bPointer, _ in
          shape.withExtents { extents in
            condition.strides(broadcastTo: shape).withElements { cStrides in
              a.strides(broadcastTo: shape).withElements { aStrides in
                b.strides(broadcastTo: shape).withElements { bStrides in
                  ck_select(
                    a.type.kernelType, Int32(shape.rank), extents,
                    cPointer.assumingMemoryBound(to: UInt8.self), cStrides, aPointer, aStrides,
                    bPointer, bStrides, out)
                }
              }
            }
          }
        }
      }
    }
  }
}

/// Copies elements at the given strides into a dense value.
private func evaluateCopy(_ x: Value, to shape: Shape, strides: Strides, offset: Int) -> Value {
  let size = x.type.size
  return .dense(shape, x.type) { out in
    x.withPointer { source in
      shape.withExtents { extents in
        strides.withElements { from in
          shape.strides.withElements { to in
            ck_copy(size, Int32(shape.rank), extents, source + offset * size, from, out, to)
          }
        }
      }
    }
  }
}

/// Copies the elements of `x` into a region of a value that is being made.
private func write(_ x: Value, to out: UnsafeMutableRawPointer, strides: Strides, offset: Int) {
  let size = x.type.size
  x.withPointer { source in
    x.shape.withExtents { extents in
      x.shape.strides.withElements { from in
        strides.withElements { to in
          ck_copy(size, Int32(x.rank), extents, source, from, out + offset * size, to)
        }
      }
    }
  }
}

private func evaluateEmbed(_ x: Value, _ slice: Primitive.Slice, into shape: Shape) -> Value {
  let (strides, offset) = slice.region(of: shape)
  return .dense(shape, x.type) { out in
    ck_fill(x.type.kernelType, 0, out, shape.elementCount)
    write(x, to: out, strides: strides, offset: offset)
  }
}

private func evaluateConcatenate(_ inputs: Operands, _ axis: Int) -> Value {
  let shape = inputs[0].shape.replacing(axis, with: inputs.reduce(0) { $0 + $1.shape[axis] })
  let strides = shape.strides
  return .dense(shape, inputs[0].type) { out in
    var start = 0
    for input in inputs {
      write(input, to: out, strides: strides, offset: start * Int(strides[axis]))
      start += input.shape[axis]
    }
  }
}

private func evaluateReduce(_ x: Value, _ reduction: Primitive.Reduction, _ axes: Shape) -> Value {
  // Neighbouring axes are reduced at once; others from the innermost group outwards.
  var result = x
  var remaining = Array(axes)
  while let last = remaining.popLast() {
    var first = last
    while let next = remaining.last, next == first - 1 {
      first = next
      remaining.removeLast()
    }
    let outer = result.shape.elementCount(0..<first)
    let count = result.shape.elementCount(first..<last + 1)
    let inner = result.shape.elementCount(last + 1..<result.rank)
    var shape = Shape(result.shape[0..<first])
    for axis in last + 1..<result.rank { shape.append(result.shape[axis]) }
    let input = result
    result = .dense(shape, x.type) { out in
      input.withPointer {
        ck_reduce(reduction.kernel, x.type.kernelType, outer, count, inner, $0, out)
      }
    }
  }
  return result
}

extension Primitive {
  fileprivate func evaluateGather(_ x: Value, _ index: Value) -> Value {
    var bad: Int64 = -1
    let result: Value
    let bound: Int
    switch self {
    case .take(let axis), .takeAlong(let axis):
      let (outer, count, inner) = x.shape.view(axis)
      bound = count
      let isWhole = kind == .take
      let m = isWhole ? index.count : index.shape[axis]
      result = .dense(x.shape.replacing(axis, with: m), x.type) { out in
        x.withPointer { source in
          index.withPointer {
            let index = $0.assumingMemoryBound(to: Int32.self)
            bad =
              isWhole
              ? ck_take(x.type.size, outer, count, inner, index, m, source, out)
              : ck_take_along(x.type.size, outer, count, inner, index, m, source, out)
          }
        }
      }
    case .scatterAdd(let axis, let count), .scatterAddAlong(let axis, let count):
      let (outer, m, inner) = x.shape.view(axis)
      bound = count
      let isWhole = kind == .scatterAdd
      result = .dense(x.shape.replacing(axis, with: count), x.type) { out in
        x.withPointer { source in
          index.withPointer {
            let index = $0.assumingMemoryBound(to: Int32.self)
            bad =
              isWhole
              ? ck_scatter_add(x.type.kernelType, outer, m, inner, index, source, count, out)
              : ck_scatter_add_along(x.type.kernelType, outer, m, inner, index, source, count, out)
          }
        }
      }
    default: trap("gather", "not a gather: \(self)")
    }
    if bad >= 0 {
      let value = index.withPointer { $0.assumingMemoryBound(to: Int32.self)[Int(bad)] }
      trap("take", "index \(value) at position \(bad) is out of range 0 ..< \(bound)")
    }
    return result
  }
}

private func evaluateMatrixProduct(_ a: Value, _ b: Value, _ transposeA: Bool, _ transposeB: Bool) -> Value {
  let (aRows, aColumns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
  let (bRows, bColumns) = (b.shape[b.rank - 2], b.shape[b.rank - 1])
  let m = transposeA ? aColumns : aRows
  let k = transposeA ? aRows : aColumns
  let n = transposeB ? bRows : bColumns
  let aBatch = Shape(a.shape[0..<a.rank - 2])
  let bBatch = Shape(b.shape[0..<b.rank - 2])
  guard let batch = Shape.broadcast(aBatch, bBatch), k == (transposeB ? bColumns : bRows) else {
    trap(
      "matmul",
      "shapes \(a.shape)\(transposeA ? "ᵀ" : "") and \(b.shape)\(transposeB ? "ᵀ" : "") do not match")
  }
  var shape = batch
  shape.append(m)
  shape.append(n)
  let size = a.type.size
  return .dense(shape, a.type) { out in
    a.withPointer { aPointer in
      b.withPointer { bPointer in
        func product(_ i: Int, _ j: Int, _ o: Int, _ m: Int) {
          ck_matmul(
            a.type.kernelType, m, n, k, aPointer + i * aRows * aColumns * size, aColumns,
            transposeA ? 1 : 0, bPointer + j * bRows * bColumns * size, bColumns,
            transposeB ? 1 : 0, out + o * shape[shape.rank - 2] * n * size, n)
        }
        if bBatch.elementCount == 1 && !transposeA {
          // One matrix on the right: the rows of all matrices on the left are one tall matrix.
          product(0, 0, 0, batch.elementCount * m)
          return
        }
        let aStrides = aBatch.strides(broadcastTo: batch)
        let bStrides = bBatch.strides(broadcastTo: batch)
        let own = batch.strides
        for position in 0..<batch.elementCount {
          var (i, j, rest) = (0, 0, position)
          for axis in 0..<batch.rank {
            let coordinate = rest / Int(own[axis])
            rest -= coordinate * Int(own[axis])
            i += coordinate * Int(aStrides[axis])
            j += coordinate * Int(bStrides[axis])
          }
          product(i, j, position, m)
        }
      }
    }
  }
}

private func evaluatePairwise(_ x: Value, _ y: Value) -> Value {
  let (m, n, d) = (x.shape[x.rank - 2], y.shape[y.rank - 2], x.shape[x.rank - 1])
  var shape = Shape(x.shape[0..<x.rank - 2])
  let batch = shape.elementCount
  shape.append(m)
  shape.append(n)
  let size = x.type.size
  return .dense(shape, x.type) { out in
    x.withPointer { xPointer in
      y.withPointer { yPointer in
        for i in 0..<batch {
          ck_pairwise_squared_distance(
            x.type.kernelType, m, n, d, xPointer + i * m * d * size, yPointer + i * n * d * size,
            out + i * m * n * size)
        }
      }
    }
  }
}
