internal import Platform

/// One process, or the place for one, as the pump sees it: its pipes, what it was asked and what it
/// has said.
final class Worker {
  enum State {
    /// No process.
    case vacant
    /// A process has been asked for or runs.
    case running
    /// The process has been given up or has ended its output; its end is awaited.
    case ending
  }

  var state = State.vacant
  /// Tells events of this process from those of earlier ones.
  var generation = 0
  var group: Int32 = 0
  var hasStarted = false
  var inputEnd: Descriptor?
  var outputEnd: Descriptor?
  var errorEnd: Descriptor?
  /// Lines that wait for room in the pipe.
  var toWrite: [UInt8] = []
  var written = 0
  /// What has been asked and not been answered, the oldest at `firstAsked`.
  var asked: [Evaluation] = []
  var firstAsked = 0
  /// When the oldest question began to be the oldest.
  var headSince = ContinuousClock.now
  /// Output that is not a whole line yet.
  var partial: [UInt8] = []
  var searched = 0
  var errors = ErrorTail()
  /// Why the process is ending, where a question is to be blamed for it.
  var cause: SampleFailure.Cause?
  /// When an ending process is killed.
  var killTime: ContinuousClock.Instant?
  var wasKilled = false
  /// Closed its input: it will read nothing more.
  var refusesInput = false
  /// The file that holds a one-shot program's numbers.
  var inputFile: String?

  var askedCount: Int { asked.count - firstAsked }
  var head: Evaluation? { firstAsked < asked.count ? asked[firstAsked] : nil }

  func ask(_ evaluation: Evaluation, now: ContinuousClock.Instant) {
    if askedCount == 0 { headSince = now }
    asked.append(evaluation)
    if !evaluation.batch.lines.isEmpty {
      toWrite += evaluation.batch.lines[evaluation.batch.line(evaluation.index)]
    }
  }

  func removeHead(now: ContinuousClock.Instant) {
    firstAsked += 1
    headSince = now
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

  func closePipes() {
    inputEnd.close()
    outputEnd.close()
    errorEnd.close()
    toWrite.removeAll(keepingCapacity: true)
    written = 0
  }

  func becomeVacant() {
    closePipes()
    state = .vacant
    generation += 1
    group = 0
    hasStarted = false
    partial = []
    searched = 0
    errors = ErrorTail()
    cause = nil
    killTime = nil
    wasKilled = false
    refusesInput = false
  }
}

extension Descriptor? {
  /// Closes the descriptor, if there is one, and forgets it.
  mutating func close() {
    self?.close()
    self = nil
  }
}
