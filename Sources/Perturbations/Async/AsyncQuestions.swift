// Where a thread of its own can be started.
#if canImport(Darwin) || canImport(Glibc) || canImport(Musl)
  internal import Dispatch
  internal import Synchronization

  /// A block of samples that a thread wants evaluated, and waits for.
  final class AsyncQuestion: Sendable {
    private let work: @Sendable () async -> Void
    private let isAnswered = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () async -> Void) { self.work = work }

    /// Evaluates the block, and wakes the thread.
    func answer() async {
      await work()
      isAnswered.signal()
    }

    /// Wakes the thread without an answer.
    func drop() { isAnswered.signal() }

    fileprivate func wait() { isAnswered.wait() }
  }

  /// Questions on their way from threads, which wait for each, to the task that answers them.
  final class AsyncQuestions: Sendable {
    private struct State {
      var waiting: [AsyncQuestion] = []
      var answering: CheckedContinuation<AsyncQuestion?, Never>?
      var isFinished = false
    }

    private let state = Mutex(State())

    /// Asks, and waits until the task has answered or there is nobody any more who could.
    func ask(_ question: AsyncQuestion) {
      let (task, isOpen) = state.withLock { state in
        if state.isFinished { return (nil as CheckedContinuation<AsyncQuestion?, Never>?, false) }
        if let task = state.answering {
          state.answering = nil
          return (task, true)
        }
        state.waiting.append(question)
        return (nil, true)
      }
      task?.resume(returning: question)
      if isOpen { question.wait() }
    }

    /// The next question, or nil at the end.
    ///
    /// Cancelling the task does not end the wait: the thread goes on until it asks the next time, and is
    /// told then.
    func next() async -> AsyncQuestion? {
      await withCheckedContinuation { continuation in
        let next: AsyncQuestion?? = state.withLock { state in
          if !state.waiting.isEmpty { return .some(state.waiting.removeFirst()) }
          if state.isFinished { return .some(nil) }
          state.answering = continuation
          return nil
        }
        if let next { continuation.resume(returning: next) }
      }
    }

    /// No more questions are answered.
    func finish() {
      let (task, dropped) = state.withLock { state in
        defer { state = State(isFinished: true) }
        return (state.answering, state.waiting)
      }
      for question in dropped { question.drop() }
      task?.resume(returning: nil)
    }
  }

  /// What a thread's work came to.
  final class AsyncOutcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ result: Result<Value, any Error>) { self.result.withLock { $0 = result } }

    /// The value.
    ///
    /// - Throws: What the work threw; `CancellationError` where it never ended.
    func get() throws -> Value {
      guard let result = result.withLock({ $0 }) else { throw CancellationError() }
      return try result.get()
    }
  }
#endif
