import Solvers
import Testing

/// The error of a block in single precision, and the one in double.
private func blockErrors<S: Solver>(_ solver: S, _ inputs: [[Float]]) throws -> [SolverBlockError] {
  var scratch = try solver.makeScratch(inputCount: inputs[0].count)
  let single = #expect(throws: SolverBlockError.self) {
    try solveBlock(solver, inputs, scratch: &scratch)
  }
  let double = #expect(throws: SolverBlockError.self) {
    try solveBlock(solver, inputs.map { $0.map(Double.init) }, scratch: &scratch)
  }
  return [try #require(single), try #require(double)]
}

/// Finds the wrong input of a block, and says of it what a solve says.
private func checkWrongRow<S: Solver>(
  _ solver: S, count: Int, wrong: Float, location: SourceLocation = #_sourceLocation
) throws {
  var generator = TestGenerator(seed: 5)
  for (rows, row) in [(1, 0), (2, 1), (20, 0), (20, 17), (40, 39)] {
    var inputs = generator.inputs(rows, count: count, from: 1, to: 9).map { $0.map(Float.init) }
    for place in row..<rows { inputs[place][count - 1] = wrong }
    let alone = #expect(throws: SolverError.self, sourceLocation: location) {
      try solver(inputs[row])
    }
    for error in try blockErrors(solver, inputs) {
      #expect(error.row == row && error.error == alone, sourceLocation: location)
    }
  }
}

/// Rows that block forms may take for equal or order wrongly: ties, both zeros, infinities.
private func awkward(_ count: Int, rows: Int, seed: UInt64) -> [[Double]] {
  var generator = TestGenerator(seed: seed)
  let values = [-.infinity, -1, -0.0, 0, 0.5, 1, .infinity]
  return (0..<rows).map { _ in
    (0..<count).map { _ in values.randomElement(using: &generator) ?? 0 }
  }
}

@Suite struct SolverBlockTests {
  /// Lengths on both sides of each change of method, here and in the kernels.
  @Test(arguments: [1, 2, 7, 16, 31, 32, 33, 63, 64, 65, 128, 129, 143, 145, 256, 257, 1024, 1030])
  func ordersAndVotes(count: Int) throws {
    var generator = TestGenerator(seed: UInt64(count))
    let inputs =
      awkward(count, rows: 25, seed: 2) + generator.inputs(25, count: count, from: -2, to: 2)
      + [[Double](repeating: -0.0, count: count), [Double](repeating: 3, count: count)]
    for descending in [false, true] {
      #expect(try blockFaults(Ranking(descending: descending), inputs: inputs) == [])
      #expect(try blockFaults(Sorting(descending: descending), inputs: inputs) == [])
    }
    for k in [1, 3, 16, 17, count] where k <= count {
      #expect(try blockFaults(TopK(k), inputs: inputs) == [])
    }
    #expect(try blockFaults(ArgMax(), inputs: inputs) == [])
    #expect(try blockFaults(ArgMin(), inputs: inputs) == [])
    #expect(try blockFaults(LogicalOr(), inputs: inputs) == [])
    #expect(try blockFaults(LogicalAnd(), inputs: inputs) == [])
  }

  @Test func wrongRowOfVectors() throws {
    for count in [1, 20, 40, 300] {
      try checkWrongRow(ArgMax(), count: count, wrong: .nan)
      try checkWrongRow(ArgMin(), count: count, wrong: .nan)
      try checkWrongRow(Ranking(), count: count, wrong: .nan)
      try checkWrongRow(Sorting(), count: count, wrong: .nan)
      try checkWrongRow(try TopK(1), count: count, wrong: .nan)
      try checkWrongRow(try TopK(count), count: count, wrong: .nan)
      try checkWrongRow(LogicalOr(), count: count, wrong: .nan)
      try checkWrongRow(LogicalAnd(), count: count, wrong: .nan)
    }
  }

  /// Small graphs are searched side by side; grids of more than 64 cells are not.
  @Test(arguments: [NegativeCosts.allowed, .clipped(), .clipped(to: 0.5), .shifted])
  func paths(negativeCosts: NegativeCosts) throws {
    var generator = TestGenerator(seed: 14)
    let least = negativeCosts == .allowed ? 0 : -2
    for round in 0..<30 {
      let nodes = 3 + round % 10
      let graph = generator.graph(nodes: nodes, edges: 3 * nodes, directed: round % 2 == 0)
      let solver = try ShortestPath(
        graph, from: 0, to: nodes - 1, negativeCosts: negativeCosts)
      let inputs = generator.inputs(40, count: graph.edges.count, from: least, to: 4)
      #expect(try blockFaults(solver, inputs: inputs) == [])
    }
    for size in [1, 5, 8, 9] {
      for costs in [GridShortestPath.Costs.node, .edge] where size > 1 || costs == .node {
        let solver = try GridShortestPath(
          rows: size, columns: size, costs: costs, negativeCosts: negativeCosts)
        let count = costs == .node ? size * size : solver.graph.edges.count
        let inputs = generator.inputs(40, count: count, from: least, to: 4)
        #expect(try blockFaults(solver, inputs: inputs) == [])
      }
    }
  }

  /// Negative costs in some rows of an acyclic graph, which is solved for any costs.
  @Test func pathsWithSomeNegativeCosts() throws {
    var generator = TestGenerator(seed: 15)
    for _ in 0..<30 {
      let graph = generator.graph(nodes: 8, edges: 24, directed: true, acyclic: true)
      let inputs =
        generator.inputs(20, count: 24, from: 0, to: 4)
        + generator.inputs(20, count: 24, from: -4, to: 4)
      let solver = try ShortestPath(graph, from: 0, to: 7)
      #expect(try blockFaults(solver, inputs: inputs.shuffled(using: &generator)) == [])
    }
  }

  @Test func wrongRowOfPaths() throws {
    for nodes in [5, 80] {
      let ring = (0..<nodes).map { ($0, ($0 + 1) % nodes) }
      let graph = try Graph(nodeCount: nodes, edges: ring, directed: false)
      for wrong in [Float.nan, .infinity, -.infinity, -20] {
        try checkWrongRow(try ShortestPath(graph, from: 0, to: 2), count: nodes, wrong: wrong)
      }
    }
    for wrong in [Float.nan, .infinity, -20] {
      try checkWrongRow(try GridShortestPath(rows: 3, columns: 3), count: 9, wrong: wrong)
    }
  }

  @Test func emptyAndWrongBlocks() throws {
    var scratch = Ranking().makeScratch(inputCount: 3)
    #expect(try solveBlock(Ranking(), [[Float]](), scratch: &scratch) == [])
    var outputs = ContiguousArray<Float>(repeating: 0, count: 4)
    let expected = SolverBlockError(
      row: 0, error: .wrongCount(solver: "Ranking", what: "output", count: 2, expected: 3))
    #expect(throws: expected) {
      var span = outputs.mutableSpan
      let inputs: ContiguousArray<Float> = [1, 2, 3, 4, 5, 6]
      try Ranking().solve(block: inputs.span, rows: 2, into: &span, scratch: &scratch)
    }
    #expect("\(expected)" == "input 0: Ranking: output of 2 entries; expected 3")
    outputs = []
  }

  @Test func solversStateWhatTheyAre() throws {
    let graph = try Graph(nodeCount: 2, edges: [(0, 1)])
    for (costs, isExact) in [
      (NegativeCosts.allowed, true), (.clipped(), false), (.clipped(to: 1), false),
      (.shifted, false),
    ] {
      #expect(try ShortestPath(graph, from: 0, to: 1, negativeCosts: costs).isExact == isExact)
      #expect(
        try GridShortestPath(rows: 2, columns: 2, negativeCosts: costs).isExact == isExact)
    }
    #expect(ArgMax().output == .largest && ArgMin().output == .smallest)
    #expect(try TopK(2).output == .indicator)
    #expect(try ShortestPath(graph, from: 0, to: 1).output == .indicator)
    #expect(try GridShortestPath(rows: 2, columns: 2).output == .indicator)
    #expect(Ranking().output == .dense && Sorting().output == .dense)
    #expect(LogicalOr().output == .dense && LogicalAnd().output == .dense)
    #expect(ArgMax().isExact && Ranking().precision == .either)
  }
}
