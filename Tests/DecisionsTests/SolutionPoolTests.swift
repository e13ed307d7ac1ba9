import Decisions
import Testing

@Suite struct SolutionPoolTests {
  @Test func aPoolKeepsEachSolutionOnce() throws {
    let solver = try smallPaths()
    var pool = SolutionPool(Tensor<Double>([[1, 0, 1], [0, 1, 1], [1, -0.0, 1]]))
    #expect(pool.solutions == [[0, 1, 1], [1, 0, 1]])
    pool.add([[1, 1, 0], [0, 1, 1], [0, 0, 0]])
    #expect(pool.solutions == [[0, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 0]])
    var paths = SolutionPool(try solver(costs(1), batchAxes: 1))
    try paths.add(decidedBy: solver, for: costs(2, rows: 200))
    #expect(paths.count == 6, "all paths of the grid")
  }

  @Test func itsSolverTakesTheBest() throws {
    let solver = try smallPaths()
    let pool = SolutionPool(try solver(costs(2, rows: 200), batchAxes: 1))
    let questions = costs(3, rows: 30)
    #expect(
      try pool.solver(.minimize)(questions, batchAxes: 1) == solver(questions, batchAxes: 1))
    let single: Tensor<Float> = questions.cast(to: Float.self)
    #expect(
      try pool.solver(.minimize)(single, batchAxes: 1) == solver(single, batchAxes: 1))
    #expect(
      try pool.solver(.maximize)(-questions, batchAxes: 1) == solver(questions, batchAxes: 1))
    let small = SolutionPool(Tensor<Double>([[1, 0], [0, 1]]))
    #expect(try small.solver(.minimize)([2, 1] as [Double]) == [0, 1])
    #expect(try small.solver(.maximize)([1, 1] as [Double]) == [0, 1], "of equals the first")
    #expect(throws: SolverError.self) { try small.solver(.minimize)([1, 2, 3] as [Double]) }
    #expect(small.objectives([[3, 5], [7, 11]]) == [[5, 3], [11, 7]])
  }

  @Test func lossesTakeAPoolsSolver() throws {
    let solver = try smallPaths()
    let known = try SolvedCosts(costs(1), by: solver)
    let pool = SolutionPool(try solver(costs(2, rows: 200), batchAxes: 1))
    #expect(
      try SPOPlusLoss(pool.solver(.minimize))(costs(4), known)
        == SPOPlusLoss(solver)(costs(4), known))
  }
}
