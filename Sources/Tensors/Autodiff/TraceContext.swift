internal import CKernels

/// How deep this thread is in nested transforms, kept per thread so that no two threads share it.
///
/// A transform takes the next level while its function runs. A worker thread that evaluates
/// samples on behalf of another starts from the level of the thread that asked.
package enum TraceContext {
  /// Runs `body` with a level of its own.
  package static func withLevel<Result, E: Error>(
    _ body: (Int) throws(E) -> Result
  ) throws(E) -> Result {
    let level = Int(ck_trace_depth()) + 1
    ck_set_trace_depth(Int32(level))
    defer { ck_set_trace_depth(Int32(level - 1)) }
    return try body(level)
  }

  /// Runs `body` with transforms inside it on levels above the given one.
  static func withLevel<Result>(
    atLeast level: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    let saved = ck_trace_depth()
    ck_set_trace_depth(Swift.max(saved, Int32(level)))
    defer { ck_set_trace_depth(saved) }
    return try body()
  }

  /// The state of this thread, to be handed to the threads that work for it.
  package static var current: (depth: Int32, floor: Int32) {
    (ck_trace_depth(), ck_trace_floor())
  }

  /// Whether this thread is inside a function that is evaluated but never differentiated.
  package static var isEvaluating: Bool { ck_evaluation_depth() > 0 }

  /// Runs `body`, a function that is evaluated but never differentiated, on behalf of a thread in
  /// the given state. Tapes of that thread do not record what happens inside: an operation that
  /// would have to is an error, so that no gradient is silently lost.
  package static func evaluating<Result, E: Error>(
    for state: (depth: Int32, floor: Int32), _ body: () throws(E) -> Result
  ) throws(E) -> Result {
    let saved = current
    ck_set_trace_depth(state.depth)
    ck_set_trace_floor(state.depth)
    ck_set_evaluation_depth(ck_evaluation_depth() + 1)
    defer {
      ck_set_evaluation_depth(ck_evaluation_depth() - 1)
      ck_set_trace_depth(saved.depth)
      ck_set_trace_floor(saved.floor)
    }
    return try body()
  }

  /// Tapes up to this level belong to a thread that this one works for, and do not record here.
  @inline(__always)
  static var recordingFloor: Int { Int(ck_trace_floor()) }

  static func refuseToRecord() -> Never {
    trap(
      "gradient",
      "a function that is perturbed, and so not differentiated itself, uses a tensor that is being "
        + "differentiated from outside. Pass it as the input, or wrap it in withoutGradient(_:)")
  }
}
