/// The shortest path between two nodes of a graph, as an indicator of the edges it uses.
///
/// The input has one cost for each edge, the output 1 for each edge of the path and 0 for the others:
/// the vertex of the path polytope that minimises ⟨costs, y⟩. An undirected edge can be used in either
/// direction. From a node to itself the path is empty.
///
/// Which method serves which costs is ``ShortestPathMethod``'s matter, what becomes of negative costs
/// ``NegativeCosts``'s. Whether the target can be reached depends on the graph alone and is checked
/// when the solver is made. Costs must be finite.
///
/// Of equally short paths the same one is returned each time: a node keeps the edge by which a
/// shortest way reached it first, nodes being taken by distance, then by number (Dijkstra), by number
/// (Bellman–Ford) or in topological order, and the edges of a node in the order of the list.
///
/// With n nodes and m edges, for each solve:
///
/// - Complexity: Dijkstra O(n² + m) up to 64 nodes, O(m log m) beyond; Bellman–Ford O(n m) at worst;
///   topological order O(n + m). No memory is allocated, but for the heap of large graphs, which grows
///   to the most nodes that ever wait.
public struct ShortestPath: Solver {
  /// How costs and the path are laid out.
  public enum Layout: Sendable, Hashable {
    /// One entry for each edge, in the graph's order: shape [edges].
    case edges
    /// A square matrix, shape [nodes, nodes]: entry [i, j] belongs to the step from node i to node j
    /// (code that indexes [to, from] has the transpose).
    ///
    /// Entries without an edge are not read, and 0 in the output. An undirected edge can cost another
    /// amount each way, as its two entries are independent. Parallel edges are an error.
    case matrix
  }

  /// The graph.
  public let graph: Graph
  /// The node where paths begin.
  public let source: Int
  /// The node where paths end.
  public let target: Int
  /// How costs and the path are laid out.
  public let layout: Layout
  let finder: PathFinder

  /// How paths are found.
  public var method: ShortestPathMethod { finder.method }

  /// What becomes of negative costs.
  public var negativeCosts: NegativeCosts { finder.negativeCosts }

  /// The output minimises ⟨costs, output⟩ over the paths; with clipped or shifted costs it minimises
  /// it for those.
  public var sense: Sense? { .minimize }

  /// Whether costs are taken as they are: false where negative ones are clipped or shifted.
  public var isExact: Bool { negativeCosts == .allowed }

  /// 1 for what the path pays, 0 elsewhere.
  public var output: SolverOutput { .indicator }

  /// A solver for paths from `source` to `target`.
  ///
  /// - Parameters:
  ///   - graph: the graph.
  ///   - source: the number of the node where paths begin.
  ///   - target: the number of the node where paths end.
  ///   - method: how paths are found.
  ///   - negativeCosts: what becomes of negative costs.
  ///   - layout: how costs and the path are laid out.
  /// - Throws: `SolverError`: `missingNode`; `unreachable` if no path leads from source to target;
  ///   `cyclicGraph` if the method is by topological order and there is a cycle between them;
  ///   `parallelEdges` if two edges share an entry of a matrix; `badParameter` if the graph has no edge
  ///   or costs are clipped to a negative number.
  public init(
    _ graph: Graph, from source: Int, to target: Int, method: ShortestPathMethod = .automatic,
    negativeCosts: NegativeCosts = .allowed, layout: Layout = .edges
  ) throws(SolverError) {
    guard !graph.edges.isEmpty else {
      throw .badParameter(name: "the number of edges", value: "0", expected: "at least 1")
    }
    var arcs = ArcList()
    arcs.reserveCapacity((graph.isDirected ? 1 : 2) * graph.edges.count)
    var entries: [Int32]?
    switch layout {
    case .edges:
      for (entry, edge) in graph.edges.enumerated() {
        arcs.append(from: edge.source, to: edge.target, entry: entry)
        if !graph.isDirected { arcs.append(from: edge.target, to: edge.source, entry: entry) }
      }
    case .matrix:
      var edgeOfEntry: [Int: Int] = [:]
      let count = graph.nodeCount
      guard count <= 30_000 else {
        throw .badParameter(
          name: "the number of nodes", value: "\(count)", expected: "at most 30000 for a matrix")
      }
      for (index, edge) in graph.edges.enumerated() {
        let ways = [(edge.source, edge.target), (edge.target, edge.source)]
        for (tail, head) in ways.prefix(graph.isDirected ? 1 : 2) {
          let entry = tail * count + head
          if let first = edgeOfEntry.updateValue(index, forKey: entry) {
            throw .parallelEdges(first: first, second: index, source: tail, target: head)
          }
          arcs.append(from: tail, to: head, entry: entry)
        }
      }
      entries = arcs.entries
    }
    finder = try PathFinder(
      name: "ShortestPath", nodeCount: graph.nodeCount, list: arcs, costEntries: entries,
      entryCount: layout == .edges ? graph.edges.count : graph.nodeCount * graph.nodeCount,
      from: source, to: target, method: method, negativeCosts: negativeCosts, costsAtHeads: false,
      isSymmetric: layout == .edges && !graph.isDirected)
    self.graph = graph
    self.source = source
    self.target = target
    self.layout = layout
  }

  /// The shape of the output: the input's. A matrix may also be given flat, with nodes² entries.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    let count = finder.entryCount
    let nodes = graph.nodeCount
    let isMatrix = layout == .matrix
    guard shape == [count] || (isMatrix && shape == [nodes, nodes]) else {
      throw .wrongShape(
        solver: "ShortestPath", shape: shape,
        expected: isMatrix
          ? "[\(nodes), \(nodes)], one cost for each pair of nodes"
          : "[\(count)], one cost for each edge")
    }
    return shape
  }

  /// Working memory of one thread, for this graph.
  public func makeScratch(inputCount: Int) -> PathScratch { finder.makeScratch() }

  /// Writes the indicator of the shortest path, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout PathScratch
  ) throws(SolverError) {
    try finder.solve(input, into: &output, scratch: &scratch, marked: nil)
  }

  /// Writes the indicator of the shortest path, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout PathScratch
  ) throws(SolverError) {
    try finder.solve(input, into: &output, scratch: &scratch, marked: nil)
  }

  /// Writes the indicator of the shortest path for each input; small graphs are searched side by side, in single precision.
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout PathScratch
  ) throws(SolverBlockError) {
    let open = finder.solveInLanes(
      inputs, rows: rows, into: &outputs, scratch: &scratch, marked: nil)
    guard let open else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    try solveRows(open, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
  }

  /// Writes the indicator of the shortest path for each input; small graphs are searched side by side, in double precision.
  public func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout PathScratch
  ) throws(SolverBlockError) {
    let open = finder.solveInLanes(
      inputs, rows: rows, into: &outputs, scratch: &scratch, marked: nil)
    guard let open else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    try solveRows(open, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
  }
}
