/// The spanning tree of least (or greatest) total cost of a connected undirected graph, as an indicator
/// of its edges: the vertex of the spanning tree polytope that minimises (or maximises) ⟨costs, y⟩.
///
/// Input and output have one entry for each edge: shape [edges]. Kruskal's method (1956, "On the
/// shortest spanning subtree of a graph and the traveling salesman problem"): edges are taken in order
/// of cost where they close no cycle. Of edges of equal cost the earlier comes first, which settles
/// ties; −0 equals 0. Infinities are compared as numbers; an entry that is not a number is an error,
/// and so are more than 2²⁴ edges in single precision.
///
/// With m edges, for each solve:
///
/// - Complexity: that of ``Ranking`` for m entries, and O(m α(m)) for the tree. No memory is allocated.
public struct SpanningTree: Solver {
  /// Working memory of one thread.
  public struct Scratch: Sendable {
    fileprivate var ranks: RankScratch
    /// The edges in order.
    fileprivate var order: [Int32]
    /// The tree that each node is in, as the way to its root.
    fileprivate var parents: ContiguousArray<Int32>
  }

  /// The graph.
  public let graph: Graph
  /// Whether the total cost is made as small or as large as can be.
  public let sense: Sense?

  /// 1 for the edges of the tree, 0 for the others.
  public var output: SolverOutput { .indicator }

  private let ends: [(Int32, Int32)]
  private var descending: Bool { sense == .maximize }

  /// A solver for the spanning trees of a graph.
  ///
  /// - Parameters:
  ///   - graph: a connected, undirected graph.
  ///   - sense: whether the total cost is made as small or as large as can be.
  /// - Throws: `SolverError.badParameter` if the graph is directed, not connected, or has no edge.
  public init(_ graph: Graph, sense: Sense = .minimize) throws(SolverError) {
    guard !graph.edges.isEmpty else {
      throw .badParameter(name: "the number of edges", value: "0", expected: "at least 1")
    }
    guard !graph.isDirected else {
      throw .badParameter(
        name: "the graph of a spanning tree", value: "directed", expected: "an undirected graph")
    }
    // Before there is memory for as many nodes.
    guard graph.nodeCount <= graph.edges.count + 1 else {
      throw .badParameter(
        name: "the graph of a spanning tree",
        value: "in \(graph.nodeCount - graph.edges.count) parts or more",
        expected: "a connected graph")
    }
    self.graph = graph
    self.sense = sense
    ends = graph.edges.map { (Int32($0.source), Int32($0.target)) }
    var parents = ContiguousArray(0..<Int32(graph.nodeCount))
    var trees = graph.nodeCount
    for edge in ends where Self.join(edge, parents: &parents) { trees -= 1 }
    guard trees == 1 else {
      throw .badParameter(
        name: "the graph of a spanning tree", value: "in \(trees) parts",
        expected: "a connected graph")
    }
  }

  /// The input's shape, which must be [edges].
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    guard shape == [ends.count] else {
      throw .wrongShape(
        solver: "SpanningTree", shape: shape, expected: "[\(ends.count)], one cost for each edge")
    }
    return shape
  }

  /// Working memory of one thread.
  public func makeScratch(inputCount: Int) -> Scratch {
    Scratch(
      ranks: RankScratch(count: ends.count), order: Array(repeating: 0, count: ends.count),
      parents: .init(repeating: 0, count: graph.nodeCount))
  }

  /// Writes the indicator of the best tree, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError) {
    try growAlone(input, into: &output, scratch: &scratch)
  }

  /// Writes the indicator of the best tree, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    try growAlone(input, into: &output, scratch: &scratch)
  }

  /// Writes the indicators of the best trees, all costs ordered together, in single precision.
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    if !growTogether(inputs, rows: rows, into: &outputs, scratch: &scratch) {
      try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  /// Writes the indicators of the best trees, all costs ordered together, in double precision.
  public func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    if !growTogether(inputs, rows: rows, into: &outputs, scratch: &scratch) {
      try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  @inline(__always)
  private func growAlone<Scalar: RankScalar>(
    _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, scratch: inout Scratch
  ) throws(SolverError) {
    try check(input.count, output.count, scratch)
    // The output is room for the ranks, before the tree is written there.
    try writeRanks(
      input, into: &output, scratch: &scratch.ranks, descending: descending,
      solver: "SpanningTree")
    for edge in ends.indices { scratch.order[Int(output[edge])] = Int32(edge) }
    grow(scratch.order, into: &output, parents: &scratch.parents)
  }

  private func growTogether<Scalar: BlockScalar>(
    _ inputs: Span<Scalar>, rows: Int, into outputs: inout MutableSpan<Scalar>,
    scratch: inout Scratch
  ) -> Bool {
    let count = ends.count
    guard inputs.count == rows * count, scratch.parents.count == graph.nodeCount else {
      return false
    }
    var parents: ContiguousArray<Int32> = []
    swap(&parents, &scratch.parents)
    defer { swap(&parents, &scratch.parents) }
    return withOrder(
      of: inputs, rows: rows, outputs: outputs.count, descending: descending,
      memory: &scratch.ranks.order
    ) { order, _ in
      outputs.withUnsafeMutableBufferPointer { outputs in
        for row in 0..<rows {
          var output = outputs.extracting((row * count)..<((row + 1) * count)).mutableSpan
          let order = UnsafeBufferPointer(start: order + row * count, count: count)
          grow(order, into: &output, parents: &parents)
        }
      }
    }
  }

  /// Takes the edges in order where they join two trees.
  @inline(__always)
  private func grow<Scalar: BinaryFloatingPoint>(
    _ order: some RandomAccessCollection<Int32>, into output: inout MutableSpan<Scalar>,
    parents: inout ContiguousArray<Int32>
  ) {
    for node in parents.indices { parents[node] = Int32(node) }
    for i in 0..<output.count { output[i] = 0 }
    var missing = graph.nodeCount - 1
    for edge in order.lazy.map(Int.init) where missing > 0 {
      if Self.join(ends[edge], parents: &parents) {
        output[edge] = 1
        missing -= 1
      }
    }
  }

  /// Whether an edge joins two trees, which are one afterwards. Ways to roots are halved as they are
  /// gone, so that they stay short.
  private static func join(_ edge: (Int32, Int32), parents: inout ContiguousArray<Int32>) -> Bool {
    var parents = parents.mutableSpan
    var (a, b) = edge
    while parents[Int(a)] != a {
      parents[Int(a)] = parents[Int(parents[Int(a)])]
      a = parents[Int(a)]
    }
    while parents[Int(b)] != b {
      parents[Int(b)] = parents[Int(parents[Int(b)])]
      b = parents[Int(b)]
    }
    if a == b { return false }
    parents[Int(a)] = b
    return true
  }

  private func check(
    _ inputs: Int, _ outputs: Int, _ scratch: borrowing Scratch
  ) throws(SolverError) {
    try checkCounts(
      solver: "SpanningTree", input: inputs, expected: ends.count, output: outputs,
      expectedOutput: ends.count)
    guard scratch.order.count == ends.count, scratch.parents.count == graph.nodeCount else {
      programmerError("SpanningTree: scratch made for another graph")
    }
  }
}
