// Each method leaves in `predecessors` the arc by which the shortest path enters each node on it, and
// keeps of equally short ways the one it met first. The spans are indexed unchecked: indices come from
// the graph, which was checked when it was made.

extension PathFinder {
  /// Dijkstra's method for up to 64 nodes: the frontier is the bits of one word, the nearest node is
  /// found by looking at all of them.
  ///
  /// Of equally near nodes the one with the lowest number is settled first.
  func dijkstraInOneWord(
    costs: [Double], distances: inout [Double], predecessors: inout [Int32]
  ) {
    let arcs = arcs.span
    let offsets = offsets.span
    let costs = costs.span
    var distances = distances.mutableSpan
    var predecessors = predecessors.mutableSpan
    for node in 0..<nodeCount { distances[unchecked: node] = .infinity }
    distances[unchecked: source] = 0
    var frontier: UInt64 = 1 << UInt64(source)
    while frontier != 0 {
      var node = frontier.trailingZeroBitCount
      var distance = distances[unchecked: node]
      var rest = frontier & (frontier &- 1)
      while rest != 0 {
        let other = rest.trailingZeroBitCount
        let otherDistance = distances[unchecked: other]
        if otherDistance < distance {
          node = other
          distance = otherDistance
        }
        rest &= rest &- 1
      }
      if node == target { return }
      frontier ^= 1 << UInt64(node)
      var arc = offsets[unchecked: node]
      let end = offsets[unchecked: node + 1]
      while arc < end {
        let (head, slot) = (arcs[unchecked: Int(arc)].head, arcs[unchecked: Int(arc)].slot)
        let reached = distance + costs[unchecked: Int(slot)]
        if reached < distances[unchecked: Int(head)] {
          distances[unchecked: Int(head)] = reached
          predecessors[unchecked: Int(head)] = arc
          frontier |= 1 << UInt64(head)
        }
        arc += 1
      }
    }
  }

  /// Dijkstra's method with a heap. A node that a shorter way reaches again is put into the heap again;
  /// what it left behind there is passed over.
  ///
  /// Of equally near nodes the one with the lowest number is settled first.
  func dijkstraWithHeap(
    costs: [Double], distances: inout [Double], predecessors: inout [Int32],
    heap: inout PathHeap
  ) {
    let arcs = arcs.span
    let offsets = offsets.span
    let costs = costs.span
    var distances = distances.mutableSpan
    var predecessors = predecessors.mutableSpan
    for node in 0..<nodeCount { distances[unchecked: node] = .infinity }
    distances[unchecked: source] = 0
    heap.removeAll()
    heap.insert(node: Int32(source), distance: 0)
    while let (number, distance) = heap.popNearest() {
      let node = Int(number)
      if node == target { return }
      if distance > distances[unchecked: node] { continue }
      var arc = offsets[unchecked: node]
      let end = offsets[unchecked: node + 1]
      while arc < end {
        let (head, slot) = (arcs[unchecked: Int(arc)].head, arcs[unchecked: Int(arc)].slot)
        let old = distances[unchecked: Int(head)]
        if !costsAtHeads || old == .infinity {
          let reached = distance + costs[unchecked: Int(slot)]
          if reached < old {
            distances[unchecked: Int(head)] = reached
            predecessors[unchecked: Int(head)] = arc
            if costsAtHeads && Int(head) == target { return }
            heap.insert(node: head, distance: reached)
          }
        }
        arc += 1
      }
    }
  }

  /// One pass over the nodes in topological order.
  func topologicalOrder(
    costs: [Double], distances: inout [Double], predecessors: inout [Int32]
  ) {
    let arcs = arcs.span
    let offsets = offsets.span
    let order = order.span
    let costs = costs.span
    var distances = distances.mutableSpan
    var predecessors = predecessors.mutableSpan
    for node in 0..<nodeCount { distances[unchecked: node] = .infinity }
    distances[unchecked: source] = 0
    for place in 0..<order.count {
      let node = Int(order[unchecked: place])
      let distance = distances[unchecked: node]
      var arc = offsets[unchecked: node]
      let end = offsets[unchecked: node + 1]
      while arc < end {
        let (head, slot) = (arcs[unchecked: Int(arc)].head, arcs[unchecked: Int(arc)].slot)
        let reached = distance + costs[unchecked: Int(slot)]
        if reached < distances[unchecked: Int(head)] {
          distances[unchecked: Int(head)] = reached
          predecessors[unchecked: Int(head)] = arc
        }
        arc += 1
      }
    }
  }

  /// Bellman–Ford: passes over the nodes in order of number, skipping those whose distance has not
  /// changed since they were last passed. After n passes every shortest path of n arcs is known, so a
  /// change in pass `nodeCount` betrays a negative cycle.
  func bellmanFord(
    costs costMemory: [Double], distances: inout [Double],
    predecessors predecessorMemory: inout [Int32], isChanged: inout [Bool]
  ) throws(SolverError) {
    var changed = -1
    do {
      let arcs = arcs.span
      let offsets = offsets.span
      let costs = costMemory.span
      var distances = distances.mutableSpan
      var predecessors = predecessorMemory.mutableSpan
      var isChanged = isChanged.mutableSpan
      for node in 0..<nodeCount {
        distances[unchecked: node] = .infinity
        predecessors[unchecked: node] = -1
        isChanged[unchecked: node] = false
      }
      distances[unchecked: source] = 0
      isChanged[unchecked: source] = true
      for _ in 0..<nodeCount {
        changed = -1
        for node in 0..<nodeCount where isChanged[unchecked: node] {
          isChanged[unchecked: node] = false
          let distance = distances[unchecked: node]
          var arc = offsets[unchecked: node]
          let end = offsets[unchecked: node + 1]
          while arc < end {
            let (head, slot) = (arcs[unchecked: Int(arc)].head, arcs[unchecked: Int(arc)].slot)
            let reached = distance + costs[unchecked: Int(slot)]
            if reached < distances[unchecked: Int(head)] {
              distances[unchecked: Int(head)] = reached
              predecessors[unchecked: Int(head)] = arc
              isChanged[unchecked: Int(head)] = true
              changed = Int(head)
            }
            arc += 1
          }
        }
        if changed < 0 { return }
      }
    }
    throw cycle(from: changed, costs: costMemory, predecessors: predecessorMemory)
  }

  /// The cycle that the predecessors of `start` lead back into.
  @inline(never)
  func cycle(from start: Int, costs: [Double], predecessors: [Int32]) -> SolverError {
    var node = start
    for _ in 0..<nodeCount where predecessors[node] >= 0 {
      node = Int(tails[Int(predecessors[node])])
    }
    var nodes = [node]
    var cost = 0.0
    while predecessors[node] >= 0 && (nodes.count == 1 || node != nodes[0]) {
      let arc = Int(predecessors[node])
      cost += costs[Int(arcs[arc].slot)]
      node = Int(tails[arc])
      nodes.append(node)
    }
    return .negativeCycle(nodes: nodes.reversed(), cost: cost)
  }
}
