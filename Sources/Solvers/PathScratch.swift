/// What a search knows of a node.
struct PathState: Sendable {
  var distance = Double.infinity
  /// The arc by which the shortest way known enters it.
  var arc: Int32 = -1
  /// Dijkstra's method with a heap: the search that the rest is of. Bellman–Ford: 1 where the distance
  /// has changed since the node was last passed.
  var mark: UInt32 = 0
}

/// Working memory of a shortest-path solver for one thread: 16 bytes for each node, and 16 bytes for
/// each of the most nodes that were ever waiting to be settled.
public struct PathScratch: Sendable {
  var states: ContiguousArray<PathState>
  var heap: [UInt128] = []
  /// The last search that used marks; 0 and 1 are Bellman–Ford's.
  private var search: UInt32 = 1
  /// The kernels' memory, and which rows of a block they leave; empty before the first block.
  var lanes: [Double] = []
  var isOpen: [UInt8] = []

  init(nodeCount: Int) {
    states = .init(repeating: PathState(), count: nodeCount)
  }

  /// The mark of a new search, which no state has.
  mutating func nextSearch() -> UInt32 {
    if search == .max {
      for node in states.indices { states[node].mark = 0 }
      search = 1
    }
    search += 1
    return search
  }
}
