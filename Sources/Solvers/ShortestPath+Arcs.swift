/// The arcs between source and target as lists, for code that solves for many costs at once.
package struct PathArcs: Sendable {
  /// The number of nodes of the graph.
  package let nodeCount: Int
  /// Where paths begin.
  package let source: Int
  /// Where paths end.
  package let target: Int
  /// Where each arc begins; none ends at the source, which no shortest path of costs of 0 or more
  /// enters. Arcs out of nodes near the source come first.
  package let tails: [Int32]
  /// Where each arc ends.
  package let heads: [Int32]
  /// Which cost each arc pays.
  package let slots: [Int32]
  /// The entry of the input at which each cost stands.
  package let entries: [Int32]
  /// The number of entries of the input.
  package let entryCount: Int
  /// What costs below it are raised to; −∞ where they are not.
  package let minimum: Double
  /// The largest cost that is taken.
  package let largestCost: Double
}

extension ShortestPath {
  /// The graph as lists; a negative cost that remains is for `solve`.
  package var pathArcs: PathArcs { finder.pathArcs }
}

extension PathFinder {
  var pathArcs: PathArcs {
    // Distances spread from the source: in this order few passes over the arcs settle them.
    var nodes = [source]
    var isFound = [Bool](repeating: false, count: nodeCount)
    isFound[source] = true
    var chosen: [Int] = []
    var next = 0
    while next < nodes.count {
      for arc in Int(offsets[nodes[next]])..<Int(offsets[nodes[next] + 1]) {
        let head = Int(arcs[arc].head)
        if head != source { chosen.append(arc) }
        if !isFound[head] {
          isFound[head] = true
          nodes.append(head)
        }
      }
      next += 1
    }
    var minimum = -Double.infinity
    if case .clipped(let least) = negativeCosts { minimum = least }
    return PathArcs(
      nodeCount: nodeCount, source: source, target: target, tails: chosen.map { tails[$0] },
      heads: chosen.map { arcs[$0].head }, slots: chosen.map { arcs[$0].slot },
      entries: positions ?? (0..<Int32(slotCount)).map { $0 }, entryCount: entryCount,
      minimum: minimum, largestCost: largestCost)
  }
}
