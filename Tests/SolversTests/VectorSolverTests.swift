import Solvers
import Testing

/// What every solver of vectors refuses.
private func checkRefusals<S: Solver>(_ solver: S, name: String) {
  #expect(throws: SolverError.emptyInput(solver: name)) { try solver([] as [Float]) }
  #expect(throws: SolverError.notANumber(solver: name, index: 1)) {
    try solver([1, .nan, .nan] as [Float])
  }
  #expect(throws: SolverError.notANumber(solver: name, index: 2)) {
    try solver([1, 2, .nan] as [Double])
  }
  #expect(throws: SolverError.self) { try solver.outputShape(forInput: [2, 3]) }
  #expect(throws: SolverError.self) { try solver.outputShape(forInput: []) }
  let outputs = (try? solver.outputShape(forInput: [3]).reduce(1, *)) ?? 0
  let error = SolverError.wrongCount(solver: name, what: "output", count: 5, expected: outputs)
  #expect(throws: error) {
    var output = ContiguousArray<Float>(repeating: 0, count: 5)
    var span = output.mutableSpan
    let input: ContiguousArray<Float> = [1, 2, 3]
    var scratch = try solver.makeScratch(inputCount: 3)
    try solver.solve(input.span, into: &span, scratch: &scratch)
  }
}

@Suite struct ArgMaxTests {
  @Test(arguments: 1...7)
  func isBestOneHot(count: Int) {
    var generator = TestGenerator(seed: UInt64(count))
    let inputs = generator.inputs(100, count: count, from: -3, to: 3)
    let vertices = indicators(count: count, ones: 1)
    #expect(checkSolver(ArgMax(), feasible: vertices, inputs: inputs) == [])
    #expect(checkSolver(ArgMin(), feasible: vertices, inputs: inputs) == [])
  }

  @Test func marksTheFirstOfEquals() throws {
    #expect(try ArgMax()([1, 3, 3, 2] as [Float]) == [0, 1, 0, 0])
    #expect(try ArgMin()([2, 1, 3, 1] as [Double]) == [0, 1, 0, 0])
    #expect(try ArgMax()([-0.0, 0.0] as [Float]) == [1, 0])
    #expect(try ArgMin()([0.0, -0.0] as [Float]) == [1, 0])
  }

  @Test func takesInfinities() throws {
    #expect(try ArgMax()([-.infinity, 1, .infinity] as [Float]) == [0, 0, 1])
    #expect(try ArgMax()([-.infinity, -.infinity] as [Float]) == [1, 0])
    #expect(try ArgMin()([.infinity, 1, -.infinity] as [Double]) == [0, 0, 1])
  }

  @Test func refuses() {
    checkRefusals(ArgMax(), name: "ArgMax")
    checkRefusals(ArgMin(), name: "ArgMin")
  }
}

@Suite struct TopKTests {
  @Test(arguments: 1...8)
  func isBestIndicator(count: Int) throws {
    var generator = TestGenerator(seed: UInt64(count))
    for k in 1...count {
      let inputs = generator.inputs(40, count: count, from: -3, to: 3)
      let feasible = indicators(count: count, ones: k)
      #expect(checkSolver(try TopK(k), feasible: feasible, inputs: inputs) == [])
    }
  }

  /// Beyond k = 16 the ranks decide, beyond 144 entries the radix sort behind them.
  @Test(arguments: [(1, 20), (16, 40), (17, 40), (17, 17), (40, 100), (20, 400), (399, 400)])
  func agreesWithASort(k: Int, count: Int) throws {
    var generator = TestGenerator(seed: UInt64(k * count))
    let inputs = generator.inputs(20, count: count, from: -9, to: 9)
    let faults = checkSolver(try TopK(k), inputs: inputs) { input in
      var output = [Double](repeating: 0, count: count)
      for i in stableOrder(input, descending: true).prefix(k) { output[i] = 1 }
      return output
    }
    #expect(faults == [])
  }

  @Test func marksTheFirstOfEquals() throws {
    #expect(try TopK(2)([3, 1, 3, 3] as [Float]) == [1, 0, 1, 0])
    #expect(try TopK(3)([0, 0, 0, 0, 1] as [Float]) == [1, 1, 0, 0, 1])
  }

  @Test func refuses() throws {
    checkRefusals(try TopK(1), name: "TopK")
    #expect(throws: SolverError.badParameter(name: "k", value: "0", expected: "at least 1")) {
      try TopK(0)
    }
    #expect(
      throws: SolverError.badParameter(
        name: "k", value: "4", expected: "at most the 3 entries given")
    ) { try TopK(4)([1, 2, 3] as [Float]) }
  }
}

@Suite struct RankingTests {
  @Test(arguments: 1...6)
  func isBestPermutation(count: Int) {
    var generator = TestGenerator(seed: UInt64(count))
    let inputs = generator.inputs(60, count: count, from: -3, to: 3)
    let vertices = permutations(count: count)
    #expect(checkSolver(Ranking(), feasible: vertices, inputs: inputs) == [])
    #expect(checkSolver(Ranking(descending: true), feasible: vertices, inputs: inputs) == [])
  }

  /// Lengths around the lanes of both precisions and around the change to the radix sort.
  @Test(arguments: [7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 143, 144, 145, 146, 300, 1000])
  func agreesWithAStableSort(count: Int) {
    var generator = TestGenerator(seed: UInt64(count))
    let inputs =
      generator.inputs(20, count: count, from: -3, to: 3)
      + generator.inputs(20, count: count, from: -1000, to: 1000)
      + [[Double](repeating: 1, count: count)]
    for descending in [false, true] {
      let faults = checkSolver(Ranking(descending: descending), inputs: inputs) { input in
        var ranks = [Double](repeating: 0, count: count)
        for (rank, i) in stableOrder(input, descending: descending).enumerated() {
          ranks[i] = Double(rank)
        }
        return ranks
      }
      #expect(faults == [])
    }
  }

  @Test(arguments: [4, 40, 400])
  func zerosAreEqualAndInfinitiesExtreme(count: Int) throws {
    var input = [Double](repeating: 0, count: count)
    input[0] = -0.0
    input[1] = .infinity
    input[2] = -.infinity
    let ranks = try Ranking()(input)
    #expect(ranks[0] == 1 && ranks[1] == Double(count - 1) && ranks[2] == 0 && ranks[3] == 2)
    #expect(try Ranking()(input.map(Float.init)).map(Double.init) == ranks)
    let descending = try Ranking(descending: true)(input)
    #expect(descending[0] == 1 && descending[1] == 0 && descending[2] == Double(count - 1))
  }

  @Test func refuses() {
    checkRefusals(Ranking(), name: "Ranking")
    var long = [Float](repeating: 1, count: 400)
    long[250] = .nan
    #expect(throws: SolverError.notANumber(solver: "Ranking", index: 250)) { try Ranking()(long) }
  }
}

@Suite struct SortingTests {
  @Test(arguments: [1, 2, 5, 8, 16, 21, 100, 200])
  func sorts(count: Int) {
    var generator = TestGenerator(seed: UInt64(count))
    let inputs = generator.inputs(50, count: count, from: -4, to: 4)
    #expect(checkSolver(Sorting(), inputs: inputs) { $0.sorted() } == [])
    #expect(checkSolver(Sorting(descending: true), inputs: inputs) { $0.sorted(by: >) } == [])
  }

  @Test func hasNoSense() { #expect(Sorting().sense == nil) }

  @Test func refuses() { checkRefusals(Sorting(), name: "Sorting") }
}

@Suite struct LogicalTests {
  @Test(arguments: 1...6)
  func agreesWithTruthTables(count: Int) {
    var generator = TestGenerator(seed: UInt64(count))
    let inputs = generator.inputs(100, count: count, from: -2, to: 2)
    #expect(
      checkSolver(LogicalOr(), inputs: inputs) { [$0.contains { $0 >= 0 } ? 1 : -1] } == [])
    #expect(
      checkSolver(LogicalAnd(), inputs: inputs) { [$0.allSatisfy { $0 >= 0 } ? 1 : -1] } == [])
  }

  /// The worked values of the OR: both rows are true.
  @Test func oneTrueEntryIsEnough() throws {
    #expect(try LogicalOr()([-5, 0.2] as [Float]) == [1])
    #expect(try LogicalOr()([-5, -0.1] as [Float]) == [-1])
    #expect(try LogicalAnd()([-5, 0.2] as [Float]) == [-1])
  }

  /// (sign(0) + 1) / 2 = 0.5, which casts to true.
  @Test func zeroIsTrue() throws {
    #expect(try LogicalOr()([0, -1] as [Float]) == [1])
    #expect(try LogicalOr()([-0.0, -1] as [Float]) == [1])
    #expect(try LogicalAnd()([0, 1] as [Double]) == [1])
  }

  @Test func returnsOneNumber() throws {
    #expect(try LogicalOr().outputShape(forInput: [4]) == [])
    #expect(LogicalOr().sense == nil && LogicalAnd().sense == nil)
  }

  @Test func refuses() {
    checkRefusals(LogicalOr(), name: "LogicalOr")
    checkRefusals(LogicalAnd(), name: "LogicalAnd")
  }
}

/// The positions of the entries in order of size, equal ones in order of position.
private func stableOrder(_ input: [Double], descending: Bool) -> [Int] {
  input.indices.sorted {
    input[$0] == input[$1] ? $0 < $1 : descending ? input[$0] > input[$1] : input[$0] < input[$1]
  }
}
