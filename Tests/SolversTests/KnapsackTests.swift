import Solvers
import Testing

@Suite struct KnapsackTests {
  private func choices(_ weights: [Int], capacity: Int) -> [[Double]] {
    (0..<(1 << weights.count)).map { bits in weights.indices.map { Double(bits >> $0 & 1) } }
      .filter { choice in
        zip(choice, weights).map { $0 * Double($1) }.reduce(0, +) <= Double(capacity)
      }
  }

  @Test func isBestChoice() throws {
    var generator = TestGenerator(seed: 21)
    for round in 0..<40 {
      let count = 1 + round % 9
      let scale = 1 + round % 3
      let weights = (0..<count).map { _ in scale * Int.random(in: 0...9, using: &generator) }
      let capacity = Int.random(in: 0...(4 * count * scale), using: &generator)
      let inputs = generator.inputs(20, count: count, from: -3, to: 6)
      let feasible = choices(weights, capacity: capacity)
      for sense in [Sense.maximize, .minimize] {
        let solver = try Knapsack(weights: weights, capacity: capacity, sense: sense)
        #expect(checkSolver(solver, feasible: feasible, inputs: inputs) == [])
      }
    }
  }

  /// Of equally good choices the one that leaves out the last item, then the one before it, and so on.
  @Test func tiesLeaveOutTheLast() throws {
    var generator = TestGenerator(seed: 22)
    for _ in 0..<40 {
      let weights = (0..<6).map { _ in Int.random(in: 0...3, using: &generator) }
      let feasible = choices(weights, capacity: 5)
      let solver = try Knapsack(weights: weights, capacity: 5)
      let inputs = (0..<10).map { _ in generator.coarse(6, from: 0, to: 2) }
      let faults = checkSolver(solver, inputs: inputs) { input in
        let best = feasible.map { dot(input, $0) }.max() ?? 0
        return feasible.filter { dot(input, $0) == best }
          .min { $0.reversed().lexicographicallyPrecedes($1.reversed()) } ?? []
      }
      #expect(faults == [])
    }
  }

  /// Capacities that do not matter cost no memory, and common divisors are taken out.
  @Test func largeNumbers() throws {
    let all = try Knapsack(weights: [3, 5], capacity: .max)
    #expect(try all([1, 2] as [Float]) == [1, 1])
    let million = 1_000_000_000_000
    let solver = try Knapsack(
      weights: [3 * million, 2 * million, 2 * million], capacity: 4 * million)
    #expect(try solver([3, 2, 2] as [Double]) == [0, 1, 1])
    #expect(try solver([5, 2, 2] as [Double]) == [1, 0, 0])
  }

  @Test func refuses() throws {
    #expect(throws: SolverError.self) { try Knapsack(weights: [], capacity: 1) }
    #expect(throws: SolverError.self) { try Knapsack(weights: [-1], capacity: 1) }
    #expect(throws: SolverError.self) { try Knapsack(weights: [1], capacity: -1) }
    #expect(throws: SolverError.self) {
      try Knapsack(weights: [1 << 40, 1 << 40 + 1], capacity: 1 << 41)
    }
    let solver = try Knapsack(weights: [1, 2], capacity: 2)
    #expect(throws: SolverError.self) { try solver([1] as [Float]) }
    #expect(throws: SolverError.notANumber(solver: "Knapsack", index: 1)) {
      try solver([1, .nan] as [Float])
    }
    #expect(throws: SolverError.self) { try solver([1, .infinity] as [Float]) }
  }
}
