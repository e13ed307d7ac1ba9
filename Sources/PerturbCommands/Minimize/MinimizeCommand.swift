internal import ArgumentParser
internal import Platform

struct MinimizeCommand: ConsoleCommand {
  /// The options after which a list of numbers may follow.
  static let listOptions: Set<String> = ["--start", "--lower", "--upper", "--scales", "--log"]

  static let configuration = CommandConfiguration(
    commandName: "minimize",
    abstract: "Tune the inputs of a program so that the number it prints becomes small.",
    usage: "perturb minimize --start <numbers> [<options>] -- <program> [<arg> ...]",
    discussion: """
      The program reads one JSON array of numbers per line and prints one number per
      line, or it is started for each evaluation where its arguments hold {}, {0},
      {1} ... or {file}; see docs/programs.md.

      Methods:
      \(TuningMethod.allCases.map { "  " + $0.rawValue.padded(right: 8) + $0.summary }
        .joined(separator: "\n"))

      Examples:
        perturb minimize --start 0.5 2 --out run -- python3 controller.py
        perturb minimize --method cma-es --start 3 3 --sigma 1 -- ./simulate
        perturb minimize --start 1,100 --lower 0,1 --log 1 -- ./run --rate {0} {1}
        perturb minimize --resume --out run
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where each input starts: 0.5,2 or 0.5 2.", valueName: "numbers"))
  var start: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The least value of each input; -inf for none.", valueName: "numbers"))
  var lower: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The greatest value of each input; inf for none.", valueName: "numbers"))
  var upper: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far each input is moved, as multiples of sigma; 'range' takes the distance of its bounds.",
      valueName: "numbers"))
  var scales: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Inputs on a logarithmic scale, by index from 0 or name; 'all' for all.",
      valueName: "inputs"))
  var log: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What the inputs are called: gain,rate.", valueName: "names"))
  var names: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("(default: adam)", valueName: "method"))
  var method: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How gradients are estimated: antithetic, forward or naive.", valueName: "name"))
  var estimator: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Their directions: normal, orthogonal, rademacher or sphere.", valueName: "name"))
  var directions: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Directions for an estimate (default: 20); for cma-es, the population.", valueName: "N"),
    transform: { try Parsing.count($0) })
  var samples: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far inputs are moved, in units of the input, or of its logarithm. (default: 0.1; 0.5 for cma-es, 0.001 for lbfgs)",
      valueName: "S"),
    transform: { try Parsing.number($0) })
  var sigma: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("(default: 0.05; 0.01 for sgd)", valueName: "rate"),
    transform: { try Parsing.number($0) })
  var learningRate: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Momentum of sgd. (default: 0)", valueName: "m"),
    transform: { try Parsing.number($0) })
  var momentum: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The most steps. (default: 100)", valueName: "T"),
    transform: { try Parsing.count($0) })
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End where the objective is this or less.", valueName: "value"),
    transform: { try Parsing.number($0) })
  var until: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after the step that reaches so many.", valueName: "count"),
    transform: { try Parsing.count($0) })
  var evaluations: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The random key. (default: 0)", valueName: "K"),
    transform: { try Parsing.seed($0) })
  var seed: UInt64?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many processes work; numbers don't depend on it. (default: all processors)",
      valueName: "J"),
    transform: { try Parsing.count($0) })
  var jobs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds that an evaluation may take.", valueName: "seconds"),
    transform: { try Parsing.number($0) })
  var timeout: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often to try again. (default: 2)", valueName: "count"),
    transform: { try Parsing.count($0) })
  var retries: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("After the last try: stop or skip. (default: stop)", valueName: "choice"))
  var onFailure: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A JSON file with any of these, by their names.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("out"), parsing: .unconditional,
    help: ArgumentHelp(
      "Where to write checkpoint, history, result and page.", valueName: "folder"))
  var folder: String?

  @Flag(help: "Go on with the run in the --out folder.")
  var resume = false

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
  var program: [String] = []

  func run(on console: Console) throws {
    let (settings, checkpoint) = try settings()
    let folder = folder.map { TuningFolder($0) }
    if !resume { try folder?.prepare() }
    var run = try Self.explaining {
      try TuningRun(settings, folder: folder, resumed: checkpoint, console: console)
    }
    let outcome = try run.run()
    if let folder {
      try folder.replace(
        TuningFolder.pageName, with: Self.explaining { try outcome.page(settings) })
      try folder.replace(TuningFolder.resultName, with: outcome.json(settings).text + "\n")
    }
    if json {
      console.print(outcome.json(settings).compactText)
    } else {
      console.write(outcome.text(settings))
      if let folder { console.print("\nwritten: \(folder.file(TuningFolder.pageName))") }
    }
  }

  private static func explaining<Result>(_ work: () throws -> Result) throws(CommandError) -> Result
  {
    do { return try work() } catch let error as CommandError { throw error } catch {
      throw CommandError("\(error)")
    }
  }

  // MARK: Settings

  private func settings() throws(CommandError) -> (TuningSettings, TuningCheckpoint?) {
    let given = try given()
    guard resume else {
      var all: JSON = .object([])
      if let config { all = try JSON(file: config, purpose: "configuration") }
      if case .object = all {
      } else {
        throw CommandError("the configuration '\(config ?? "")' is \(all.kind), expected an object")
      }
      return (try TuningSettings(all.overlaid(by: .object(given))), nil)
    }
    guard let folder else {
      throw CommandError("--resume needs the folder of the run (--out)")
    }
    if config != nil {
      throw CommandError("--config is given with --resume, expected a run's own settings")
    }
    let other = given.first { !TuningSettings.resumableNames.contains($0.name) }
    if let other {
      throw CommandError(
        "--\(other.name) is given with --resume and would change the run's course, expected it as it "
          + "began")
    }
    let checkpoint = try TuningCheckpoint(TuningFolder(folder))
    return (
      try TuningSettings(checkpoint.settings.overlaid(by: .object(given))), checkpoint
    )
  }

  /// The options that are given, as members of a settings object.
  private func given() throws(CommandError) -> [JSON.Member] {
    var members: [JSON.Member] = []
    func add(_ name: String, _ value: JSON?) {
      if let value { members.append(.init(name: name, value: value)) }
    }
    add("program", program.isEmpty ? nil : .array(program.map { .string($0) }))
    for (name, text) in [("start", start), ("lower", lower), ("upper", upper)] {
      if let text { add(name, try Self.numbers(text, name)) }
    }
    if let scales {
      add("scales", scales == "range" ? "range" : try Self.numbers(scales, "scales"))
    }
    if let log {
      let parts = DoubleList.parts(log).map { part in
        Int(part).map { JSON($0) } ?? .string(part)
      }
      add("log", log == "all" ? "all" : .array(parts))
    }
    add("names", names.map { .array(DoubleList.parts($0).map { .string($0) }) })
    add("method", method.map { .string($0) })
    add("estimator", estimator.map { .string($0) })
    add("directions", directions.map { .string($0) })
    add("samples", samples.map { JSON($0) })
    add("sigma", sigma.map { JSON.exactly($0) })
    add("learning-rate", learningRate.map { JSON.exactly($0) })
    add("momentum", momentum.map { JSON.exactly($0) })
    add("steps", steps.map { JSON($0) })
    add("until", until.map { JSON.exactly($0) })
    add("evaluations", evaluations.map { JSON($0) })
    add("seed", seed.map { .number("\($0)") })
    add("jobs", jobs.map { JSON($0) })
    add("timeout", timeout.map { JSON.exactly($0) })
    add("retries", retries.map { JSON($0) })
    add("on-failure", onFailure.map { .string($0) })
    return members
  }

  /// Numbers in double precision; infinite ones as null.
  private static func numbers(_ text: String, _ name: String) throws(CommandError) -> JSON {
    .array(try DoubleList.values(text, option: name).map { JSON($0) })
  }
}
