internal import Platform
internal import Synchronization

/// Which worker is asked what, and when a further process is started.
extension WorkerPump {
  /// The next evaluation, which stays where it is.
  private func peek() -> Evaluation? {
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

  private func removeNext() {
    if again.isEmpty { nextInFirst += 1 } else { again.removeLast() }
  }

  /// How many evaluations nobody has been asked for.
  private var waitingCount: Int {
    again.count + queue.reduce(0) { $0 + ($1.isDone ? 0 : $1.count) } - nextInFirst
  }

  /// How many questions a worker has before it at a time: enough to bridge the time until the pump
  /// has read an answer and written again, and no more than that, so that slow evaluations spread
  /// evenly.
  ///
  /// Where an answer takes longer than 5 ms, that time is worth nothing, and a question that is alone
  /// can't get another's answer.
  private var window: Int {
    if settings.isOneShot { return 1 }
    guard let answerTime, answerTime < 0.005 else { return 1 }
    return min(2 + Int(0.002 / max(answerTime, 1e-6)), 512)
  }

  /// After so many windows a worker answers all that it was asked before it is asked more, so that its
  /// answers count, and no more than these are asked again.
  private static let longestRun = 16

  /// How many processes are started before the pipes are looked at again: the first answers tell
  /// whether more are worth it.
  private static let startsAtOnce = 4

  /// Asks what can be asked.
  ///
  /// - Returns: Whether further processes are to be started when the pipes have been looked at.
  func feed() -> Bool {
    guard peek() != nil else { return false }
    let window = window
    var starts = 0
    while let next = peek() {
      let isRetry =
        next.batch.failedAttempts[next.index] != nil || next.batch.suspects.contains(next.index)
      guard let worker = isRetry ? freshest() : leastBusy(window) else { return false }
      if worker.state == .vacant {
        if starts == Self.startsAtOnce { return true }
        starts += 1
        do throws(SystemFailure) { try start(worker, settings.isOneShot ? next : nil) } catch {
          if !makeDo(without: worker, error) { return false }
          continue
        }
      }
      removeNext()
      worker.ask(next, isNumbered: settings.isNumbered, now: clock.now)
      worker.isReserved = isRetry
    }
    return false
  }

  /// The worker to ask next: an idle one that runs before a place where none does, before one that
  /// has something to do.
  private func leastBusy(_ window: Int) -> Worker? {
    var best: Worker?
    var fewest = Int.max
    var vacant: Worker?
    var running = 0
    for worker in workers {
      let load: Int
      switch worker.state {
      case .running:
        running += 1
        if settings.isOneShot || worker.refusesInput || worker.isReserved { continue }
        if worker.unconfirmed.count >= Self.longestRun * window { continue }
        load = worker.askedCount == 0 ? 0 : worker.askedCount + 1
      case .vacant:
        vacant = vacant ?? worker
        continue
      case .ending: continue
      }
      if load < fewest, load <= window { (best, fewest) = (worker, load) }
      if fewest == 0 { return best }
    }
    guard isWorthStarting(beside: running) else { return best }
    return vacant ?? newPlace() ?? best
  }

  /// Whether a further process brings the end nearer: it has something to do by the time that it
  /// answers, and takes more off the others than it costs the pump to start it.
  ///
  /// As many as there are processors always are, since more work may come than is known. The waiting
  /// work W takes W/k of k workers, and one more of them saves W/k².
  private func isWorthStarting(beside running: Int) -> Bool {
    if let scarcity, scarcity.nextTry > clock.now { return false }
    guard running >= Processors.count, let answerTime, !settings.isOneShot else { return true }
    let share = Double(waitingCount) * answerTime / Double(running)
    return share > startTime && share / Double(running) > startCost
  }

  /// A place for a new process, where what failed is tried again; an idle one where there is none.
  private func freshest() -> Worker? {
    let canStart = scarcity.map { $0.nextTry <= clock.now } ?? true
    return (canStart ? workers.first { $0.state == .vacant } ?? newPlace() : nil)
      ?? workers.first {
        $0.state == .running && $0.askedCount == 0 && !$0.refusesInput && !settings.isOneShot
      }
  }

  private func newPlace() -> Worker? {
    guard workers.count < settings.jobs else { return nil }
    let worker = Worker()
    workers.append(worker)
    return worker
  }

  // MARK: Starting

  /// Descriptors that are left for files.
  private static let spareDescriptors = 12

  /// Starts a process, for an evaluation where its arguments have the numbers.
  private func start(_ worker: Worker, _ evaluation: Evaluation?) throws(SystemFailure) {
    var childEnds: [Descriptor] = []
    defer { for end in childEnds { end.close() } }
    func pipe() throws(SystemFailure) -> (reading: Descriptor, writing: Descriptor) {
      let pipe = try Descriptor.pipe()
      if pipe.writing.number >= Descriptor.limit - Self.spareDescriptors, countRunning > 0 {
        pipe.reading.close()
        pipe.writing.close()
        throw .tooManyDescriptors
      }
      return pipe
    }
    do throws(SystemFailure) {
      var arguments = settings.arguments
      if let evaluation {
        let expanded = try ArgumentPlaceholders.expand(
          settings.arguments, evaluation.batch.input(evaluation.index))
        arguments = expanded.arguments
        worker.inputFile = expanded.file
      }
      var input: Descriptor?
      if evaluation == nil {
        let ends = try pipe()
        (input, worker.inputEnd) = (ends.reading, ends.writing)
        childEnds.append(ends.reading)
      }
      let output = try pipe()
      childEnds.append(output.writing)
      worker.outputEnd = output.reading
      let error = try pipe()
      childEnds.append(error.writing)
      worker.errorEnd = error.reading
      for end in [worker.inputEnd, worker.outputEnd, worker.errorEnd] { end?.makeNonblocking() }
      clock.advance()
      let before = clock.now
      worker.process = try ChildProcess.start(
        settings.executable, arguments, variable: variable, input: input, output: output.writing,
        error: error.writing)
      clock.advance()
      let cost = (clock.now - before) / .seconds(1)
      startCost = startCost == 0 ? cost : 0.9 * startCost + 0.1 * cost
    } catch {
      removeInputFile(of: worker)
      worker.becomeVacant()
      throw error
    }
    RunningWorkers.shared.insert(worker.process)
    worker.watchEnd = ChildProcess.watch(worker.process)
    worker.state = .running
    worker.startTime = clock.now
    worker.headSince = clock.now
    totals.withLock { $0.starts += 1 }
    scarcity = nil
  }

  private var countRunning: Int { workers.count { $0.state != .vacant } }

  /// Goes on with the workers that there are, or waits for what other processes use up.
  ///
  /// - Returns: Whether to go on asking at once.
  private func makeDo(without worker: Worker, _ failure: SystemFailure) -> Bool {
    let running = countRunning
    let since = scarcity?.since ?? clock.now
    let canWait = running > 0 || statistics.starts > 0 && clock.now - since < .seconds(1)
    guard failure.meansScarcity, canWait else {
      failAll(.cannotStart(program: settings.text, reason: failure.reason))
      return false
    }
    scarcity = (since, clock.now + (running > 0 ? .seconds(1) : .milliseconds(50)))
    if !hasTold.scarcity, running > 0 {
      hasTold.scarcity = true
      observer?.tell(
        .fewerWorkers(
          program: settings.text, count: running, jobs: settings.jobs, reason: failure.reason))
    }
    return running > 0 && !settings.isOneShot
  }

  /// No process can be started: nothing that waits for one will be done.
  private func failAll(_ error: ProgramError) {
    for evaluation in again { evaluation.batch.fail(error) }
    for batch in queue { batch.fail(error) }
    again = []
    queue = []
    nextInFirst = 0
  }
}
