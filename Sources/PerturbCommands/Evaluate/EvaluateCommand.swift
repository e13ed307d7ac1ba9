internal import ArgumentParser
internal import Platform

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
        perturb evaluate --theta 0.5,2 --sigma 0.1 --jobs 4 -- ./simulate

      A program after -- is a function too: it reads one JSON array per line and
      prints one, or takes the numbers where its arguments have {}; see
      docs/programs.md. 1000 samples are taken where --samples is not given.

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

  @OptionGroup(title: "Programs") var programOptions: ProgramOptions

  @Argument(parsing: .postTerminator, help: "A program and its arguments, after --.")
  var program: [String] = []

  func run(on console: Console) throws {
    if !program.isEmpty { return try evaluateProgram(on: console) }
    try programOptions.checkUnused()
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

extension EvaluateCommand {
  private func evaluateProgram(on console: Console) throws {
    let others: [(String, Bool)] = [
      ("a function", options.function != nil), ("--graph", options.graph != nil),
      ("--k", options.choiceCount != nil), ("--negative-costs", options.negativeCosts != nil),
      ("--threads", options.threads != nil), ("--hessian", hessian),
      ("--until-standard-error", untilStandardError != nil),
    ]
    if let other = others.first(where: \.1)?.0 {
      throw CommandError("\(other) is given with a program, which does not take it")
    }
    guard let theta = try options.point() else {
      throw CommandError("theta is missing, expected numbers after --theta or in a --theta-file")
    }
    try theta.check("theta")
    let evaluation = try ProgramEvaluation(
      theta: theta, samples: options.samples ?? 1000, sigma: options.sigma, noise: options.noise,
      seed: options.seed,
      reduction: VarianceReduction(baseline: options.baseline, sampling: options.sampling),
      cotangent: options.cotangent?.values, command: program,
      program: programOptions.program(program, timeout: programOptions.timeout))
    let outcome = try evaluation.run(on: console)
    if json {
      console.print(evaluation.json(outcome).compactText)
    } else {
      console.write(evaluation.text(outcome))
    }
  }
}
