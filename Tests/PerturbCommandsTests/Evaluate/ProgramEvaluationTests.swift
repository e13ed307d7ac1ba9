import Foundation
import PerturbCommands
import Platform
import Testing

@Suite(.enabled(if: PythonWorker.isThere, "needs python3"), .timeLimit(.minutes(2)))
struct ProgramEvaluationTests {
  private func evaluate(_ options: String, _ program: [String]) -> CommandRun {
    CommandRun(
      ["evaluate"] + options.split(separator: " ").map(String.init) + ["--"] + program)
  }

  /// A worker that ranks as the library does: the same bits, whatever the jobs.
  @Test(arguments: [1, 3])
  func aProgramIsPerturbedLikeTheFunctionInside(jobs: Int) throws {
    let program = PythonWorker.program(
      "s = sorted(range(len(x)), key=lambda i: x[i]); print([s.index(i) for i in range(len(x))])")
    let options =
      "--theta -0.6 1.9 1.1 --sigma 0.5 --noise gumbel --samples 500 --cotangent 1 0 -1 --json"
    let outside = try JSON(reading: evaluate("\(options) --jobs \(jobs)", program).output)
    let inside = try JSON(
      reading: CommandRun("evaluate ranking \(options) --standard-error").output)
    #expect(outside["value"] == inside["value"])
    #expect(outside["gradient"] == inside["gradient"])
    #expect(outside["gradient_standard_error"] == inside["gradient_standard_error"])
  }

  @Test func aSingleNumberHasAGradientUnasked() throws {
    let run = evaluate("--theta 1 2 --sigma 0.1 --samples 2000", PythonWorker.bowl)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("gradient"))
    #expect(run.output.contains("s.e."))
  }

  @Test func aBatchHasItsRows() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("theta.json", "[[1, 2], [3, -1]]")
    let run = evaluate("--theta-file \(file) --sigma 0.01 --samples 50 --json", PythonWorker.bowl)
    let value = try #require(JSON(reading: run.output)["value"]?.elements)
    #expect(value.count == 2)
    #expect(abs(value[0].floats[0] - 14) < 0.5 && abs(value[1].floats[0] - 1) < 0.1)
  }

  /// The command that a failure names makes its input again.
  @Test func aFailureNamesTheCommandThatRepeatsIt() throws {
    let program = ["python3", try script("print(x[0]) if x[0] < 0.6 else sys.exit(3)")]
    let failed = evaluate("--theta 0.5,2 --sigma 0.1 --seed 7 --retries 0 --jobs 1", program)
    #expect(failed.code == 1)
    #expect(failed.errorLines.count == 1)
    let parts = failed.errors.split(separator: "'").map(String.init)
    let command = try #require(parts.first { $0.hasPrefix("perturb replay ") })
    let replay = CommandRun(
      command.split(separator: " ").dropFirst().map(String.init))
    #expect(replay.code == 1)
    let start = try #require(failed.errors.range(of: "on input "))
    let end = try #require(failed.errors.range(of: "]"))
    let input = failed.errors[start.lowerBound..<end.upperBound]
    #expect(replay.errors.contains(input), "\(replay.errors)")
  }

  private let folder = try? TemporaryFolder()

  private func script(_ statement: String) throws -> String {
    try #require(folder).file("worker.py", PythonWorker.program(statement)[3])
  }

  @Test func skippedSamplesAreReported() throws {
    let run = evaluate(
      "--theta 0.4 --sigma 0.1 --samples 100 --retries 0 --on-failure skip",
      PythonWorker.program("print(x[0]) if x[0] < 0.6 else sys.exit(3)"))
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains(" of 100 samples failed and were left out"))
    #expect(run.output.contains("biased towards them"))
  }

  @Test(arguments: [
    ("evaluate argmax --theta 1 -- cat", "a function is given with a program"),
    ("evaluate --theta 1 --hessian -- cat", "--hessian is given with a program"),
    ("evaluate -- cat", "theta is missing"),
    ("evaluate argmax --theta 1 --jobs 2", "--jobs is for a program"),
    ("evaluate --theta 1 --on-failure go -- cat", "unknown choice for failures 'go'"),
    ("evaluate --theta 1,2 --cotangent 1 -- cat", "the cotangent has 1 entries, expected 2"),
    ("evaluate --theta 1 --timeout 0 -- cat", "expected a positive time"),
  ])
  func mistakesAreOneLine(line: String, part: String) {
    let run = CommandRun(line)
    #expect(run.code != 0)
    #expect(run.output == "")
    #expect(run.errors.contains(part), "\(run.errors)")
    #expect(run.errorLines.count == 1)
  }
}
