import Solvers
import Testing

/// Dijkstra's method as it is told: the nearest node that waits is settled, of equally near ones that
/// with the lowest number; its arcs are tried in order; what is reached first by a shortest way stays.
private func plainDijkstra(
  _ arcs: [(Int, Int)], nodeCount: Int, costs: [Float], from source: Int, to target: Int
) -> [Float] {
  var outgoing = [[Int]](repeating: [], count: nodeCount)
  for (index, arc) in arcs.enumerated() { outgoing[arc.0].append(index) }
  var distances = [Double](repeating: .infinity, count: nodeCount)
  var before = [Int](repeating: -1, count: nodeCount)
  var isSettled = [Bool](repeating: false, count: nodeCount)
  distances[source] = 0
  var waiting = [(0.0, source)]
  func sift(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < waiting.count {
        if waiting[child] < waiting[least] { least = child }
      }
      if least == place { return }
      waiting.swapAt(place, least)
      place = least
    }
  }
  while !waiting.isEmpty {
    let (distance, node) = waiting[0]
    waiting[0] = waiting[waiting.count - 1]
    waiting.removeLast()
    sift(0)
    if isSettled[node] { continue }
    isSettled[node] = true
    for index in outgoing[node] {
      let head = arcs[index].1
      let reached = distance + Double(costs[index])
      guard reached < distances[head] else { continue }
      distances[head] = reached
      before[head] = index
      waiting.append((reached, head))
      var place = waiting.count - 1
      while place > 0 && waiting[place] < waiting[(place - 1) / 2] {
        waiting.swapAt(place, (place - 1) / 2)
        place = (place - 1) / 2
      }
    }
  }
  var path = [Float](repeating: 0, count: arcs.count)
  var node = target
  while node != source {
    path[before[node]] = 1
    node = arcs[before[node]].0
  }
  return path
}

@Suite struct RoadNetworkTests {
  /// The very path of the plain method, ties included: costs that seldom tie, costs that often do, and
  /// costs of 0 among them. One scratch, targets near and far in turn.
  private func check(
    rows: Int, columns: Int, roads: Int, isShuffled: Bool, solves: Int
  ) throws {
    var generator = TestGenerator(seed: 17)
    let network = RoadNetwork(
      rows: rows, columns: columns, roads: roads, isShuffled: isShuffled, using: &generator)
    let (arcs, count) = (network.arcs, network.arcs.count)
    #expect(count == 2 * roads && network.nodeCount == rows * columns)
    let graph = try Graph(nodeCount: network.nodeCount, edges: arcs)
    let (source, target) = network.corners
    let near = Int.random(in: 0..<network.nodeCount, using: &generator)
    for end in [target, near] where end != source {
      let solver = try ShortestPath(graph, from: source, to: end)
      var scratch = solver.makeScratch(inputCount: count)
      for round in 0..<solves {
        let costs = network.lengths.map {
          switch round % 3 {
          case 0: $0 * Float.random(in: 0.8...1.25, using: &generator)
          case 1: Float(Int.random(in: 1...3, using: &generator))
          default: Float(Int.random(in: 0...2, using: &generator))
          }
        }
        var output = ContiguousArray<Float>(repeating: .nan, count: count)
        var span = output.mutableSpan
        try solver.solve(ContiguousArray(costs).span, into: &span, scratch: &scratch)
        let path = Array(output)
        let isRight =
          path
          == plainDijkstra(
            arcs, nodeCount: network.nodeCount, costs: costs, from: source, to: end)
        #expect(isRight, "another path than Dijkstra's method takes")
        #expect(try solver.nodes(of: path).last == end)
      }
    }
  }

  @Test(arguments: [false, true])
  func smallNetworks(isShuffled: Bool) throws {
    for (rows, columns) in [(9, 8), (10, 20), (3, 100), (30, 30)] {
      let tree = rows * columns - 1
      for roads in [tree, tree + 20, tree + rows * columns / 2] {
        try check(
          rows: rows, columns: columns, roads: roads, isShuffled: isShuffled, solves: 9)
      }
    }
  }

  /// 100,000 junctions and 250,000 arcs.
  @Test(arguments: [false, true])
  func largeNetwork(isShuffled: Bool) throws {
    try check(rows: 250, columns: 400, roads: 125_000, isShuffled: isShuffled, solves: 3)
  }
}
