import Solvers
import Testing

/// Numbers that would take more memory than there is, or more than a number holds, are refused or need
/// none.
@Suite struct LargeRequestTests {
  /// The output of a solver for one input.
  private func output<S: Solver>(_ solver: S, _ input: [Double]) throws -> [Double] {
    var output = ContiguousArray(repeating: -1.0, count: input.count)
    var scratch = try solver.makeScratch(inputCount: input.count)
    var span = output.mutableSpan
    try solver.solve(ContiguousArray(input).span, into: &span, scratch: &scratch)
    return Array(output)
  }

  /// Two thousand million nodes of which edges name a few: memory for these.
  @Test func nodesWithoutEdges() throws {
    let far = Int(Int32.max) - 1
    let graph = try Graph(nodeCount: far + 1, edges: [(7, far), (7, 1000), (1000, far), (far, 3)])
    let path = try ShortestPath(graph, from: 7, to: far)
    #expect(try output(path, [5, 1, 2, 1]) == [0, 1, 1, 0])
    #expect(try output(path, [2, 1, 2, 1]) == [1, 0, 0, 0])
    #expect(try path.nodes(of: [0, 1, 1, 0] as [Double]) == [7, 1000, far])
    #expect(throws: SolverError.unreachable(source: 3, target: 7)) {
      try ShortestPath(graph, from: 3, to: 7)
    }
    #expect(throws: SolverError.unreachable(source: 12, target: 7)) {
      try ShortestPath(graph, from: 12, to: 7)
    }
    let cyclic = try Graph(
      nodeCount: far + 1, edges: [(7, 500), (500, far), (far, 500), (far, 9)])
    #expect(throws: SolverError.cyclicGraph(node: 500)) {
      try ShortestPath(cyclic, from: 7, to: 9, method: .topologicalOrder)
    }
    #expect(throws: SolverError.negativeCycle(nodes: [500, far, 500], cost: -1)) {
      try output(ShortestPath(cyclic, from: 7, to: 9), [1, 1, -2, 1])
    }
    #expect(throws: SolverError.self) {
      try SpanningTree(Graph(nodeCount: far, edges: [(0, 1)], directed: false))
    }
    #expect(throws: SolverError.self) { try graph.matrix(of: [1, 1, 1, 1] as [Double]) }
    #expect(throws: SolverError.self) { try Graph(nodeCount: .max, edges: []) }
  }

  /// Ties are settled by the numbers of the graph, however few of them are named.
  @Test func tiesOfSparseNodes() throws {
    let near = try ShortestPath(
      Graph(nodeCount: 4, edges: [(0, 2), (0, 1), (1, 3), (2, 3)]), from: 0, to: 3)
    let far = try ShortestPath(
      Graph(
        nodeCount: 1_000_000_000,
        edges: [(10, 5000), (10, 400), (400, 999_999_999), (5000, 999_999_999)]),
      from: 10, to: 999_999_999)
    #expect(try output(near, [1, 1, 1, 1]) == output(far, [1, 1, 1, 1]))
  }

  @Test func grids() {
    #expect(throws: SolverError.self) {
      try Graph.grid(rows: 30_000, columns: 30_000, neighbors: .eight)
    }
    #expect(throws: SolverError.self) { try GridShortestPath(rows: 30_000, columns: 30_000) }
  }

  @Test func knapsacks() throws {
    // Weights whose sum is more than a number holds.
    #expect(throws: SolverError.self) {
      try Knapsack(weights: [.max, .max - 1], capacity: .max)
    }
    let light = try Knapsack(weights: [.max - 1, .max - 1, 0], capacity: .max)
    #expect(try output(light, [1, 2, 3]) == [0, 1, 1])
    let heavy = try Knapsack(weights: [.max, 2], capacity: 3)
    #expect(try output(heavy, [1, 2]) == [0, 1])
    #expect(throws: SolverError.self) { try Knapsack(weights: [1], capacity: .min) }
    #expect(throws: SolverError.self) { try TopK(.max).outputShape(forInput: [3]) }
    #expect(throws: SolverError.self) { try TopK(.min) }
    #expect(throws: SolverError.self) { try LinearAssignment(rows: .max) }
    #expect(throws: SolverError.self) { try LinearAssignment(rows: 1, columns: .min) }
  }

  /// Blocks of no inputs are solved by doing nothing.
  @Test func blocksWithoutRows() throws {
    func check(_ solver: some Solver, inputCount: Int) throws {
      var scratch = try solver.makeScratch(inputCount: inputCount)
      var none = ContiguousArray<Float>()
      var nothing = ContiguousArray<Double>()
      let (single, double) = (none, nothing)
      var floats = none.mutableSpan
      var doubles = nothing.mutableSpan
      try solver.solve(block: single.span, rows: 0, into: &floats, scratch: &scratch)
      try solver.solve(block: double.span, rows: 0, into: &doubles, scratch: &scratch)
    }
    try check(ArgMax(), inputCount: 3)
    try check(ArgMin(), inputCount: 3)
    try check(Ranking(), inputCount: 3)
    try check(Sorting(), inputCount: 3)
    try check(TopK(2), inputCount: 3)
    try check(LogicalOr(), inputCount: 3)
    try check(LogicalAnd(), inputCount: 3)
    try check(Knapsack(weights: [1, 2, 3], capacity: 3), inputCount: 3)
    try check(LinearAssignment(rows: 2), inputCount: 4)
    try check(GridShortestPath(rows: 2, columns: 2), inputCount: 4)
    let graph = try Graph(nodeCount: 3, edges: [(0, 1), (1, 2), (0, 2)], directed: false)
    try check(SpanningTree(graph), inputCount: 3)
    try check(ShortestPath(graph, from: 0, to: 2), inputCount: 3)
  }
}
