/// What becomes of costs as they are read.
struct PathCosts {
  /// Costs below it are raised to it.
  var minimum = -Double.infinity
  /// Subtracted from all.
  var shift = 0.0
  /// Whether costs are other than they are given.
  var isChanged = false
  /// Whether negative ones remain.
  var isNegative = false

  @inline(__always)
  func callAsFunction<Scalar: BinaryFloatingPoint>(_ cost: Scalar) -> Double {
    isChanged ? max(Double(cost), minimum) - shift : Double(cost)
  }
}

extension PathFinder {
  /// Reads the costs, finds the path and writes 1 at the entry of each cost it pays, 0 elsewhere.
  ///
  /// `marked` is an entry to be marked besides, such as that of the source of a path whose nodes pay.
  @inline(__always)
  func solve<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, scratch: inout PathScratch,
    marked: Int?
  ) throws(SolverError) {
    try checkCounts(
      solver: name, input: input.count, expected: entryCount, output: output.count,
      expectedOutput: entryCount)
    if scratch.states.count != nodeCount {
      programmerError("\(name): scratch made for another graph")
    }
    let costs = try readCosts(input)
    try find(input, costs, scratch: &scratch)
    for i in 0..<output.count { output[unchecked: i] = 0 }
    if let marked { output[marked] = 1 }
    try markPath(into: &output, states: scratch.states, input, costs)
  }

  /// Checks the costs, and sees whether they are to be changed.
  @inline(__always)
  private func readCosts<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>
  ) throws(SolverError) -> PathCosts {
    var isLegal = true
    var lowest = Double.infinity
    if let costEntries {
      let costEntries = costEntries.span
      for k in costEntries.indices {
        let cost = Double(input[unchecked: Int(costEntries[unchecked: k])])
        isLegal = isLegal && abs(cost) <= largestCost
        lowest = cost < lowest ? cost : lowest
      }
    } else {
      for k in 0..<input.count {
        let cost = Double(input[unchecked: k])
        isLegal = isLegal && abs(cost) <= largestCost
        lowest = cost < lowest ? cost : lowest
      }
    }
    guard isLegal else { throw illegalCost(input) }
    var costs = PathCosts()
    switch negativeCosts {
    case .allowed: costs.isNegative = lowest < 0
    case .clipped(let minimum) where lowest < minimum:
      costs.minimum = minimum
      costs.isChanged = true
    case .shifted where lowest < 0:
      costs.shift = lowest
      costs.isChanged = true
    case .clipped, .shifted: break
    }
    return costs
  }

  private func find<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, _ costs: PathCosts, scratch: inout PathScratch
  ) throws(SolverError) {
    switch method {
    case .automatic where isAcyclic, .topologicalOrder:
      topologicalOrder(input, costs, states: &scratch.states)
    case .automatic where !costs.isNegative, .dijkstra:
      guard !costs.isNegative else { throw negativeCost(input) }
      if names.count <= Self.smallNodeCount {
        dijkstraInOneWord(input, costs, states: &scratch.states)
      } else {
        let search = scratch.nextSearch()
        dijkstraWithHeap(
          input, costs, search: search, states: &scratch.states, heap: &scratch.heap)
      }
    case .automatic, .bellmanFord:
      if costs.isNegative && isSymmetric { try checkSymmetric(input) }
      try bellmanFord(input, costs, states: &scratch.states)
    }
  }

  @inline(__always)
  private func markPath<Scalar: BinaryFloatingPoint>(
    into output: inout MutableSpan<Scalar>, states allStates: ContiguousArray<PathState>,
    _ input: Span<Scalar>, _ costs: PathCosts
  ) throws(SolverError) {
    let arcs = arcs.span
    let tails = tails.span
    let states = allStates.span
    var node = target
    var steps = 0
    while node != source {
      let arc = Int(states[node].arc)
      output[Int(arcs[arc].entry)] = 1
      node = Int(tails[arc])
      steps += 1
      // Rounding alone can close a cycle of predecessors: Bellman-Ford on a cycle of cost about 0.
      if steps > nodeCount { throw cycle(from: node, input, costs, states: allStates) }
    }
  }

  @inline(never)
  private func illegalCost<Scalar: BinaryFloatingPoint>(_ input: Span<Scalar>) -> SolverError {
    for entry in costEntries?.map(Int.init) ?? Array(0..<entryCount) {
      let cost = Double(input[entry])
      if cost.isNaN { return .notANumber(solver: name, index: entry) }
      if abs(cost) > largestCost { return .notFinite(solver: name, index: entry, value: cost) }
    }
    return .failed(reason: "\(name): a cost changed while it was read")
  }

  @inline(never)
  private func negativeCost<Scalar: BinaryFloatingPoint>(_ input: Span<Scalar>) -> SolverError {
    let entries = costEntries?.map(Int.init) ?? Array(0..<entryCount)
    let entry = entries.first { input[$0] < 0 } ?? 0
    return .negativeCost(
      index: entry, value: Double(input[entry]), method: "Dijkstra's method")
  }

  /// Both directions of a negative edge make a cycle.
  @inline(never)
  private func checkSymmetric<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>
  ) throws(SolverError) {
    for node in order {
      for arc in arcs[Int(offsets[Int(node)])..<Int(offsets[Int(node) + 1])]
      where input[Int(arc.entry)] < 0 {
        let (tail, head) = (Int(names[Int(node)]), Int(names[Int(arc.head)]))
        throw .negativeCycle(nodes: [tail, head, tail], cost: 2 * Double(input[Int(arc.entry)]))
      }
    }
  }
}
