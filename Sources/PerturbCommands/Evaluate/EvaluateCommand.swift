internal import ArgumentParser
internal import Perturbations
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
        perturb evaluate ranking --theta 0.3 0.1 0.2 --cotangent 1 0 0 \\
          --baseline leave-one-out --until-gradient-standard-error 0.01
        perturb evaluate ranking --theta 0.3 0.1 0.2 --cotangent 1 0 0 --exact
        perturb evaluate shortest-path --graph Examples/graph.json --sigma 0.05
        perturb evaluate lp --model Examples/knapsack.mps --sigma 2
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
    "Take samples until no entry of the value has a standard error above E, in whole blocks, and at "
      + "most --samples. (default: 100000000)", "E")
  var untilStandardError: Double?

  @Option(
    "The same for the gradient: take samples until none of its entries has a standard error above E.",
    "E")
  var untilGradientStandardError: Double?

  @Flag(
    help: ArgumentHelp(
      "Take the expectation by its formula, without samples: argmax, ranking, sort, top-k, or, and; "
        + "normal, gumbel, logistic, laplace and uniform noise."))
  var exact = false

  @Flag(
    help:
      "Print one JSON object: value, gradient, hessian, standard errors, 95 % intervals, samples, seconds."
  )
  var json = false

  @Option(
    "Compute one of N equal parts of the samples and write it to --out; 'perturb combine' makes the "
      + "whole of all of them. A part that is there already is left as it is.", "K/N")
  var part: PartNumber?

  @Option("The file that a part is written to.", "file")
  var out: String?

  @OptionGroup(title: "Programs") var programOptions: ProgramOptions

  @Argument(parsing: .postTerminator, help: "A program and its arguments, after --.")
  var program: [String] = []

  func run(on console: Console) throws {
    if part != nil || out != nil { return try runPart(on: console) }
    if try takesFormula() { return try runExactly(on: console) }
    var evaluation = try evaluation()
    let progress = SampleProgressLine(console, evaluation.problem.name)
    evaluation.problem.progress = progress.observer()
    defer { progress.clear() }
    let outcome = try outcome(evaluation, console)
    progress.clear()
    if let warning = outcome.warning { console.report("perturb: warning: \(warning)") }
    if json {
      try console.print(evaluation.json(outcome).compactText)
    } else {
      try console.write(evaluation.text(outcome))
    }
  }

  /// Whether the formula was asked for, or an automatic choice takes it: where no errors of samples are
  /// asked for.
  private func takesFormula() throws -> Bool {
    if exact { return true }
    guard leavesSamplingOpen, program.isEmpty, !standardError, stop() == nil else {
      return false
    }
    return ExactEvaluation.hasFormula(try options.problem())
  }

  private var leavesSamplingOpen: Bool {
    [options.sampling, options.baseline].contains(Sampling.automatic.name)
  }

  private func runExactly(on console: Console) throws {
    if exact { try checkUnheeded() }
    try programOptions.checkUnused()
    var evaluation = ExactEvaluation(try options.problem())
    evaluation.findsHessian = hessian
    let line = ProgressLine(console, evaluation.problem.name)
    let name = evaluation.problem.name
    evaluation.expecting = { seconds in
      let time = "by its formula takes \(LongWorkNotice.time(seconds))"
      if console.showsProgress, seconds > console.progressDelay / .seconds(1) {
        line.show(time)
      } else if !console.showsProgress, seconds > console.noticeDelay / .seconds(1) {
        console.report("perturb: \(name) \(time)")
      }
    }
    defer { line.clear() }
    let outcome = try ProblemOptions.explaining { try evaluation.run() }
    line.clear()
    if json {
      try console.print(evaluation.json(outcome).compactText)
    } else {
      try console.write(evaluation.text(outcome))
    }
  }

  private func checkUnheeded() throws {
    let unheeded: [(name: String, isGiven: Bool)] = [
      ("a program", !program.isEmpty), ("--samples", options.samples.value != nil),
      ("--baseline", options.baseline != nil), ("--sampling", options.sampling != nil),
      ("--standard-error", standardError),
      ("--until-standard-error", untilStandardError != nil),
      ("--until-gradient-standard-error", untilGradientStandardError != nil),
    ]
    if let other = unheeded.first(where: \.isGiven) {
      throw CommandError("\(other.name) is given with --exact, which takes no samples")
    }
  }

  func evaluation() throws -> Evaluation {
    if !program.isEmpty {
      let external = try programOptions.program(program)
      var evaluation = Evaluation(try options.problem(external))
      if hessian { throw ProblemOptions.unheeded("--hessian") }
      // A sample that failed is replayed by the sampling's name.
      if leavesSamplingOpen { throw ProblemOptions.unheeded("--sampling automatic") }
      if let stop = stop() { throw ProblemOptions.unheeded(stop.option) }
      evaluation.standardErrors = .exact
      return evaluation
    }
    try programOptions.checkUnused()
    if untilStandardError != nil, untilGradientStandardError != nil {
      throw CommandError(
        "--until-standard-error and --until-gradient-standard-error both say when to stop, expected "
          + "one of them")
    }
    let stop = stop()
    var evaluation = Evaluation(
      try options.problem(
        defaultSamples: stop == nil ? 100_000 : Evaluation.defaultMaximum))
    evaluation.stop = stop
    evaluation.findsHessian = hessian
    evaluation.standardErrors = standardError ? .exact : json ? .none : .rough
    return evaluation
  }

  /// When to stop, where a standard error says so.
  private func stop() -> Evaluation.Stop? {
    untilStandardError.map { .value($0) } ?? untilGradientStandardError.map { .gradient($0) }
  }

  func outcome(
    _ evaluation: Evaluation, _ console: Console
  ) throws -> Evaluation.Outcome {
    guard let external = evaluation.problem.program else {
      return try ProblemOptions.explaining { try evaluation.run() }
    }
    return try external.session(
      on: console, hint: { evaluation.replayHint($0, program) }, { try evaluation.run() })
  }
}
