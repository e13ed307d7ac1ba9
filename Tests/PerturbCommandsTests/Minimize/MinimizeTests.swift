import Foundation
import PerturbCommands
import Platform
import Testing

/// Workers of one line for tests, in Python.
enum PythonWorker {
  /// Whether there is a Python; tests that need one are skipped elsewhere.
  static let isThere = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }

  /// A worker that runs a statement for each line, whose numbers are x.
  static func program(_ statement: String) -> [String] {
    let lines = [
      "import json, os, sys", "for line in sys.stdin:", "  x = json.loads(line)", "  \(statement)",
    ]
    return ["python3", "-u", "-c", lines.joined(separator: "\n")]
  }

  /// (x₀ − 3)² + (x₁ + 1)² + 1.
  static let bowl = program("print((x[0] - 3) ** 2 + (x[1] + 1) ** 2 + 1)")
}

@Suite(.enabled(if: PythonWorker.isThere, "needs python3"))
struct MinimizeTests {
  private func minimize(
    _ options: String, program: [String] = PythonWorker.bowl, showsProgress: Bool = false
  ) -> CommandRun {
    CommandRun(
      ["minimize"] + options.split(separator: " ").map(String.init) + ["--"] + program,
      showsProgress: showsProgress)
  }

  @Test(arguments: [
    ("adam", "--learning-rate 0.2 --steps 120", 0.05),
    ("sgd", "--learning-rate 0.1 --momentum 0.5 --steps 60", 0.05),
    ("lbfgs", "--steps 20", 1e-4), ("es", "--learning-rate 0.2 --steps 120", 0.1),
    ("cma-es", "--steps 60", 1e-3),
  ])
  func everyMethodFindsTheMinimum(method: String, options: String, tolerance: Double) throws {
    let run = minimize("--method \(method) --start 0 0 \(options) --json --jobs 2")
    #expect(run.code == 0, "\(run.errors)")
    let result = try JSON(reading: run.output)
    let best = try #require(result["best"])
    let input = try #require(best["input"]).doubles
    #expect(abs(input[0] - 3) < tolerance.squareRoot())
    #expect(abs(input[1] + 1) < tolerance.squareRoot())
    #expect(abs(try #require(best["value"]?.double) - 1) < tolerance)
  }

  @Test(arguments: ["adam", "sgd", "lbfgs", "es", "cma-es"])
  func theNumberOfJobsChangesNothing(method: String) throws {
    let results = try [1, 3].map { jobs in
      let run = minimize("--method \(method) --start 0 0 --steps 8 --json --jobs \(jobs)")
      let result = try JSON(reading: run.output)
      return [result["best"], result["final"], result["sensitivity"]]
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: ["adam", "sgd", "lbfgs", "es", "cma-es"])
  func aResumedRunHasTheSameBits(method: String) throws {
    let folder = try TemporaryFolder()
    let options = "--method \(method) --start 0.5 2 --upper inf 2.5"
    let whole = minimize("\(options) --steps 9 --out \(folder.path)/whole")
    #expect(whole.code == 0, "\(whole.errors)")
    #expect(minimize("\(options) --steps 4 --out \(folder.path)/part").code == 0)
    let resumed = CommandRun("minimize --resume --steps 9 --out \(folder.path)/part")
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(try folder.text("part/history.csv") == folder.text("whole/history.csv"))
    let results = try ["part", "whole"].map { try JSON(reading: folder.text("\($0)/result.json")) }
    for name in ["status", "evaluations", "best", "final", "sensitivity"] {
      #expect(results[0][name] == results[1][name], "\(name)")
    }
    #expect(results[0]["steps"]?.integer == results[1]["steps"]?.integer)
    let states = try ["part", "whole"].map {
      try JSON(reading: folder.text("\($0)/checkpoint.json"))["state"]
    }
    #expect(states[0] == states[1])
    #expect(
      try folder.names("part")
        == [
          "checkpoint.json", "checkpoint.previous.json", "history.csv", "index.html", "result.json",
        ])
  }

  @Test func inputsStayInsideTheirBounds() throws {
    let folder = try TemporaryFolder()
    // The minimum of the square is outside: 3 in the first input.
    for method in ["adam", "cma-es", "lbfgs"] {
      let run = minimize(
        "--method \(method) --start 1 0.5 --lower 0.5 0.01 --upper 2 10 --log 1 --steps 60 "
          + "--learning-rate 0.2 --out \(folder.path)/\(method) --json")
      let result = try JSON(reading: run.output)
      let best = try #require(result["best"]?["input"]).doubles
      #expect(best[0] <= 2 && best[0] > 1.9, "\(method)")
      #expect(best[1] >= 0.01 && best[1] < 0.05, "\(method)")
    }
  }

  @Test func aProgramNeverSeesAnInputOutOfBounds() throws {
    let program = PythonWorker.program("print(x[0]) if 1 <= x[0] <= 1.5 else sys.exit(3)")
    for method in ["adam", "es", "cma-es", "lbfgs"] {
      let run = minimize(
        "--method \(method) --start 1.2 --lower 1 --upper 1.5 --sigma 0.4 --steps 10 --retries 0",
        program: program)
      #expect(run.code == 0, "\(method): \(run.errors)")
    }
  }

  @Test func aConfigurationSaysItAll() throws {
    let folder = try TemporaryFolder()
    let program = PythonWorker.bowl.map {
      "\"" + $0.split(separator: "\n").joined(separator: "\\n") + "\""
    }.joined(separator: ", ")
    let file = try folder.file(
      "run.json",
      """
      {"program": [\(program)], "start": [0, 0], "method": "cma-es", "steps": 5, "seed": 3,
       "lower": [null, -2], "names": ["gain", "rate"], "log": []}
      """)
    let fromFile = try JSON(reading: CommandRun("minimize --config \(file) --json").output)
    let fromLine = try JSON(
      reading: minimize(
        "--start 0 0 --method cma-es --steps 5 --seed 3 --lower -inf,-2 --names gain,rate --json"
      ).output)
    #expect(fromFile["final"] == fromLine["final"])
    #expect(fromFile["names"] == fromLine["names"])
    // The command line comes before the file.
    let shorter = try JSON(
      reading: CommandRun("minimize --config \(file) --steps 2 --json").output)
    #expect(shorter["steps"]?.integer == 2)
  }

  @Test func answersMayCarryNumbers() throws {
    let folder = try TemporaryFolder()
    let program = PythonWorker.program(
      "q = x; x = q['x']; y = (x[0] - 3) ** 2 + (x[1] + 1) ** 2 + 1; "
        + "print(json.dumps({'id': q['id'], 'y': y}))")
    let options = "--start 0 0 --steps 3 --samples 4"
    let run = minimize("\(options) --numbered --out \(folder.path)/run", program: program)
    #expect(run.code == 0, "\(run.errors)")
    _ = minimize("\(options) --out \(folder.path)/plain")
    #expect(try folder.text("run/history.csv") == folder.text("plain/history.csv"))
    // A checkpoint knows it, and so does a configuration.
    #expect(CommandRun("minimize --resume --steps 5 --out \(folder.path)/run").code == 0)
    let texts = try #require(
      JSON(reading: folder.text("run/checkpoint.json"))["settings"]
    ).compactText
    let config = try folder.file("run.json", texts)
    #expect(CommandRun("minimize --config \(config)").code == 0)
    let wrong = CommandRun(
      "minimize --config " + (try folder.file("wrong.json", #"{"numbered": 1, "start": [0]}"#)))
    #expect(wrong.code == 1)
    #expect(wrong.errors.contains("numbered is 1, expected true or false"), "\(wrong.errors)")
  }

  @Test(arguments: ["", "--resume"])
  func twoRunsDoNotShareAFolder(option: String) throws {
    let folder = try TemporaryFolder()
    if option == "--resume" {
      #expect(minimize("--start 0 0 --steps 1 --out \(folder.path)/run").code == 0)
    } else {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/run", withIntermediateDirectories: true)
    }
    let lock = try #require(try Files.lockFolder("\(folder.path)/run"))
    func run() -> CommandRun {
      option == "--resume"
        ? CommandRun("minimize --resume --steps 2 --out \(folder.path)/run")
        : minimize("--start 0 0 --steps 1 --out \(folder.path)/run")
    }
    let other = run()
    #expect(other.code == 1 && other.output == "")
    #expect(other.errorLines.count == 1)
    #expect(other.errors.contains("another run is at work in the folder"), "\(other.errors)")
    lock.close()
    #expect(run().code == 0)
  }

  @Test func endsWhereItIsTold() throws {
    let until = try JSON(
      reading: minimize("--start 0 0 --learning-rate 0.2 --until 1.5 --json").output)
    #expect(try #require(until["final"]?["value"]?.double) <= 1.5)
    #expect(try #require(until["steps"]?.integer) < 100)
    let limited = try JSON(
      reading: minimize("--start 0 0 --evaluations 200 --samples 10 --json").output)
    #expect(limited["status"]?.string == "reached 200 evaluations")
  }

  @Test func progressIsOneLine() {
    let run = minimize("--start 0 0 --steps 3", showsProgress: true)
    let states = run.errors.split(separator: "\r")
    #expect(states.count >= 4)
    #expect(!run.errors.contains("\n"))
    #expect(run.errors.contains("step 2/3  best "))
    #expect(run.errors.contains(" evaluations  0:0"))
    #expect(run.errors.contains("snr "))
    #expect(states.allSatisfy { $0.count <= 84 })
  }

  @Test func thePageHasItsFigures() throws {
    let folder = try TemporaryFolder()
    _ = minimize("--start 0 0 --names gain,rate --steps 5 --out \(folder.path)/run")
    let page = try folder.text("run/index.html")
    #expect(page.components(separatedBy: "<figure>").count == 4)
    for text in ["Objective against evaluations", "gain", "rate", "Sensitivity at the end"] {
      #expect(page.contains(text))
    }
    let lines = try folder.text("run/history.csv").split(separator: "\n")
    #expect(
      lines[0] == "step,evaluations,value,mean,standard_error,best,signal_to_noise,gain,rate")
    #expect(lines.count == 7)
  }

  @Test func manyInputsHaveOneFigure() throws {
    let folder = try TemporaryFolder()
    let start = (0..<20).map { "\($0)" }.joined(separator: ",")
    let run = minimize("--start \(start) --method cma-es --steps 3 --out \(folder.path)/run")
    #expect(run.code == 0)
    #expect(try folder.text("run/index.html").contains("in units of the scale"))
  }

  // MARK: Mistakes and failures

  @Test(arguments: [
    ("minimize --start 1,2", "no program is given"),
    ("minimize -- cat", "no start is given"),
    ("minimize --start 1,x -- cat", "'x' in --start is not a number"),
    ("minimize --start 1 --lower 2 --upper 3 -- cat", "outside its bounds 2…3"),
    ("minimize --start 1 --lower 3 --upper 2 -- cat", "expected lower < upper"),
    ("minimize --start -1 --log 0 -- cat", "logarithmic scale"),
    ("minimize --start 1 --method adm -- cat", "did you mean 'adam'?"),
    ("minimize --start 1 --samples 0 -- cat", "samples is 0"),
    ("minimize --start 1 --method cma-es --samples 3 -- cat", "at least 4"),
    ("minimize --start 1 --sigma -1 -- cat", "expected a positive number"),
    ("minimize --start 1 --scales range -- cat", "lacks a bound"),
    ("minimize --start 1 --log 4 -- cat", "expected an index below 1"),
    ("minimize --start 1 --names a,b -- cat", "2 names are given for 1 inputs"),
    ("minimize --resume", "--resume needs the folder"),
    ("minimize --resume --out /nowhere/at/all", "nothing to resume"),
    ("minimize --start 1 --config /nowhere -- cat", "cannot read the configuration"),
    ("minimize --start 1 -- /nowhere/program", "cannot start '/nowhere/program'"),
    ("minimize --start 1,2 -- cat", "printed 2 numbers, expected 1"),
  ])
  func mistakesAreOneLine(line: String, part: String) {
    let run = CommandRun(line)
    #expect(run.code != 0)
    #expect(run.output == "")
    #expect(run.errors.contains(part), "\(run.errors)")
    #expect(run.errorLines.count == 1)
  }

  @Test func aRunIsNotOverwritten() throws {
    let folder = try TemporaryFolder()
    _ = minimize("--start 0 0 --steps 1 --out \(folder.path)/run")
    let again = minimize("--start 0 0 --steps 1 --out \(folder.path)/run")
    #expect(again.code == 1)
    #expect(again.errors.contains("holds a run already"))
    let other = CommandRun("minimize --resume --sigma 2 --out \(folder.path)/run")
    #expect(other.errors.contains("--sigma is given with --resume"))
  }

  @Test func aFailureCanBeReplayedAndResumed() throws {
    let folder = try TemporaryFolder()
    let flag = "\(folder.path)/fixed"
    // Fails above 1, as long as a file is not there.
    let program = PythonWorker.program(
      "print((x[0] - 3) ** 2) if x[0] <= 1 or os.path.exists('\(flag)') "
        + "else (print('too large', file=sys.stderr), sys.exit(3))")
    let options = "--start 0 --learning-rate 0.2 --steps 12 --retries 1 --jobs 1"
    let failed = minimize("\(options) --out \(folder.path)/run", program: program)
    #expect(failed.code == 1)
    #expect(failed.errorLines.count == 1)
    #expect(failed.errors.contains("exited with code 3 and gave no answer, 2 times for sample "))
    #expect(failed.errors.contains("it said: too large"))
    #expect(failed.errors.contains("perturb replay \(folder.path)/run/failure.json"))
    #expect(failed.errors.contains("--resume"))

    let replay = CommandRun("replay \(folder.path)/run/failure.json")
    #expect(replay.code == 1)
    #expect(replay.errors.contains("too large"))
    #expect(replay.errors.contains("exited with code 3"))

    _ = try folder.file("fixed", "")
    let repaired = CommandRun("replay \(folder.path)/run/failure.json --json")
    #expect(repaired.code == 0, "\(repaired.errors)")
    let input = try #require(JSON(reading: repaired.output)["input"]).doubles
    let output = try #require(JSON(reading: repaired.output)["output"]).doubles
    #expect(input[0] > 1)
    #expect(abs(output[0] - (input[0] - 3) * (input[0] - 3)) < 1e-4)

    #expect(CommandRun("minimize --resume --out \(folder.path)/run").code == 0)
    let whole = minimize("\(options) --out \(folder.path)/whole", program: program)
    #expect(whole.code == 0)
    #expect(try folder.text("run/history.csv") == folder.text("whole/history.csv"))
  }

  @Test func skippedEvaluationsAreCounted() throws {
    let program = PythonWorker.program("print((x[0] - 3) ** 2) if x[0] <= 0.12 else sys.exit(3)")
    let run = minimize(
      "--start 0 --learning-rate 0.001 --steps 4 --retries 0 --on-failure skip", program: program)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains(" evaluations failed and were left out"))
    #expect(run.output.contains("biased towards them"))
    let search = minimize(
      "--method cma-es --start 0 --steps 30 --retries 0 --on-failure skip --json", program: program)
    let best = try #require(JSON(reading: search.output)["best"]?["input"]).doubles
    #expect(best[0] <= 0.12 && best[0] > 0.1)
  }
}
