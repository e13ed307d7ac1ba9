internal import Perturbations
internal import Platform
internal import Programs

/// A run of `perturb minimize`, from its start or a checkpoint to its end.
struct TuningRun {
  private let settings: TuningSettings
  private let folder: TuningFolder?
  private let console: Console
  private let objective: TunedObjective
  private let budget: EvaluationBudget
  private let estimator: ZeroOrder
  private let key: RandomKey
  private var tuner: any Tuner
  private var checkpoint: TuningCheckpoint
  private var rows: [TuningRow] = []
  private let clock = ContinuousClock.now
  private let earlierSeconds: Double
  private let progress: ProgressLine
  private let notice: LongWorkNotice

  /// A run, or the rest of one from a checkpoint.
  init(
    _ settings: TuningSettings, folder: TuningFolder?, resumed: TuningCheckpoint?, console: Console
  ) throws {
    self.settings = settings
    self.folder = folder
    self.console = console
    progress = ProgressLine(console, "")
    notice = LongWorkNotice(console, "minimize, \(settings.steps) steps at most")
    checkpoint = resumed ?? TuningCheckpoint(settings: settings.json)
    checkpoint.settings = settings.json
    earlierSeconds = checkpoint.seconds
    let program = try settings.makeProgram()
    key = RandomKey(settings.seed)
    estimator = try settings.makeEstimator(threads: program.feedingThreads)
    budget = EvaluationBudget(
      limit: settings.evaluations,
      last: 2 * Self.sensitivitySamples(estimator, settings.space) + 1,
      used: checkpoint.evaluations)
    objective = TunedObjective(program: program, space: settings.space, budget: budget)
    switch settings.method {
    case .adam, .sgd, .es: tuner = GradientTuner(settings, estimator: estimator)
    case .lbfgs: tuner = LineSearchTuner(settings, estimator: estimator, key: key)
    case .cmaES: tuner = PopulationTuner(settings, key: key)
    }
    if let resumed, let folder {
      try restore(resumed, folder)
    } else if let left = budget.left, left < tuner.nextEvaluations {
      throw CommandError(
        "evaluations is \(left), expected at least \(tuner.nextEvaluations), those of one step "
          + "(--samples)")
    }
  }

  private mutating func restore(
    _ resumed: TuningCheckpoint, _ folder: TuningFolder
  ) throws(CommandError) {
    do throws(CommandError) {
      try resumed.check(settings)
      let state = StateReader(json: resumed.state, path: "state")
      let method = try state.member("method")
      guard method.json.string == settings.method.rawValue else {
        throw method.error("\"\(settings.method.rawValue)\", the method of the settings")
      }
      try tuner.restore(state, step: resumed.step)
    } catch { throw folder.explained(error) }
    rows = try TuningHistory.read(
      folder.file(TuningFolder.historyName), count: resumed.step, names: settings.names)
  }

  private var seconds: Double { earlierSeconds + (ContinuousClock.now - clock) / .seconds(1) }

  /// Runs to the end.
  ///
  /// - Throws: ``CommandError`` where the program fails, ``Interrupted`` after a signal; both leave a
  ///   checkpoint in the folder.
  mutating func run() throws -> TuningOutcome {
    let program = objective.program
    defer { program.stop() }
    program.observe(on: console)
    if console.handlesSignals { Interruption.shared.watch(on: console) { program.stop() } }
    // The checkpoint first: a folder that has one can be gone on with.
    try writeCheckpoint()
    try writeHistory()
    if settings.stepSeconds > console.noticeDelay / .seconds(1) {
      console.report(
        "perturb: a step of \(settings.method.rawValue) with \(Digits.grouped(settings.space.count)) "
          + "inputs takes about \(Digits.clock(settings.stepSeconds)) beside its evaluations")
    }
    do {
      let status = try steps()
      let outcome = try outcome(status)
      try program.finish()
      progress.clear()
      return outcome
    } catch {
      progress.clear()
      throw explained(error)
    }
  }

  private mutating func steps() throws -> String {
    while true {
      if Interruption.shared.signal != nil, console.handlesSignals { throw ProgramError.stopped }
      if let ended = checkpoint.ended { return ended }
      let isLast = checkpoint.step >= settings.steps
      if isLast, !tuner.endsWithEvaluation { return reachedSteps }
      if !hasRoom { return reachedEvaluations }
      let found = try tuner.evaluate(
        objective, key: key.child(UInt64(checkpoint.step)))
      try record(found)
      if let until = settings.until, found.value <= until {
        return "the objective is \(JSON(until).compactText) or less"
      }
      if isLast { return reachedSteps }
      if !budget.hasRoom(for: tuner.nextEvaluations) { return reachedEvaluations }
      do { checkpoint.ended = try tuner.advance(objective) } catch is EvaluationBudget.Reached {
        return reachedEvaluations
      }
      checkpoint.step += 1
      try writeCheckpoint()
    }
  }

  /// The first step may take what is kept for the end.
  private var hasRoom: Bool {
    let count = tuner.nextEvaluations
    return checkpoint.step > 0
      ? budget.hasRoom(for: count) : budget.left.map { count <= $0 } ?? true
  }

  private var reachedEvaluations: String {
    "reached \(Digits.grouped(settings.evaluations ?? 0)) evaluations"
  }

  private var reachedSteps: String { "reached \(Digits.grouped(settings.steps)) steps" }

  private mutating func record(_ found: TuningEvaluation) throws {
    checkpoint.evaluations = budget.used
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
    var members = [JSON.Member(name: "method", value: .string(settings.method.rawValue))]
    if case .object(let others) = tuner.state { members += others }
    checkpoint.state = .object(members)
    checkpoint.evaluations = budget.used
    checkpoint.seconds = seconds
    try folder.write(checkpoint)
  }

  // MARK: The end

  private static func sensitivitySamples(_ estimator: ZeroOrder, _ space: InputSpace) -> Int {
    max(estimator.samples, 2 * space.count)
  }

  private func outcome(_ status: String) throws -> TuningOutcome {
    var outcome = TuningOutcome(
      status: status, rows: rows, steps: checkpoint.step, evaluations: budget.used,
      skipped: checkpoint.skipped, seconds: seconds, bestInput: checkpoint.bestInput,
      bestValue: checkpoint.bestValue, finalInput: settings.space.input(at: tuner.point))
    let key = key.child(UInt64(checkpoint.step)).child(1 << 40)
    // At most as many evaluations as the run itself took, however many inputs there are.
    let wanted = min(
      Self.sensitivitySamples(estimator, settings.space),
      max(TuningSettings.defaultSamples, budget.used / 2))
    let samples = min(wanted, budget.left.map { ($0 - 1) / 2 } ?? wanted)
    if samples > 0 {
      try addSensitivity(to: &outcome, samples: samples, key: key)
    } else if budget.left != 0 {
      outcome.finalValue = try objective.values(at: [tuner.point], key: key)[0]
    }
    outcome.evaluations = budget.used
    outcome.seconds = seconds
    return outcome
  }

  /// An estimate in coordinates in units of the spread: the gradient is the change, and a step is one.
  private func addSensitivity(
    to outcome: inout TuningOutcome, samples: Int, key: RandomKey
  ) throws {
    let space = settings.space
    let spread = tuner.spread.map { max($0, .leastNormalMagnitude) }
    let scaled = InputSpace(
      lower: space.lower, upper: space.upper, isLogarithmic: space.isLogarithmic,
      scales: zip(space.scales, spread).map { $0 * $1 })
    let coordinates = zip(tuner.point, spread).map { $0 / $1 }
    let estimate = try TunedObjective(
      program: objective.program, space: scaled, budget: budget
    ).estimate(
      try ZeroOrder(
        .antithetic, samples: samples, sigma: 1, threads: objective.program.feedingThreads),
      at: coordinates, key: key)
    outcome.skipped += estimate.skipped
    outcome.finalValue = estimate.value
    outcome.finalMean = estimate.smoothedValue
    outcome.finalError = estimate.smoothedValueError
    outcome.sensitivity = Sensitivity(
      spread: spread, change: estimate.gradient.scalars,
      standardError: estimate.standardError.scalars)
  }

  /// One line for what went wrong, and how to go on.
  private func explained(_ error: any Error) -> any Error {
    if let signal = Interruption.shared.signal, console.handlesSignals {
      let text = "stopped by \(Interrupted.name(signal)) after \(checkpoint.step) steps"
      return Interrupted(signal: signal, text: text + resumeHint)
    }
    if error is CommandError { return error }
    var text = "\(error)"
    if let programError = error as? ProgramError, case .sampleFailed(let failure) = programError {
      if case .unaskedOutput = failure.cause {
        return CommandError(text + "; none of the run's answers can be trusted")
      }
      guard let folder else { return CommandError(text) }
      let name = TuningFolder.failureName
      if (try? folder.replace(name, with: failure.json(settings.options).text + "\n"))
        != nil
      {
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
    let left =
      seconds / Double(checkpoint.step + 1) * Double(max(0, settings.steps - checkpoint.step))
    notice.tell(elapsed: (ContinuousClock.now - clock) / .seconds(1), left: left)
    var parts = ["step \(row.step)/\(settings.steps)", "best \(Digits.significant(row.best, 4))"]
    parts.append("now \(Digits.significant(row.value, 4))")
    if row.signalToNoise.isFinite {
      parts.append("snr \(Digits.significant(row.signalToNoise, 2))")
    }
    parts.append("\(Digits.grouped(row.evaluations)) evaluations")
    parts.append("\(Digits.clock(left)) left")
    progress.show(parts.joined(separator: "  "))
  }
}
