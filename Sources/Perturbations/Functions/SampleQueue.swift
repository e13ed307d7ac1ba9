internal import Synchronization

/// Samples of one block that several threads evaluate, each the next one that nobody has.
final class SampleQueue: Sendable {
  private struct State {
    var next: Int
    var workers = 0
    var done: Int
    var failure: (position: Int, error: any Error)?
  }

  private let end: Int
  private let context: EvaluationContext
  private let state: Mutex<State>

  /// - Parameters:
  ///   - positions: Of the samples in their block.
  ///   - context: Asked before each sample, and told of those that are done.
  init(_ positions: Range<Int>, _ context: EvaluationContext) {
    end = positions.upperBound
    self.context = context
    state = Mutex(State(next: positions.lowerBound, done: positions.lowerBound))
  }

  /// What the first sample that failed has thrown: positions are handed out in order, so all before it
  /// have been evaluated.
  var error: (any Error)? { state.withLock { $0.failure?.error } }

  /// Evaluates positions as long as there are any.
  ///
  /// - Parameter body: Is given the number of the worker, from 0 on, and a position.
  func work(_ body: (_ worker: Int, _ position: Int) throws -> Void) {
    let worker = state.withLock { state in
      defer { state.workers += 1 }
      return state.workers
    }
    while let position = take() {
      do {
        try context.check()
        try body(worker, position)
        state.withLock { state in
          state.done += 1
          context.tell(state.done)
        }
      } catch {
        state.withLock { state in
          if let failure = state.failure, failure.position < position { return }
          state.failure = (position, error)
        }
      }
    }
  }

  private func take() -> Int? {
    state.withLock { state in
      guard state.next < end, state.failure == nil else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }
}

/// Finds out whether a function takes so long that its samples are worth other threads.
///
/// How the work is shared depends on time; no number does.
struct SampleClock {
  private let threads: Int
  private let begin = ContinuousClock.now
  private var evaluated = 0

  init(threads: Int) { self.threads = threads }

  /// Whether what is left takes longer than it takes to wake a thread, some ten microseconds.
  ///
  /// - Parameter remaining: Samples that are not evaluated, after one more has been.
  /// - Returns: Whether other threads are to help.
  mutating func isWorthSharing(remaining: Int) -> Bool {
    evaluated += 1
    // Asked after 1, 2, 4, … samples: reading the clock takes as long as a small function.
    guard threads > 1, remaining > 0, evaluated & (evaluated - 1) == 0 else { return false }
    return (ContinuousClock.now - begin) / evaluated * remaining > .microseconds(100)
  }
}
