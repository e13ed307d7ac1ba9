internal import CKernels

/// Kernels on operands that are dense or one element for all.
enum Kernels {
  /// out[i] = operation(a[i], b[i]); a stride of 0 repeats the first element.
  @inline(__always)
  static func binary(
    _ operation: Primitive.BinaryOperation, _ type: ElementType, _ a: UnsafeRawPointer,
    _ aStride: Int64, _ b: UnsafeRawPointer, _ bStride: Int64, _ out: UnsafeMutableRawPointer,
    _ count: Int
  ) {
    // Extents are 32-bit numbers; longer runs go in pieces.
    let piece = 1 << 30
    var start = 0
    repeat {
      let extent = Int32(Swift.min(count - start, piece))
      withUnsafePointer(to: extent) { extent in
        withUnsafePointer(to: aStride) { aStride in
          withUnsafePointer(to: bStride) { bStride in
            ck_binary(
              operation.kernel, type.kernelType, 1, extent,
              a + start * type.size * Int(aStride.pointee), aStride,
              b + start * type.size * Int(bStride.pointee), bStride, out + start * type.size)
          }
        }
      }
      start += piece
    } while start < count
  }
}
