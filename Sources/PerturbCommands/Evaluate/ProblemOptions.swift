internal import ArgumentParser
internal import Platform

/// The arguments that say which function is perturbed, where and how.
struct ProblemOptions: ParsableArguments {
  /// The functions, for the help of a command.
  static let functions =
    "Functions:\n"
    + EvaluatedFunction.allCases.map { "  " + $0.rawValue.padded(right: 15) + $0.summary }
    .joined(separator: "\n")

  @Argument(help: "One of \(EvaluatedFunction.names.joined(separator: ", ")).")
  var function: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The point, separated by commas or spaces: -0.6,1.9 or -0.6 1.9.", valueName: "numbers"),
    transform: { try NumberList($0) })
  var theta: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A JSON file with the point, [-0.6, 1.9], or with a batch, [[-0.6, 1.9], [0, 1]].",
      valueName: "file"))
  var thetaFile: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many samples to average; 1e6 is understood. (default: 100000)", valueName: "N"),
    transform: { try Parsing.count($0) })
  var samples: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The scale of the noise, in units of theta. (default: 1)", valueName: "S"),
    transform: { try Parsing.number($0) })
  var sigma = 1.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "normal, gumbel, logistic, laplace, or another noise of the library.", valueName: "name"))
  var noise = "normal"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The random key, that of jax.random.PRNGKey(K). (default: 0)", valueName: "K"),
    transform: { try Parsing.seed($0) })
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the gradient's estimate subtracts from outputs: none, point or leave-one-out; or a "
        + "sampling other than independent. (default: none)",
      valueName: "name"))
  var baseline: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How samples depend on one another: independent, antithetic, quasi-monte-carlo or "
        + "orthogonal; goes with any baseline. (default: independent)", valueName: "name"))
  var sampling: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "One number for each entry of the value; asks for the gradient of their dot product.",
      valueName: "numbers"),
    transform: { try NumberList($0) })
  var cotangent: NumberList?

  @Option(
    name: .customLong("k"), parsing: .unconditional,
    help: ArgumentHelp("How many entries top-k chooses.", valueName: "k"),
    transform: { try Parsing.count($0) })
  var choiceCount: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The graph of shortest-path.", valueName: "file"))
  var graph: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What becomes of costs that noise makes negative: allowed, clipped or shifted.",
      valueName: "name"))
  var negativeCosts: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many threads work; the numbers don't depend on it. (default: all)", valueName: "T"),
    transform: { try Parsing.count($0) })
  var threads: Int?

  /// What the arguments ask for.
  ///
  /// - Parameter defaultSamples: The number of samples where none is given.
  /// - Returns: The problem, with its files read.
  /// - Throws: ``CommandError`` for unknown functions and for files that cannot be read; the parser's
  ///   error where no function is named.
  func problem(defaultSamples: Int = 100_000) throws -> PerturbedProblem {
    guard let function else { throw ValidationError("missing expected argument '<function>'") }
    var problem = PerturbedProblem(
      try EvaluatedFunction(named: function), theta: try point(),
      samples: samples ?? defaultSamples, sigma: sigma, noise: noise, seed: seed)
    problem.baseline = baseline
    problem.sampling = sampling
    problem.cotangent = cotangent?.values
    problem.k = choiceCount
    if let graph { problem.graph = try GraphFile(graph) }
    problem.negativeCosts = negativeCosts
    problem.threads = threads
    return problem
  }

  func point() throws(CommandError) -> NumberArray? {
    if theta != nil, thetaFile != nil {
      throw CommandError("both --theta and --theta-file are given, expected one of them")
    }
    if let thetaFile { return try NumberArray(file: thetaFile, purpose: "theta file") }
    return theta.map { NumberArray($0.values) }
  }

  /// The library's errors are lines already.
  static func explaining<Result>(_ work: () throws -> Result) throws(CommandError) -> Result {
    do { return try work() } catch let error as CommandError { throw error } catch {
      let text = "\(error)"
      let hint =
        text.contains("clip or shift the costs")
        ? "; --negative-costs clipped or shifted chooses" : ""
      throw CommandError(text + hint)
    }
  }
}
