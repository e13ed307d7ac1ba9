internal import Perturbations
internal import Platform

/// A graph in a JSON file, with the two nodes to join and, if it has them, the costs of its edges.
///
/// ```json
/// {
///   "nodes": 4,
///   "edges": [[0, 1, 0.2], [1, 3, 0.3], [0, 2, 0.1], [2, 3, 0.5]],
///   "directed": true,
///   "from": 0,
///   "to": 3
/// }
/// ```json
///
/// `nodes` is how many nodes there are, numbered from 0, or a list of their names, by which edges,
/// `from` and `to` then call them. An edge is `[from, to]` or `[from, to, cost]`; costs stand on all
/// edges or on none. `directed` is true where it is missing.
package struct GraphFile {
  let graph: Graph
  package let from: Int
  package let to: Int
  private let costs: [JSON]?

  /// The graph in the file at a path.
  ///
  /// - Throws: ``CommandError`` that names the file, the place in it and what was expected.
  package init(_ path: String) throws(CommandError) {
    let json = try JSON(file: path, purpose: "graph file")
    do {
      try self.init(json)
    } catch {
      throw CommandError("graph file '\(path)': \(error)")
    }
  }

  init(_ json: JSON) throws {
    guard case .object(let members) = json else {
      throw CommandError("the file holds \(json.kind), expected an object with nodes and edges")
    }
    if let other = members.first(where: { !Self.memberNames.contains($0.name) }) {
      throw CommandError.unknown("member", other.name, expected: Self.memberNames)
    }
    let names = try Self.names(json)
    let edges = try Self.member("edges", of: json, expected: "an array of [from, to, cost]")
    guard let list = edges.elements else {
      throw CommandError("edges is \(edges.kind), expected an array of [from, to, cost]")
    }
    var ends: [(JSON, JSON)] = []
    var costs: [JSON] = []
    for (index, edge) in list.enumerated() {
      guard let parts = edge.elements, parts.count == 2 || parts.count == 3 else {
        throw CommandError("edge \(index) is \(edge.kind), expected [from, to] or [from, to, cost]")
      }
      ends.append((parts[0], parts[1]))
      if parts.count == 3 {
        guard let cost = parts[2].double, cost.isFinite else {
          throw CommandError("the cost of edge \(index) is \(parts[2].kind), expected a number")
        }
        costs.append(parts[2])
      }
    }
    if !costs.isEmpty, costs.count != list.count {
      throw CommandError(
        "\(costs.count) of \(list.count) edges have a cost, expected all of them or none")
    }
    try Self.checkMemory(names, edgeCount: list.count)
    self.costs = costs.isEmpty ? nil : costs
    graph = try Self.graph(names, ends, isDirected: try Self.isDirected(json))
    from = try Self.node("from", of: json, in: graph)
    to = try Self.node("to", of: json, in: graph)
  }

  private static let memberNames = ["nodes", "edges", "directed", "from", "to"]

  /// The costs of the edges, each rounded once.
  func costs(in precision: Precision) -> [Double]? {
    costs?.map { ($0.double ?? .nan, $0.float.map(Double.init) ?? .nan) }
      .map { precision == .double ? $0 : $1 }
  }

  private enum Nodes {
    case count(Int)
    case names([String])
  }

  private static func member(
    _ name: String, of json: JSON, expected: String
  ) throws(CommandError) -> JSON {
    guard let member = json[name] else {
      throw CommandError("'\(name)' is missing, expected \(expected)")
    }
    return member
  }

  private static func names(_ json: JSON) throws(CommandError) -> Nodes {
    let expected = "how many nodes there are or a list of their names"
    let nodes = try member("nodes", of: json, expected: expected)
    if let count = nodes.integer {
      try NumberRange.nodes.check(Double(count), "nodes")
      return .count(count)
    }
    guard let list = nodes.elements else {
      throw CommandError("nodes is \(nodes.kind), expected \(expected)")
    }
    var names: [String] = []
    for (index, element) in list.enumerated() {
      guard let name = element.string else {
        throw CommandError("the name of node \(index) is \(element.kind), expected a string")
      }
      names.append(name)
    }
    return .names(names)
  }

  /// A number of a few digits asks for memory; names and edges have taken theirs in the file.
  private static func checkMemory(_ nodes: Nodes, edgeCount: Int) throws(CommandError) {
    if case .count(let count) = nodes, count > 10_000_000, count > 4 * edgeCount {
      throw CommandError(
        "nodes is \(Digits.grouped(count)) with \(Digits.grouped(edgeCount)) edges, expected at most "
          + "10,000,000, or 4 for each edge")
    }
  }

  private static func isDirected(_ json: JSON) throws(CommandError) -> Bool {
    switch json["directed"] {
    case nil: return true
    case .bool(let isDirected): return isDirected
    case .some(let other):
      throw CommandError("directed is \(other.kind), expected true or false")
    }
  }

  private static func graph(
    _ nodes: Nodes, _ ends: [(JSON, JSON)], isDirected: Bool
  ) throws -> Graph {
    switch nodes {
    case .count(let count):
      return try Graph(
        nodeCount: count,
        edges: try ends.enumerated().map { index, edge in
          (try number(edge.0, of: index), try number(edge.1, of: index))
        }, directed: isDirected)
    case .names(let names):
      return try Graph(
        nodeNames: names,
        edges: try ends.enumerated().map { index, edge in
          (try name(edge.0, of: index), try name(edge.1, of: index))
        }, directed: isDirected)
    }
  }

  private static func number(_ json: JSON, of edge: Int) throws(CommandError) -> Int {
    guard let number = json.integer else {
      throw CommandError("edge \(edge) names node \(json.kind), expected the number of a node")
    }
    return number
  }

  private static func name(_ json: JSON, of edge: Int) throws(CommandError) -> String {
    guard let name = json.string else {
      throw CommandError("edge \(edge) names node \(json.kind), expected the name of a node")
    }
    return name
  }

  private static func node(_ name: String, of json: JSON, in graph: Graph) throws -> Int {
    let node = try member(name, of: json, expected: "a node")
    if let names = graph.nodeNames {
      guard let text = node.string, let index = names.firstIndex(of: text) else {
        throw CommandError("'\(name)' is \(node.kind), expected one of the graph's node names")
      }
      return index
    }
    guard let index = node.integer, (0..<graph.nodeCount).contains(index) else {
      throw CommandError(
        "'\(name)' is \(node.kind), expected a node from 0 to \(graph.nodeCount - 1)")
    }
    return index
  }

  /// The nodes of each edge, as people read them.
  var edgeNames: [String] {
    let arrow = graph.isDirected ? "→" : "–"
    func name(_ node: Int) -> String { graph.nodeNames?[node] ?? String(node) }
    return graph.edges.map { "\(name($0.source)) \(arrow) \(name($0.target))" }
  }
}
