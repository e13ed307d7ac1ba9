import Foundation
import PerturbCommands
import Platform
import Testing

@Suite(.enabled(if: PythonWorker.isThere, "needs python3"))
struct ProgramEvaluationTests {
  private func evaluate(_ options: String, _ program: [String]) -> CommandRun {
    CommandRun(
      ["evaluate"] + options.split(separator: " ").map(String.init) + ["--"] + program)
  }

  /// A worker that ranks as the library does: the same numbers, whatever the jobs, but for the order of
  /// summation, since a program's samples are cut into more blocks.
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
    for name in ["gradient", "gradient_standard_error"] {
      let (found, expected) = (outside[name]?.doubles ?? [], inside[name]?.doubles ?? [])
      #expect(found.count == 3 && expected.count == 3)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-6 * abs($1) })
    }
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
  @Test(arguments: [
    "", "--precision double", "--sampling antithetic --samples 100",
    "--sampling quasi-monte-carlo --samples 128", "--sampling orthogonal --samples 50",
    "--numbered",
  ])
  func aFailureNamesTheCommandThatRepeatsIt(options: String) throws {
    let answer = options == "--numbered" ? "json.dumps({'id': x['id'], 'y': 1})" : "x[0]"
    let first = options == "--numbered" ? "x['x'][0]" : "x[0]"
    let program = ["python3", try script("print(\(answer)) if \(first) < 0.6 else sys.exit(3)")]
    let failed = evaluate(
      "--theta 0.5,2 --sigma 0.1 --seed 7 --retries 0 --jobs 1 \(options)", program)
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

  /// A constant enters no gradient, whatever samples are missing.
  @Test func aConstantWithSkippedSamplesHasNoGradient() throws {
    let run = evaluate(
      "--theta 0 --sigma 1 --samples 200 --on-failure skip --retries 0 --jobs 1 --json",
      PythonWorker.program("print(1000) if x[0] > -1 else sys.exit(3)"))
    #expect(run.code == 0, "\(run.errors)")
    let found = try JSON(reading: run.output)
    #expect(try #require(found["skipped"]?.integer) > 15)
    #expect(found["value"]?.doubles == [1000])
    #expect(abs(try #require(found["gradient"]?.doubles.first)) < 1e-3)
  }

  @Test func answersMayCarryNumbers() throws {
    let options = "--theta 1 2 --sigma 0.1 --samples 300 --json"
    let numbered = evaluate(
      "\(options) --numbered --jobs 2",
      PythonWorker.program(
        "q = x; x = q['x']; y = (x[0] - 3) ** 2 + (x[1] + 1) ** 2 + 1; "
          + "print(json.dumps({'id': q['id'], 'y': y}))"))
    #expect(numbered.code == 0, "\(numbered.errors)")
    let plain = try JSON(reading: evaluate(options, PythonWorker.bowl).output)
    let found = try JSON(reading: numbered.output)
    #expect(found["value"] == plain["value"] && found["gradient"] == plain["gradient"])
  }

  /// A line that comes when all answers are there makes every one of them doubtful.
  @Test(arguments: [
    "evaluate --theta 1 2 --sigma 0.1 --samples 50", "replay --input 1,2",
    "minimize --start 1 2 --steps 2 --samples 4",
  ])
  func aLineTooManyIsAnErrorBeforeAnythingIsPrinted(command: String) throws {
    let program = PythonWorker.bowl.dropLast() + [PythonWorker.bowl[3] + "\nprint(7)"]
    let run = CommandRun(command.split(separator: " ").map(String.init) + ["--"] + program)
    #expect(run.code == 1)
    #expect(run.output == "")
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains("printed '7' without having been asked"), "\(run.errors)")
    #expect(!run.errors.contains("goes on"))
  }

  @Test(arguments: [
    ("evaluate argmax --theta 1 -- cat", "a function is given with a program"),
    ("evaluate --theta 1 --hessian -- cat", "--hessian is given with a program"),
    ("evaluate -- cat", "theta is missing"),
    ("evaluate argmax --theta 1 --jobs 2", "--jobs is for a program"),
    ("evaluate --theta 1 --on-failure go -- cat", "unknown choice for failures 'go'"),
    ("evaluate --theta 1,2 --cotangent 1 -- cat", "the cotangent has 1 entries, expected 2"),
    ("evaluate argmax --theta 1 --numbered", "--numbered is for a program"),
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
