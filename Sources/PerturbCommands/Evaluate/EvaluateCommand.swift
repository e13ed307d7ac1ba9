internal import ArgumentParser

struct EvaluateCommand: ConsoleCommand {
  /// The options after which a list of numbers may follow.
  static let listOptions: Set<String> = ["--theta", "--cotangent"]

  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a perturbed function and its gradient at one point.",
    discussion: """
      Functions:
      \(EvaluatedFunction.allCases.map {
        "  " + $0.rawValue.padded(right: 15) + $0.summary
      }.joined(separator: "\n"))

      Examples:
        perturb evaluate argmax --theta -0.6,1.9,1.1 --sigma 0.5 --noise gumbel
        perturb evaluate ranking --theta 0.3 0.1 0.2 --cotangent 1 0 0 --json
        perturb evaluate shortest-path --graph Examples/graph.json --sigma 0.05

      A graph file holds an object such as
        {"nodes": 3, "edges": [[0, 1, 0.2], [1, 2, 0.3], [0, 2, 0.4]],
         "directed": true, "from": 0, "to": 2}
      where nodes may be a list of names by which edges, from and to then call
      them. The costs are theta, unless --theta gives others, one for each edge.
      """)

  @Argument(help: "One of \(EvaluatedFunction.names.joined(separator: ", ")).")
  var function: String

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
  var samples = 100_000

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
      "What the gradient's estimate subtracts from outputs: none, point or leave-one-out.",
      valueName: "name"))
  var baseline = "none"

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

  @Flag(help: "Print one JSON object: value, gradient, samples, seconds.")
  var json = false

  func run(on console: Console) throws {
    var evaluation = Evaluation(
      try EvaluatedFunction(named: function), theta: try point(), samples: samples,
      sigma: sigma, noise: noise, seed: seed)
    evaluation.baseline = baseline
    evaluation.cotangent = cotangent?.values
    evaluation.k = choiceCount
    evaluation.graph = try graph.map { path throws(CommandError) in try GraphFile(path) }
    evaluation.negativeCosts = negativeCosts
    evaluation.threads = threads
    evaluation.findsStandardErrors = !json
    let outcome = try Self.explaining { try evaluation.run() }
    if json {
      console.print(evaluation.json(outcome).compactText)
    } else {
      console.write(evaluation.text(outcome))
    }
  }

  private func point() throws(CommandError) -> NumberArray? {
    if theta != nil, thetaFile != nil {
      throw CommandError("both --theta and --theta-file are given, expected one of them")
    }
    if let thetaFile { return try NumberArray(file: thetaFile, purpose: "theta file") }
    return theta.map { NumberArray($0.values) }
  }

  /// The library's errors are lines already.
  private static func explaining<Result>(_ work: () throws -> Result) throws(CommandError) -> Result
  {
    do { return try work() } catch let error as CommandError { throw error } catch {
      let text = "\(error)"
      let hint =
        text.contains("clip or shift the costs")
        ? "; --negative-costs clipped or shifted chooses" : ""
      throw CommandError(text + hint)
    }
  }
}
