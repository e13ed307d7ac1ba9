internal import Perturbations
internal import Platform
internal import Programs

/// All that decides what a tuning run does, as a JSON object whose members are called like the
/// options: the configuration file, the command line laid over it, and what a checkpoint keeps.
struct TuningSettings: Sendable {
  let program: [String]
  let start: [Double]
  let names: [String]
  let space: InputSpace
  let method: TuningMethod
  let estimator: ZeroOrder.Method
  let directions: TuningDirections
  /// N, or the population of CMA-ES; nil for the default.
  let samples: Int?
  let sigma: Double
  let learningRate: Double
  let momentum: Double
  let steps: Int
  let until: Double?
  let evaluations: Int?
  let seed: UInt64
  let jobs: Int?
  let timeout: Double?
  let retries: Int
  let onFailure: ExternalProgram.FailurePolicy
  /// The object that this was made from, without what is not known.
  let json: JSON

  static let memberNames = [
    "program", "start", "lower", "upper", "scales", "log", "names", "method", "estimator",
    "directions", "samples", "sigma", "learning-rate", "momentum", "steps", "until", "evaluations",
    "seed",
    "jobs",
    "timeout", "retries", "on-failure",
  ]

  /// What may be given anew when a run is resumed: it decides how long and how a run goes on, not
  /// where to.
  static let resumableNames: Set<String> = [
    "program", "steps", "until", "evaluations", "jobs", "timeout", "retries",
  ]

  /// The number of directions of an estimate where none is given.
  static let defaultSamples = 20

  init(_ json: JSON) throws(CommandError) {
    guard case .object(let members) = json else {
      throw CommandError("the configuration is \(json.kind), expected an object")
    }
    if let other = members.first(where: { !Self.memberNames.contains($0.name) }) {
      throw .unknown("setting", other.name, expected: Self.memberNames)
    }
    self.json = json
    let reader = SettingsReader(json)
    program = try reader.texts("program") ?? []
    if program.first?.isEmpty ?? true {
      throw CommandError("no program is given, expected one after '--': -- ./program arguments")
    }
    start = try reader.numbers("start") ?? []
    if start.isEmpty {
      throw CommandError("no start is given, expected one number for each input (--start)")
    }
    let n = start.count
    names = try reader.texts("names") ?? (0..<n).map { "x\($0)" }
    if names.count != n {
      throw CommandError("\(names.count) names are given for \(n) inputs (--names)")
    }
    space = try Self.space(reader, start, names)
    method = try reader.choice("method", TuningMethod.self) ?? .adam
    estimator = try reader.choice("estimator", ZeroOrder.Method.self) ?? .antithetic
    directions =
      try reader.choice("directions", TuningDirections.self)
      ?? (method == .lbfgs ? .orthogonal : .normal)
    samples = try reader.count("samples", least: method == .cmaES ? 4 : 1)
    sigma = try reader.positive("sigma") ?? method.defaultSigma
    learningRate = try reader.positive("learning-rate") ?? method.defaultLearningRate
    momentum = try reader.number("momentum") ?? 0
    if !(momentum >= 0 && momentum < 1) {
      throw CommandError(
        "the momentum is \(JSON(momentum).compactText), expected one from 0 to below 1")
    }
    steps = try reader.count("steps", least: 1) ?? 100
    until = try reader.number("until")
    evaluations = try reader.count("evaluations", least: 1)
    seed = try reader.seed("seed") ?? 0
    jobs = try reader.count("jobs", least: 1)
    timeout = try reader.positive("timeout")
    retries = try reader.count("retries", least: 0) ?? 2
    onFailure = try reader.choice("on-failure", ExternalProgram.FailurePolicy.self) ?? .stop
  }

  private static func space(
    _ reader: SettingsReader, _ start: [Double], _ names: [String]
  ) throws(CommandError) -> InputSpace {
    let n = start.count
    let lower = try reader.bounds("lower", count: n, missing: -.infinity)
    let upper = try reader.bounds("upper", count: n, missing: .infinity)
    var isLogarithmic = [Bool](repeating: false, count: n)
    for index in try reader.inputs("log", names) { isLogarithmic[index] = true }
    for i in 0..<n {
      let bounds = "\(JSON.bound(lower[i]))…\(JSON.bound(upper[i]))"
      if !(lower[i] < upper[i]) {
        throw CommandError("the bounds of input \(names[i]) are \(bounds), expected lower < upper")
      }
      if !(start[i] >= lower[i] && start[i] <= upper[i]) {
        throw CommandError(
          "input \(names[i]) starts at \(JSON(start[i]).compactText), outside its bounds \(bounds)")
      }
      if isLogarithmic[i], start[i] <= 0 || (lower[i].isFinite && lower[i] <= 0) {
        throw CommandError(
          "input \(names[i]) is on a logarithmic scale, expected a start and a lower bound above 0")
      }
    }
    let unscaled = InputSpace(
      lower: lower, upper: upper, isLogarithmic: isLogarithmic,
      scales: [Double](repeating: 1, count: n))
    let scales = try reader.scales(unscaled, names)
    return InputSpace(lower: lower, upper: upper, isLogarithmic: isLogarithmic, scales: scales)
  }

  /// What estimates gradients. L-BFGS takes whole groups of orthogonal directions, along which
  /// differences add up to the gradient itself for a quadratic function.
  func makeEstimator(threads: Int) throws -> ZeroOrder {
    let n = start.count
    var count = samples ?? (method == .lbfgs ? n : Self.defaultSamples)
    if method == .cmaES { count = max(Self.defaultSamples, 2 * n) }
    if method == .lbfgs, directions == .orthogonal { count = (count + n - 1) / n * n }
    let distribution: DirectionDistribution =
      switch directions {
      case .normal: .normal
      case .rademacher: .rademacher
      case .sphere: .sphere
      case .orthogonal: .orthogonal(groupSize: n)
      }
    return try ZeroOrder(
      estimator, samples: count, sigma: sigma, distribution: distribution,
      shaping: method == .es ? .centeredRanks : .none, threads: threads)
  }

  /// The program, not started yet.
  func makeProgram() throws(CommandError) -> ExternalProgram {
    do throws(ProgramError) {
      return try ExternalProgram(
        program[0], arguments: Array(program.dropFirst()), jobs: jobs,
        timeout: timeout.map { .seconds($0) }, retries: retries, onFailure: onFailure, outputs: 1)
    } catch { throw CommandError(error.description) }
  }
}

extension JSON {
  static func bound(_ value: Double) -> String {
    value.isFinite ? JSON(value).compactText : (value < 0 ? "-inf" : "inf")
  }

  /// The members of one object and those of another, which come before them.
  func overlaid(by other: JSON) -> JSON {
    guard case .object(let mine) = self, case .object(let theirs) = other else { return other }
    let names = Set(theirs.map(\.name))
    return .object(mine.filter { !names.contains($0.name) } + theirs)
  }
}
