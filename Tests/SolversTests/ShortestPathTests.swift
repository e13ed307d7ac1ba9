import Solvers
import Testing

@Suite struct ShortestPathTests {
  @Test(arguments: [ShortestPathMethod.automatic, .dijkstra, .bellmanFord], [false, true])
  func nonNegativeCosts(method: ShortestPathMethod, directed: Bool) throws {
    var generator = TestGenerator(seed: 7)
    for round in 0..<60 {
      let nodes = 2 + round % 5
      let graph = generator.graph(
        nodes: nodes, edges: 1 + round % 9 + nodes, directed: directed)
      let solver = try ShortestPath(graph, from: 0, to: nodes - 1, method: method)
      let inputs = generator.inputs(8, count: graph.edges.count, from: 0, to: 4)
      let feasible = simplePaths(steps(graph), from: 0, to: nodes - 1)
        .map { indicator($0, count: graph.edges.count) }
      #expect(checkSolver(solver, feasible: feasible, inputs: inputs) == [])
      for input in inputs {
        let path = try solver.nodes(of: try solver(input))
        #expect(path.first == 0 && path.last == nodes - 1 && Set(path).count == path.count)
      }
    }
  }

  @Test(arguments: [ShortestPathMethod.automatic, .topologicalOrder, .bellmanFord])
  func acyclicGraphWithAnyCosts(method: ShortestPathMethod) throws {
    var generator = TestGenerator(seed: 8)
    for round in 0..<60 {
      let nodes = 2 + round % 6
      let graph = generator.graph(
        nodes: nodes, edges: nodes + round % 7, directed: true, acyclic: true)
      let solver = try ShortestPath(graph, from: 0, to: nodes - 1, method: method)
      let inputs = generator.inputs(8, count: graph.edges.count, from: -4, to: 4)
      let feasible = simplePaths(steps(graph), from: 0, to: nodes - 1)
        .map { indicator($0, count: graph.edges.count) }
      #expect(checkSolver(solver, feasible: feasible, inputs: inputs) == [])
    }
  }

  /// The shortest path where no cycle on the way is negative, `negativeCycle` exactly where one is.
  @Test(arguments: [ShortestPathMethod.automatic, .bellmanFord], [false, true])
  func negativeCosts(method: ShortestPathMethod, directed: Bool) throws {
    var generator = TestGenerator(seed: 9)
    var solved = 0
    var refused = 0
    for round in 0..<150 {
      let nodes = 2 + round % 4
      let graph = generator.graph(nodes: nodes, edges: nodes + round % 5, directed: directed)
      let solver = try ShortestPath(graph, from: 0, to: nodes - 1, method: method)
      let steps = steps(graph)
      let cycles = cyclesBetween(steps, from: 0, to: nodes - 1)
      let feasible = simplePaths(steps, from: 0, to: nodes - 1)
        .map { indicator($0, count: graph.edges.count) }
      for input in generator.inputs(6, count: graph.edges.count, from: -1, to: 4) {
        let costs = cycles.map { $0.map { input[$0] }.reduce(0, +) }
        if costs.contains(where: { $0 < 0 }) {
          refused += 1
          let cycle = negativeCycle(solver, input)
          #expect(cycle != nil, "\(graph.edges) \(input) has a negative cycle")
          if let cycle {
            #expect(cycle.cost < 0 && costs.contains(cycle.cost))
            #expect(cycle.nodes.count >= 3 && cycle.nodes.first == cycle.nodes.last)
          }
        } else {
          solved += input.contains { $0 < 0 } ? 1 : 0
          #expect(checkSolver(solver, feasible: feasible, inputs: [input]) == [])
        }
      }
    }
    // In an undirected graph the only negative costs that make no cycle are off every path.
    #expect(refused > 50 && (solved > 50 || !directed))
  }

  private func negativeCycle(
    _ solver: ShortestPath, _ input: [Double]
  ) -> (nodes: [Int], cost: Double)? {
    let error = #expect(throws: SolverError.self) { try solver(input) }
    guard case .negativeCycle(let nodes, let cost) = error else { return nil }
    return (nodes, cost)
  }

  @Test(arguments: [false, true])
  func clippedAndShiftedCosts(directed: Bool) throws {
    var generator = TestGenerator(seed: 10)
    for round in 0..<60 {
      let nodes = 2 + round % 5
      let graph = generator.graph(nodes: nodes, edges: nodes + 5, directed: directed)
      let count = graph.edges.count
      let policies: [(NegativeCosts, ([Double]) -> [Double])] = [
        (.clipped(), { $0.map { max($0, 0) } }),
        (.clipped(to: 0.5), { $0.map { max($0, 0.5) } }),
        (.shifted, { costs in costs.map { $0 - min(0, costs.min() ?? 0) } }),
      ]
      let plain = try ShortestPath(graph, from: 0, to: nodes - 1)
      for (policy, change) in policies {
        for method in [ShortestPathMethod.automatic, .dijkstra] {
          let solver = try ShortestPath(
            graph, from: 0, to: nodes - 1, method: method, negativeCosts: policy)
          for input in generator.inputs(6, count: count, from: -3, to: 3) {
            #expect(try solver(input) == plain(change(input)))
          }
        }
      }
    }
  }

  @Test func matrixLayoutAgreesWithEdges() throws {
    var generator = TestGenerator(seed: 11)
    for round in 0..<60 {
      let nodes = 3 + round % 4
      let adjacency = (0..<nodes).map { tail in
        (0..<nodes).map { head in
          tail != head && (head == tail + 1 || Bool.random(using: &generator))
        }
      }
      let graph = try Graph(adjacency: adjacency)
      let byEdge = try ShortestPath(graph, from: 0, to: nodes - 1)
      let byMatrix = try ShortestPath(graph, from: 0, to: nodes - 1, layout: .matrix)
      #expect(try byMatrix.outputShape(forInput: [nodes, nodes]) == [nodes, nodes])
      let slots = graph.edges.map { $0.source * nodes + $0.target }
      let feasible = simplePaths(steps(graph), from: 0, to: nodes - 1)
        .map { indicator($0.map { slots[$0] }, count: nodes * nodes) }
      let inputs = generator.inputs(6, count: nodes * nodes, from: 0, to: 5)
      #expect(checkSolver(byMatrix, feasible: feasible, inputs: inputs) == [])
      for input in inputs {
        let path = try byEdge(slots.map { input[$0] })
        #expect(try byMatrix(input) == graph.matrix(of: path).flatMap { $0 })
        #expect(try byMatrix.nodes(of: byMatrix(input)) == byEdge.nodes(of: path))
      }
    }
  }

  @Test func undirectedMatrixCostsEachWayByItself() throws {
    let graph = try Graph(nodeCount: 3, edges: [(1, 0), (1, 2), (0, 2)], directed: false)
    let solver = try ShortestPath(graph, from: 0, to: 2, layout: .matrix)
    let costs: [Float] = [0, 1, 5, 9, 0, 1, 9, 9, 0]
    #expect(try solver(costs) == [0, 1, 0, 0, 0, 1, 0, 0, 0])
    let direct: [Float] = [0, 9, 5, 1, 0, 1, 1, 1, 0]
    #expect(try solver(direct) == [0, 0, 1, 0, 0, 0, 0, 0, 0])
    // One negative way of an edge is no cycle while the way back outweighs it.
    #expect(try solver([0, -1, 5, 9, 0, 1, 9, 9, 0] as [Float]) == [0, 1, 0, 0, 0, 1, 0, 0, 0])
    #expect(throws: SolverError.self) { try solver([0, -1, 5, 0.5, 0, 1, 9, 9, 0] as [Float]) }
  }

  /// More than 64 nodes: the heap instead of the word of bits. Bellman-Ford is the check.
  @Test(arguments: [false, true])
  func manyNodes(directed: Bool) throws {
    var generator = TestGenerator(seed: 12)
    for nodes in [64, 65, 100, 300] {
      let ring = (0..<(nodes - 1)).map { ($0, $0 + 1) }
      let chords = (0..<(4 * nodes)).map { _ in
        let tail = Int.random(in: 0..<nodes, using: &generator)
        return (tail, (tail + Int.random(in: 1..<nodes, using: &generator)) % nodes)
      }
      let graph = try Graph(nodeCount: nodes, edges: ring + chords, directed: directed)
      let dijkstra = try ShortestPath(graph, from: 0, to: nodes - 1, method: .dijkstra)
      let other = try ShortestPath(graph, from: 0, to: nodes - 1, method: .bellmanFord)
      var scratch = dijkstra.makeScratch(inputCount: graph.edges.count)
      for input in generator.inputs(20, count: graph.edges.count, from: 0, to: 9) {
        var output = ContiguousArray<Double>(repeating: .nan, count: graph.edges.count)
        var span = output.mutableSpan
        try dijkstra.solve(ContiguousArray(input).span, into: &span, scratch: &scratch)
        let path = Array(output)
        #expect(try dijkstra.nodes(of: path).last == nodes - 1)
        #expect(
          try dijkstra.cost(of: path, under: input) == other.cost(of: other(input), under: input))
        #expect(try dijkstra(input.map(Float.init)).map(Double.init) == path)
      }
    }
  }

  /// With a frontier in one word and with a heap, ties fall alike: the same graph with 60 more nodes,
  /// out of the way of any path but settled before the end, takes the same path.
  @Test func tiesDoNotDependOnTheMethodOfSelection() throws {
    var generator = TestGenerator(seed: 13)
    for _ in 0..<100 {
      let small = generator.graph(nodes: 8, edges: 24, directed: true)
      let pairs = small.edges.map { ($0.source, $0.target) }
      let large = try Graph(nodeCount: 80, edges: pairs)
      let input = generator.coarse(24, from: 0, to: 2)
      #expect(
        try ShortestPath(small, from: 0, to: 7, method: .dijkstra)(input)
          == ShortestPath(large, from: 0, to: 7, method: .dijkstra)(input))
    }
  }

  @Test func firstOfEqualsIsKept() throws {
    let graph = try Graph(nodeCount: 4, edges: [(0, 2), (0, 1), (1, 3), (2, 3), (2, 3)])
    for method in [ShortestPathMethod.dijkstra, .bellmanFord, .automatic] {
      let solver = try ShortestPath(graph, from: 0, to: 3, method: method)
      #expect(try solver([1, 1, 1, 1, 0.5] as [Float]) == [1, 0, 0, 0, 1])
      #expect(try solver([1, 1, 2, 1, 1] as [Float]) == [1, 0, 0, 1, 0])
    }
    let dijkstra = try ShortestPath(graph, from: 0, to: 3, method: .dijkstra)
    #expect(try dijkstra([1, 1, 1, 1, 1] as [Float]) == [0, 1, 1, 0, 0])
  }

  @Test func pathToItselfIsEmpty() throws {
    let graph = try Graph(nodeCount: 2, edges: [(0, 1), (1, 0)])
    for method in [ShortestPathMethod.automatic, .dijkstra, .bellmanFord] {
      let solver = try ShortestPath(graph, from: 1, to: 1, method: method)
      #expect(try solver([1, 2] as [Float]) == [0, 0])
      #expect(try solver.nodes(of: [0, 0] as [Float]) == [1])
    }
  }

  @Test func readsPaths() throws {
    let graph = try Graph(nodeCount: 4, edges: [(1, 0), (1, 2), (3, 2), (0, 3)], directed: false)
    let solver = try ShortestPath(graph, from: 0, to: 3)
    let path = try solver([1, 1, 1, 9] as [Float])
    #expect(path == [1, 1, 1, 0])
    #expect(try solver.nodes(of: path) == [0, 1, 2, 3])
    #expect(try solver.cost(of: path, under: [1, 2, 4, 9]) == 7)
    #expect(throws: SolverError.self) { try solver.nodes(of: [1, 0, 1, 0] as [Float]) }
    #expect(throws: SolverError.self) { try solver.nodes(of: [1, 1, 1, 1] as [Float]) }
    #expect(throws: SolverError.self) { try solver.nodes(of: [0.5, 1, 1, 0] as [Float]) }
    #expect(throws: SolverError.self) { try solver.nodes(of: [1, 1, 1] as [Float]) }
  }

  @Test func refusesBadInput() throws {
    let graph = try Graph(nodeCount: 3, edges: [(0, 1), (1, 2), (2, 0)])
    let solver = try ShortestPath(graph, from: 0, to: 2)
    #expect(throws: SolverError.notANumber(solver: "ShortestPath", index: 1)) {
      try solver([1, .nan, .infinity] as [Float])
    }
    #expect(throws: SolverError.notFinite(solver: "ShortestPath", index: 2, value: .infinity)) {
      try solver([1, 1, .infinity] as [Float])
    }
    #expect(throws: SolverError.self) { try solver([1, 1, 1.7e308] as [Double]) }
    #expect(throws: SolverError.self) { try solver([1, 1] as [Float]) }
    #expect(throws: SolverError.self) { try solver.outputShape(forInput: [3, 3]) }
    let dijkstra = try ShortestPath(graph, from: 0, to: 2, method: .dijkstra)
    #expect(
      throws: SolverError.negativeCost(index: 1, value: -2, method: "Dijkstra's method")
    ) { try dijkstra([1, -2, 5] as [Float]) }
    #expect(throws: SolverError.negativeCycle(nodes: [0, 1, 2, 0], cost: -1)) {
      try ShortestPath(graph, from: 0, to: 2)([1, -3, 1] as [Float])
    }
  }

  @Test func refusesBadConstruction() throws {
    let graph = try Graph(nodeCount: 4, edges: [(0, 1), (1, 2), (2, 0), (3, 2)])
    #expect(throws: SolverError.unreachable(source: 0, target: 3)) {
      try ShortestPath(graph, from: 0, to: 3)
    }
    #expect(throws: SolverError.missingNode(node: 4, edge: nil, nodeCount: 4)) {
      try ShortestPath(graph, from: 0, to: 4)
    }
    #expect(throws: SolverError.cyclicGraph(node: 0)) {
      try ShortestPath(graph, from: 0, to: 2, method: .topologicalOrder)
    }
    #expect(throws: SolverError.self) {
      try ShortestPath(graph, from: 0, to: 2, negativeCosts: .clipped(to: -1))
    }
    #expect(throws: SolverError.self) {
      try ShortestPath(Graph(nodeCount: 1, edges: []), from: 0, to: 0)
    }
    let doubled = try Graph(nodeCount: 2, edges: [(0, 1), (0, 1)])
    #expect(throws: SolverError.parallelEdges(first: 0, second: 1, source: 0, target: 1)) {
      try ShortestPath(doubled, from: 0, to: 1, layout: .matrix)
    }
  }

  /// A cycle that no path can meet does not matter.
  @Test func negativeCycleOutOfTheWayIsHarmless() throws {
    let graph = try Graph(nodeCount: 4, edges: [(0, 1), (0, 2), (2, 3), (3, 2)])
    let solver = try ShortestPath(graph, from: 0, to: 1, method: .bellmanFord)
    #expect(try solver([1, 1, -5, -5] as [Float]) == [1, 0, 0, 0])
  }
}
