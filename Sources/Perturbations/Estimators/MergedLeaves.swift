internal import Synchronization
internal import Tensors

/// Leaves [rows, …] of which some have a mapped axis in front, all with that axis merged into the rows;
/// the last of them are remembered, so that all that is computed at the same leaves finds the same
/// values.
final class MergedLeaves: Sendable {
  private struct Merge: @unchecked Sendable {
    let leaves: [Value]
    let isMapped: [Bool]
    let merged: [Value]
  }

  private let last = Mutex<Merge?>(nil)

  /// The merged leaves.
  ///
  /// - Parameters:
  ///   - leaves: [count, rows, …] where mapped, [rows, …] elsewhere.
  ///   - isMapped: Which of them are mapped.
  ///   - count: The extent of the mapped axis.
  /// - Returns: [count · rows, …]
  func merged(_ leaves: [Value], _ isMapped: [Bool], _ count: Int) -> [Value] {
    if let last = last.withLock({ $0 }), last.isMapped == isMapped, last.leaves.areSame(leaves) {
      return last.merged
    }
    let merged = zip(leaves, isMapped).map { value, isMapped in
      let whole = isMapped ? value : value.broadcast(to: value.shape.inserting(count, at: 0))
      var shape: Shape = [whole.shape[0] * whole.shape[1]]
      for axis in 2..<whole.rank { shape.append(whole.shape[axis]) }
      return whole.reshaped(shape)
    }
    if leaves.allSatisfy(\.isDense) {
      last.withLock { $0 = Merge(leaves: leaves, isMapped: isMapped, merged: merged) }
    }
    return merged
  }
}

extension [Value] {
  /// Whether these are the very same elements in the same shapes.
  func areSame(_ others: [Value]) -> Bool {
    count == others.count
      && zip(self, others).allSatisfy { $0.sharesElements(with: $1) && $0.shape == $1.shape }
  }
}
