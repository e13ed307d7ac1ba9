import HiGHS
import Solvers
import Testing

/// Against the package's own solvers and against trying everything.
@Suite(.enabled(if: HiGHSLibrary.isAvailable, "needs HiGHS"))
struct HiGHSSolverTests {
  /// Numbers in 0 …< 1 from a key, as good as any here: SplitMix64.
  struct Numbers {
    var state: UInt64
    mutating func next() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
    mutating func list(_ count: Int) -> [Double] { (0..<count).map { _ in next() } }
  }

  private func value(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test func knapsacksAreThoseOfTheDynamicProgramme() throws {
    var numbers = Numbers(state: 1)
    for _ in 0..<20 {
      let weights = (0..<12).map { _ in 1 + Int(20 * numbers.next()) }
      var model = LinearModel()
      let items = model.variables(12, .binary)
      model.require(items.sum(weights: weights.map(Double.init)) <= 60)
      let solver = try HiGHSSolver(model, sense: .maximize)
      #expect(solver.output == .indicator)
      let costs = numbers.list(12)
      let own = try Knapsack(weights: weights, capacity: 60)(costs)
      #expect(try solver(costs) == own)
    }
  }

  /// The assignment polytope has whole corners, so the linear programme finds an assignment.
  @Test func assignmentsAreThoseOfTheAssignmentSolver() throws {
    var numbers = Numbers(state: 2)
    let n = 8
    let solver = try HiGHSSolver(Self.assignment(n), sense: .minimize)
    let own = try LinearAssignment(rows: n, columns: n, sense: .minimize)
    for _ in 0..<20 {
      let costs = numbers.list(n * n)
      let expected = try own(costs)
      #expect(zip(try solver(costs), expected).allSatisfy { abs($0 - $1) < 1e-9 })
    }
  }

  static func assignment(_ n: Int) -> LinearModel {
    var model = LinearModel()
    let x = model.variables(n * n)
    for i in 0..<n {
      model.require((0..<n).map { x[i * n + $0] }.sum() == 1)
      model.require((0..<n).map { x[$0 * n + i] }.sum() == 1)
    }
    return model
  }

  /// Five kinds of integer models, of ten binary variables, by trying all 1,024 points.
  @Test(arguments: Kind.allCases) func integersAreBestOfAllPoints(_ kind: Kind) throws {
    var numbers = Numbers(state: 3)
    for _ in 0..<10 {
      var rows: [(weights: [Double], lower: Double, upper: Double)] = []
      var costs = numbers.list(10)
      var sense = Sense.minimize
      switch kind {
      case .cover:
        rows = (0..<8).map { _ in (numbers.list(10).map { $0 < 0.4 ? 1 : 0 }, 1, .infinity) }
        for row in rows.indices { rows[row].weights[row] = 1 }
      case .packing:
        sense = .maximize
        rows = (0..<8).map { _ in (numbers.list(10).map { $0 < 0.3 ? 1 : 0 }, -.infinity, 1) }
      case .partition:
        rows = (0..<2).map { half in ((0..<10).map { $0 % 2 == half ? 1 : 0 }, 1, 1) }
      case .capacities:
        sense = .maximize
        rows = (0..<3).map { _ in (numbers.list(10), -.infinity, 2) }
      case .general:
        costs = costs.map { $0 - 0.5 }
        rows = (0..<5).map { _ in (numbers.list(10).map { $0 - 0.5 }, -0.5, 0.5) }
      }
      var model = LinearModel()
      let x = model.variables(10, .binary)
      for row in rows {
        if row.lower > -.infinity { model.require(x.sum(weights: row.weights) >= row.lower) }
        if row.upper < .infinity { model.require(x.sum(weights: row.weights) <= row.upper) }
      }
      let best = (0..<1024).compactMap { bits -> Double? in
        let point = (0..<10).map { Double(bits >> $0 & 1) }
        let isFeasible = rows.allSatisfy {
          let sum = value($0.weights, point)
          return sum >= $0.lower - 1e-12 && sum <= $0.upper + 1e-12
        }
        return isFeasible ? value(costs, point) : nil
      }
      let optimum = try #require(sense == .maximize ? best.max() : best.min())
      let found = try HiGHSSolver(model, sense: sense)(costs)
      #expect(found.allSatisfy { $0 == 0 || $0 == 1 })
      #expect(abs(value(costs, found) - optimum) < 1e-9)
    }
  }

  enum Kind: CaseIterable { case cover, packing, partition, capacities, general }

  // MARK: Blocks

  /// Warm starts depend on the block alone.
  @Test func aBlockHasTheSameBitsWhateverWasSolvedBefore() throws {
    var numbers = Numbers(state: 4)
    let solver = try HiGHSSolver(Self.assignment(6), sense: .minimize)
    let block = numbers.list(36 * 10)
    func solve(_ scratch: inout HiGHSSolver.Scratch) throws -> [Double] {
      solver.reset(&scratch)
      let inputs = ContiguousArray(block)
      var outputs = ContiguousArray<Double>(repeating: 0, count: block.count)
      var span = outputs.mutableSpan
      try solver.solve(block: inputs.span, rows: 10, into: &span, scratch: &scratch)
      return Array(outputs)
    }
    var fresh = try solver.makeScratch(inputCount: 36)
    let first = try solve(&fresh)
    var used = try solver.makeScratch(inputCount: 36)
    for _ in 0..<5 {
      let costs = ContiguousArray(numbers.list(36))
      var output = ContiguousArray<Double>(repeating: 0, count: 36)
      var span = output.mutableSpan
      try solver.solve(costs.span, into: &span, scratch: &used)
    }
    #expect(try solve(&used) == first)
    #expect(try solve(&used) == first)
  }

  /// Widened, solved and rounded once.
  @Test func singlePrecisionIsRoundedOnce() throws {
    var numbers = Numbers(state: 5)
    let solver = try HiGHSSolver(Self.assignment(4), sense: .minimize)
    let costs = numbers.list(16).map(Float.init)
    #expect(try solver(costs) == solver(costs.map(Double.init)).map(Float.init))
  }
}
