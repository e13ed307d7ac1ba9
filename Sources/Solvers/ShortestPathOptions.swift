/// How a shortest path is found.
public enum ShortestPathMethod: Sendable, Hashable {
  /// Topological order where the part of the graph between source and target is acyclic; elsewhere
  /// Dijkstra's method for an input without negative costs and Bellman–Ford for one with. The choice
  /// between the last two is made anew for each input.
  case automatic
  /// Dijkstra 1959, "A note on two problems in connexion with graphs". Costs of 0 or more; a negative
  /// one is an error.
  case dijkstra
  /// Bellman 1958, "On a routing problem"; Ford 1956, "Network flow theory". Any costs without a
  /// negative cycle. Sums are taken in `Double`, so that with `Double` costs a cycle whose cost is within
  /// rounding of 0 may count as negative; with `Float` costs sums are practically exact.
  case bellmanFord
  /// One pass over the nodes in topological order. Any costs; the part of the graph between source and
  /// target must be acyclic.
  case topologicalOrder
}

/// What a shortest path makes of negative costs, which noise produces from small positive ones.
public enum NegativeCosts: Sendable, Hashable {
  /// Takes them as they are: the path returned is the shortest. A negative cycle between source and
  /// target (a single negative edge of an undirected graph is one) is an error, as no path is shortest.
  case allowed
  /// Raises every cost below the minimum, 0 or more, to it: the output is the shortest path for
  /// max(cost, minimum).
  case clipped(to: Double = 0)
  /// Subtracts the lowest cost from all costs where it is negative. This is another problem: a path
  /// pays the shift once per edge, so paths of many edges become dearer than those of few.
  case shifted
}

extension NegativeCosts {
  func check() throws(SolverError) {
    if case .clipped(let minimum) = self {
      guard minimum >= 0, minimum.isFinite else {
        throw .badParameter(
          name: "the minimum that costs are clipped to", value: "\(minimum)",
          expected: "a finite number, 0 or more")
      }
    }
  }
}
