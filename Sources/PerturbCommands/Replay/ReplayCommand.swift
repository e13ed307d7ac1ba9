internal import ArgumentParser
internal import Perturbations
internal import Platform
internal import Programs
internal import Solvers
internal import Tensors

struct ReplayCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run a program once more on the input of a sample that failed.",
    usage: """
      perturb replay <failure.json> [-- <program> [<argument> ...]]
      perturb replay --input <numbers> -- <program> [<argument> ...]
      perturb replay --theta <numbers> --key <words> --sample <i> -- <program>
      """,
    discussion: """
      What a failed run names is enough: the input itself, or the key of the call,
      the sample, theta, sigma and the noise, from which the input is made again.
      Prints the input, the answer, and what the program wrote to its standard
      error. Ends with 0 where the program answers, with 1 where it fails again.

      Examples:
        perturb replay run/failure.json
        perturb replay --input 0.9,0.25 -- ./simulate
      """)

  @Argument(help: ArgumentHelp("The failure that a run wrote.", valueName: "failure.json"))
  var file: String?

  @Option("The input: 0.9,0.25 or 0.9 0.25.", "numbers")
  var input: Setting<NumberList?>

  @Option("The point of the call.", "numbers")
  var theta: Setting<NumberList?>

  @Option("The two words of the call's key: 0,7.", "words")
  var key: Setting<NumberList?>

  @Option("The sample's index.", "i", in: .index)
  var sample: Setting<Int?>

  @Option("The scale of the call's noise.", "S")
  var sigma = 1.0

  @Option("The call's noise.", "name")
  var noise = "normal"

  @Option("single or double: in which the call drew its noise.", "name", default: .single)
  var precision: Setting<Precision>

  @Option("The call's sampling, where its samples depended on one another.", "name")
  var sampling: String?

  @Option("The number of the call's samples, which such samplings need.", "N", in: .count)
  var samples: Setting<Int?>

  @Option("Seconds that the program may take.", "seconds", in: .seconds)
  var timeout: Setting<Double?>

  @Flag(help: "The program's lines carry numbers, as those of evaluate and minimize --numbered.")
  var numbered = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
  var program: [String] = []

  func run(on console: Console) throws {
    try checkSettings()
    let failure = try file.map { path throws(CommandError) in try FailureFile(path) }
    let command = program.isEmpty ? failure?.program ?? [] : program
    if command.isEmpty {
      throw CommandError("no program is given, expected one after '--' or in a failure file")
    }
    let input = try point(failure)
    let external = try ExternalProgram.command(
      command, jobs: 1, timeout: timeout.value, retries: 0,
      numbered: numbered || failure?.isNumbered ?? false)
    let answer = try external.session(on: console) {
      do throws(ProgramError) { return try external(input) } catch {
        if case .sampleFailed(let failure) = error {
          for line in failure.errorLines { console.report("  \(line)") }
        }
        throw error
      }
    }
    if json {
      try console.print(
        JSON.object([
          .init(name: "input", value: JSON(input)), .init(name: "output", value: JSON(answer)),
        ]).compactText)
    } else {
      try console.print("input   \(JSON(input).compactText)")
      try console.print("output  \(JSON(answer).compactText)")
    }
  }

  /// The input: given, in the file, or drawn again.
  private func point(_ failure: FailureFile?) throws(CommandError) -> [Double] {
    let ways = [failure != nil, input.value != nil, theta.value != nil].count { $0 }
    if ways != 1 {
      throw CommandError(
        "\(ways == 0 ? "no input is" : "several inputs are") given, expected a failure file, --input, "
          + "or --theta with --key and --sample")
    }
    if let failure { return failure.input }
    if let input = input.value {
      try NumberArray(input.values, precision: .double).check("the input")
      return input.values
    }
    guard let theta = theta.value, let key = key.value, let sample = sample.value else {
      throw CommandError("--theta is given, expected --key and --sample with it")
    }
    let words = key.values.compactMap { UInt32(exactly: $0) }
    if words.count != 2 || key.values.count != 2 {
      let text = key.values.map(Digits.shortest).joined(separator: ",")
      throw CommandError("the key is '\(text)', expected its two words such as 0,7")
    }
    let reduction = try VarianceReduction(baseline: nil, sampling: sampling)
    if reduction.sampling == .automatic {
      throw CommandError(
        "--sampling automatic is given, expected the sampling that the sample was drawn with")
    }
    if reduction.sampling != .independent, samples.value == nil {
      throw CommandError(
        "--sampling \(reduction.sampling.name) is given, expected --samples with it")
    }
    return try drawnInput(
      at: theta, sample: sample, RandomKey(words: (words[0], words[1])),
      Smoothing(
        samples: samples.value ?? sample + 1, sigma: sigma,
        noise: try Noise.forCommand(noise, hasGradient: false), sampling: reduction.sampling))
  }

  /// θ + σz of a sample.
  private func drawnInput(
    at theta: NumberList, sample: Int, _ key: RandomKey, _ smoothing: Smoothing
  ) throws(CommandError) -> [Double] {
    let point = NumberArray(theta.values(in: precision.value), precision: precision.value)
    try point.check("theta")
    // Which function is perturbed does not matter: none is called.
    func input<Scalar: CommandScalar>(_ type: Scalar.Type) throws -> [Double] {
      try Scalar.perturbed(.solver(Ranking()), smoothing)
        .input(ofSample: sample, at: point.tensor(of: type), key: key).scalars.map(\.asDouble)
    }
    do {
      switch precision.value {
      case .single: return try input(Float.self)
      case .double: return try input(Double.self)
      }
    } catch { throw CommandError("\(error)") }
  }
}
