import Solvers
import Testing

/// All ways to give each of the shorter side one of the longer, as flat matrices.
private func assignments(rows: Int, columns: Int) -> [[Double]] {
  if rows > columns {
    return assignments(rows: columns, columns: rows).map { matrix in
      (0..<(rows * columns)).map { matrix[$0 % columns * rows + $0 / columns] }
    }
  }
  func extend(_ row: Int, _ free: [Int], _ matrix: [Double]) -> [[Double]] {
    if row == rows { return [matrix] }
    return free.flatMap { column in
      var matrix = matrix
      matrix[row * columns + column] = 1
      return extend(row + 1, free.filter { $0 != column }, matrix)
    }
  }
  return extend(0, Array(0..<columns), [Double](repeating: 0, count: rows * columns))
}

@Suite struct LinearAssignmentTests {
  @Test(arguments: [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (2, 5), (5, 2), (1, 4), (4, 1), (4, 5)])
  func isBestAssignment(rows: Int, columns: Int) throws {
    var generator = TestGenerator(seed: UInt64(10 * rows + columns))
    let feasible = assignments(rows: rows, columns: columns)
    let inputs = generator.inputs(40, count: rows * columns, from: -3, to: 3)
    for sense in [Sense.minimize, .maximize] {
      let solver = try LinearAssignment(rows: rows, columns: columns, sense: sense)
      #expect(checkSolver(solver, feasible: feasible, inputs: inputs) == [])
    }
  }

  /// Too large for all permutations: prices prove the optimum. A matrix that is the sum of a row's and
  /// a column's part and of something that is 0 or more, and 0 on one permutation, is best there.
  @Test(arguments: [20, 75])
  func knownOptimum(count: Int) throws {
    var generator = TestGenerator(seed: UInt64(count))
    for _ in 0..<10 {
      let permutation = (0..<count).shuffled(using: &generator)
      let prices = generator.coarse(2 * count, from: -50, to: 50)
      var costs = generator.coarse(count * count, from: 1, to: 30)
      var best = [Double](repeating: 0, count: count * count)
      for row in 0..<count {
        best[row * count + permutation[row]] = 1
        costs[row * count + permutation[row]] = 0
        for column in 0..<count {
          costs[row * count + column] += prices[row] + prices[count + column]
        }
      }
      #expect(try LinearAssignment(rows: count)(costs) == best)
      #expect(try LinearAssignment(rows: count, sense: .maximize)(costs.map { -$0 }) == best)
    }
  }

  @Test func firstOfEqualsIsTaken() throws {
    #expect(try LinearAssignment(rows: 2)([1, 1, 1, 1] as [Float]) == [1, 0, 0, 1])
    #expect(try LinearAssignment(rows: 1, columns: 3)([2, 1, 1] as [Double]) == [0, 1, 0])
  }

  @Test func refuses() throws {
    let solver = try LinearAssignment(rows: 2, columns: 3)
    #expect(try solver.outputShape(forInput: [2, 3]) == [2, 3])
    #expect(throws: SolverError.self) { try solver.outputShape(forInput: [3, 2]) }
    #expect(throws: SolverError.self) { try solver([1, 2, 3] as [Float]) }
    #expect(throws: SolverError.notANumber(solver: "LinearAssignment", index: 2)) {
      try solver([1, 2, .nan, 4, .infinity, 6] as [Float])
    }
    #expect(
      throws: SolverError.notFinite(solver: "LinearAssignment", index: 4, value: .infinity)
    ) { try solver([1, 2, 3, 4, .infinity, 6] as [Double]) }
    #expect(throws: SolverError.self) { try LinearAssignment(rows: 0) }
  }
}
