/// Nodes and edges: a graph drawn at given positions.
///
/// ```swift
/// Network(
///   nodes: cities.map { .init($0.name, x: $0.x, y: $0.y) },
///   edges: roads.map { .init($0.from, $0.to, weight: $0.share, label: "\($0.cost)") })
/// ```
public struct Network: Primitive {
  /// A node and its place.
  public struct Node: Sendable, Hashable {
    var name: String
    var x: Double
    var y: Double
    var isHighlighted: Bool

    /// A node named at (x, y), y upwards.
    public init(_ name: String, x: Double, y: Double, isHighlighted: Bool = false) {
      self.name = name
      self.x = x
      self.y = y
      self.isHighlighted = isHighlighted
    }
  }

  /// An edge between two nodes, told by their places in the list.
  public struct Edge: Sendable, Hashable {
    var from: Int
    var to: Int
    var weight: Double?
    var label: String
    var isHighlighted: Bool

    /// An edge; its width grows with the weight, and edges without one are thin. The label stands
    /// on the edge.
    public init(
      _ from: Int, _ to: Int, weight: Double? = nil, label: String = "",
      isHighlighted: Bool = false
    ) {
      self.from = from
      self.to = to
      self.weight = weight
      self.label = label
      self.isHighlighted = isHighlighted
    }
  }

  let nodes: [Node]
  let edges: [Edge]
  let isDirected: Bool
  let ink: Ink
  let maximumWeight: Double?

  /// A network. The ink is that of highlighted nodes and edges.
  ///
  /// The widest edge is that of `maximumWeight`, or where that is nil of the largest weight there
  /// is: give it, say 1 for shares, to compare several networks.
  public init(
    nodes: [Node], edges: [Edge], isDirected: Bool = true, ink: Ink = .series(1),
    maximumWeight: Double? = nil
  ) {
    self.nodes = nodes
    self.edges = edges
    self.isDirected = isDirected
    self.ink = ink
    self.maximumWeight = maximumWeight
  }

  var name: String { "network" }
  var series: [SeriesKey] { [SeriesKey(label: "", ink: ink)] }
  var isDecorated: Bool { false }
  var prefersEqualAspect: Bool { true }

  var columns: [DataColumn] {
    [
      DataColumn(name: "network, x of nodes", direction: .x, values: nodes.map(\.x)),
      DataColumn(name: "network, y of nodes", direction: .y, values: nodes.map(\.y)),
      DataColumn(
        name: "network, weights of edges", direction: .neither, values: edges.map { $0.weight ?? 0 }
      ),
    ]
  }

  func checkLengths() throws(FigureError) {
    for (index, edge) in edges.enumerated() {
      for node in [edge.from, edge.to] where !nodes.indices.contains(node) {
        throw .noSuchNode(network: name, edge: index, node: node, nodes: nodes.count)
      }
    }
  }

  func extents(x: AxisScale, y: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    var result = pointExtents(nodes.map(\.x), nodes.map(\.y), x, y)
    result.x.padding = 0.1
    result.y.padding = 0.1
    return result
  }
}
