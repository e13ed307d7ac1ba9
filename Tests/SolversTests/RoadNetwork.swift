import Solvers

/// A network like one of roads: junctions on a grid, moved at random, joined to neighbours so that all
/// are connected and some 1.25 roads meet the number of junctions; lengths are distances in the plane.
struct RoadNetwork {
  /// Two arcs for each road, one each way.
  let arcs: [(Int, Int)]
  /// The length of each arc.
  let lengths: [Float]
  let nodeCount: Int
  /// The junctions in two corners, far from one another.
  let corners: (Int, Int)

  /// - Parameters:
  ///   - rows: rows of junctions.
  ///   - columns: columns of junctions.
  ///   - roads: how many roads, at least rows · columns − 1.
  ///   - isShuffled: whether junctions and roads are numbered at random instead of by place.
  ///   - generator: what is random.
  init(
    rows: Int, columns: Int, roads: Int, isShuffled: Bool, using generator: inout TestGenerator
  ) {
    nodeCount = rows * columns
    let places = (0..<nodeCount).map { node in
      (
        Float(node % columns) + Float.random(in: -0.4...0.4, using: &generator),
        Float(node / columns) + Float.random(in: -0.4...0.4, using: &generator)
      )
    }
    var candidates: [(Int, Int)] = []
    for node in 0..<nodeCount {
      if node % columns + 1 < columns { candidates.append((node, node + 1)) }
      if node + columns < nodeCount { candidates.append((node, node + columns)) }
    }
    // A spanning tree of random roads first, then others.
    candidates.shuffle(using: &generator)
    var parents = Array(0..<nodeCount)
    func root(_ node: Int) -> Int {
      var node = node
      while parents[node] != node {
        parents[node] = parents[parents[node]]
        node = parents[node]
      }
      return node
    }
    var chosen: [(Int, Int)] = []
    var others: [(Int, Int)] = []
    for (a, b) in candidates {
      let (rootA, rootB) = (root(a), root(b))
      if rootA == rootB { others.append((a, b)) } else { chosen.append((a, b)) }
      parents[rootA] = rootB
    }
    chosen += others.prefix(roads - chosen.count)
    if !isShuffled { chosen.sort { $0 < $1 } }
    var names = Array(0..<nodeCount)
    if isShuffled { names.shuffle(using: &generator) }
    arcs = chosen.flatMap { [(names[$0.0], names[$0.1]), (names[$0.1], names[$0.0])] }
    lengths = chosen.flatMap { a, b in
      let (dx, dy) = (places[a].0 - places[b].0, places[a].1 - places[b].1)
      let length = (dx * dx + dy * dy).squareRoot() * Float.random(in: 1...1.5, using: &generator)
      return [length, length]
    }
    corners = (names[0], names[nodeCount - 1])
  }
}
