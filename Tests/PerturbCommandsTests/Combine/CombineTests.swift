import Foundation
import PerturbCommands
import Platform
import Testing

/// Parts put together print what one process prints.
@Suite struct CombineTests {
  private static let theta = "--theta -0.6,1.9,1.1,0.2"
  private static let graph =
    #"{"nodes": 4, "edges": [[0, 1, 0.2], [1, 3, 0.3], [0, 2, 0.1], [2, 3, 0.5]], "from": 0, "to": 3}"#

  private func check(
    _ options: String, count: Int, program: [String] = [],
    location: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try TemporaryFolder()
    let (paths, runs) = Parts.write(options, count: count, in: folder, program: program)
    for run in runs {
      #expect(run.code == 0 && run.output == "" && run.errors == "", "\(run.errors)")
    }
    let tail = program.isEmpty ? [] : ["--"] + program
    for json in [[], ["--json"]] {
      let whole = CommandRun(
        ["evaluate"] + options.split(separator: " ").map(String.init) + json + tail)
      let combined = CommandRun(["combine"] + json + paths.reversed())
      #expect(whole.code == 0, "\(whole.errors)", sourceLocation: location)
      #expect(combined.code == 0, "\(combined.errors)", sourceLocation: location)
      #expect(
        Parts.comparable(combined.output) == Parts.comparable(whole.output),
        sourceLocation: location)
    }
  }

  @Test(arguments: ["argmax", "ranking", "sort", "top-k --k 2", "or", "and"], [1, 3])
  func everyFunction(function: String, count: Int) throws {
    let g = ["or", "and"].contains { function == $0 } ? "1" : "1,-2,0.5,3"
    try check("\(function) \(Self.theta) --samples 20000 --cotangent \(g)", count: count)
    try check(
      "\(function) \(Self.theta) --samples 20000 --cotangent \(g) --hessian --standard-error",
      count: count)
  }

  @Test(
    arguments: ["none", "point", "leave-one-out"],
    ["independent", "antithetic", "quasi-monte-carlo", "orthogonal"])
  func everyBaselineAndSampling(baseline: String, sampling: String) throws {
    for rest in ["", "--standard-error --hessian", "--precision double --standard-error"] {
      try check(
        "ranking \(Self.theta) --samples 9000 --cotangent 1,-2,0.5,3 --baseline \(baseline) "
          + "--sampling \(sampling) --seed 5 --sigma 0.3 \(rest)", count: 4)
    }
  }

  @Test func graphsBatchesAndManySamples() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("graph.json", Self.graph)
    try check(
      "shortest-path --graph \(path) --sigma 0.1 --samples 9000 --cotangent 1,0,0,2", count: 3)
    try check(
      "shortest-path --graph \(path) --theta 1,2,3,4 --negative-costs clipped --samples 9000",
      count: 3)
    let batch = try folder.file("batch.json", "[[0.3, 0.1], [0.2, -1], [4, 4]]")
    try check(
      "argmax --theta-file \(batch) --samples 5000 --cotangent 1,0,0,1,1,1 --standard-error",
      count: 5)
    // Rough standard errors are those of the first 200,000.
    try check("argmax \(Self.theta) --samples 450000 --cotangent 1,0,0,1 --noise gumbel", count: 6)
  }

  // MARK: Programs

  /// Writes a line for each input into a file, from which the calls are counted.
  private static func program(_ log: String, failing: Bool = false) -> [String] {
    let script = """
      while IFS= read -r line; do
        line=${line#[}; x=${line%%,*}
        echo "$x" >> "$0"
        \(failing ? #"case $x in 1.0*) echo none; continue;; esac"# : "")
        echo "$x"
      done
      """
    return ["sh", "-c", script, log]
  }

  private func calls(_ log: String) throws -> Int {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").count
  }

  @Test(arguments: ["none", "point", "leave-one-out"])
  func programsAreCalledOnceForEachSample(baseline: String) throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("log", "")
    let program = Self.program(log)
    let options = "--theta 1,2 --sigma 0.1 --samples 400 --jobs 2 --baseline \(baseline)"
    let (paths, runs) = Parts.write(options, count: 3, in: folder, program: program)
    #expect(runs.allSatisfy { $0.code == 0 && $0.errors == "" })
    // f(θ) for each part, and once more where it is the baseline.
    #expect(try calls(log) == 400 + 3 * (baseline == "point" ? 2 : 1))
    let combined = CommandRun(["combine", "--json"] + paths)
    #expect(try calls(log) == 400 + 3 * (baseline == "point" ? 2 : 1))
    let whole = CommandRun(
      ["evaluate"] + options.split(separator: " ").map(String.init) + ["--json", "--"] + program)
    #expect(combined.code == 0, "\(combined.errors)")
    #expect(Parts.comparable(combined.output) == Parts.comparable(whole.output))
  }

  @Test func skippedSamplesAreSkipped() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("log", "")
    try check(
      "--theta 1.2,2 --sigma 0.1 --samples 300 --on-failure skip --retries 0", count: 4,
      program: Self.program(log, failing: true))
    let (paths, _) = Parts.write(
      "--theta 1.2,2 --sigma 0.1 --samples 300 --on-failure skip --retries 0", count: 4,
      in: folder, program: Self.program(log, failing: true))
    let run = CommandRun(["combine", "--json"] + paths)
    #expect(try (JSON(reading: run.output)["skipped"]?.integer ?? 0) > 0)
  }

  @Test func aProgramThatFailsLeavesNoPart() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("log", "")
    let (paths, runs) = Parts.write(
      "--theta 1.2,2 --sigma 0.1 --samples 300 --retries 0", count: 2, in: folder,
      program: Self.program(log, failing: true))
    #expect(runs.allSatisfy { $0.code == 1 && $0.output == "" && $0.errorLines.count == 1 })
    #expect(paths.allSatisfy { Files.kind($0) == .missing })
  }

  @Test func aProgramThatIsNoFunctionIsNoticed() throws {
    let folder = try TemporaryFolder()
    let (paths, _) = Parts.write(
      "--theta 1,2 --sigma 0.1 --samples 100", count: 2, in: folder,
      program: ["sh", "-c", "while read line; do echo $$; done"])
    let run = CommandRun(["combine"] + paths)
    #expect(run.code == 1 && run.output == "")
    #expect(run.errors.contains("part 2 has found other numbers at the unperturbed input"))
  }

  // MARK: Jobs that end in the middle

  /// Eight parts, two processes at a time, of which some are killed; those that are missing are computed
  /// by the same commands.
  @Test func killedJobsAreRunAgain() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("log", "")
    let slow = [
      "sh", "-c", "while read line; do sleep 0.01; echo 1 >> \"$0\"; echo \"$line\"; done", log,
    ]
    let options = [
      "evaluate", "--theta", "1,2", "--sigma", "0.1", "--samples", "320", "--jobs", "1",
    ]
    let paths = (1...8).map { "\(folder.path)/part-\($0).json" }
    func job(_ index: Int) throws -> BuiltProgram {
      try BuiltProgram(
        options + ["--part", "\(index)/8", "--out", paths[index - 1], "--"] + slow)
    }
    for first in stride(from: 1, through: 8, by: 2) {
      let jobs = try [job(first), job(first + 1)]
      if first == 3 || first == 7 { jobs[0].process.interrupt() }
      if first == 5 { kill(jobs[1].process.processIdentifier, SIGKILL) }
      for job in jobs { _ = job.code() }
    }
    let there = paths.filter { Files.kind($0) == .file }
    #expect(there.count == 5)
    let early = CommandRun(["combine"] + there)
    #expect(early.code == 1 && early.output == "")
    #expect(
      early.errorLines == ["perturb: part 3/8 and 2 more are missing: 5 of 8 parts are given"])
    let before = try Files.read(paths[0])
    let calls = try calls(log)
    for index in 1...8 { #expect(try job(index).code() == 0) }
    #expect(try Files.read(paths[0]) == before)
    // Three parts of at most 41 inputs.
    #expect(try self.calls(log) - calls <= 3 * 49)
    let combined = CommandRun(["combine", "--json"] + paths)
    let whole = CommandRun(options + ["--json", "--"] + slow)
    #expect(combined.code == 0, "\(combined.errors)")
    #expect(Parts.comparable(combined.output) == Parts.comparable(whole.output))
    // Nothing half-written is left.
    #expect(try folder.names().allSatisfy { !$0.hasSuffix(".part") })
  }

  @Test func aPartThatIsThereIsLeftAsItIs() throws {
    let folder = try TemporaryFolder()
    let options = "ranking \(Self.theta) --samples 5000"
    let (paths, _) = Parts.write(options, count: 2, in: folder)
    let bytes = try Files.read(paths[0])
    let again = Parts.write(options + " --threads 1", count: 2, in: folder).runs[0]
    #expect(again.code == 0 && again.output == "")
    #expect(again.errors == "perturb: part 1/2 is there already, complete, in '\(paths[0])'\n")
    #expect(try Files.read(paths[0]) == bytes)
    // One that is damaged is computed again, whatever is left of it.
    for count in [0, 1, 20, bytes.count / 2, bytes.count - 1] {
      try Files.write(bytes.prefix(count), to: paths[0])
      let run = Parts.write(options, count: 2, in: folder).runs[0]
      #expect(run.code == 0 && run.errors.contains("cut off or damaged: computing part 1/2 again"))
      #expect(CommandRun(["combine"] + paths).code == 0)
    }
    for (other, part) in [
      (options + " --sigma 2", "sigma is 1"), (options + " --samples 6000", "samples is 5000"),
      (options + " --cotangent 1,1,1,1", "cotangent is none"),
    ] {
      let run = Parts.write(other, count: 2, in: folder).runs[0]
      #expect(run.code == 1 && run.errorLines.count == 1)
      #expect(run.errors.contains("a part of another evaluation") && run.errors.contains(part))
    }
    let third = Parts.write(options, count: 3, in: folder).runs[0]
    #expect(third.code == 1 && third.errors.contains("holds part 1/2, here it is part 1/3"))
    let mine = try folder.file("part-1.json", "{\"mine\": 1}")
    #expect(Parts.write(options, count: 2, in: folder).runs[0].errors.contains("is no part"))
    #expect(try Files.read(mine) == Array("{\"mine\": 1}".utf8))
  }

  // MARK: Parts that are no whole

  private func check(
    _ paths: [String], _ parts: String..., location: SourceLocation = #_sourceLocation
  ) {
    let run = CommandRun(["combine"] + paths)
    #expect(run.code == 1 && run.output == "", sourceLocation: location)
    #expect(run.errorLines.count == 1, sourceLocation: location)
    for part in parts {
      #expect(run.errors.contains(part), "\(run.errors)", sourceLocation: location)
    }
  }

  @Test func missingDoubledForeignAndDamagedPartsAreNamed() throws {
    let folder = try TemporaryFolder()
    let options = "ranking \(Self.theta) --samples 5000"
    let (paths, _) = Parts.write(options, count: 4, in: folder)
    check([], "no parts are given")
    check([paths[0], paths[1], paths[3]], "part 3/4 is missing", "3 of 4")
    check(paths + [paths[1]], "part 2/4 is there twice", "part-2.json")
    check(paths + [folder.path + "/none.json"], "none.json", "no such file")
    check(paths + [try folder.file("other", "[1]")], "other' is no part")
    for (other, name) in [
      ("--seed 7", "seed"), ("--sigma 2", "sigma"), ("--noise gumbel", "noise"),
      ("--baseline point", "baseline"), ("--precision double", "precision"),
      ("--sampling antithetic", "sampling"), ("--hessian --cotangent 1,1,1,1", "cotangent"),
      ("--standard-error", "standard-error"),
    ] {
      let elsewhere = try TemporaryFolder()
      let foreign = Parts.write("\(options) \(other)", count: 4, in: elsewhere).paths[3]
      check(
        Array(paths[..<3]) + [foreign], foreign, "a part of another evaluation", "its \(name) is")
    }
    let halves = try TemporaryFolder()
    let half = Parts.write(options, count: 2, in: halves).paths[0]
    check(paths + [half], half, "is part 1/2, expected one of 4")
    let bytes = try Files.read(paths[2])
    for index in stride(from: 3, to: bytes.count, by: 97) {
      var changed = bytes
      changed[index] ^= 1
      try Files.write(changed, to: paths[2])
      check(paths, "part-3.json")
      try Files.write(bytes.prefix(index), to: paths[2])
      check(paths, "part-3.json")
    }
    let version = String(decoding: Parts.body(bytes), as: UTF8.self).replacing(
      /"version": "[^"]*"/, with: "\"version\": \"9.9\"")
    try Files.write(Parts.sealed(Array(version.utf8)), to: paths[2])
    check(paths, "part-3.json", "written by version 9.9")
    // The sums of one evaluation under the name of another.
    let renamed = String(decoding: Parts.body(bytes), as: UTF8.self).replacing(
      "{\"perturb part\": \"3/4\"", with: "{\"perturb part\": \"2/4\"")
    try Files.write(Parts.sealed(Array(renamed.utf8)), to: paths[2])
    check(paths, "part")
  }

  @Test(arguments: [
    ("ranking --theta 1,2 --part 1/2", "--part is given without --out"),
    ("ranking --theta 1,2 --out p.json", "--out is given without --part"),
    ("ranking --theta 1,2 --part 3/2 --out p.json", "'3/2'"),
    ("ranking --theta 1,2 --part 0/2 --out p.json", "'0/2'"),
    ("ranking --theta 1,2 --part 1 --out p.json", "a part such as 3/8"),
    ("ranking --theta 1,2 --part 1/2000000 --out p.json", "1,000,000"),
    ("ranking --theta 1,2 --part 1/2 --out p.json --exact", "--exact"),
    ("ranking --theta 1,2 --part 1/2 --out p.json --json", "perturb combine --json"),
    ("ranking --theta 1,2 --part 1/2 --out p.json --until-standard-error 1", "--samples"),
    ("ranking --theta 1,2 --part 1/2 --out /proc/p.json --samples 100", "cannot write the part"),
    ("ranking --part 1/2 --out p.json", "theta is missing"),
  ])
  func badOptionsAreOneLine(line: String, part: String) {
    let run = CommandRun("evaluate " + line)
    #expect(run.code != 0 && run.output == "")
    #expect(run.errorLines.first?.contains(part) == true, "\(run.errors)")
  }
}
