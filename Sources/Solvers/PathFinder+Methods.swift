// Each method leaves in the states the arc by which the shortest path enters each node on it, and
// keeps of equally short ways the one it met first. The spans are indexed unchecked: indices come from
// the graph, which was checked when it was made.

extension PathFinder {
  /// Dijkstra's method for up to 64 nodes: the frontier is the bits of one word, the nearest node is
  /// found by looking at all of them.
  ///
  /// Of equally near nodes the one with the lowest number is settled first.
  func dijkstraInOneWord<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, _ costs: PathCosts, states: inout ContiguousArray<PathState>
  ) {
    let arcs = arcs.span
    let offsets = offsets.span
    var states = states.mutableSpan
    for node in 0..<nodeCount { states[unchecked: node].distance = .infinity }
    states[unchecked: source].distance = 0
    var frontier: UInt64 = 1 << UInt64(source)
    while frontier != 0 {
      var node = frontier.trailingZeroBitCount
      var distance = states[unchecked: node].distance
      var rest = frontier & (frontier &- 1)
      while rest != 0 {
        let other = rest.trailingZeroBitCount
        let otherDistance = states[unchecked: other].distance
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
        let (head, entry) = (arcs[unchecked: Int(arc)].head, arcs[unchecked: Int(arc)].entry)
        let reached = distance + costs(input[unchecked: Int(entry)])
        if reached < states[unchecked: Int(head)].distance {
          states[unchecked: Int(head)].distance = reached
          states[unchecked: Int(head)].arc = arc
          frontier |= 1 << UInt64(head)
        }
        arc += 1
      }
    }
  }

  /// Dijkstra's method with a heap. A node that a shorter way reaches again is put into the heap again;
  /// what it left behind there is passed over. A node that is no nearer than the target is known to be
  /// never is put there: its arcs, of costs 0 or more, lead to nothing that is nearer.
  ///
  /// Of equally near nodes the one with the lowest name is settled first.
  ///
  /// `search` is a mark that no state has; the memory of the heap grows where it is short.
  func dijkstraWithHeap<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, _ costs: PathCosts, search: UInt32,
    states: inout ContiguousArray<PathState>,
    heap keys: inout [UInt128]
  ) {
    states[source] = PathState(distance: 0, arc: -1, mark: search)
    if source == target { return }
    var farthest = Double.infinity
    var waiting = 0
    while true {
      // All arcs of a node are passed without asking for room.
      if keys.count <= waiting + largestDegree {
        keys.append(contentsOf: repeatElement(0, count: max(64, keys.count, largestDegree)))
      }
      let isDone = states.withUnsafeMutableBufferPointer { states in
        keys.withUnsafeMutableBufferPointer { keys in
          guard let first = keys.baseAddress, let states = states.baseAddress else { return true }
          var heap = PathHeap(keys: first, count: waiting)
          defer { waiting = heap.count }
          if farthest == .infinity && waiting == 0 {
            heap.insert(node: Int32(truncatingIfNeeded: source), name: names[source], distance: 0)
          }
          return settle(
            input, costs, search: search, states: states, heap: &heap, room: keys.count,
            farthest: &farthest)
        }
      }
      if isDone { return }
    }
  }

  /// Settles the nearest nodes until the target is among them, or there may be no room for more.
  ///
  /// `farthest` is the least distance known of the target. Returns whether the target is settled.
  @inline(__always)
  private func settle<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, _ costs: PathCosts, search: UInt32,
    states: UnsafeMutablePointer<PathState>, heap: inout PathHeap, room: Int,
    farthest: inout Double
  ) -> Bool {
    let arcs = arcs.span
    let offsets = offsets.span
    let names = names.span
    let (target, costsAtHeads) = (Int32(truncatingIfNeeded: target), costsAtHeads)
    let limit = room - largestDegree
    var least = farthest
    defer { farthest = least }
    while heap.count <= limit {
      guard let (number, distance) = heap.popNearest(), distance < least else { return true }
      let node = Int(number)
      if distance > states[node].distance { continue }
      var arc = offsets[unchecked: node]
      let end = offsets[unchecked: node + 1]
      while arc < end {
        let (head, entry) = (arcs[unchecked: Int(arc)].head, arcs[unchecked: Int(arc)].entry)
        let isNew = states[Int(head)].mark != search
        if isNew || !costsAtHeads {
          let reached = distance + costs(input[unchecked: Int(entry)])
          if reached < least && (isNew || reached < states[Int(head)].distance) {
            states[Int(head)] = PathState(distance: reached, arc: arc, mark: search)
            if head == target {
              if costsAtHeads { return true }
              least = reached
            } else {
              heap.insert(node: head, name: names[unchecked: Int(head)], distance: reached)
            }
          }
        }
        arc &+= 1
      }
    }
    return false
  }

  /// One pass over the nodes in topological order.
  func topologicalOrder<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, _ costs: PathCosts, states: inout ContiguousArray<PathState>
  ) {
    let arcs = arcs.span
    let offsets = offsets.span
    let order = order.span
    var states = states.mutableSpan
    for node in 0..<nodeCount { states[unchecked: node].distance = .infinity }
    states[unchecked: source].distance = 0
    for place in 0..<order.count {
      let node = Int(order[unchecked: place])
      let distance = states[unchecked: node].distance
      var arc = offsets[unchecked: node]
      let end = offsets[unchecked: node + 1]
      while arc < end {
        let (head, entry) = (arcs[unchecked: Int(arc)].head, arcs[unchecked: Int(arc)].entry)
        let reached = distance + costs(input[unchecked: Int(entry)])
        if reached < states[unchecked: Int(head)].distance {
          states[unchecked: Int(head)].distance = reached
          states[unchecked: Int(head)].arc = arc
        }
        arc += 1
      }
    }
  }

  /// Bellman–Ford: passes over the nodes in order of name, skipping those whose distance has not
  /// changed since they were last passed. After n passes every shortest path of n arcs is known, so a
  /// change in pass `nodeCount` betrays a negative cycle.
  func bellmanFord<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, _ costs: PathCosts, states allStates: inout ContiguousArray<PathState>
  ) throws(SolverError) {
    var changed = -1
    do {
      let arcs = arcs.span
      let offsets = offsets.span
      let order = order.span
      var states = allStates.mutableSpan
      for node in 0..<nodeCount { states[unchecked: node] = PathState() }
      states[unchecked: source].distance = 0
      states[unchecked: source].mark = 1
      for _ in 0..<nodeCount {
        changed = -1
        for place in 0..<order.count {
          let node = Int(order[unchecked: place])
          if states[unchecked: node].mark == 0 { continue }
          states[unchecked: node].mark = 0
          let distance = states[unchecked: node].distance
          var arc = offsets[unchecked: node]
          let end = offsets[unchecked: node + 1]
          while arc < end {
            let (head, entry) = (arcs[unchecked: Int(arc)].head, arcs[unchecked: Int(arc)].entry)
            let reached = distance + costs(input[unchecked: Int(entry)])
            if reached < states[unchecked: Int(head)].distance {
              states[unchecked: Int(head)] = PathState(distance: reached, arc: arc, mark: 1)
              changed = Int(head)
            }
            arc += 1
          }
        }
        if changed < 0 { return }
      }
    }
    throw cycle(from: changed, input, costs, states: allStates)
  }

  /// The cycle that the arcs into `start` lead back into.
  @inline(never)
  func cycle<Scalar: BinaryFloatingPoint>(
    from start: Int, _ input: Span<Scalar>, _ costs: PathCosts,
    states: ContiguousArray<PathState>
  ) -> SolverError {
    var node = start
    for _ in 0..<nodeCount where states[node].arc >= 0 { node = Int(tails[Int(states[node].arc)]) }
    var nodes = [node]
    var cost = 0.0
    while states[node].arc >= 0 && (nodes.count == 1 || node != nodes[0]) {
      let arc = Int(states[node].arc)
      cost += costs(input[Int(arcs[arc].entry)])
      node = Int(tails[arc])
      nodes.append(node)
    }
    return .negativeCycle(nodes: nodes.reversed().map { Int(names[$0]) }, cost: cost)
  }
}
