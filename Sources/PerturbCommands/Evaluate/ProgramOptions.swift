internal import ArgumentParser
internal import Platform
internal import Programs

/// How a program is run.
struct ProgramOptions: ParsableArguments {
  @Option(
    "How many processes work; numbers don't depend on it. (default: all processors)", "J",
    in: .threads, resumable: true)
  var jobs: Setting<Int?>

  @Option("Seconds that an evaluation may take.", "seconds", in: .seconds, resumable: true)
  var timeout: Setting<Double?>

  @Option("How often to try again.", "count", default: 2, in: .retries, resumable: true)
  var retries: Setting<Int>

  @Option("After the last try: stop or skip.", "choice", default: .stop)
  var onFailure: Setting<ExternalProgram.FailurePolicy>

  @Flag(
    help: ArgumentHelp(
      "Lines carry numbers: {\"id\": 7, \"x\": [0.5, -2]} is answered by {\"id\": 7, \"y\": [1.25]}, "
        + "in any order."))
  var numbered = false

  /// Refuses options that only a program would heed.
  func checkUnused() throws(CommandError) {
    try checkSettings()
    if let name = given.first?.name {
      throw CommandError("--\(name) is for a program, expected one after '--'")
    }
  }

  /// The program, not started yet.
  func program(_ command: [String], outputs: Int? = nil) throws(CommandError) -> ExternalProgram {
    try checkSettings()
    return try .command(
      command, jobs: jobs.value, timeout: timeout.value, retries: retries.value,
      onFailure: onFailure.value, outputs: outputs, numbered: numbered)
  }
}

extension ExternalProgram.FailurePolicy: OptionChoice {
  static var kind: String { "choice for failures" }
}

extension ExternalProgram {
  /// A program and its arguments.
  ///
  /// - Throws: ``CommandError`` for what cannot be a program.
  static func command(
    _ words: [String], jobs: Int?, timeout: Double?, retries: Int,
    onFailure: FailurePolicy = .stop, outputs: Int? = nil, numbered: Bool = false
  ) throws(CommandError) -> ExternalProgram {
    guard let first = words.first, !first.isEmpty else {
      throw CommandError("no program is given, expected one after '--': -- ./program arguments")
    }
    if let word = words.first(where: { $0.unicodeScalars.contains("\0") }) {
      throw CommandError(
        "'\(word)' in the program has a NUL character, which no program can be given")
    }
    do throws(ProgramError) {
      return try ExternalProgram(
        first, arguments: Array(words.dropFirst()), jobs: jobs,
        timeout: timeout.map { .seconds($0) }, retries: retries, onFailure: onFailure,
        outputs: outputs, numbered: numbered)
    } catch { throw CommandError(error.description) }
  }

  /// Says once on a console when the program keeps it waiting, and when there are fewer workers than
  /// were asked for.
  func observe(on console: Console) {
    observe(
      ProgramObserver(delay: console.noticeDelay) { notice in
        console.clearProgress()
        console.report("perturb: \(notice)")
      })
  }

  /// Does some work with the program, whose workers are gone at the end and after a signal; answers
  /// count once all workers have come to the end of their output.
  ///
  /// - Throws: ``CommandError`` of one line, ``Interrupted`` after a signal.
  func session<Result>(
    on console: Console, hint: (any Error) -> String = { _ in "" }, _ work: () throws -> Result
  ) throws -> Result {
    defer { stop() }
    observe(on: console)
    if console.handlesSignals { Interruption.shared.watch(on: console) { stop() } }
    do {
      let result = try work()
      try finish()
      return result
    } catch {
      if let signal = Interruption.shared.signal, console.handlesSignals {
        throw Interrupted(signal: signal, text: "stopped by \(Interrupted.name(signal))")
      }
      if error is CommandError { throw error }
      throw CommandError("\(error)\(hint(error))")
    }
  }
}
