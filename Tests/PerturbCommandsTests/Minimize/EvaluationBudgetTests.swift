import PerturbCommands
import Platform
import Testing

/// A cap is a cap: evaluations are counted by the program itself.
@Suite(.enabled(if: PythonWorker.isThere, "needs python3"))
struct EvaluationBudgetTests {
  @Test(
    arguments: ["adam", "sgd", "es", "lbfgs", "cma-es"],
    [(start: "0 0", limit: 200), (start: "0 0", limit: 45), (start: "1 2 3 4 5", limit: 90)])
  func noMoreEvaluationsThanAllowed(
    method: String, problem: (start: String, limit: Int)
  ) throws {
    let folder = try TemporaryFolder()
    let program = PythonWorker.program(
      "open('\(folder.path)/calls', 'a').write('x'); print(sum((v - 3) ** 2 for v in x))")
    let options = "--method \(method) --start \(problem.start) --evaluations \(problem.limit)"
    let run = CommandRun(
      "minimize \(options) --steps 1000 --json --jobs 1 --".split(separator: " ").map(String.init)
        + program)
    #expect(run.code == 0, "\(run.errors)")
    let result = try JSON(reading: run.output)
    let calls = try folder.text("calls").count
    #expect(calls <= problem.limit)
    #expect(result["evaluations"]?.integer == calls)
    #expect(try #require(result["steps"]?.integer) >= 0)
    #expect(try #require(result["best"]?["value"]?.double).isFinite)
  }

  @Test func fiveHundredInputsKeepToFiftyEvaluations() throws {
    let folder = try TemporaryFolder()
    let program = PythonWorker.program(
      "open('\(folder.path)/calls', 'a').write('x'); print(sum(v * v for v in x))")
    let start = (0..<500).map { "\($0)" }.joined(separator: ",")
    let run = CommandRun(
      ["minimize", "--start", start, "--evaluations", "50", "--json", "--"] + program)
    #expect(run.code == 0, "\(run.errors)")
    #expect(try folder.text("calls").count <= 50)
  }

  /// 2 · 2,000 directions would be wanted.
  @Test func theSensitivityOfManyInputsCostsNoMoreThanTheRun() throws {
    let start = (0..<2000).map { "\($0)" }.joined(separator: ",")
    let run = CommandRun(
      ["minimize", "--start", start, "--steps", "2", "--samples", "4", "--json", "--"]
        + PythonWorker.program("print(sum(v * v for v in x))"))
    #expect(run.code == 0, "\(run.errors)")
    let result = try JSON(reading: run.output)
    // Three estimates of 9, and 20 pairs at the end.
    #expect(result["evaluations"]?.integer == 3 * 9 + 41)
    #expect(try #require(result["sensitivity"]?["change"]?.elements).count == 2000)
  }

  @Test func aCapBelowOneStepIsRefused() {
    let run = CommandRun(
      ["minimize", "--start", "0,0", "--evaluations", "40", "--"] + PythonWorker.bowl)
    #expect(run.code == 1)
    #expect(run.errors.contains("evaluations is 40, expected at least 41"), "\(run.errors)")
  }
}
