/// Shortest paths between two nodes of a fixed directed graph, in compressed rows.
///
/// Costs are read into `Double` whatever their precision, so that the sums along paths of `Float`
/// costs are as good as exact. Only arcs between nodes that lie on a way from source to target are
/// kept: the rest can change neither the path nor the existence of one.
struct PathFinder: Sendable {
  struct Arc: Sendable {
    var head: Int32
    /// Which cost it pays.
    var slot: Int32
  }

  let name: String
  let nodeCount: Int
  let source: Int
  let target: Int
  /// The number of different costs.
  let slotCount: Int
  /// Where each cost stands in the input and its mark in the output; nil where slot k is entry k.
  let positions: [Int32]?
  /// The number of entries of the input and of the output.
  let entryCount: Int
  /// Whether the cost of an arc depends on its head alone: then the first arc that reaches a node is
  /// the best one, as nodes are settled in order of distance.
  let costsAtHeads: Bool
  /// Whether both directions of an edge pay the same cost, so that a negative one makes a cycle.
  let isSymmetric: Bool
  let method: ShortestPathMethod
  let negativeCosts: NegativeCosts
  /// No larger cost is taken: a sum along a path must stay finite.
  let largestCost: Double

  /// The arcs out of node v are `arcs[offsets[v]..<offsets[v + 1]]`.
  let offsets: [Int32]
  let arcs: [Arc]
  let tails: [Int32]
  /// The useful nodes in topological order; empty where they have a cycle.
  let order: [Int32]
  /// The graph for blocks of inputs, where it is small.
  private(set) var lanes: PathLanes?

  // `list` holds the arcs as (tail, head, slot), in the order in which ties prefer them.
  init(
    name: String, nodeCount: Int, list: [(Int, Int, Int)], slotCount: Int, positions: [Int32]?,
    entryCount: Int, from source: Int, to target: Int, method: ShortestPathMethod,
    negativeCosts: NegativeCosts, costsAtHeads: Bool, isSymmetric: Bool
  ) throws(SolverError) {
    try negativeCosts.check()
    for node in [source, target] where node < 0 || node >= nodeCount {
      throw .missingNode(node: node, edge: nil, nodeCount: nodeCount)
    }
    let forward = Rows(nodeCount: nodeCount, pairs: list.map { ($0.0, $0.1) })
    let fromSource = forward.reachable(from: source)
    guard fromSource[target] else { throw .unreachable(source: source, target: target) }
    let toTarget = Rows(nodeCount: nodeCount, pairs: list.map { ($0.1, $0.0) })
      .reachable(from: target)
    let useful = zip(fromSource, toTarget).map { $0 && $1 }
    let kept = list.filter { useful[$0.0] && useful[$0.1] }
    let rows = Rows(nodeCount: nodeCount, pairs: kept.map { ($0.0, $0.1) })

    self.name = name
    self.nodeCount = nodeCount
    self.source = source
    self.target = target
    self.slotCount = slotCount
    self.positions = positions
    self.entryCount = entryCount
    self.costsAtHeads = costsAtHeads
    self.isSymmetric = isSymmetric
    self.method = method
    self.negativeCosts = negativeCosts
    largestCost = Double.greatestFiniteMagnitude / Double(2 * nodeCount + 2)
    offsets = rows.offsets
    arcs = rows.items.map { Arc(head: Int32(kept[Int($0)].1), slot: Int32(kept[Int($0)].2)) }
    tails = rows.items.map { Int32(kept[Int($0)].0) }

    var incoming = [Int](repeating: 0, count: nodeCount)
    for arc in arcs { incoming[Int(arc.head)] += 1 }
    var order: [Int32] = []
    order.reserveCapacity(nodeCount)
    for node in 0..<nodeCount where useful[node] && incoming[node] == 0 {
      order.append(Int32(node))
    }
    var next = 0
    while next < order.count {
      let node = Int(order[next])
      next += 1
      for arc in arcs[Int(offsets[node])..<Int(offsets[node + 1])] {
        incoming[Int(arc.head)] -= 1
        if incoming[Int(arc.head)] == 0 { order.append(arc.head) }
      }
    }
    if let node = incoming.firstIndex(where: { $0 > 0 }) {
      if method == .topologicalOrder { throw .cyclicGraph(node: node) }
      order = []
    }
    self.order = order
    lanes = makeLanes()
  }

  func makeScratch() -> PathScratch {
    PathScratch(nodeCount: nodeCount, arcCount: arcs.count, slotCount: slotCount)
  }

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
    if !scratch.fits(self) {
      programmerError("\(name): scratch made for another graph")
    }
    var isLegal = true
    var lowest = Double.infinity
    try read(input, into: &scratch.costs, isLegal: &isLegal, lowest: &lowest)
    guard isLegal else { throw illegalCost(input) }
    let isNegative = lowest < 0 && adapt(&scratch.costs, lowest: lowest)
    try find(isNegative: isNegative, scratch: &scratch)
    for i in 0..<output.count { output[unchecked: i] = 0 }
    if let marked { output[marked] = 1 }
    try mark(into: &output, costs: scratch.costs, predecessors: scratch.predecessors)
  }

  @inline(__always)
  private func read<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, into costs: inout [Double], isLegal: inout Bool, lowest: inout Double
  ) throws(SolverError) {
    var costs = costs.mutableSpan
    if let positions {
      let positions = positions.span
      for k in 0..<slotCount {
        let cost = Double(input[unchecked: Int(positions[unchecked: k])])
        costs[unchecked: k] = cost
        isLegal = isLegal && abs(cost) <= largestCost
        lowest = cost < lowest ? cost : lowest
      }
    } else {
      for k in 0..<slotCount {
        let cost = Double(input[unchecked: k])
        costs[unchecked: k] = cost
        isLegal = isLegal && abs(cost) <= largestCost
        lowest = cost < lowest ? cost : lowest
      }
    }
    if case .clipped(let minimum) = negativeCosts, lowest < minimum {
      for k in 0..<slotCount { costs[unchecked: k] = max(costs[unchecked: k], minimum) }
      lowest = minimum
    }
  }

  /// Shifts the costs where that was asked for; whether negative ones remain.
  private func adapt(_ costs: inout [Double], lowest: Double) -> Bool {
    guard case .shifted = negativeCosts else { return true }
    var costs = costs.mutableSpan
    for k in 0..<slotCount { costs[unchecked: k] -= lowest }
    return false
  }

  private func find(isNegative: Bool, scratch: inout PathScratch) throws(SolverError) {
    switch method {
    case .automatic where !order.isEmpty, .topologicalOrder:
      topologicalOrder(
        costs: scratch.costs, distances: &scratch.distances, predecessors: &scratch.predecessors)
    case .automatic where !isNegative, .dijkstra:
      guard !isNegative else { throw negativeCost(scratch.costs) }
      if nodeCount <= 64 {
        dijkstraInOneWord(
          costs: scratch.costs, distances: &scratch.distances,
          predecessors: &scratch.predecessors)
      } else {
        dijkstraWithHeap(
          costs: scratch.costs, distances: &scratch.distances,
          predecessors: &scratch.predecessors, heap: &scratch.heap)
      }
    case .automatic, .bellmanFord:
      if isNegative && isSymmetric { try checkSymmetric(scratch.costs) }
      try bellmanFord(
        costs: scratch.costs, distances: &scratch.distances,
        predecessors: &scratch.predecessors, isChanged: &scratch.isChanged)
    }
  }

  @inline(__always)
  private func mark<Scalar: BinaryFloatingPoint>(
    into output: inout MutableSpan<Scalar>, costs: [Double], predecessors arcsBefore: [Int32]
  ) throws(SolverError) {
    let arcs = arcs.span
    let tails = tails.span
    let predecessors = arcsBefore.span
    var node = target
    var steps = 0
    while node != source {
      let arc = Int(predecessors[node])
      let slot = Int(arcs[arc].slot)
      output[positions.map { Int($0[slot]) } ?? slot] = 1
      node = Int(tails[arc])
      steps += 1
      // Rounding alone can close a cycle of predecessors: Bellman-Ford on a cycle of cost about 0.
      if steps > nodeCount { throw cycle(from: node, costs: costs, predecessors: arcsBefore) }
    }
  }

  @inline(never)
  private func illegalCost<Scalar: BinaryFloatingPoint>(_ input: Span<Scalar>) -> SolverError {
    for k in 0..<slotCount {
      let position = positions.map { Int($0[k]) } ?? k
      let cost = Double(input[position])
      if cost.isNaN { return .notANumber(solver: name, index: position) }
      if abs(cost) > largestCost { return .notFinite(solver: name, index: position, value: cost) }
    }
    return .failed(reason: "\(name): a cost changed while it was read")
  }

  @inline(never)
  private func negativeCost(_ costs: [Double]) -> SolverError {
    let slot = costs.firstIndex { $0 < 0 } ?? 0
    let position = positions.map { Int($0[slot]) } ?? slot
    return .negativeCost(index: position, value: costs[slot], method: "Dijkstra's method")
  }

  /// Both directions of a negative edge make a cycle.
  @inline(never)
  private func checkSymmetric(_ costs: [Double]) throws(SolverError) {
    for (arc, tail) in zip(arcs, tails) where costs[Int(arc.slot)] < 0 {
      throw .negativeCycle(
        nodes: [Int(tail), Int(arc.head), Int(tail)], cost: 2 * costs[Int(arc.slot)])
    }
  }
}

/// Working memory of a shortest-path solver for one thread.
public struct PathScratch: Sendable {
  var costs: [Double]
  var distances: [Double]
  /// The arc by which the shortest way known enters each node.
  var predecessors: [Int32]
  var isChanged: [Bool]
  var heap: PathHeap
  /// The kernels' memory, and which rows of a block they leave; empty before the first block.
  var lanes: [Double] = []
  var isOpen: [UInt8] = []

  init(nodeCount: Int, arcCount: Int, slotCount: Int) {
    costs = Array(repeating: 0, count: slotCount)
    distances = Array(repeating: 0, count: nodeCount)
    predecessors = Array(repeating: 0, count: nodeCount)
    isChanged = Array(repeating: false, count: nodeCount)
    heap = PathHeap(capacity: nodeCount > 64 ? arcCount + 1 : 0)
  }

  @inline(__always)
  func fits(_ finder: borrowing PathFinder) -> Bool {
    costs.count == finder.slotCount && distances.count == finder.nodeCount
      && (finder.nodeCount <= 64 || heap.capacity == finder.arcs.count + 1)
  }
}

/// For each node the items that belong to it, in order: pairs (node, item) sorted by counting.
private struct Rows {
  /// The items of node v are `items[offsets[v]..<offsets[v + 1]]`: positions in the list of pairs.
  var offsets: [Int32]
  var items: [Int32]
  private let heads: [Int32]

  init(nodeCount: Int, pairs: [(Int, Int)]) {
    offsets = Array(repeating: 0, count: nodeCount + 1)
    for pair in pairs { offsets[pair.0 + 1] += 1 }
    for node in 0..<nodeCount { offsets[node + 1] += offsets[node] }
    items = Array(repeating: 0, count: pairs.count)
    var next = offsets
    for (position, pair) in pairs.enumerated() {
      items[Int(next[pair.0])] = Int32(position)
      next[pair.0] += 1
    }
    heads = pairs.map { Int32($0.1) }
  }

  func reachable(from start: Int) -> [Bool] {
    var isReached = [Bool](repeating: false, count: offsets.count - 1)
    isReached[start] = true
    var stack = [start]
    while let node = stack.popLast() {
      for item in items[Int(offsets[node])..<Int(offsets[node + 1])] {
        let head = Int(heads[Int(item)])
        if !isReached[head] {
          isReached[head] = true
          stack.append(head)
        }
      }
    }
    return isReached
  }
}
