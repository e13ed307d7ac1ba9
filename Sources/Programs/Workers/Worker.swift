internal import Platform

/// One process, or the place for one, as the pump sees it: its pipes, what it was asked and what it
/// has said.
final class Worker {
  enum State {
    /// No process.
    case vacant
    case running
    /// The process has been given up or has ended its output; its end is awaited.
    case ending
  }

  var state = State.vacant
  /// The process's number, which is its group's as well.
  var process: Int32 = 0
  /// Can be read from when the process has ended, where the system has such a thing.
  var watchEnd: Descriptor?
  var inputEnd: Descriptor?
  var outputEnd: Descriptor?
  var errorEnd: Descriptor?
  /// Lines that wait for room in the pipe.
  var toWrite: [UInt8] = []
  var written = 0
  /// What has been asked and not been answered, the oldest at `firstAsked`.
  var asked: [Evaluation] = []
  var firstAsked = 0
  /// Answers since nothing was open for the last time. If one of the questions had no answer, all later
  /// answers are those of other questions; so they count when all have been answered.
  var unconfirmed: [Evaluation] = []
  /// Asked alone, so that its answer can't be another's.
  var isReserved = false
  private var questions = 0
  /// Whether it has given an answer, and when it was started.
  var hasAnswered = false
  var startTime = Duration.zero
  /// When the oldest question began to be the oldest.
  var headSince = Duration.zero
  /// Output that is not a whole line yet.
  var partial: [UInt8] = []
  var searched = 0
  var errors = ErrorTail()
  /// Why the process is ending, where a question is to be blamed for it.
  var cause: SampleFailure.Cause?
  /// When an ending process is killed.
  var killTime: Duration?
  var wasKilled = false
  /// Closed its input: it will read nothing more.
  var refusesInput = false
  /// The file that holds a one-shot program's numbers.
  var inputFile: String?

  /// Whether it has said nothing since its last whole line.
  var isBlank: Bool { partial.allSatisfy { $0 <= 0x20 } }

  /// Whether it is ending because it printed what nobody had asked for.
  var hasSpokenUnasked: Bool { if case .unaskedOutput = cause { true } else { false } }

  var askedCount: Int { asked.count - firstAsked }
  var head: Evaluation? { firstAsked < asked.count ? asked[firstAsked] : nil }

  func ask(_ evaluation: Evaluation, isNumbered: Bool, now: Duration) {
    if askedCount == 0 { headSince = now }
    var evaluation = evaluation
    evaluation.number = questions
    questions += 1
    asked.append(evaluation)
    guard !evaluation.batch.lines.isEmpty else { return }
    let line = evaluation.batch.lines[evaluation.batch.line(evaluation.index)]
    if isNumbered {
      NumberedLine.append(line.dropLast(), number: evaluation.number, to: &toWrite)
    } else {
      toWrite += line
    }
  }

  /// Makes the question of a number the head, whatever was asked before it.
  ///
  /// - Returns: Whether it is open.
  func advance(toNumber number: Int) -> Bool {
    guard let place = asked[firstAsked...].firstIndex(where: { $0.number == number }) else {
      return false
    }
    if place > firstAsked { asked.insert(asked.remove(at: place), at: firstAsked) }
    return true
  }

  func removeHead() {
    firstAsked += 1
    if firstAsked == asked.count {
      asked.removeAll(keepingCapacity: true)
      firstAsked = 0
    }
  }

  /// Everything that was asked, which is forgotten.
  func takeAsked() -> ArraySlice<Evaluation> {
    let open = asked[firstAsked...]
    asked = []
    firstAsked = 0
    return open
  }

  /// The answers that do not count yet, which are forgotten.
  func takeUnconfirmed() -> [Evaluation] {
    defer { unconfirmed = [] }
    return unconfirmed
  }

  func closePipes() {
    inputEnd.close()
    outputEnd.close()
    errorEnd.close()
    toWrite.removeAll(keepingCapacity: true)
    written = 0
  }

  func becomeVacant() {
    closePipes()
    watchEnd.close()
    state = .vacant
    process = 0
    hasAnswered = false
    partial = []
    searched = 0
    errors = ErrorTail()
    cause = nil
    killTime = nil
    wasKilled = false
    refusesInput = false
    unconfirmed = []
    isReserved = false
    questions = 0
  }
}

extension Descriptor? {
  /// Closes the descriptor, if there is one, and forgets it.
  mutating func close() {
    self?.close()
    self = nil
  }
}
