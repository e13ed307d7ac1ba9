internal import ArgumentParser
internal import Programs

/// How a program is run.
struct ProgramOptions: ParsableArguments {
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

  /// Refuses options that only a program would heed.
  func checkUnused() throws(CommandError) {
    let given: [(String, Bool)] = [
      ("--jobs", jobs != nil), ("--timeout", timeout != nil), ("--retries", retries != nil),
      ("--on-failure", onFailure != nil),
    ]
    if let name = given.first(where: \.1)?.0 {
      throw CommandError("\(name) is for a program, expected one after '--'")
    }
  }

  func program(_ command: [String], timeout: Double?) throws(CommandError) -> ExternalProgram {
    typealias Policy = ExternalProgram.FailurePolicy
    let name = onFailure ?? Policy.stop.rawValue
    guard let policy = Policy(rawValue: name) else {
      throw .unknown("choice for failures", name, expected: Policy.allCases.map(\.rawValue))
    }
    do throws(ProgramError) {
      return try ExternalProgram(
        command[0], arguments: Array(command.dropFirst()), jobs: jobs,
        timeout: timeout.map { .seconds($0) }, retries: retries ?? 2, onFailure: policy)
    } catch { throw CommandError(error.description) }
  }
}
