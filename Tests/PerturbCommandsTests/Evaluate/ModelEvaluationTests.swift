import HiGHS
import PerturbCommands
import Platform
import Testing

/// `perturb evaluate lp` on the example file of the package.
@Suite(.enabled(if: HiGHSLibrary.isAvailable, "needs HiGHS"))
struct ModelEvaluationTests {
  private static let knapsack = "evaluate lp --model Examples/knapsack.mps --samples 60 --sigma 2"

  @Test func costsAndNamesAreTheFiles() throws {
    let run = CommandRun(Self.knapsack)
    #expect(run.code == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("variable") })
    // Tent, rope and axe weigh 11, and the book 1 more: worth 24.
    let rows = ["tent": "1", "stove": "0", "rope": "1", "axe": "1", "book": "1"]
    for (name, chosen) in rows {
      let line = try #require(lines.first { $0.hasPrefix(name) })
      #expect(line.split(separator: " ")[2] == chosen)
    }
  }

  @Test func itHasAGradient() throws {
    let run = CommandRun(
      Self.knapsack + " --theta 10,6,7,5,2 --cotangent 1,0,0,0,0 --precision double --json")
    let value = try JSON(reading: run.output)
    #expect(value["value"]?.elements?.count == 5)
    #expect(value["gradient"]?.elements?.count == 5)
  }

  @Test(arguments: [
    ("evaluate lp --theta 1", "lp needs --model"),
    ("evaluate lp --model /nowhere.mps", "model file '/nowhere.mps': no such file"),
    ("evaluate argmax --theta 1 --model Examples/knapsack.mps", "--model is for lp, not argmax"),
    ("evaluate lp --model Examples/knapsack.mps --theta 1", "one cost for each variable"),
  ])
  func mistakesAreOneLine(line: String, part: String) {
    let run = CommandRun(line)
    #expect(run.code != 0)
    #expect(run.output == "")
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains(part))
  }
}
