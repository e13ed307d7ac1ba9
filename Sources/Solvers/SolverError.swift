/// What kept a solver from being made or from solving; `description` is one line that names the value
/// and what was expected.
public enum SolverError: Error, Sendable, Hashable {
  /// The solver takes no input of this shape.
  case wrongShape(solver: String, shape: [Int], expected: String)
  /// An input or output has another number of entries than the solver works on.
  case wrongCount(solver: String, what: String, count: Int, expected: Int)
  /// The input has no entries.
  case emptyInput(solver: String)
  /// An entry of the input is not a number.
  case notANumber(solver: String, index: Int)
  /// A cost is not a finite number, or so large that a sum along a path could overflow.
  case notFinite(solver: String, index: Int, value: Double)
  /// A parameter has a value that makes no sense.
  case badParameter(name: String, value: String, expected: String)
  /// A node index that the graph does not have; `edge` is the position of the edge that names it.
  case missingNode(node: Int, edge: Int?, nodeCount: Int)
  /// A node name that the graph does not have.
  case unknownName(name: String, edge: Int?)
  /// Two nodes have one name.
  case duplicateName(name: String)
  /// An edge leads from a node to itself.
  case selfLoop(edge: Int, node: Int)
  /// Two edges lead from one node to one other where a matrix has a single entry for both.
  case parallelEdges(first: Int, second: Int, source: Int, target: Int)
  /// No path leads from `source` to `target`.
  case unreachable(source: Int, target: Int)
  /// A method that needs an acyclic graph met a cycle through this node.
  case cyclicGraph(node: Int)
  /// A cost is negative and the method takes none.
  case negativeCost(index: Int, value: Double, method: String)
  /// Walking round this cycle lowers the cost without end, so there is no shortest path.
  case negativeCycle(nodes: [Int], cost: Double)
  /// Values that should mark a path do not.
  case notAPath(reason: String)
  /// No point satisfies all constraints.
  case infeasible(solver: String)
  /// The objective improves without end within the constraints.
  case unbounded(solver: String)
  /// For solvers of one's own: what went wrong, in one line.
  case failed(reason: String)
}

/// What kept a solver from solving for one input of a block.
public struct SolverBlockError: Error, Sendable, Hashable {
  /// Which input, counted from 0 in the block.
  public let row: Int
  /// What was wrong with it.
  public let error: SolverError

  /// The error of the input in row `row`.
  public init(row: Int, error: SolverError) {
    self.row = row
    self.error = error
  }
}

extension SolverBlockError: CustomStringConvertible {
  /// The error's line with the row before it.
  public var description: String { "input \(row): \(error)" }
}

extension SolverError: CustomStringConvertible {
  /// One line that names the value and what was expected.
  public var description: String {
    switch self {
    case .wrongShape(let solver, let shape, let expected):
      return "\(solver): input of shape \(shape); expected \(expected)"
    case .wrongCount(let solver, let what, let count, let expected):
      return "\(solver): \(what) of \(count) entries; expected \(expected)"
    case .emptyInput(let solver):
      return "\(solver): input of 0 entries; expected at least 1"
    case .notANumber(let solver, let index):
      return "\(solver): entry \(index) is not a number; expected a number"
    case .notFinite(let solver, let index, let value):
      return
        "\(solver): cost \(index) is \(value); expected a finite number whose sum along a path "
        + "is finite too (to close an edge, leave it out of the graph)"
    case .badParameter(let name, let value, let expected):
      return "\(name) is \(value); expected \(expected)"
    case .missingNode(let node, let edge, let nodeCount):
      let place = edge.map { "edge \($0) names node \(node)" } ?? "node \(node) is not in the graph"
      return "\(place); expected "
        + (nodeCount > 0 ? "a node from 0 to \(nodeCount - 1)" : "a graph with nodes")
    case .unknownName(let name, let edge):
      let place = edge.map { "edge \($0) names node" } ?? "no node is called"
      return "\(place) \"\(name)\"; expected one of the graph's node names"
    case .duplicateName(let name):
      return "two nodes are called \"\(name)\"; expected a different name for each node"
    case .selfLoop(let edge, let node):
      return "edge \(edge) leads from node \(node) to itself; expected two different nodes "
        + "(no shortest path uses a self-loop)"
    case .parallelEdges(let first, let second, let source, let target):
      return
        "edges \(first) and \(second) both lead from node \(source) to node \(target); expected "
        + "one, as a matrix has one entry for them"
    case .unreachable(let source, let target):
      return "no path leads from node \(source) to node \(target); expected a reachable target"
    case .cyclicGraph(let node):
      return
        "the graph has a cycle through node \(node); the method by topological order expects none"
    case .negativeCost(let index, let value, let method):
      return
        "cost \(index) is \(value); \(method) expects costs of 0 or more (use Bellman-Ford, or "
        + "clip or shift the costs)"
    case .negativeCycle(let nodes, let cost):
      let walk = nodes.map(String.init).joined(separator: " -> ")
      return
        "the cycle \(walk) has the negative cost \(cost), so no path is shortest; expected cycles "
        + "of cost 0 or more (clip or shift the costs to go on)"
    case .notAPath(let reason):
      return "not a path: \(reason)"
    case .infeasible(let solver):
      return "\(solver): no point satisfies all constraints; expected a feasible model"
    case .unbounded(let solver):
      return
        "\(solver): the objective improves without end; expected constraints or costs that bound it"
    case .failed(let reason):
      return reason
    }
  }
}
