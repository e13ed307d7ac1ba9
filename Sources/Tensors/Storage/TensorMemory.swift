internal import CKernels

/// The memory that tensors leave behind for the next ones.
///
/// A training step makes and drops the same large tensors as the one before. The system hands out
/// fresh memory page by page and clears it, which can take half of such a step; so blocks of 64 KiB
/// to 64 MiB that no tensor uses any more are kept for the next tensor of about their size (at most
/// a quarter more), all threads together up to ``limit``. What exceeds it goes back to the system,
/// longest unused first.
///
/// ```swift
/// TensorMemory.release()        // after the training, before something else needs the memory
/// ```
///
/// No result depends on it.
public enum TensorMemory {
  /// How many bytes the process may keep: 256 MiB unless set, or a sixteenth of the machine's memory
  /// where that is less. 0 keeps nothing.
  ///
  /// - Precondition: not negative.
  public static var limit: Int {
    get { Int(clamping: ck_kept_limit()) }
    set {
      require(newValue >= 0, "TensorMemory", "a limit of \(newValue) bytes")
      ck_set_kept_limit(newValue)
    }
  }

  /// How many bytes are kept and in no tensor.
  public static var keptBytes: Int { Int(clamping: ck_kept_bytes()) }

  /// Gives all that is kept back to the system.
  public static func release() { ck_release_kept() }
}
