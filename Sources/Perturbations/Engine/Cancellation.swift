/// Whether the task that asked for samples is cancelled; for threads that have no task of their own.
package struct Cancellation: Sendable {
  let isCancelled: @Sendable () -> Bool

  /// There is nobody to cancel.
  package static let never = Cancellation { false }

  /// - Throws: `CancellationError` where the task is cancelled.
  func check() throws {
    if isCancelled() { throw CancellationError() }
  }

  /// Runs `body` with what tells whether the task that this thread runs in is cancelled.
  static func withCurrentTask<Result>(_ body: (Cancellation) throws -> Result) rethrows -> Result {
    try withUnsafeCurrentTask { task in
      // Whether a task is cancelled may be asked from any thread while it is there.
      nonisolated(unsafe) let task = task
      return try body(Cancellation { task?.isCancelled ?? false })
    }
  }
}
