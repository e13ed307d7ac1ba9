/// A graph of numbered nodes and listed edges, directed or not.
///
/// Edges keep the order they were given in: entry e of a vector of costs belongs to edge e. Two edges
/// may join the same nodes; an edge from a node to itself is an error.
public struct Graph: Sendable, Hashable {
  /// An edge; in an undirected graph it leads both ways.
  public struct Edge: Sendable, Hashable {
    /// The node it leads from.
    public let source: Int
    /// The node it leads to.
    public let target: Int

    /// An edge from `source` to `target`.
    public init(source: Int, target: Int) {
      self.source = source
      self.target = target
    }
  }

  /// The number of nodes; they are numbered from 0.
  public let nodeCount: Int
  /// The edges, in the order of their costs.
  public let edges: [Edge]
  /// Whether an edge leads only from its source to its target.
  public let isDirected: Bool
  /// A name for each node, if they have names.
  public let nodeNames: [String]?

  /// A graph of nodes 0 … nodeCount − 1.
  ///
  /// - Throws: `SolverError.badParameter` if there is no node, `missingNode` if an edge names a node
  ///   that is not there, `selfLoop` if an edge leads from a node to itself.
  public init(nodeCount: Int, edges: [(Int, Int)], directed: Bool = true) throws(SolverError) {
    try self.init(
      nodeCount: nodeCount, edges: edges.map { Edge(source: $0.0, target: $0.1) },
      directed: directed, nodeNames: nil)
  }

  /// A graph whose nodes have names; node i is the one called `nodeNames[i]`.
  ///
  /// - Throws: `SolverError.unknownName` if an edge names a node that is not there, `duplicateName` if
  ///   two nodes have one name, `badParameter` if there is no node, `selfLoop` if an edge leads from a
  ///   node to itself.
  public init(
    nodeNames: [String], edges: [(String, String)], directed: Bool = true
  ) throws(SolverError) {
    var numbers: [String: Int] = [:]
    for (number, name) in nodeNames.enumerated() {
      guard numbers.updateValue(number, forKey: name) == nil else {
        throw .duplicateName(name: name)
      }
    }
    var numbered: [Edge] = []
    for (index, edge) in edges.enumerated() {
      guard let source = numbers[edge.0] else { throw .unknownName(name: edge.0, edge: index) }
      guard let target = numbers[edge.1] else { throw .unknownName(name: edge.1, edge: index) }
      numbered.append(Edge(source: source, target: target))
    }
    try self.init(
      nodeCount: nodeNames.count, edges: numbered, directed: directed, nodeNames: nodeNames)
  }

  /// The directed graph with an edge i → j wherever `adjacency[i][j]` is true, row after row.
  ///
  /// - Throws: `SolverError.badParameter` if the matrix is empty or not square, `selfLoop` if its
  ///   diagonal has a true entry.
  public init(adjacency: [[Bool]]) throws(SolverError) {
    var edges: [Edge] = []
    for (source, row) in adjacency.enumerated() {
      guard row.count == adjacency.count else {
        throw .badParameter(
          name: "row \(source) of the adjacency matrix", value: "\(row.count) entries long",
          expected: "\(adjacency.count), one for each row")
      }
      for (target, joined) in row.enumerated() where joined {
        edges.append(Edge(source: source, target: target))
      }
    }
    try self.init(nodeCount: adjacency.count, edges: edges, directed: true, nodeNames: nil)
  }

  private init(
    nodeCount: Int, edges: [Edge], directed: Bool, nodeNames: [String]?
  ) throws(SolverError) {
    guard nodeCount >= 1, nodeCount <= Int(Int32.max) else {
      throw .badParameter(
        name: "the number of nodes", value: "\(nodeCount)", expected: "1 to \(Int32.max)")
    }
    guard edges.count <= Int(Int32.max) / 2 else {
      throw .badParameter(
        name: "the number of edges", value: "\(edges.count)",
        expected: "at most \(Int32.max / 2)")
    }
    for (index, edge) in edges.enumerated() {
      for node in [edge.source, edge.target] where node < 0 || node >= nodeCount {
        throw .missingNode(node: node, edge: index, nodeCount: nodeCount)
      }
      guard edge.source != edge.target else {
        throw .selfLoop(edge: index, node: edge.source)
      }
    }
    self.nodeCount = nodeCount
    self.edges = edges
    self.isDirected = directed
    self.nodeNames = nodeNames
  }

  /// The number of the node called `name`.
  ///
  /// - Throws: `SolverError.unknownName` if no node is called so.
  /// - Complexity: O(nodes).
  public func node(named name: String) throws(SolverError) -> Int {
    guard let number = nodeNames?.firstIndex(of: name) else {
      throw .unknownName(name: name, edge: nil)
    }
    return number
  }

  /// Edge values laid out as a matrix: entry [i][j] belongs to the edge from i to j.
  ///
  /// Entries without an edge are 0, values of parallel edges add up, and an undirected edge stands at
  /// [i][j] and at [j][i].
  ///
  /// - Parameter values: one for each edge, such as costs or the weights of a perturbed path.
  /// - Returns: the rows of the matrix.
  /// - Throws: `SolverError.wrongCount` if there is not one value for each edge, `badParameter` if there
  ///   are more than 30,000 nodes.
  public func matrix<Scalar: BinaryFloatingPoint>(
    of values: [Scalar]
  ) throws(SolverError) -> [[Scalar]] {
    guard values.count == edges.count else {
      throw .wrongCount(
        solver: "Graph", what: "edge values", count: values.count, expected: edges.count)
    }
    guard nodeCount <= 30_000 else {
      throw .badParameter(
        name: "the number of nodes", value: "\(nodeCount)", expected: "at most 30000 for a matrix")
    }
    let row = [Scalar](repeating: 0, count: nodeCount)
    var matrix = [[Scalar]](repeating: row, count: nodeCount)
    for (edge, value) in zip(edges, values) {
      matrix[edge.source][edge.target] += value
      if !isDirected { matrix[edge.target][edge.source] += value }
    }
    return matrix
  }
}
