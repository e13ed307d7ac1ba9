/// The shortest path between two cells of a grid.
///
/// With costs at the cells, input and output have shape [rows, columns]: a path pays every cell it
/// visits, the first and the last included, and marks them with 1. This is the convention of the
/// Warcraft maps of Vlastelica et al. 2020, arXiv:1912.02175, section 5. With costs at the edges, input
/// and output have one entry for each edge, in the order of ``Graph/grid(rows:columns:neighbors:)``.
///
/// Costs of 0 or more are solved by Dijkstra's method, where negative ones are allowed and occur by
/// Bellman–Ford (``NegativeCosts``). A negative cost at an edge is a negative cycle, and so are two
/// neighbouring cells whose costs sum to less than 0, as a path may walk to and fro.
///
/// Of equally short paths the same one is returned each time: cells are settled by distance, then
/// row-major, and a cell keeps the neighbour by which a shortest way reached it first.
///
/// With n cells, for each solve:
///
/// - Complexity: O(n log n) for costs of 0 or more, O(n²) at worst for negative ones. No memory is
///   allocated, but for the heap of large grids, which grows to the most cells that ever wait.
public struct GridShortestPath: Solver {
  /// What has a cost.
  public enum Costs: Sendable, Hashable {
    /// Each cell, paid by a path that visits it, at the ends of the path too.
    case node
    /// Each edge between neighbours, the same in both directions.
    case edge
  }

  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// Which cells are neighbours.
  public let neighbors: GridNeighbors
  /// What has a cost.
  public let costs: Costs
  /// The undirected graph of the grid; with costs at the edges its edges are the entries.
  public let graph: Graph
  private let finder: PathFinder
  private let sourceCell: Int

  /// What becomes of negative costs.
  public var negativeCosts: NegativeCosts { finder.negativeCosts }

  /// The output minimises ⟨costs, output⟩ over the paths; with clipped or shifted costs it minimises
  /// it for those.
  public var sense: Sense? { .minimize }

  /// Whether costs are taken as they are: false where negative ones are clipped or shifted.
  public var isExact: Bool { negativeCosts == .allowed }

  /// 1 for what the path pays, 0 elsewhere.
  public var output: SolverOutput { .indicator }

  /// A solver for paths from one cell to another, from the first corner to the last unless told.
  ///
  /// - Parameters:
  ///   - rows: the number of rows.
  ///   - columns: the number of columns.
  ///   - neighbors: which cells are neighbours.
  ///   - costs: what has a cost.
  ///   - source: row and column where paths begin; (0, 0) if nil.
  ///   - target: row and column where paths end; (rows − 1, columns − 1) if nil.
  ///   - negativeCosts: what becomes of negative costs.
  /// - Throws: `SolverError.badParameter` if the grid has no cell, has one cell and costs at edges, or
  ///   lacks the source or the target, or if costs are clipped to a negative number.
  public init(
    rows: Int, columns: Int, neighbors: GridNeighbors = .eight, costs: Costs = .node,
    from source: (row: Int, column: Int)? = nil, to target: (row: Int, column: Int)? = nil,
    negativeCosts: NegativeCosts = .allowed
  ) throws(SolverError) {
    let graph = try Graph.grid(rows: rows, columns: columns, neighbors: neighbors)
    let source = source ?? (0, 0)
    let target = target ?? (rows - 1, columns - 1)
    for (name, cell) in [("the source", source), ("the target", target)] {
      guard (0..<rows).contains(cell.row), (0..<columns).contains(cell.column) else {
        throw .badParameter(
          name: name, value: "(\(cell.row), \(cell.column))",
          expected: "a cell of a grid of \(rows) rows and \(columns) columns")
      }
    }
    if costs == .edge && graph.edges.isEmpty {
      throw .badParameter(
        name: "the grid", value: "a single cell",
        expected: "at least two cells where edges have the costs")
    }
    var arcs = ArcList()
    arcs.reserveCapacity(2 * graph.edges.count)
    for (index, edge) in graph.edges.enumerated() {
      arcs.append(
        from: edge.source, to: edge.target, entry: costs == .node ? edge.target : index)
      arcs.append(
        from: edge.target, to: edge.source, entry: costs == .node ? edge.source : index)
    }
    sourceCell = source.row * columns + source.column
    finder = try PathFinder(
      name: "GridShortestPath", nodeCount: rows * columns, list: arcs, costEntries: nil,
      entryCount: costs == .node ? rows * columns : graph.edges.count, from: sourceCell,
      to: target.row * columns + target.column, method: .automatic,
      negativeCosts: negativeCosts, costsAtHeads: costs == .node, isSymmetric: costs == .edge)
    self.rows = rows
    self.columns = columns
    self.neighbors = neighbors
    self.costs = costs
    self.graph = graph
  }

  /// The shape of the output: the input's. Costs at cells may also be given flat, row-major.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    let count = finder.entryCount
    guard shape == [count] || (costs == .node && shape == [rows, columns]) else {
      throw .wrongShape(
        solver: "GridShortestPath", shape: shape,
        expected: costs == .node
          ? "[\(rows), \(columns)], one cost for each cell"
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
    try finder.solve(
      input, into: &output, scratch: &scratch, marked: costs == .node ? sourceCell : nil)
  }

  /// Writes the indicator of the shortest path, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout PathScratch
  ) throws(SolverError) {
    try finder.solve(
      input, into: &output, scratch: &scratch, marked: costs == .node ? sourceCell : nil)
  }

  /// Writes the indicator of the shortest path for each input; small graphs are searched side by side, in single precision.
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout PathScratch
  ) throws(SolverBlockError) {
    let open = finder.solveInLanes(
      inputs, rows: rows, into: &outputs, scratch: &scratch,
      marked: costs == .node ? sourceCell : nil)
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
      inputs, rows: rows, into: &outputs, scratch: &scratch,
      marked: costs == .node ? sourceCell : nil)
    guard let open else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    try solveRows(open, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
  }
}
