import Solvers
import Testing

@Suite struct GridShortestPathTests {
  private static let sizes = [(1, 1), (1, 4), (2, 2), (3, 2), (3, 3), (3, 4)]

  /// Cells that a path visits, as slots: its first cell and the head of each step.
  private func cellPaths(_ graph: Graph, from source: Int, to target: Int) -> [[Int]] {
    let byHead = steps(graph).map { Step(tail: $0.tail, head: $0.head, slot: $0.head) }
    return simplePaths(byHead, from: source, to: target).map { [source] + $0 }
  }

  @Test(arguments: sizes, [GridNeighbors.four, .eight])
  func costsAtCells(size: (Int, Int), neighbors: GridNeighbors) throws {
    let (rows, columns) = size
    var generator = TestGenerator(seed: UInt64(rows * 10 + columns))
    let solver = try GridShortestPath(rows: rows, columns: columns, neighbors: neighbors)
    let count = rows * columns
    let feasible = cellPaths(solver.graph, from: 0, to: count - 1)
      .map { indicator($0, count: count) }
    let inputs = generator.inputs(100, count: count, from: 0, to: 4)
    #expect(checkSolver(solver, feasible: feasible, inputs: inputs) == [])
    #expect(try solver.outputShape(forInput: [rows, columns]) == [rows, columns])
  }

  @Test(arguments: sizes.dropFirst(), [GridNeighbors.four, .eight])
  func costsAtEdges(size: (Int, Int), neighbors: GridNeighbors) throws {
    let (rows, columns) = size
    var generator = TestGenerator(seed: UInt64(rows * 10 + columns))
    let solver = try GridShortestPath(
      rows: rows, columns: columns, neighbors: neighbors, costs: .edge)
    let count = solver.graph.edges.count
    let feasible = simplePaths(steps(solver.graph), from: 0, to: rows * columns - 1)
      .map { indicator($0, count: count) }
    let inputs = generator.inputs(60, count: count, from: 0, to: 4)
    #expect(checkSolver(solver, feasible: feasible, inputs: inputs) == [])
  }

  @Test func otherEnds() throws {
    var generator = TestGenerator(seed: 3)
    let solver = try GridShortestPath(
      rows: 3, columns: 3, neighbors: .four, from: (row: 1, column: 2), to: (row: 2, column: 0))
    let feasible = cellPaths(solver.graph, from: 5, to: 6).map { indicator($0, count: 9) }
    let inputs = generator.inputs(100, count: 9, from: 0, to: 4)
    #expect(checkSolver(solver, feasible: feasible, inputs: inputs) == [])
  }

  /// Negative cells are served unless two neighbours sum to less than 0 (longer cycles follow).
  @Test func negativeCells() throws {
    var generator = TestGenerator(seed: 4)
    let solver = try GridShortestPath(rows: 3, columns: 3, neighbors: .four)
    let feasible = cellPaths(solver.graph, from: 0, to: 8).map { indicator($0, count: 9) }
    var solved = 0
    var refused = 0
    for _ in 0..<2000 {
      let input = generator.fine(9, from: -1, to: 4)
      guard input.contains(where: { $0 < 0 }) else { continue }
      if solver.graph.edges.contains(where: { input[$0.source] + input[$0.target] < 0 }) {
        refused += 1
        #expect(throws: SolverError.self) { try solver(input) }
      } else {
        solved += 1
        #expect(checkSolver(solver, feasible: feasible, inputs: [input]) == [])
      }
    }
    #expect(solved > 100 && refused > 100)
  }

  @Test func clippedAndShifted() throws {
    let costs: [Double] = [0, -2, 3, 1, -1, 2, 0, 4, 1]
    let plain = try GridShortestPath(rows: 3, columns: 3)
    let clipped = try GridShortestPath(rows: 3, columns: 3, negativeCosts: .clipped())
    let shifted = try GridShortestPath(rows: 3, columns: 3, negativeCosts: .shifted)
    #expect(throws: SolverError.self) { try plain(costs) }
    #expect(try clipped(costs) == plain(costs.map { max($0, 0) }))
    #expect(try shifted(costs) == plain(costs.map { $0 + 2 }))
  }

  /// A large grid takes the heap; the general solver on the same graph is the check.
  @Test(arguments: [GridNeighbors.four, .eight])
  func largeGrid(neighbors: GridNeighbors) throws {
    var generator = TestGenerator(seed: 5)
    let (rows, columns) = (12, 9)
    let solver = try GridShortestPath(rows: rows, columns: columns, neighbors: neighbors)
    let steps = steps(solver.graph)
    let graph = try Graph(
      nodeCount: rows * columns, edges: steps.map { ($0.tail, $0.head) })
    let general = try ShortestPath(graph, from: 0, to: rows * columns - 1, method: .bellmanFord)
    for input in generator.inputs(60, count: rows * columns, from: 0, to: 5) {
      let edgeCosts = steps.map { input[$0.head] }
      let path = try general(edgeCosts)
      let best = input[0] + (try general.cost(of: path, under: edgeCosts))
      let cells = try solver(input)
      #expect(dot(cells, input) == best)
      #expect(cells[0] == 1 && cells[rows * columns - 1] == 1)
      #expect(try solver(input.map(Float.init)).map(Double.init) == cells)
      // Feasible: the marked cells alone, all others closed by a high cost, still give that path.
      let closed = zip(input, cells).map { $1 == 1 ? $0 : 1000 }
      #expect(dot(try solver(closed), closed) == best)
    }
  }

  @Test func refuses() throws {
    #expect(throws: SolverError.self) { try GridShortestPath(rows: 0, columns: 3) }
    #expect(throws: SolverError.self) { try GridShortestPath(rows: 1, columns: 1, costs: .edge) }
    #expect(throws: SolverError.self) {
      try GridShortestPath(rows: 2, columns: 2, to: (row: 2, column: 0))
    }
    let solver = try GridShortestPath(rows: 2, columns: 2)
    #expect(throws: SolverError.self) { try solver([1, 2, 3] as [Float]) }
    #expect(throws: SolverError.self) { try solver.outputShape(forInput: [4, 1]) }
    #expect(throws: SolverError.notANumber(solver: "GridShortestPath", index: 3)) {
      try solver([1, 2, 3, .nan] as [Float])
    }
  }
}
