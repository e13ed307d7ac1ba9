internal import ArgumentParser
internal import Perturbations
internal import Platform
internal import Programs
internal import Synchronization
internal import Tensors

struct ReplayCommand: ConsoleCommand {
  /// The options after which a list of numbers may follow.
  static let listOptions: Set<String> = ["--input", "--theta"]

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

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The input: 0.9,0.25 or 0.9 0.25.", valueName: "numbers"))
  var input: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The point of the call.", valueName: "numbers"))
  var theta: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The two words of the call's key: 0,7.", valueName: "words"))
  var key: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The sample's index.", valueName: "i"),
    transform: { try Parsing.count($0) })
  var sample: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The scale of the call's noise. (default: 1)", valueName: "S"),
    transform: { try Parsing.number($0) })
  var sigma = 1.0

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The call's noise.", valueName: "name"))
  var noise = "normal"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds that the program may take.", valueName: "seconds"),
    transform: { try Parsing.number($0) })
  var timeout: Double?

  @Flag(help: "Draw in double precision, as minimize does; evaluate draws in single.")
  var double = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
  var program: [String] = []

  func run(on console: Console) throws {
    let failure = try file.map { path throws(CommandError) in
      try JSON(file: path, purpose: "failure file")
    }
    let command =
      program.isEmpty ? (failure?["program"]?.elements ?? []).compactMap(\.string) : program
    if command.isEmpty {
      throw CommandError("no program is given, expected one after '--' or in a failure file")
    }
    let input = try point(failure)
    let external: ExternalProgram
    do throws(ProgramError) {
      external = try ExternalProgram(
        command[0], arguments: Array(command.dropFirst()), jobs: 1,
        timeout: timeout.map { .seconds($0) }, retries: 0)
    } catch { throw CommandError(error.description) }
    defer { external.stop() }
    try run(external, input, console)
  }

  private func run(
    _ program: ExternalProgram, _ input: [Double], _ console: Console
  ) throws(CommandError) {
    do throws(ProgramError) {
      let answer = try program(input)
      if json {
        console.print(
          JSON.object([
            .init(name: "input", value: JSON(input)), .init(name: "output", value: JSON(answer)),
          ]).compactText)
      } else {
        console.print("input   \(JSON(input).compactText)")
        console.print("output  \(JSON(answer).compactText)")
      }
    } catch {
      if case .sampleFailed(let failure) = error {
        for line in failure.errorLines { console.writeError("  \(line)\n") }
      }
      throw CommandError(error.description)
    }
  }

  /// The input: given, in the file, or drawn again.
  private func point(_ failure: JSON?) throws(CommandError) -> [Double] {
    let ways = [failure != nil, input != nil, theta != nil].count { $0 }
    if ways != 1 {
      throw CommandError(
        "\(ways == 0 ? "no input is" : "several inputs are") given, expected a failure file, --input, "
          + "or --theta with --key and --sample")
    }
    if let failure {
      guard let elements = failure["input"]?.elements,
        elements.compactMap(\.double).count == elements.count
      else { throw CommandError("the failure file '\(file ?? "")' has no input") }
      return elements.compactMap(\.double)
    }
    if let input { return try DoubleList.values(input, option: "input") }
    guard let theta, let key, let sample else {
      throw CommandError("--theta is given, expected --key and --sample with it")
    }
    let words = try DoubleList.values(key, option: "key").compactMap { UInt32(exactly: $0) }
    if words.count != 2 {
      throw CommandError("the key is '\(key)', expected its two words such as 0,7")
    }
    let point = try DoubleList.values(theta, option: "theta")
    let distribution = try Noise.forCommand(noise, hasGradient: false)
    let call = RandomKey(words: (words[0], words[1]))
    let recorder = SampleRecorder(sample: sample)
    do {
      if double {
        _ = try Perturbed<Tensor<Double>, Tensor<Double>>(
          batchFunction: recorder, samples: sample + 1, sigma: sigma, noise: distribution,
          baseline: .none, sampling: .independent, threads: 1, outputBudget: 0)(
            Tensor(point), key: call)
      } else {
        _ = try Perturbed<Tensor<Float>, Tensor<Float>>(
          batchFunction: recorder, samples: sample + 1, sigma: sigma, noise: distribution,
          baseline: .none, sampling: .independent, threads: 1, outputBudget: 0)(
            Tensor(point.map { Float($0) }), key: call)
      }
    } catch { throw CommandError("\(error)") }
    return recorder.input
  }
}

/// Keeps the input of one sample.
private final class SampleRecorder: BatchFunction {
  private let sample: Int
  private let kept = Mutex<[Double]>([])

  init(sample: Int) { self.sample = sample }

  var input: [Double] { kept.withLock { $0 } }

  func evaluate(_ request: BatchRequest) -> BatchAnswer {
    let row = sample - request.firstSample
    if request.firstSample >= 0, row >= 0, row < request.count {
      let width = request.width
      kept.withLock { $0 = Array(request.inputs[row * width..<(row + 1) * width]) }
    }
    return BatchAnswer(outputs: [Double](repeating: 0, count: request.count), width: 1)
  }
}

/// Numbers of an argument in double precision.
enum DoubleList {
  static func parts(_ text: String) -> [String] {
    text.split { $0 == "," || $0 == ";" || $0.isWhitespace || $0 == "[" || $0 == "]" }
      .map(String.init)
  }

  static func values(_ text: String, option: String) throws(CommandError) -> [Double] {
    var values: [Double] = []
    for part in parts(text) {
      guard let value = Double(part), !value.isNaN else {
        throw CommandError(
          "'\(part)' in --\(option) is not a number, expected numbers such as 0.5,2")
      }
      values.append(value)
    }
    return values
  }
}
