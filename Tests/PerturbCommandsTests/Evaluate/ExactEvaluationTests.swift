import PerturbCommands
import Perturbations
import Platform
import Testing

struct ExactEvaluationTests {
  private let theta: Tensor<Double> = [-0.6, 1.9, -0.2, 1.1, -1.0]

  private func json(_ line: String) throws -> JSON {
    let run = CommandRun(line + " --exact --json")
    #expect(run.code == 0 && run.errors == "")
    return try JSON(reading: run.output)
  }

  @Test func theLibrarysNumbers() throws {
    let found = try json(
      "evaluate argmax --theta -0.6,1.9,-0.2,1.1,-1.0 --sigma 0.5 --noise gumbel "
        + "--cotangent 1,2,3,4,5 --hessian --precision double")
    #expect(found.memberNames == ["value", "gradient", "hessian", "error_bound"])
    let softmax = (theta / 0.5).softmax()
    for (a, b) in zip(try #require(found["value"]?.doubles), softmax.scalars) {
      #expect(abs(a - b) < 1e-12)
    }
    let cotangent: Tensor<Double> = [1, 2, 3, 4, 5]
    func loss(_ x: Tensor<Double>) -> Tensor<Double> { ((x / 0.5).softmax() * cotangent).sum() }
    let slope = gradient(at: theta, of: loss)
    for (a, b) in zip(try #require(found["gradient"]?.doubles), slope.scalars) {
      #expect(abs(a - b) < 1e-12)
    }
    let matrix = hessian(at: theta, of: loss)
    let rows = try #require(found["hessian"]?.elements).flatMap(\.doubles)
    for (a, b) in zip(rows, matrix.scalars) { #expect(abs(a - b) < 1e-11) }
    #expect(try #require(found["error_bound"]?.double) < 1e-9)
  }

  @Test func agreesWithSamples() throws {
    let line = "evaluate ranking --theta 0.3,0.1,-0.2 --sigma 0.5"
    let exact = try #require(try json(line)["value"]?.doubles)
    let run = CommandRun(line + " --samples 1e6 --standard-error --json")
    let sampled = try JSON(reading: run.output)
    let values = try #require(sampled["value"]?.doubles)
    let errors = try #require(sampled["standard_error"]?.doubles)
    for k in 0..<3 { #expect(abs(values[k] - exact[k]) < 4 * errors[k]) }
  }

  @Test func textAndHint() throws {
    let line = "evaluate or --theta=-0.3,0.2 --sigma 0.5"
    let run = CommandRun(line + " --exact")
    #expect(run.code == 0)
    #expect(run.output.contains("expectation by formula"))
    #expect(run.output.contains("right to"))
    #expect(CommandRun(line + " --samples 1000").output.contains("--exact takes no samples"))
    #expect(
      !CommandRun(line + " --noise cauchy --samples 1000").output.contains("--exact"))
  }

  @Test(arguments: [
    "shortest-path --graph Examples/graph.json --sigma 0.05", "argmax --theta 1,2 --noise cauchy",
    "argmax --theta 1,2 --samples 100", "argmax --theta 1,2 --sampling antithetic",
    "ranking --theta 1,2 --hessian", "argmax --theta 1,2 --until-standard-error 0.1",
    "argmax --theta 1,2 --cotangent 1,2 --until-gradient-standard-error 0.1",
  ])
  func whatHasNoFormulaIsAnError(line: String) {
    let run = CommandRun("evaluate \(line) --exact")
    #expect(run.code != 0)
    #expect(run.output == "")
    #expect(run.errorLines.count <= 2 && !run.errors.isEmpty)
  }

  private func large(_ function: String, _ count: Int, _ folder: TemporaryFolder) throws -> [String]
  {
    let values = (0..<count).map { "\(Double($0 * 7919 % count) / Double(count))" }
    let path = try folder.file("theta.json", "[\(values.joined(separator: ","))]")
    return ["evaluate", function, "--theta-file", path, "--exact", "--json"]
  }

  @Test func howLongItTakesIsSaidBefore() throws {
    let folder = try TemporaryFolder()
    let arguments = try large("ranking", 3000, folder)
    let told = CommandRun(arguments, noticeDelay: .zero)
    #expect(told.code == 0)
    #expect(told.errorLines.count == 1)
    #expect(told.errors.hasPrefix("perturb: ranking by its formula takes about "))
    #expect(CommandRun(arguments, noticeDelay: .seconds(100_000)).errors == "")
    let few = "evaluate ranking --theta 1,2,3 --exact".split(separator: " ").map(String.init)
    #expect(CommandRun(few, noticeDelay: .zero).errors == "")
    let watched = CommandRun(arguments, showsProgress: true, progressDelay: .zero)
    #expect(watched.errors.contains("ranking by its formula takes about "))
    #expect(watched.errors.hasSuffix("\r\u{1B}[K"))
    #expect(watched.output == told.output)
  }

  @Test func whatTakesTooMuchMemoryIsRefused() throws {
    let folder = try TemporaryFolder()
    let run = CommandRun(try large("top-k", 60_000, folder) + ["--k", "30000"])
    #expect(run.code == 1)
    #expect(run.errors.contains("numbers for the first 30000 of 60000 entries, expected at most"))
  }
}
