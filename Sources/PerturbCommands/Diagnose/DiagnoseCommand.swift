internal import ArgumentParser
internal import Platform

struct DiagnoseCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagnose",
    abstract: "Measure a perturbed function over a range of sigma, to choose sigma and N.",
    discussion: """
      For each sigma: the fraction of samples whose output differs from the
      unperturbed one, the squared bias and the variance of the value, and the
      signal-to-noise ratio of the gradient: its norm over its error. Below 1 a
      gradient is mostly noise; four times the samples double the ratio.

      \(ProblemOptions.functions)

      Examples:
        perturb diagnose ranking --theta 0.3,0.1,0.2 --samples 1000
        perturb diagnose argmax --theta 1 2 4 --sigmas 0.1,0.3,1,3 --noise gumbel
      """)

  @OptionGroup var options: ProblemOptions

  @Option(
    "The values of sigma to measure. (default: --sigma times 1/16, 1/8 ... 8, 16)", "numbers")
  var sigmas: NumberList?

  @Option(
    "The folder to write a page with the figure into; with --json none unless it is named. "
      + "(default: diagnosis)", "folder")
  var out: String?

  @Flag(help: "Print one JSON object in place of the table.")
  var json = false

  func run(on console: Console) throws {
    var diagnosing = Diagnosing(try options.problem())
    diagnosing.sigmas = sigmas?.values
    let folder = out ?? (json ? nil : "diagnosis")
    let output = folder.map { OutputFolder($0, generator: "perturb diagnose") }
    try output?.check(names: ["index.html", OutputFolder.resultsName])
    let progress = SampleProgressLine(console, "diagnose \(diagnosing.problem.name)")
    defer { progress.clear() }
    let outcome = try ProblemOptions.explaining { try diagnosing.run { progress.observer($0) } }
    progress.clear()
    if let warning = outcome.warning { console.report("perturb: warning: \(warning)") }
    try output?.write(diagnosing.files(outcome))
    if json {
      try console.print(diagnosing.json(outcome).compactText)
    } else {
      try console.write(diagnosing.text(outcome))
      if let folder { try console.print("\n\(folder)/index.html has the figure.") }
    }
  }
}
