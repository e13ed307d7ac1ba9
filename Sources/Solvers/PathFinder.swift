/// Shortest paths between two nodes of a fixed directed graph, in compressed rows.
///
/// Costs are read as `Double` whatever their precision, so that the sums along paths of `Float`
/// costs are as good as exact. Only nodes that lie on a way from source to target are kept, and the
/// arcs between them: the rest can change neither the path nor the existence of one.
///
/// Nodes of large graphs whose neighbours have numbers far from theirs are numbered anew, breadth first
/// from the source, so that what a search reads together lies together in memory; `names` has their
/// numbers in the graph, which decide ties.
struct PathFinder: Sendable {
  struct Arc: Sendable {
    var head: Int32
    /// The entry of the input that it pays.
    var entry: Int32
  }

  let name: String
  /// The number of nodes, of `names` too.
  let nodeCount: Int
  let source: Int
  let target: Int
  /// The number that each node has in the graph.
  let names: ContiguousArray<Int32>
  /// The entries that hold costs; nil where all do.
  let costEntries: ContiguousArray<Int32>?
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
  let offsets: ContiguousArray<Int32>
  let arcs: ContiguousArray<Arc>
  let tails: ContiguousArray<Int32>
  /// The most arcs out of a node.
  let largestDegree: Int
  /// Whether the kept nodes have no cycle.
  let isAcyclic: Bool
  /// The nodes in topological order where that is how paths are found, in the graph's order elsewhere.
  let order: ContiguousArray<Int32>
  /// The graph for blocks of inputs, where it is small.
  private(set) var lanes: PathLanes?

  /// The largest graph whose frontier is the bits of one word, and whose nodes keep their order.
  static var smallNodeCount: Int { 64 }

  // `list` holds the arcs in the order in which ties prefer them.
  init(
    name: String, nodeCount: Int, list: ArcList, costEntries: [Int32]?,
    entryCount: Int, from source: Int, to target: Int, method: ShortestPathMethod,
    negativeCosts: NegativeCosts, costsAtHeads: Bool, isSymmetric: Bool
  ) throws(SolverError) {
    try negativeCosts.check()
    for node in [source, target] where node < 0 || node >= nodeCount {
      throw .missingNode(node: node, edge: nil, nodeCount: nodeCount)
    }
    var (list, nodeCount, source, target) = (list, nodeCount, source, target)
    // Memory for the nodes that arcs name, where most are named by none.
    let labels = nodeCount > 4 * list.tails.count + 4 ? list.compress(&source, &target) : nil
    if let labels { nodeCount = labels.count }
    func label(_ node: Int) -> Int { labels.map { Int($0[node]) } ?? node }
    let rows = PathRows(nodeCount: nodeCount, tails: list.tails)
    let leadsOn = PathRows(nodeCount: nodeCount, tails: list.heads)
      .reachable(from: target, heads: list.tails)
    guard leadsOn[source] else { throw .unreachable(source: label(source), target: label(target)) }
    let nearest = rows.breadthFirst(from: source, heads: list.heads, within: leadsOn)
    var numbers = numbering(nearest, of: nodeCount)
    let sorted = nearest.sorted()
    let given = numbering(sorted, of: nodeCount)
    let isSmall = nearest.count <= Self.smallNodeCount
    let isRenumbered = !isSmall && list.span(numbers) < list.span(given) / 2
    let names = ContiguousArray(isRenumbered ? nearest : sorted)
    if !isRenumbered { numbers = given }

    var offsets: ContiguousArray<Int32> = [0]
    var arcs: ContiguousArray<Arc> = []
    var tails: ContiguousArray<Int32> = []
    offsets.reserveCapacity(names.count + 1)
    arcs.reserveCapacity(list.tails.count)
    tails.reserveCapacity(list.tails.count)
    for (number, node) in names.enumerated() {
      for item in rows[Int(node)] {
        let head = Int(list.heads[Int(item)])
        // Every head can be reached; numbered are those that lead on.
        guard numbers[head] >= 0 else { continue }
        arcs.append(Arc(head: numbers[head], entry: list.entries[Int(item)]))
        tails.append(Int32(number))
      }
      offsets.append(Int32(arcs.count))
    }

    self.name = name
    self.nodeCount = names.count
    self.source = Int(numbers[source])
    self.target = Int(numbers[target])
    self.names = labels.map { labels in ContiguousArray(names.map { labels[Int($0)] }) } ?? names
    self.costEntries = costEntries.map { ContiguousArray($0) }
    self.entryCount = entryCount
    self.costsAtHeads = costsAtHeads
    self.isSymmetric = isSymmetric
    self.method = method
    self.negativeCosts = negativeCosts
    largestCost = Double.greatestFiniteMagnitude / Double(2 * nodeCount + 2)
    self.offsets = offsets
    self.arcs = arcs
    self.tails = tails
    largestDegree = names.indices.map { Int(offsets[$0 + 1] - offsets[$0]) }.max() ?? 0

    var incoming = [Int32](repeating: 0, count: names.count)
    for arc in arcs { incoming[Int(arc.head)] += 1 }
    // Every other node kept is entered by an arc.
    var order: [Int32] = incoming[self.source] == 0 ? [Int32(self.source)] : []
    var next = 0
    while next < order.count {
      let node = Int(order[next])
      next += 1
      for arc in arcs[Int(offsets[node])..<Int(offsets[node + 1])] {
        incoming[Int(arc.head)] -= 1
        if incoming[Int(arc.head)] == 0 { order.append(arc.head) }
      }
    }
    isAcyclic = order.count == names.count
    if !isAcyclic, method == .topologicalOrder {
      let node = nodeOnCycle(arcs, tails, incoming.map { $0 > 0 }, names)
      throw .cyclicGraph(node: label(node))
    }
    self.order =
      isAcyclic && (method == .automatic || method == .topologicalOrder)
      ? ContiguousArray(order) : ContiguousArray(numbers.lazy.filter { $0 >= 0 })
    lanes = makeLanes()
  }

  func makeScratch() -> PathScratch { PathScratch(nodeCount: nodeCount) }
}

/// Arcs in the order of their list: where each leads from and to, and the entry that it pays.
struct ArcList {
  var tails: [Int32] = []
  var heads: [Int32] = []
  var entries: [Int32] = []

  mutating func reserveCapacity(_ count: Int) {
    tails.reserveCapacity(count)
    heads.reserveCapacity(count)
    entries.reserveCapacity(count)
  }

  mutating func append(from tail: Int, to head: Int, entry: Int) {
    tails.append(Int32(tail))
    heads.append(Int32(head))
    entries.append(Int32(entry))
  }

  /// Numbers the nodes that arcs name, and two more, from 0 in their order.
  ///
  /// - Returns: The number that each had.
  mutating func compress(_ source: inout Int, _ target: inout Int) -> [Int32] {
    var numbers: [Int32: Int32] = [:]
    let labels = Set(tails + heads + [Int32(source), Int32(target)]).sorted()
    for (number, label) in labels.enumerated() { numbers[label] = Int32(number) }
    func number(_ label: Int32) -> Int32 { numbers[label] ?? 0 }
    tails = tails.map(number)
    heads = heads.map(number)
    (source, target) = (Int(number(Int32(source))), Int(number(Int32(target))))
    return labels
  }

  /// How far apart the numbers of the nodes are that arcs join, added up; −1 is a node without one.
  func span(_ numbers: [Int32]) -> Int {
    var sum = 0
    for (tail, head) in zip(tails, heads) {
      let (from, to) = (Int(numbers[Int(tail)]), Int(numbers[Int(head)]))
      if from >= 0 && to >= 0 { sum += abs(from - to) }
    }
    return sum
  }
}

/// The name of a node on a cycle, the least on that cycle, where some nodes are left by a search in
/// topological order: those on cycles, and those behind them.
private func nodeOnCycle(
  _ arcs: ContiguousArray<PathFinder.Arc>, _ tails: ContiguousArray<Int32>, _ isLeft: [Bool],
  _ names: ContiguousArray<Int32>
) -> Int {
  // Each of them is entered from another.
  var before = [Int32](repeating: -1, count: isLeft.count)
  for (arc, tail) in zip(arcs, tails) where isLeft[Int(tail)] && before[Int(arc.head)] < 0 {
    before[Int(arc.head)] = tail
  }
  var node = Int(isLeft.firstIndex(of: true) ?? 0)
  for _ in isLeft { node = Int(before[node]) }
  var least = names[node]
  let start = node
  repeat {
    node = Int(before[node])
    least = min(least, names[node])
  } while node != start
  return Int(least)
}

/// The place of each of `nodeCount` nodes in `order`; −1 where it is not there.
private func numbering(_ order: [Int32], of nodeCount: Int) -> [Int32] {
  var numbers = [Int32](repeating: -1, count: nodeCount)
  for (number, node) in order.enumerated() { numbers[Int(node)] = Int32(number) }
  return numbers
}

/// For each node the arcs out of it, as positions in the list: sorted by counting.
struct PathRows {
  private let offsets: [Int32]
  private let items: [Int32]

  init(nodeCount: Int, tails: [Int32]) {
    var offsets = [Int32](repeating: 0, count: nodeCount + 1)
    for tail in tails { offsets[Int(tail) + 1] += 1 }
    for node in 0..<nodeCount { offsets[node + 1] += offsets[node] }
    var items = [Int32](repeating: 0, count: tails.count)
    var next = offsets
    for (position, tail) in tails.enumerated() {
      items[Int(next[Int(tail)])] = Int32(position)
      next[Int(tail)] += 1
    }
    self.offsets = offsets
    self.items = items
  }

  subscript(node: Int) -> ArraySlice<Int32> {
    items[Int(offsets[node])..<Int(offsets[node + 1])]
  }

  /// Whether each node can be reached from `start`.
  func reachable(from start: Int, heads: [Int32]) -> [Bool] {
    var isReached = [Bool](repeating: false, count: offsets.count - 1)
    for node in breadthFirst(from: start, heads: heads, within: nil) {
      isReached[Int(node)] = true
    }
    return isReached
  }

  /// The nodes that can be reached from `start`, the nearest first, over nodes `within` where given.
  func breadthFirst(from start: Int, heads: [Int32], within: [Bool]?) -> [Int32] {
    var isFound = within?.map { !$0 } ?? [Bool](repeating: false, count: offsets.count - 1)
    var nodes = [Int32(start)]
    isFound[start] = true
    var next = 0
    while next < nodes.count {
      for item in self[Int(nodes[next])] {
        let head = heads[Int(item)]
        if !isFound[Int(head)] {
          isFound[Int(head)] = true
          nodes.append(head)
        }
      }
      next += 1
    }
    return nodes
  }
}
