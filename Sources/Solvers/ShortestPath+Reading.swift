extension ShortestPath {
  /// The nodes of a path in order, from source to target.
  ///
  /// - Parameter indicator: an output of this solver: 1 for the entries the path uses, 0 elsewhere.
  /// - Returns: the numbers of the nodes.
  /// - Throws: `SolverError.notAPath` if the marked entries are not one path from source to target,
  ///   `wrongCount` if there are too few or too many.
  /// - Complexity: O(edges · path length).
  public func nodes<Scalar: BinaryFloatingPoint>(
    of indicator: [Scalar]
  ) throws(SolverError) -> [Int] {
    var steps = try markedSteps(indicator)
    var nodes = [source]
    while let node = nodes.last, node != target || !steps.isEmpty {
      let isUndirected = layout == .edges && !graph.isDirected
      let next = steps.firstIndex {
        $0.source == node || (isUndirected && $0.target == node)
      }
      guard let next else {
        throw .notAPath(
          reason: "no marked edge leads on from node \(node); expected one path from node "
            + "\(source) to node \(target)")
      }
      let step = steps.remove(at: next)
      nodes.append(step.source == node ? step.target : step.source)
    }
    return nodes
  }

  /// The cost of a path, or of a mixture of paths: ⟨costs, indicator⟩.
  ///
  /// - Throws: `SolverError.wrongCount` if the two are not as long as this solver's inputs.
  public func cost<Scalar: BinaryFloatingPoint>(
    of indicator: [Scalar], under costs: [Scalar]
  ) throws(SolverError) -> Scalar {
    for (what, count) in [("indicator", indicator.count), ("costs", costs.count)] {
      try check(count, what: what)
    }
    var sum: Scalar = 0
    for (mark, cost) in zip(indicator, costs) where mark != 0 { sum += mark * cost }
    return sum
  }

  private func check(_ count: Int, what: String) throws(SolverError) {
    let expected =
      layout == .edges ? graph.edges.count : graph.nodeCount * graph.nodeCount
    guard count == expected else {
      throw .wrongCount(solver: "ShortestPath", what: what, count: count, expected: expected)
    }
  }

  private func markedSteps<Scalar: BinaryFloatingPoint>(
    _ indicator: [Scalar]
  ) throws(SolverError) -> [Graph.Edge] {
    try check(indicator.count, what: "indicator")
    var steps: [Graph.Edge] = []
    for (entry, mark) in indicator.enumerated() where mark != 0 {
      guard mark == 1 else {
        throw .notAPath(reason: "entry \(entry) is \(mark); expected 0 or 1")
      }
      let count = graph.nodeCount
      steps.append(
        layout == .edges
          ? graph.edges[entry] : Graph.Edge(source: entry / count, target: entry % count))
    }
    return steps
  }
}
