internal import Perturbations
internal import Platform
internal import Programs

/// What a tuning run does: its options, and what follows from them.
@dynamicMemberLookup
struct TuningSettings {
  let options: TuningOptions
  let start: [Double]
  let names: [String]
  let space: InputSpace
  let directions: TuningDirections
  let sigma: Double
  let learningRate: Double
  /// What was given, as one object: what a checkpoint keeps.
  let json: JSON

  /// The number of directions of an estimate where none is given.
  static let defaultSamples = 20

  subscript<Value>(dynamicMember path: KeyPath<TuningOptions, Setting<Value>>) -> Value {
    options[keyPath: path].value
  }

  /// The settings that a configuration or a checkpoint has.
  ///
  /// - Parameters:
  ///   - json: An object whose members are called like the options.
  ///   - place: Where it comes from, as messages call it.
  /// - Throws: ``CommandError`` that names the setting.
  init(_ json: JSON, _ place: String) throws(CommandError) {
    guard case .object(let members) = json else {
      throw CommandError("\(place) is \(json.kind), expected an object")
    }
    options = try TuningOptions.reading(members, place)
    self.json = json
    if options.program.first?.isEmpty ?? true {
      throw CommandError("no program is given, expected one after '--': -- ./program arguments")
    }
    start = options.start.value?.values ?? []
    if start.isEmpty {
      throw CommandError("no start is given, expected one number for each input (--start)")
    }
    try NumberArray(start, precision: .double).check("start")
    names = try Self.names(options, start.count)
    space = try InputSpace(options, start: start, names: names)
    let method = options.method.value
    directions = options.directions.value ?? (method == .lbfgs ? .orthogonal : .normal)
    sigma = options.sigma.value ?? method.defaultSigma
    learningRate = options.learningRate.value ?? method.defaultLearningRate
    try checkNumbers()
  }

  private static func names(
    _ options: TuningOptions, _ count: Int
  ) throws(CommandError) -> [String] {
    let names = options.names.value?.names ?? (0..<count).map { "x\($0)" }
    if names.count != count {
      throw CommandError("\(names.count) names are given for \(count) inputs (--names)")
    }
    // They head the columns of a table with one line for each row.
    if let name = names.first(where: { $0.contains(where: \.isNewline) }) {
      throw CommandError("the name '\(name)' has several lines, expected one (--names)")
    }
    return names
  }

  private func checkNumbers() throws(CommandError) {
    if !(0..<1).contains(self.momentum) {
      throw CommandError(
        "the momentum is \(JSON(self.momentum).compactText), expected one from 0 to below 1")
    }
    if let samples = self.samples, samples < 4, self.method == .cmaES {
      throw CommandError("samples is \(samples), expected a population of at least 4")
    }
    try checkMemory()
  }

  /// What a step keeps at a time, in numbers of 8 bytes: refused before it is taken.
  private func checkMemory() throws(CommandError) {
    let n = Double(space.count)
    let samples = Double(self.samples ?? Self.defaultSamples)
    let (numbers, reason): (Double, String) =
      switch self.method {
      case .cmaES: (6 * n * n + samples * n, "the covariance and the population")
      case _ where directions == .orthogonal: (2 * n * n + samples, "orthogonal directions")
      default: (samples + 64 * n, "an estimate")
      }
    let gigabytes = 8e-9 * numbers
    if gigabytes > 4 {
      throw CommandError(
        "\(self.method.rawValue) of \(Digits.grouped(space.count)) inputs with "
          + "\(Digits.grouped(Int(samples))) samples needs \(Digits.significant(gigabytes, 3)) GB for "
          + "\(reason), expected at most 4 GB: fewer samples, or another method or directions")
    }
  }

  /// Roughly the seconds that a step takes beside its evaluations: those of the eigenvectors of a
  /// covariance, or of directions made orthogonal, both O(n³).
  var stepSeconds: Double {
    let cube = 1e-9 * Double(space.count) * Double(space.count) * Double(space.count)
    if self.method == .cmaES { return cube }
    return directions == .orthogonal ? 2 * cube : 0
  }

  /// What estimates gradients. L-BFGS takes whole groups of orthogonal directions, along which
  /// differences add up to the gradient itself for a quadratic function.
  func makeEstimator(threads: Int) throws -> ZeroOrder {
    let n = space.count
    var count = self.samples ?? (self.method == .lbfgs ? n : Self.defaultSamples)
    if self.method == .cmaES { count = max(Self.defaultSamples, 2 * n) }
    if self.method == .lbfgs, directions == .orthogonal { count = (count + n - 1) / n * n }
    let distribution: DirectionDistribution =
      switch directions {
      case .normal: .normal
      case .rademacher: .rademacher
      case .sphere: .sphere
      case .orthogonal: .orthogonal(groupSize: n)
      }
    return try ZeroOrder(
      self.estimator, samples: count, sigma: sigma, distribution: distribution,
      shaping: self.method == .es ? .centeredRanks : .none, threads: threads)
  }

  /// The program, not started yet.
  func makeProgram() throws(CommandError) -> ExternalProgram {
    try options.running.program(options.program, outputs: 1)
  }
}
