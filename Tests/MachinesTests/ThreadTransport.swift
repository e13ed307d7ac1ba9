import Foundation
import Machines
import Perturbations

/// Ranks that are threads of one process.
final class ThreadTransport: Transport, @unchecked Sendable {
  /// What all ranks share: each waits at a step until all have come to it.
  final class Meeting: @unchecked Sendable {
    let count: Int
    private let condition = NSCondition()
    private var messages: [[UInt8]]
    private var arrived = 0
    private var round = 0
    private(set) var bytes = 0

    init(_ count: Int) {
      self.count = count
      messages = [[UInt8]](repeating: [], count: count)
    }

    /// All messages, once all have come.
    func meet(_ message: [UInt8], _ rank: Int) -> [[UInt8]] {
      condition.lock()
      defer { condition.unlock() }
      messages[rank] = message
      bytes = max(bytes, message.count)
      arrived += 1
      let own = round
      if arrived == count {
        arrived = 0
        round += 1
        condition.broadcast()
      }
      while round == own { condition.wait() }
      return messages
    }
  }

  let rank: Int
  let meeting: Meeting
  var count: Int { meeting.count }

  init(_ rank: Int, _ meeting: Meeting) {
    self.rank = rank
    self.meeting = meeting
  }

  func gather(_ message: [UInt8]) -> [[UInt8]] {
    let all = meeting.meet(message, rank)
    // Nobody goes on to the next step before all have taken the messages.
    _ = meeting.meet(message, rank)
    return rank == 0 ? all : []
  }

  func broadcast(_ message: [UInt8]) -> [UInt8] {
    let first = meeting.meet(message, rank)[0]
    _ = meeting.meet(message, rank)
    return first
  }

  func finish() {}

  /// What a function finds on each of some ranks.
  static func run<Result: Sendable>(
    _ count: Int, _ meeting: Meeting? = nil, _ body: @escaping @Sendable (Int) throws -> Result
  ) -> [Swift.Result<Result, any Error>] {
    let meeting = meeting ?? Meeting(count)
    let results = Results<Result>(count)
    let threads = (0..<count).map { rank in
      let thread = Foundation.Thread {
        let ranks = Ranks(ThreadTransport(rank, meeting))
        let result = Swift.Result {
          let found = try SharedWork.$sharing.withValue(ranks) { try body(rank) }
          try ranks.end()
          return found
        }
        if case .failure(let error) = result, !ranks.hasFailed { try? ranks.end(error) }
        results.set(result, rank)
      }
      thread.stackSize = 8 << 20
      thread.start()
      return thread
    }
    _ = threads
    return results.wait()
  }

  private final class Results<Result: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var found: [Swift.Result<Result, any Error>?]

    init(_ count: Int) { found = .init(repeating: nil, count: count) }

    func set(_ result: Swift.Result<Result, any Error>, _ rank: Int) {
      condition.lock()
      found[rank] = result
      condition.broadcast()
      condition.unlock()
    }

    func wait() -> [Swift.Result<Result, any Error>] {
      condition.lock()
      defer { condition.unlock() }
      while found.contains(where: { $0 == nil }) { condition.wait() }
      return found.compactMap { $0 }
    }
  }
}
