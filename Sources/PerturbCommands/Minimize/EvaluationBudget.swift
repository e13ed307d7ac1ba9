internal import Synchronization

/// How many evaluations a run has asked for, and how many it may.
final class EvaluationBudget: Sendable {
  /// A run asked for more than it may; it ends with what it has.
  struct Reached: Error {}

  /// The most evaluations; nil for as many as it takes.
  let limit: Int?
  /// What steps leave for the sensitivity at the end.
  let reserve: Int
  private let counter: Atomic<Int>

  /// - Parameters:
  ///   - limit: The most evaluations.
  ///   - last: How many the sensitivity at the end takes; a quarter of the limit at most is kept for it.
  ///   - used: How many a run has asked for that goes on.
  init(limit: Int?, last: Int, used: Int) {
    self.limit = limit
    reserve = min(last, (limit ?? 0) / 4)
    counter = Atomic(used)
  }

  var used: Int { counter.load(ordering: .relaxed) }

  /// How many are left, of all; nil where there is no limit.
  var left: Int? { limit.map { max(0, $0 - used) } }

  /// Counts evaluations before they are done.
  ///
  /// - Throws: ``Reached`` where they are more than are left.
  func take(_ count: Int) throws(Reached) {
    let used = counter.add(count, ordering: .relaxed).newValue
    if let limit, used > limit {
      counter.subtract(count, ordering: .relaxed)
      throw Reached()
    }
  }

  /// Whether a step may take so many.
  func hasRoom(for count: Int) -> Bool { left.map { count <= $0 - reserve } ?? true }

  func checkRoom(for count: Int) throws(Reached) {
    if !hasRoom(for: count) { throw Reached() }
  }
}
