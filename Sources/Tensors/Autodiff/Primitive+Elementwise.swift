internal import CKernels

// Operations on elements at the same place of broadcast operands.

func evaluateBinary(
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

typealias ElementwiseKernel = (
  Int32, UnsafePointer<Int32>, UnsafeRawPointer, UnsafePointer<Int64>, UnsafeRawPointer,
  UnsafePointer<Int64>, UnsafeMutableRawPointer
) -> Void

@inline(__always)
func evaluateElementwise(
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
  func strides(broadcastTo shape: Shape) -> Strides {
    isSingle ? Strides(repeating: 0) : self.shape.strides(broadcastTo: shape)
  }
}

func evaluateSelect(_ condition: Value, _ a: Value, _ b: Value) -> Value {
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
