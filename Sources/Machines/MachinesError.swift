/// Why processes that share their work cannot go on; `description` is one line.
public enum MachinesError: Error, Sendable, Equatable {
  /// Another rank has failed.
  case rankFailed(Int, of: Int, String)
  /// A rank is at another step than rank 0: it makes other calls, or the same in another order.
  case outOfStep(Int, of: Int)
  /// MPI was there and could not be used.
  case unusable(String)
}

extension MachinesError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .rankFailed(let rank, let count, let text): "rank \(rank) of \(count): \(text)"
    case .outOfStep(let rank, let count):
      "rank \(rank) of \(count) is at another step than rank 0: expected the same calls on every rank, "
        + "one after the other"
    case .unusable(let reason): "MPI cannot be used: \(reason)"
    }
  }
}
