internal import ArgumentParser

struct EvaluateCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a perturbed function and its derivatives at one point.",
    discussion: """
      \(ProblemOptions.functions)

      Examples:
        perturb evaluate argmax --theta -0.6,1.9,1.1 --sigma 0.5 --noise gumbel
        perturb evaluate ranking --theta 0.3 0.1 0.2 --cotangent 1 0 0 \\
          --baseline leave-one-out --standard-error --json
        perturb evaluate or --theta -0.3 0.2 --hessian --until-standard-error 1e-4
        perturb evaluate shortest-path --graph Examples/graph.json --sigma 0.05

      A graph file holds an object such as
        {"nodes": 3, "edges": [[0, 1, 0.2], [1, 2, 0.3], [0, 2, 0.4]],
         "directed": true, "from": 0, "to": 2}
      where nodes may be a list of names by which edges, from and to then call
      them. The costs are theta, unless --theta gives others, one for each edge.
      """)

  @OptionGroup var options: ProblemOptions

  @Flag(help: "Find the standard errors of all that is printed, from every sample.")
  var standardError = false

  @Flag(
    help: ArgumentHelp(
      "Find the matrix of second derivatives of the dot product with the cotangent; without one, "
        + "of a value that is a single number."))
  var hessian = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Take samples until no entry of the value has a standard error above E, in whole blocks, "
        + "and at most --samples. (default: 100000000)", valueName: "E"),
    transform: { try Parsing.number($0) })
  var untilStandardError: Double?

  @Flag(
    help: "Print one JSON object: value, gradient, hessian, standard errors, samples, seconds.")
  var json = false

  func run(on console: Console) throws {
    var evaluation = Evaluation(
      try options.problem(
        defaultSamples: untilStandardError == nil ? 100_000 : Evaluation.defaultMaximum))
    evaluation.untilStandardError = untilStandardError
    evaluation.findsHessian = hessian
    evaluation.standardErrors = standardError ? .exact : json ? .none : .rough
    let progress = SampleProgressLine(console, evaluation.problem.function.rawValue)
    evaluation.problem.progress = progress.observer()
    defer { progress.clear() }
    let outcome = try ProblemOptions.explaining { try evaluation.run() }
    progress.clear()
    if json {
      console.print(evaluation.json(outcome).compactText)
    } else {
      console.write(evaluation.text(outcome))
    }
  }
}
