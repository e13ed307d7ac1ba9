import Testing

struct HelpTests {
  @Test(arguments: [
    "--help", "evaluate --help", "gallery --help", "diagnose --help", "minimize --help",
    "replay --help", "combine --help", "help gallery", "",
  ])
  func helpGoesToTheOutputInEightyColumns(line: String) {
    let run = CommandRun(line)
    #expect(run.code == 0)
    #expect(run.errors == "")
    #expect(run.output.contains("USAGE: perturb"))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func versionIsOneLine() {
    let run = CommandRun("--version")
    #expect(run.code == 0)
    #expect(run.output.hasPrefix("perturb "))
    #expect(run.output.split(separator: "\n").count == 1)
  }
}
