internal import CKernels

/// The keys of a block's samples, for blocks that differ in their counters alone.
package final class SampleKeys: @unchecked Sendable {
  // Written once, here.
  let first: UnsafeMutablePointer<UInt32>
  let second: UnsafeMutablePointer<UInt32>

  /// The keys of a block of independent or mirrored samples.
  package init(_ block: SampleBlock) {
    let capacity = block.samples + Int(CK_KEY_PADDING)
    first = .allocate(capacity: capacity)
    second = .allocate(capacity: capacity)
    let (first, second) = (first, second)
    block.withKernelBlock(Float.self) {
      ck_table_current().pointee.random.row_keys($0, first, second)
    }
  }

  deinit {
    first.deallocate()
    second.deallocate()
  }
}
