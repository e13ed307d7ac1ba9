internal import Perturbations
internal import Platform
internal import Programs

/// What the objective does when each input moves from the end point by the search's present spread.
struct Sensitivity {
  /// σ in units of each coordinate.
  var spread: [Double]
  /// The estimate of ∂f/∂vᵢ · σᵢ and its standard error.
  var change: [Double]
  var standardError: [Double]
}

/// What a run has come to.
struct TuningOutcome {
  var status: String
  var rows: [TuningRow]
  var steps: Int
  var evaluations: Int
  var skipped: Int
  var seconds: Double
  var bestInput: [Double]
  var bestValue: Double
  var finalInput: [Double]
  var finalValue: Double
  var finalMean: Double
  var finalError: Double
  var sensitivity: Sensitivity
}

/// A run of `perturb minimize`, from its start or a checkpoint to its end.
struct TuningRun {
  private let settings: TuningSettings
  private let folder: TuningFolder?
  private let console: Console
  private let objective: TunedObjective
  private let estimator: ZeroOrder
  private let key: RandomKey
  private var tuner: any Tuner
  private var checkpoint: TuningCheckpoint
  private var rows: [TuningRow] = []
  private let clock = ContinuousClock.now
  private let earlierSeconds: Double

  /// A run, or the rest of one from a checkpoint.
  init(
    _ settings: TuningSettings, folder: TuningFolder?, resumed: TuningCheckpoint?, console: Console
  ) throws {
    self.settings = settings
    self.folder = folder
    self.console = console
    let program = try settings.makeProgram()
    objective = TunedObjective(program: program, space: settings.space)
    key = RandomKey(settings.seed)
    estimator = try settings.makeEstimator(threads: program.feedingThreads)
    switch settings.method {
    case .adam, .sgd, .es: tuner = GradientTuner(settings, estimator: estimator)
    case .lbfgs: tuner = LineSearchTuner(settings, estimator: estimator, key: key)
    case .cmaES: tuner = PopulationTuner(settings, key: key)
    }
    checkpoint = resumed ?? TuningCheckpoint(settings: settings.json)
    checkpoint.settings = settings.json
    earlierSeconds = checkpoint.seconds
    if let resumed {
      tuner.restore(resumed.state)
      if let folder {
        rows = try TuningHistory.read(
          folder.file(TuningFolder.historyName), count: resumed.step, inputs: settings.start.count)
      }
    }
  }

  private var seconds: Double { earlierSeconds + (ContinuousClock.now - clock) / .seconds(1) }

  /// Runs to the end.
  ///
  /// - Throws: ``CommandError`` where the program fails, ``Interrupted`` after a signal; both leave a
  ///   checkpoint in the folder.
  mutating func run() throws -> TuningOutcome {
    let program = objective.program
    defer { program.stop() }
    if console.handlesSignals { Interruption.shared.watch { program.stop() } }
    try writeHistory()
    try writeCheckpoint()
    do {
      let status = try steps()
      let outcome = try outcome(status)
      endProgress()
      return outcome
    } catch {
      endProgress()
      throw explained(error)
    }
  }

  private mutating func steps() throws -> String {
    while true {
      if Interruption.shared.signal != nil, console.handlesSignals { throw ProgramError.stopped }
      if let ended = checkpoint.ended { return ended }
      let isLast = checkpoint.step >= settings.steps
      if isLast, !tuner.endsWithEvaluation { return reachedSteps }
      let found = try tuner.evaluate(
        objective, key: key.child(UInt64(checkpoint.step)))
      try record(found)
      if let until = settings.until, found.value <= until {
        return "the objective is \(JSON(until).compactText) or less"
      }
      if isLast { return reachedSteps }
      if let limit = settings.evaluations, checkpoint.evaluations >= limit {
        return "reached \(Digits.grouped(limit)) evaluations"
      }
      checkpoint.ended = try tuner.advance(objective)
      checkpoint.step += 1
      try writeCheckpoint()
    }
  }

  private var reachedSteps: String { "reached \(Digits.grouped(settings.steps)) steps" }

  private mutating func record(_ found: TuningEvaluation) throws {
    checkpoint.evaluations += found.evaluations
    checkpoint.skipped += found.skipped
    if found.value < checkpoint.bestValue {
      checkpoint.bestValue = found.value
      checkpoint.bestInput = settings.space.input(at: found.valuePoint)
    }
    let row = TuningRow(
      step: checkpoint.step, evaluations: checkpoint.evaluations, value: found.value,
      mean: found.mean, standardError: found.standardError, best: checkpoint.bestValue,
      signalToNoise: found.signalToNoise, input: settings.space.input(at: found.point))
    rows.append(row)
    try folder?.append(TuningFolder.historyName, TuningHistory.line(row))
    showProgress(row)
  }

  // MARK: Files

  private func writeHistory() throws {
    guard let folder else { return }
    try folder.replace(
      TuningFolder.historyName,
      with: TuningHistory.header(settings.names) + rows.map(TuningHistory.line).joined())
  }

  private mutating func writeCheckpoint() throws {
    guard let folder else { return }
    checkpoint.state = tuner.state
    checkpoint.seconds = seconds
    try folder.replace(TuningFolder.checkpointName, with: checkpoint.json.text + "\n")
  }

  // MARK: The end

  private func outcome(_ status: String) throws -> TuningOutcome {
    // Coordinates in units of the spread: the gradient is the change, and a step is one.
    let space = settings.space
    let spread = tuner.spread.map { max($0, .leastNormalMagnitude) }
    let scaled = InputSpace(
      lower: space.lower, upper: space.upper, isLogarithmic: space.isLogarithmic,
      scales: zip(space.scales, spread).map { $0 * $1 })
    let coordinates = zip(tuner.point, spread).map { $0 / $1 }
    let estimate = try TunedObjective(program: objective.program, space: scaled).estimate(
      try ZeroOrder(
        .antithetic, samples: max(estimator.samples, 2 * space.count), sigma: 1,
        threads: objective.program.feedingThreads),
      at: coordinates, key: key.child(UInt64(checkpoint.step)).child(1 << 40))
    return TuningOutcome(
      status: status, rows: rows, steps: checkpoint.step,
      evaluations: checkpoint.evaluations + estimate.evaluations,
      skipped: checkpoint.skipped + estimate.skipped, seconds: seconds,
      bestInput: checkpoint.bestInput, bestValue: checkpoint.bestValue,
      finalInput: space.input(at: tuner.point), finalValue: estimate.value,
      finalMean: estimate.smoothedValue, finalError: estimate.smoothedValueError,
      sensitivity: Sensitivity(
        spread: spread, change: estimate.gradient.scalars,
        standardError: estimate.standardError.scalars))
  }

  /// One line for what went wrong, and how to go on.
  private func explained(_ error: any Error) -> any Error {
    if let signal = Interruption.shared.signal, console.handlesSignals {
      let text = "stopped by \(Interrupted.name(signal)) after \(checkpoint.step) steps"
      return Interrupted(signal: signal, text: text + resumeHint)
    }
    if error is CommandError { return error }
    var text = "\(error)"
    if let programError = error as? ProgramError, case .sampleFailed(let failure) = programError,
      let folder
    {
      let name = TuningFolder.failureName
      if (try? folder.replace(name, with: failure.json(settings.program).text + "\n")) != nil {
        text += "; 'perturb replay \(folder.file(name))' runs it again"
      }
    }
    return CommandError(text + resumeHint)
  }

  private var resumeHint: String {
    folder.map { "; 'perturb minimize --resume --out \($0.path)' goes on" } ?? ""
  }

  // MARK: Progress

  private func showProgress(_ row: TuningRow) {
    guard console.showsProgress else { return }
    let steps = Double(checkpoint.step + 1)
    let left = seconds / steps * Double(max(0, settings.steps - checkpoint.step))
    var parts = ["step \(row.step)/\(settings.steps)", "best \(Self.short(row.best))"]
    parts.append("now \(Self.short(row.value))")
    if row.signalToNoise.isFinite { parts.append("snr \(Self.short(row.signalToNoise, 2))") }
    parts.append("\(Digits.grouped(row.evaluations)) evaluations")
    parts.append("\(Self.time(left)) left")
    console.writeError("\r\u{1B}[K" + parts.joined(separator: "  "))
  }

  private func endProgress() {
    if console.showsProgress { console.writeError("\r\u{1B}[K") }
  }

  static func short(_ value: Double, _ digits: Int = 4) -> String {
    Digits.significant(value, digits)
  }

  static func time(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 360_000).rounded())
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    let tail = whole % 60 < 10 ? "0\(whole % 60)" : "\(whole % 60)"
    if hours == 0 { return "\(minutes):\(tail)" }
    return "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
  }
}

extension SampleFailure {
  /// What `perturb replay` needs.
  func json(_ command: [String]) -> JSON {
    var members: [JSON.Member] = [
      .init(name: "program", value: .array(command.map { .string($0) })),
      .init(name: "cause", value: .string(cause.description)),
      .init(name: "input", value: JSON(input)),
      .init(name: "attempts", value: JSON(attempts)),
    ]
    if sample >= 0 { members.append(.init(name: "sample", value: JSON(sample))) }
    if let key {
      let words = [Double(key.words.0), Double(key.words.1)]
      members.append(.init(name: "key", value: JSON(words)))
    }
    members.append(
      .init(name: "error_lines", value: .array(errorLines.map { .string($0) })))
    return .object(members)
  }
}

extension Digits {
  /// With so many significant digits, for one line among others.
  static func significant(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "-" : "\(value)" }
    let size = value.magnitude
    if size == 0 { return "0" }
    if size >= 1e6 || size < 1e-4 {
      var exponent = 0
      var mantissa = value
      while mantissa.magnitude >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
      while mantissa.magnitude < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
      return "\(fixed(mantissa, digits - 1))e\(exponent)"
    }
    var decimals = digits - 1
    var scale = 1.0
    while size >= scale * 10 { (scale, decimals) = (scale * 10, decimals - 1) }
    scale = 1
    while size < scale { (scale, decimals) = (scale / 10, decimals + 1) }
    return fixed(value, max(0, decimals))
  }
}
