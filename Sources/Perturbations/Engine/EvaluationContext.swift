/// What a thread that evaluates samples knows of who asked for them: whether that task is cancelled, who
/// wants to know how far the samples are, and how many threads there are.
package struct EvaluationContext: Sendable {
  let isCancelled: @Sendable () -> Bool
  /// Told how many samples of the block that a thread is at are done; nil where nobody listens.
  var progress: (@Sendable (_ samples: Int) -> Void)?
  /// How many threads may share the samples of a block: more than one where there are fewer blocks than
  /// threads.
  package var threads = 1

  init(_ isCancelled: @escaping @Sendable () -> Bool) { self.isCancelled = isCancelled }

  /// There is nobody to cancel.
  package static let never = EvaluationContext { false }

  /// - Throws: `CancellationError` where the task is cancelled.
  func check() throws {
    if isCancelled() { throw CancellationError() }
  }

  /// Tells how many samples of a block are done, now and then.
  func tell(_ samples: Int) {
    if samples & 15 == 0 { progress?(samples) }
  }

  /// Runs `body` with what tells whether the task that this thread runs in is cancelled.
  ///
  /// - Parameters:
  ///   - threads: How many may share the samples of a block.
  ///   - body: What to run.
  /// - Returns: What it returns.
  static func withCurrentTask<Result>(
    threads: Int = 1, _ body: (EvaluationContext) throws -> Result
  ) rethrows -> Result {
    try withUnsafeCurrentTask { task in
      // Whether a task is cancelled may be asked from any thread while it is there.
      nonisolated(unsafe) let task = task
      var context = EvaluationContext { task?.isCancelled ?? false }
      context.threads = threads
      return try body(context)
    }
  }
}
