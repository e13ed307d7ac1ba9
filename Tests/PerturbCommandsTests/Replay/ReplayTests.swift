import Foundation
import PerturbCommands
import Platform
import Testing

@Suite(.enabled(if: PythonWorker.isThere, "needs python3"))
struct ReplayTests {
  @Test func anInputIsRunOnce() throws {
    let run = CommandRun(["replay", "--input", "4,1"] + ["--"] + PythonWorker.bowl)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output == "input   [4, 1]\noutput  [6]\n")
  }

  /// The sample's input as the contract has it: child i of the key, child 0 for the one leaf.
  @Test func anInputIsDrawnAgain() throws {
    let run = CommandRun(
      ["replay", "--theta", "1,2", "--key", "0,7", "--sample", "37", "--sigma", "0.5", "--json"]
        + ["--"] + PythonWorker.program("print(1)"))
    #expect(run.code == 0, "\(run.errors)")
    let input = try #require(JSON(reading: run.output)["input"]).doubles
    #expect(input == Self.expected)
  }

  @Test func inDoublePrecisionToo() throws {
    let run = CommandRun(
      "replay --theta 0.1,2 --key 0,7 --sample 3 --sigma 0.5 --precision double --json --"
        .split(separator: " ").map(String.init) + PythonWorker.program("print(1)"))
    #expect(run.code == 0, "\(run.errors)")
    let z: [Double] = RandomKeyDraws.normal(seed: 7, sample: 3, count: 2)
    #expect(
      try #require(JSON(reading: run.output)["input"]).doubles
        == zip([0.1, 2], z).map { $0 + 0.5 * $1 })
  }

  private static var expected: [Double] {
    let z: [Float] = RandomKeyDraws.normal(seed: 7, sample: 37, count: 2)
    return zip([1, 2] as [Float], z).map { Double($0 + 0.5 * $1) }
  }

  @Test(arguments: [
    ("replay", "no program is given"), ("replay -- cat", "no input is given"),
    ("replay --input 1 --theta 2 -- cat", "several inputs are given"),
    ("replay --theta 2 -- cat", "expected --key and --sample"),
    ("replay /nowhere.json", "cannot read the failure file"),
    ("replay --input 1 -- false", "exited with code 1"),
  ])
  func mistakesAreOneLine(line: String, part: String) {
    let run = CommandRun(line)
    #expect(run.code != 0)
    #expect(run.output == "")
    #expect(run.errors.contains(part), "\(run.errors)")
    #expect(run.errorLines.count == 1)
  }
}
