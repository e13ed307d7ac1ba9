internal import Platform
internal import Synchronization

/// Feeds a program's workers and reads their answers, on one thread that never waits for any one of
/// them.
///
/// Every pipe is non-blocking and polled together with all others, standard errors included, so
/// that no worker can hold up another one or itself, whatever it writes or does not read.
final class WorkerPump: @unchecked Sendable {
  let settings: ProgramSettings
  private let inbox = Mutex(Inbox())
  let totals = Mutex(ProgramStatistics())
  private(set) var wakeEnds: (reading: Descriptor, writing: Descriptor)?

  // What follows belongs to the pump's thread.
  var workers: [Worker]
  /// What is to be asked: what failed or was given back first.
  var again: [Evaluation] = []
  var queue: [EvaluationBatch] = []
  /// The batches that somebody waits for, whether or not all of their inputs have been asked.
  var awaited: [EvaluationBatch] = []
  var nextInFirst = 0
  var isClosing = false
  /// What the next batch is to be told.
  var fault: SampleFailure?
  /// The mean time of one answer, in seconds; nil before the first.
  var answerTime: Double?
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)

  private struct Inbox {
    var batches: [EvaluationBatch] = []
    var events: [(worker: Int, generation: Int, event: ProcessStarter.Event)] = []
    var isClosing = false
    var patience = Duration.milliseconds(200)
    var hasThread = false
    var isFinished = false
    var waiters: [@Sendable () -> Void] = []
  }

  init(_ settings: ProgramSettings) {
    self.settings = settings
    workers = (0..<settings.jobs).map { _ in Worker() }
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

  func startThread() throws(ProgramError) {
    do throws(SystemFailure) {
      let ends = try Descriptor.pipe()
      ends.reading.makeNonblocking()
      ends.writing.makeNonblocking()
      wakeEnds = ends
    } catch {
      throw .cannotStart(program: settings.text, reason: error.description)
    }
    guard Thread.start({ self.loop() }) else {
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

  func wake() {
    wakeEnds?.writing.writeByte(1)
  }

  func report(_ worker: Int, _ generation: Int, _ event: ProcessStarter.Event) {
    inbox.withLock { $0.events.append((worker, generation, event)) }
    wake()
  }

  // MARK: The loop

  func loop() {
    Signals.blockBrokenPipe()
    while true {
      takeInbox()
      if isClosing, workers.allSatisfy({ $0.state == .vacant }) { break }
      if !isClosing { feed() }
      for index in workers.indices { write(to: workers[index]) }
      waitForWork()
      checkTimes()
    }
    let waiters = inbox.withLock { inbox in
      inbox.isFinished = true
      defer { inbox.waiters = [] }
      return inbox.waiters
    }
    for waiter in waiters { waiter() }
  }

  func takeInbox() {
    let (batches, events, closes, patience) = inbox.withLock { inbox in
      defer {
        inbox.batches = []
        inbox.events = []
      }
      return (inbox.batches, inbox.events, inbox.isClosing, inbox.patience)
    }
    queue += batches
    awaited.removeAll(where: \.isDone)
    awaited += batches
    if let fault, !awaited.isEmpty { reportFault(fault) }
    for event in events { handle(event.event, of: event.worker, event.generation) }
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

  func beginClosing(_ patience: Duration) {
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
      worker.killTime = isIdle ? .now + patience : .now
    }
  }

  func handle(_ event: ProcessStarter.Event, of index: Int, _ generation: Int) {
    let worker = workers[index]
    switch event {
    case .started(let group):
      guard worker.generation == generation else { return }
      worker.group = group
      worker.hasStarted = true
      worker.headSince = .now
    case .notStarted(let reason):
      ProcessGroups.shared.remove(worker.group)
      guard worker.generation == generation else { return }
      let error = ProgramError.cannotStart(program: settings.text, reason: reason)
      let open = worker.takeAsked()
      removeInputFile(of: worker)
      worker.becomeVacant()
      for evaluation in again + open { evaluation.batch.fail(error) }
      for batch in queue { batch.fail(error) }
      again = []
      queue = []
      nextInFirst = 0
    case .ended(let how):
      guard worker.generation == generation else { return }
      end(worker, how)
    }
  }

  // MARK: Asking

  /// The next evaluation, which stays where it is.
  func peek() -> Evaluation? {
    while let last = again.last {
      if !last.batch.isDone { return last }
      again.removeLast()
    }
    while let first = queue.first {
      if !first.isDone, nextInFirst < first.count {
        return Evaluation(batch: first, index: nextInFirst)
      }
      queue.removeFirst()
      nextInFirst = 0
    }
    return nil
  }

  func removeNext() {
    if again.isEmpty { nextInFirst += 1 } else { again.removeLast() }
  }

  /// How many questions a worker has before it at a time: enough to bridge the time until the pump
  /// has read an answer and written again, and no more than that, so that slow evaluations spread
  /// evenly.
  ///
  /// Where an answer takes longer than 5 ms, that time is worth nothing, and a question that is alone
  /// can't get another's answer.
  var window: Int {
    if settings.isOneShot { return 1 }
    guard let answerTime, answerTime < 0.005 else { return 1 }
    return min(2 + Int(0.002 / max(answerTime, 1e-6)), 512)
  }

  /// After so many windows a worker answers all that it was asked before it is asked more, so that its
  /// answers count, and no more than these are asked again.
  private static let longestRun = 16

  func feed() {
    let window = window
    let now = ContinuousClock.now
    while let next = peek() {
      let isRetry =
        next.batch.failedAttempts[next.index] != nil || next.batch.suspects.contains(next.index)
      guard let worker = isRetry ? freshest() : leastBusy(window) else { return }
      if worker.state == .vacant, !settings.isOneShot, !start(worker, nil) { return }
      removeNext()
      worker.ask(next, isNumbered: settings.isNumbered, now: now)
      worker.isReserved = isRetry
      if settings.isOneShot, !start(worker, next) { return }
    }
  }

  /// The worker to ask next: an idle one that runs before a place where none does, before one that
  /// has something to do.
  func leastBusy(_ window: Int) -> Worker? {
    var best: Worker?
    var fewest = Int.max
    for worker in workers {
      let load: Int
      switch worker.state {
      case .running:
        if settings.isOneShot || worker.refusesInput || worker.isReserved { continue }
        if worker.unconfirmed.count >= Self.longestRun * window { continue }
        load = worker.askedCount == 0 ? 0 : worker.askedCount + 1
      case .vacant: load = 1
      case .ending: continue
      }
      if load < fewest, load <= window { (best, fewest) = (worker, load) }
    }
    return best
  }

  /// A place for a new process, where what failed is tried again; an idle one where there is none.
  func freshest() -> Worker? {
    workers.first { $0.state == .vacant }
      ?? workers.first {
        $0.state == .running && $0.askedCount == 0 && !$0.refusesInput && !settings.isOneShot
      }
  }

  /// Asks for a process; what it is to answer is already noted.
  func start(_ worker: Worker, _ evaluation: Evaluation?) -> Bool {
    guard let index = workers.firstIndex(where: { $0 === worker }) else { return false }
    do throws(SystemFailure) {
      var arguments = settings.arguments
      if let evaluation {
        let expanded = try ArgumentPlaceholders.expand(
          settings.arguments, evaluation.batch.input(evaluation.index))
        arguments = expanded.arguments
        worker.inputFile = expanded.file
      }
      var input: (reading: Descriptor, writing: Descriptor)?
      if evaluation == nil {
        let pipe = try Descriptor.pipe()
        pipe.writing.makeNonblocking()
        worker.inputEnd = pipe.writing
        input = pipe
      }
      let output = try Descriptor.pipe()
      output.reading.makeNonblocking()
      worker.outputEnd = output.reading
      let error = try Descriptor.pipe()
      error.reading.makeNonblocking()
      worker.errorEnd = error.reading
      worker.state = .running
      worker.headSince = .now
      totals.withLock { $0.starts += 1 }
      let generation = worker.generation
      ProcessStarter.shared.start(
        settings.executable, arguments,
        .init(input: input?.reading, output: output.writing, error: error.writing)
      ) { [weak self] in self?.report(index, generation, $0) }
      return true
    } catch {
      worker.state = .running
      handle(.notStarted(error.description), of: index, worker.generation)
      return false
    }
  }
}
