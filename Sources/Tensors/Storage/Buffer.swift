internal import CKernels

/// The elements of a dense tensor: small ones in one piece with their object, others in a block of
/// their own, which goes back for reuse (``TensorMemory``).
///
/// A buffer is written once, by whoever makes it, and only read afterwards; that is what makes
/// sharing it between threads safe.
package final class Buffer: ManagedBuffer<Buffer.Place, UInt8> {
  package struct Place {
    /// The first byte.
    var pointer: UnsafeMutableRawPointer
    /// With how many bytes the block was taken; 0 where there is none.
    var blockBytes: Int
  }

  /// A buffer of `byteCount` bytes that holds nothing meaningful yet.
  static func uninitialized(byteCount: Int) -> Buffer {
    let isBlock = byteCount >= Int(ck_smallest_kept)
    // Vectors that lie across two cache lines cost twice as much.
    let alignment = byteCount >= 512 ? 64 : 1
    let buffer = create(minimumCapacity: isBlock ? 0 : byteCount + alignment - 1) { buffer in
      isBlock
        ? Place(pointer: ck_take_block(byteCount), blockBytes: byteCount)
        : Place(
          pointer: buffer.withUnsafeMutablePointerToElements {
            UnsafeMutableRawPointer($0).alignedUp(toMultipleOf: alignment)
          }, blockBytes: 0)
    }
    return unsafeDowncast(buffer, to: Buffer.self)
  }

  /// The first byte.
  @inline(__always)
  var pointer: UnsafeMutableRawPointer {
    withUnsafeMutablePointerToHeader { $0.pointee.pointer }
  }

  deinit {
    let place = header
    if place.blockBytes > 0 { ck_give_block(place.pointer, place.blockBytes) }
  }
}
