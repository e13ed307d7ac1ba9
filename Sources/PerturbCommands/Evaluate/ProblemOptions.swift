internal import ArgumentParser
internal import Platform
internal import Programs

/// The arguments that say which function is perturbed, where and how.
struct ProblemOptions: ParsableArguments {
  /// The functions, for the help of a command.
  static let functions =
    "Functions:\n"
    + EvaluatedFunction.allCases.map { "  " + $0.rawValue.padded(right: 15) + $0.summary }
    .joined(separator: "\n")

  @Argument(help: "One of \(EvaluatedFunction.names.joined(separator: ", ")).")
  var function: String?

  @Option("The point, separated by commas or spaces: -0.6,1.9 or -0.6 1.9.", "numbers")
  var theta: NumberList?

  @Option(
    "A JSON file with the point, [-0.6, 1.9], or with a batch, [[-0.6, 1.9], [0, 1]].", "file")
  var thetaFile: String?

  @Option(
    "How many samples to average; 1e6 is understood. (default: 100000)", "N", in: .count)
  var samples: Setting<Int?>

  @Option("The scale of the noise, in units of theta.", "S")
  var sigma = 1.0

  @Option("normal, gumbel, logistic, laplace, or another noise of the library.", "name")
  var noise = "normal"

  @Option("The random key, that of jax.random.PRNGKey(K).", "K")
  var seed: UInt64 = 0

  @Option("single or double, of inputs, outputs and noise.", "name", default: .single)
  var precision: Setting<Precision>

  @Option(
    "What the gradient's estimate subtracts from outputs: none, point, leave-one-out or linear; or a "
      + "sampling other than independent. (default: none)", "name")
  var baseline: String?

  @Option(
    "How samples depend on one another: independent, antithetic, quasi-monte-carlo or orthogonal, "
      + "which go with any baseline; or automatic: by a formula, or what a pilot finds best. "
      + "(default: independent)", "name")
  var sampling: String?

  @Option(
    "One number for each entry of the value; asks for the gradient of their dot product.",
    "numbers")
  var cotangent: NumberList?

  @OptionGroup var builtIn: FunctionOptions

  /// What the arguments ask for.
  ///
  /// - Parameter defaultSamples: The number of samples where none is given.
  /// - Returns: The problem, with its files read.
  /// - Throws: ``CommandError`` for unknown functions and for files that cannot be read; the parser's
  ///   error where no function is named.
  func problem(defaultSamples: Int = 100_000) throws -> PerturbedProblem {
    guard let function else { throw ValidationError("missing expected argument '<function>'") }
    var problem = try problem(
      .function(try EvaluatedFunction(named: function)), defaultSamples: defaultSamples)
    problem.k = builtIn.k
    if let graph = builtIn.graph { problem.graph = try GraphFile(graph) }
    if let model = builtIn.model { problem.model = try ModelFile(model) }
    problem.negativeCosts = builtIn.negativeCosts
    problem.threads = builtIn.threads.value
    return problem
  }

  /// The same for a program.
  ///
  /// - Throws: ``CommandError``, also for options that a program does not take.
  func problem(_ program: ExternalProgram) throws(CommandError) -> PerturbedProblem {
    if function != nil { throw Self.unheeded("a function") }
    if let other = builtIn.given.first { throw Self.unheeded("--\(other.name)") }
    return try problem(.program(program), defaultSamples: 1000)
  }

  static func unheeded(_ name: String) -> CommandError {
    CommandError("\(name) is given with a program, which does not take it")
  }

  private func problem(
    _ source: PerturbedProblem.Source, defaultSamples: Int
  ) throws(CommandError) -> PerturbedProblem {
    try checkSettings()
    var problem = PerturbedProblem(
      source, theta: try point(), samples: samples.value ?? defaultSamples, sigma: sigma,
      noise: noise, seed: seed)
    problem.precision = precision.value
    problem.baseline = baseline
    problem.sampling = sampling
    problem.cotangent = cotangent?.values(in: precision.value)
    return problem
  }

  private func point() throws(CommandError) -> NumberArray? {
    let precision = precision.value
    if theta != nil, thetaFile != nil {
      throw CommandError("both --theta and --theta-file are given, expected one of them")
    }
    if let thetaFile {
      return try NumberArray(file: thetaFile, purpose: "theta file", precision: precision)
    }
    return theta.map { NumberArray($0.values(in: precision), precision: precision) }
  }

  /// The library's errors are lines already.
  static func explaining<Result>(_ work: () throws -> Result) throws -> Result {
    do { return try work() } catch {
      if error is CommandError || error is Interrupted { throw error }
      let text = "\(error)"
      let hint =
        text.contains("clip or shift the costs")
        ? "; --negative-costs clipped or shifted chooses" : ""
      throw CommandError(text + hint)
    }
  }
}
