internal import CKernels

// Operations that move elements or combine those along axes.

func evaluateArgReduce(
  _ x: Value, _ reduction: Primitive.ArgReduction, _ axis: Int
) -> Value {
  let (outer, count, inner) = x.shape.view(axis)
  require(
    count > 0, reduction == .maximum ? "argMax" : "argMin",
    "axis \(axis) of shape \(x.shape) is empty")
  return .dense(x.shape.removing(axis), .int32) { out in
    x.withPointer {
      ck_arg_reduce(
        reduction == .maximum ? CK_ARG_MAXIMUM : CK_ARG_MINIMUM, x.type.kernelType, outer,
        count, inner, $0, out.assumingMemoryBound(to: Int32.self))
    }
  }
}

/// Copies elements at the given strides into a dense value.
func evaluateCopy(_ x: Value, to shape: Shape, strides: Strides, offset: Int) -> Value {
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
func write(_ x: Value, to out: UnsafeMutableRawPointer, strides: Strides, offset: Int) {
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

func evaluateEmbed(_ x: Value, _ slice: Primitive.Slice, into shape: Shape) -> Value {
  let (strides, offset) = slice.region(of: shape)
  return .dense(shape, x.type) { out in
    ck_fill(x.type.kernelType, 0, out, shape.elementCount)
    write(x, to: out, strides: strides, offset: offset)
  }
}

func evaluateConcatenate(_ inputs: Operands, _ axis: Int) -> Value {
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

func evaluateReduce(_ x: Value, _ reduction: Primitive.Reduction, _ axes: Shape) -> Value {
  // Neighbouring axes are reduced at once; others from the innermost group outwards.
  var result = x
  var end = axes.rank
  while end > 0 {
    var start = end - 1
    while start > 0, axes[start - 1] == axes[start] - 1 { start -= 1 }
    let (first, last) = (axes[start], axes[end - 1])
    let whole = result.shape
    let outer = whole.elementCount(0..<first)
    let count = whole.elementCount(first..<last + 1)
    let inner = whole.elementCount(last + 1..<whole.rank)
    var shape = Shape()
    for axis in 0..<whole.rank where axis < first || axis > last { shape.append(whole[axis]) }
    let input = result
    result = .dense(shape, x.type) { out in
      input.withPointer {
        ck_reduce(reduction.kernel, x.type.kernelType, outer, count, inner, $0, out)
      }
    }
    end = start
  }
  return result
}

extension Primitive {
  func evaluateGather(_ x: Value, _ index: Value) -> Value {
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
