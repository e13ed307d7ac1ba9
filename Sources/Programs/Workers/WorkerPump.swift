internal import Platform
internal import Synchronization

/// Feeds a program's workers and reads their answers, on one thread that never waits for any one of
/// them.
///
/// Every pipe is non-blocking and polled together with all others, standard errors included, so
/// that no worker can hold up another one or itself, whatever it writes or does not read. The thread
/// starts all processes, which end with it where the system can see to that.
final class WorkerPump: @unchecked Sendable {
  let settings: ProgramSettings
  private let inbox = Mutex(Inbox())
  let totals = Mutex(ProgramStatistics())
  private(set) var wakeEnds: (reading: Descriptor, writing: Descriptor)?

  // What follows belongs to the pump's thread.
  /// As many as have been needed at a time, `jobs` at most.
  var workers: [Worker] = []
  /// What is to be asked: what failed or was given back first.
  var again: [Evaluation] = []
  var queue: [EvaluationBatch] = []
  /// The batches that somebody waits for, whether or not all of their inputs have been asked.
  var awaited: [EvaluationBatch] = []
  var nextInFirst = 0
  var isClosing = false
  /// What the next batch is to be told.
  var fault: SampleFailure?
  var clock: PumpClock
  /// The mean time of one answer, in seconds; nil before the first.
  var answerTime: Double?
  /// The mean time from a process's start to its first answer, in seconds.
  var startTime = 0.0
  /// The mean time that the pump takes to start a process, in seconds.
  var startCost = 0.0
  /// Since when no further process can be started, and when that is tried again.
  var scarcity: (since: Duration, nextTry: Duration)?
  /// When the last answer came, or the first question after a time without any.
  var lastAnswer = Duration.zero
  private(set) var observer: ProgramObserver?
  /// What has been told already.
  var hasTold = (scarcity: false, waiting: false)
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
  /// In every worker's environment, and in that of all that it starts.
  lazy var variable = RunningWorkers.shared.newVariable()

  private struct Inbox {
    var batches: [EvaluationBatch] = []
    var observer: ProgramObserver?
    var isClosing = false
    var patience = Duration.milliseconds(200)
    var hasThread = false
    var isFinished = false
    var waiters: [@Sendable () -> Void] = []
  }

  init(_ settings: ProgramSettings) {
    self.settings = settings
    clock = PumpClock(timeout: settings.timeout)
  }

  deinit {
    buffer.deallocate()
    wakeEnds?.reading.close()
    wakeEnds?.writing.close()
  }

  var statistics: ProgramStatistics { totals.withLock { $0 } }

  // MARK: From other threads

  /// Evaluates a batch and returns when it is done.
  func run(_ batch: EvaluationBatch) throws(ProgramError) {
    if batch.count == 0 { return }
    try inbox.withLock { inbox throws(ProgramError) in
      if inbox.isClosing { throw .stopped }
      if !inbox.hasThread { try startThread() }
      inbox.hasThread = true
      inbox.batches.append(batch)
    }
    wake()
    try batch.wait()
  }

  /// Who is told what happens; takes effect with the next batch.
  func observe(_ observer: ProgramObserver) { inbox.withLock { $0.observer = observer } }

  private func startThread() throws(ProgramError) {
    do throws(SystemFailure) {
      let ends = try Descriptor.pipe()
      ends.reading.makeNonblocking()
      ends.writing.makeNonblocking()
      wakeEnds = ends
    } catch {
      throw .cannotStart(program: settings.text, reason: error.reason)
    }
    guard Thread.start({ self.loop() }) else {
      wakeEnds?.reading.close()
      wakeEnds?.writing.close()
      wakeEnds = nil
      throw .cannotStart(program: settings.text, reason: "no thread can be started")
    }
  }

  /// Ends all workers; evaluations that are under way fail.
  ///
  /// - Parameters:
  ///   - patience: How long idle workers have to end by themselves.
  ///   - finished: Called when no worker is left.
  func close(
    patience: Duration = .milliseconds(200), _ finished: (@Sendable () -> Void)? = nil
  ) {
    let isOver = inbox.withLock { inbox -> Bool in
      if !inbox.isClosing { inbox.patience = patience }
      inbox.isClosing = true
      if !inbox.hasThread || inbox.isFinished { return true }
      if let finished { inbox.waiters.append(finished) }
      return false
    }
    if isOver { finished?() } else { wake() }
  }

  /// What nobody has been told yet, once no worker is left.
  var finalFault: SampleFailure? { inbox.withLock { $0.isFinished } ? fault : nil }

  private func wake() { wakeEnds?.writing.writeByte(1) }

  // MARK: The loop

  private func loop() {
    Signals.blockBrokenPipe()
    while true {
      clock.advance()
      takeInbox()
      if isClosing, workers.allSatisfy({ $0.state == .vacant }) { break }
      let hasMoreToStart = isClosing ? false : feed()
      for worker in workers { write(to: worker) }
      waitForWork(hasMoreToStart)
      checkTimes()
    }
    RunningWorkers.killAll(holding: variable)
    let waiters = inbox.withLock { inbox in
      inbox.isFinished = true
      defer { inbox.waiters = [] }
      return inbox.waiters
    }
    for waiter in waiters { waiter() }
  }

  private func takeInbox() {
    let (batches, closes, patience) = inbox.withLock { inbox in
      defer { inbox.batches = [] }
      observer = inbox.observer
      return (inbox.batches, inbox.isClosing, inbox.patience)
    }
    awaited.removeAll(where: \.isDone)
    if awaited.isEmpty { lastAnswer = clock.now }
    queue += batches
    awaited += batches
    if let fault, !awaited.isEmpty { reportFault(fault) }
    if closes && !isClosing { beginClosing(patience) }
    if isClosing {
      for batch in queue { batch.fail(.stopped) }
      queue = []
    }
  }

  /// Fails all that is under way, or what comes next where nothing is.
  func reportFault(_ failure: SampleFailure) {
    awaited.removeAll(where: \.isDone)
    for batch in awaited { batch.fail(.sampleFailed(failure)) }
    fault = awaited.isEmpty ? failure : nil
  }

  private func beginClosing(_ patience: Duration) {
    isClosing = true
    for evaluation in again { evaluation.batch.fail(.stopped) }
    again = []
    for worker in workers {
      let isIdle =
        worker.state == .running && worker.askedCount == 0 && worker.unconfirmed.isEmpty
      for evaluation in worker.takeAsked() + worker.takeUnconfirmed() {
        evaluation.batch.fail(.stopped)
      }
      guard worker.state != .vacant else { continue }
      // An idle worker may end by itself; one that computes has lost its purpose.
      worker.inputEnd.close()
      if !isIdle {
        worker.outputEnd.close()
        worker.partial = []
      }
      worker.state = .ending
      if !worker.hasSpokenUnasked { worker.cause = nil }
      worker.killTime = isIdle ? clock.now + patience : clock.now
    }
  }
}
