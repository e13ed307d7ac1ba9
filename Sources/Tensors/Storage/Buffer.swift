internal import CKernels

/// The elements of a dense tensor, allocated in one piece with their object.
///
/// A buffer is written once, by whoever makes it, and only read afterwards; that is what makes
/// sharing it between threads safe.
package final class Buffer: ManagedBuffer<Void, UInt8> {
  /// A buffer of `byteCount` bytes that holds nothing meaningful yet.
  static func uninitialized(byteCount: Int) -> Buffer {
    let buffer = unsafeDowncast(create(minimumCapacity: byteCount) { _ in }, to: Buffer.self)
    if byteCount >= 8 << 20 { ck_advise_large_pages(buffer.pointer, byteCount) }
    return buffer
  }

  /// The first byte.
  @inline(__always)
  var pointer: UnsafeMutableRawPointer {
    withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
  }
}
