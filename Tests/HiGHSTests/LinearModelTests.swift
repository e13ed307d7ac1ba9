import HiGHS
import Solvers
import Testing

/// Models of a few variables, whose optima are known.
@Suite(.enabled(if: HiGHSLibrary.isAvailable, "needs HiGHS"))
struct LinearModelTests {
  /// Dantzig's example: max 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18; the optimum (2, 6) has value 36.
  @Test func aLinearProgramme() throws {
    var model = LinearModel()
    let x = model.variable(upper: 4)
    let y = model.variable()
    model.require(2 * y <= 12)
    model.require(3 * x + 2 * y <= 18)
    #expect(model.variableCount == 2)
    #expect(model.rowCount == 2)
    let solver = try HiGHSSolver(model, sense: .maximize)
    #expect(try solver([3.0, 5]) == [2, 6])
    #expect(solver.sense == .maximize)
    #expect(solver.output == .dense)
    #expect(solver.isExact)
  }

  /// Expressions collect what is written: x − (y − x) / 2 + 1 ≥ 2 x − 3 is −x/2 − y/2 ≥ −4.
  @Test func expressionsAreSums() throws {
    var model = LinearModel()
    let x = model.variable()
    let y = model.variable()
    model.require(x - (y - x) / 2 + 1 >= 2 * x - 3)
    let solver = try HiGHSSolver(model, sense: .maximize)
    #expect(try solver([1.0, 2]) == [0, 8])
    #expect(try solver([2.0, 1]) == [8, 0])
  }

  @Test func equalitiesAndRanges() throws {
    var model = LinearModel()
    let x = model.variables(3, lower: -.infinity)
    model.require(x.sum() == 6)
    model.require((x[0] - x[1]).isWithin(-1...1))
    model.require(x[2] == x[0])
    // x₁ = 6 − 2 x₀ and |3 x₀ − 6| ≤ 1.
    let solver = try HiGHSSolver(model, sense: .minimize)
    let least = try solver([1.0, 0, 0])
    #expect(zip(least, [5.0 / 3, 8.0 / 3, 5.0 / 3]).allSatisfy { abs($0 - $1) < 1e-9 })
    let greatest = try solver([-1.0, 0, 0])
    #expect(zip(greatest, [7.0 / 3, 4.0 / 3, 7.0 / 3]).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  /// min x² + x y + y² − x − y has its optimum at x = y = 1/3.
  @Test func aQuadraticProgramme() throws {
    var model = LinearModel()
    let x = model.variable(lower: -10, upper: 10)
    let y = model.variable(lower: -10, upper: 10)
    model.addCost(1, x, x)
    model.addCost(1, y, y)
    model.addCost(0.5, x, y)
    model.addCost(0.5, y, x)
    let solver = try HiGHSSolver(model, sense: .minimize)
    let optimum = try solver([-1.0, -1])
    #expect(optimum.allSatisfy { abs($0 - 1.0 / 3) < 1e-6 })
    #expect(solver.sense == nil)
  }

  /// The projection onto the simplex, a quadratic programme with a closed form (Held, Wolfe and Crowder
  /// 1974): max ⟨c, x⟩ − ½ ‖x‖² over x ≥ 0, Σ x = 1.
  @Test func theProjectionOntoTheSimplex() throws {
    var model = LinearModel()
    let x = model.variables(3)
    model.require(x.sum() == 1)
    for entry in x { model.addCost(-0.5, entry, entry) }
    let solver = try HiGHSSolver(model, sense: .maximize)
    let projected = try solver([0.9, 0.5, -1])
    #expect(zip(projected, [0.7, 0.3, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func someCostsAreGiven() throws {
    var model = LinearModel()
    let x = model.variables(2, upper: 1)
    let slack = model.variable(cost: 10)
    model.require(x.sum() + slack >= 1.5)
    let solver = try HiGHSSolver(model, sense: .minimize, inputs: x)
    #expect(try solver.outputShape(forInput: [2]) == [2])
    #expect(try solver([1.0, 2]) == [1, 0.5])
    // Dearer than the slack.
    #expect(try solver([1.0, 20]) == [1, 0])
    #expect(solver.sense == nil)
  }

  @Test func aModelsOwnCosts() throws {
    var model = LinearModel()
    let x = model.variable(.integer, upper: 3.5, cost: 2)
    let y = model.variable(.binary, cost: 1)
    model.require(x + y <= 3.8)
    #expect(try model.optimum(.maximize) == [3, 0])
    #expect(try model.optimum() == [0, 0])
  }

  // MARK: Errors

  @Test func infeasibleAndUnboundedAreTold() throws {
    var model = LinearModel()
    let x = model.variable()
    model.require(x <= -1)
    let infeasible = try HiGHSSolver(model, sense: .minimize)
    #expect(throws: SolverError.infeasible(solver: "HiGHS")) { try infeasible([1.0]) }

    var open = LinearModel()
    let y = open.variables(2)
    open.require(y[0] - y[1] <= 1)
    let unbounded = try HiGHSSolver(open, sense: .maximize)
    #expect(throws: SolverError.unbounded(solver: "HiGHS")) { try unbounded([1.0, 1]) }
    // Usable afterwards.
    #expect(try unbounded([1.0, -1]) == [1, 0])
  }

  @Test func costsAreFiniteNumbers() throws {
    var model = LinearModel()
    _ = model.variables(2, upper: 1)
    let solver = try HiGHSSolver(model, sense: .minimize)
    #expect(throws: SolverError.notANumber(solver: "HiGHS", index: 1)) { try solver([0.0, .nan]) }
    #expect(throws: SolverError.notFinite(solver: "HiGHS", index: 0, value: .infinity)) {
      try solver([.infinity, 0.0])
    }
    #expect(throws: SolverError.self) { try solver([0.0]) }
    // Without the check of the shape that a call makes first.
    for (inputs, outputs, what) in [(3, 2, "input"), (1, 2, "input"), (2, 3, "output")] {
      var scratch = try solver.makeScratch(inputCount: 2)
      var output = ContiguousArray<Double>(repeating: 0, count: outputs)
      var span = output.mutableSpan
      let input = ContiguousArray<Double>(repeating: 0, count: inputs)
      let count = what == "input" ? inputs : outputs
      let expected = SolverError.wrongCount(
        solver: "HiGHS", what: what, count: count, expected: 2)
      do throws(SolverError) {
        try solver.solve(input.span, into: &span, scratch: &scratch)
        Issue.record("\(inputs) costs and \(outputs) values were taken")
      } catch {
        #expect(error == expected)
      }
    }
  }

  @Test func parametersAreChecked() throws {
    #expect(throws: SolverError.self) { try HiGHSSolver(LinearModel(), sense: .minimize) }
    var model = LinearModel()
    let x = model.variable()
    #expect(throws: SolverError.self) {
      try HiGHSSolver(model, sense: .minimize, relativeGap: -1)
    }
    #expect(throws: SolverError.self) { try HiGHSSolver(model, sense: .minimize, inputs: [x, x]) }
    #expect(throws: SolverError.self) { try HiGHSSolver(model, sense: .minimize, inputs: [2 * x]) }
    #expect(throws: SolverError.self) {
      try HiGHSSolver(model, sense: .minimize, timeLimit: .zero)
    }
  }
}
