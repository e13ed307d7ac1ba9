import Solvers
import Testing

@Suite struct SpanningTreeTests {
  /// All sets of edges that join all nodes without a cycle.
  private func trees(_ graph: Graph) -> [[Double]] {
    indicators(count: graph.edges.count, ones: graph.nodeCount - 1).filter { marks in
      var parts = Array(0..<graph.nodeCount)
      for (edge, mark) in zip(graph.edges, marks) where mark == 1 {
        let (old, new) = (parts[edge.source], parts[edge.target])
        parts = parts.map { $0 == old ? new : $0 }
      }
      return Set(parts).count == 1
    }
  }

  private func connected(
    nodes: Int, extra: Int, using generator: inout TestGenerator
  ) throws -> Graph {
    var edges = (1..<nodes).map { (Int.random(in: 0..<$0, using: &generator), $0) }
    for _ in 0..<extra {
      let tail = Int.random(in: 0..<nodes, using: &generator)
      edges.append((tail, (tail + Int.random(in: 1..<nodes, using: &generator)) % nodes))
    }
    return try Graph(nodeCount: nodes, edges: edges.shuffled(using: &generator), directed: false)
  }

  @Test func isBestTree() throws {
    var generator = TestGenerator(seed: 31)
    for round in 0..<30 {
      let graph = try connected(nodes: 2 + round % 5, extra: round % 6, using: &generator)
      let inputs = generator.inputs(30, count: graph.edges.count, from: -3, to: 3)
      let feasible = trees(graph)
      for sense in [Sense.minimize, .maximize] {
        #expect(
          checkSolver(try SpanningTree(graph, sense: sense), feasible: feasible, inputs: inputs)
            == [])
      }
    }
  }

  /// Beyond the lengths at which the order of the edges is found in another way.
  @Test(arguments: [40, 200, 600])
  func blocksOfLargeGraphs(nodes: Int) throws {
    var generator = TestGenerator(seed: UInt64(nodes))
    let graph = try connected(nodes: nodes, extra: nodes, using: &generator)
    let inputs = generator.inputs(20, count: graph.edges.count, from: -2, to: 2)
    for sense in [Sense.minimize, .maximize] {
      let solver = try SpanningTree(graph, sense: sense)
      #expect(try blockFaults(solver, inputs: inputs) == [])
      #expect(try solver(inputs[0]).reduce(0, +) == Double(nodes - 1))
    }
  }

  @Test func firstOfEqualsIsTaken() throws {
    let graph = try Graph(nodeCount: 3, edges: [(0, 1), (1, 2), (2, 0)], directed: false)
    for sense in [Sense.minimize, .maximize] {
      let solver = try SpanningTree(graph, sense: sense)
      #expect(try solver([1, 1, 1] as [Float]) == [1, 1, 0])
      #expect(try solver([0, -0.0, 0] as [Double]) == [1, 1, 0])
    }
    #expect(try SpanningTree(graph)([.infinity, 2, -.infinity] as [Float]) == [0, 1, 1])
  }

  @Test func refuses() throws {
    let pairs = [(0, 1), (1, 2)]
    let graph = try Graph(nodeCount: 3, edges: pairs, directed: false)
    let solver = try SpanningTree(graph)
    #expect(throws: SolverError.notANumber(solver: "SpanningTree", index: 1)) {
      try solver([1, .nan] as [Float])
    }
    #expect(throws: SolverError.self) { try solver([1, 2, 3] as [Float]) }
    #expect(throws: SolverError.self) { try SpanningTree(Graph(nodeCount: 3, edges: pairs)) }
    #expect(throws: SolverError.self) {
      try SpanningTree(Graph(nodeCount: 4, edges: pairs, directed: false))
    }
    #expect(throws: SolverError.self) { try SpanningTree(Graph(nodeCount: 1, edges: [])) }
    var scratch = solver.makeScratch(inputCount: 2)
    #expect(
      throws: SolverBlockError(row: 1, error: .notANumber(solver: "SpanningTree", index: 0))
    ) { try solveBlock(solver, [[1, 2], [.nan, 1]] as [[Float]], scratch: &scratch) }
  }
}
