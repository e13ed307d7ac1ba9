internal import Machines
internal import Perturbations
internal import Platform
internal import Programs
internal import Synchronization

/// Ranks that evaluate a program for the first of them, which decides at what inputs.
struct ProgramHelpers: Sendable {
  @TaskLocal static var current: ProgramHelpers?

  let ranks: Ranks

  /// The answers at the inputs of a batch, of which each rank evaluates about as many. Where one fails, the
  /// first evaluates all of them, so that it is an error of its own.
  func evaluate(_ request: BatchRequest, _ program: ExternalProgram) throws -> BatchAnswer {
    let question = JSON.object([
      .init(
        name: "program",
        value: .array(([program.executable] + program.arguments).map { .string($0) })),
      .init(name: "jobs", value: JSON(program.jobs)),
      .init(name: "timeout", value: program.timeout.map { JSON($0 / .seconds(1)) } ?? .null),
      .init(name: "retries", value: JSON(program.retries)),
      .init(name: "on-failure", value: .string(program.onFailure.rawValue)),
      .init(name: "numbered", value: .bool(program.isNumbered)),
      .init(name: "width", value: JSON(request.width)),
      .init(name: "inputs", value: .exactly(request.inputs)),
    ])
    let answers = try ranks.ask(Array(question.compactText.utf8)) {
      Self.answer(request.inputs, width: request.width, ranks, program)
    }
    var (outputs, absent): ([Double], [Int]) = ([], [])
    for answer in answers {
      let json = try? JSON(parsing: answer)
      guard let own = json?["outputs"]?.elements?.compactMap(\.exact) else {
        return try program.evaluate(request)
      }
      for (position, output) in own.enumerated() where output.isNaN {
        absent.append(outputs.count + position)
      }
      outputs += own.map { $0.isNaN ? 0 : $0 }
    }
    guard outputs.count == request.count else { return try program.evaluate(request) }
    return BatchAnswer(outputs: outputs, width: 1, absent: absent)
  }

  /// This rank's part of the answers: a number for each of its inputs, none where it was skipped.
  private static func answer(
    _ inputs: [Double], width: Int, _ ranks: Ranks, _ program: ExternalProgram
  ) -> [UInt8] {
    let count = inputs.count / max(width, 1)
    let rows = count * ranks.rank / ranks.count..<count * (ranks.rank + 1) / ranks.count
    let own = rows.map { Array(inputs[$0 * width..<($0 + 1) * width]) }
    guard let answers = try? own.isEmpty ? [] : program.evaluate(own) else { return [] }
    let outputs = answers.map { $0?.first ?? .nan }
    return Array(JSON.object([.init(name: "outputs", value: .exactly(outputs))]).compactText.utf8)
  }

  /// Evaluates for the first rank until it needs no more.
  static func serve(_ ranks: Ranks) throws {
    var (command, program): (JSON?, ExternalProgram?) = (nil, nil)
    defer { program?.stop() }
    try ranks.serve { question in
      guard let json = try? JSON(parsing: question), let members = json.members else { return [] }
      let settings = JSON.object(members.filter { $0.name != "inputs" })
      if settings != command {
        program?.stop()
        (command, program) = (settings, try? makeProgram(json))
      }
      guard let program, let inputs = json["inputs"]?.elements?.compactMap(\.exact),
        let width = json["width"]?.integer
      else { return [] }
      return answer(inputs, width: width, ranks, program)
    }
    try program?.finish()
  }

  private static func makeProgram(_ json: JSON) throws(CommandError) -> ExternalProgram {
    try .command(
      json["program"]?.elements?.compactMap(\.string) ?? [], jobs: json["jobs"]?.integer,
      timeout: json["timeout"]?.double, retries: json["retries"]?.integer ?? 0,
      onFailure: json["on-failure"]?.string.flatMap { .init(rawValue: $0) } ?? .stop, outputs: 1,
      numbered: json["numbered"] == .bool(true))
  }
}

extension MinimizeCommand {
  /// Runs the command on the first rank, for which the others evaluate the program.
  func run(on console: Console, _ ranks: Ranks) throws {
    guard ranks.isFirst else {
      try ProgramHelpers.serve(ranks)
      return try console.write("")
    }
    let printed = Mutex("")
    let own = Console(
      write: { text in printed.withLock { $0 += text } }, writeError: console.writeError,
      showsProgress: console.showsProgress, progressDelay: console.progressDelay,
      noticeDelay: console.noticeDelay, handlesSignals: console.handlesSignals,
      columns: console.columns)
    let result = Result {
      try SharedWork.$sharing.withValue(nil) {
        try ProgramHelpers.$current.withValue(ProgramHelpers(ranks: ranks)) {
          try minimize(on: own)
        }
      }
    }
    try ranks.stopAsking()
    try result.get()
    try console.write(printed.withLock { $0 })
  }
}
