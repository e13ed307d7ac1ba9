internal import Synchronization

/// Where one rank decides what is done next, and the others help it: no estimate is shared then, but what
/// is asked.
extension Ranks {
  /// Answers the questions of rank 0 until it has no more.
  ///
  /// - Parameter answer: Gives this rank's part of the answer.
  /// - Throws: What reaching rank 0 throws.
  package func serve(_ answer: ([UInt8]) -> [UInt8]) throws {
    while true {
      let question = try transport.broadcast([])
      guard question.first == 1 else { return }
      _ = try transport.gather(answer(Array(question.dropFirst())))
    }
  }

  /// Asks all ranks, for rank 0.
  ///
  /// - Parameters:
  ///   - question: The question.
  ///   - own: Gives this rank's part of the answer.
  /// - Returns: The parts of all ranks.
  /// - Throws: What reaching them throws.
  package func ask(_ question: [UInt8], own: () -> [UInt8]) throws -> [[UInt8]] {
    try turn.withLock { _ in
      _ = try transport.broadcast([1] + question)
      return try transport.gather(own())
    }
  }

  /// Says that there are no more questions, for rank 0.
  package func stopAsking() throws {
    try turn.withLock { _ in _ = try transport.broadcast([0]) }
  }
}
