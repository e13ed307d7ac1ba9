internal import Platform
internal import Synchronization

/// Time limits, ends of processes, and what becomes of the questions that they had.
extension WorkerPump {
  /// How long the pump may wait until something is due or time is to be taken; nil for as long as it
  /// takes.
  func timeToWait() -> Duration? {
    var due: Duration?
    var areWatched = true
    func add(_ time: Duration?) {
      guard let time else { return }
      due = due.map { min($0, time) } ?? time
    }
    for worker in workers where worker.state != .vacant {
      add(worker.killTime)
      add(deadline(worker))
      if worker.watchEnd == nil { areWatched = false }
    }
    if !isClosing {
      if !again.isEmpty || !queue.isEmpty { add(scarcity?.nextTry) }
      add(noticeTime)
    }
    if !areWatched { add(clock.now + .milliseconds(10)) }
    return due.map { max(.zero, min($0 - clock.now, clock.tick)) }
  }

  private func deadline(_ worker: Worker) -> Duration? {
    guard worker.state == .running, let timeout = settings.timeout, worker.askedCount > 0
    else { return nil }
    return worker.headSince + timeout
  }

  /// When somebody is told that no answer has come.
  private var noticeTime: Duration? {
    guard let observer, !hasTold.waiting, workers.contains(where: { $0.askedCount > 0 })
    else { return nil }
    return lastAnswer + observer.delay
  }

  func checkTimes() {
    for worker in workers where worker.state != .vacant {
      if worker.watchEnd == nil { checkEnd(of: worker) }
      if let deadline = deadline(worker), deadline <= clock.now {
        giveUp(worker, .timedOut(seconds: (settings.timeout ?? .zero) / .seconds(1)))
      }
      guard let time = worker.killTime, time <= clock.now else { continue }
      if worker.state == .running, worker.refusesInput {
        giveUp(worker, .closedInput)
      } else if !worker.wasKilled {
        kill(worker)
      }
    }
    if let noticeTime, noticeTime <= clock.now, let observer {
      hasTold.waiting = true
      observer.tell(
        .waiting(
          program: settings.text, seconds: observer.delay / .seconds(1),
          timeout: settings.timeout))
    }
  }

  private func kill(_ worker: Worker) {
    worker.wasKilled = true
    worker.killTime = nil
    RunningWorkers.kill(worker.process)
  }

  /// Ends a worker that cannot be trusted any more.
  func giveUp(_ worker: Worker, _ cause: SampleFailure.Cause) {
    guard worker.state == .running else { return }
    worker.state = .ending
    worker.cause = cause
    worker.inputEnd.close()
    kill(worker)
  }

  /// Looks whether a process has ended.
  func checkEnd(of worker: Worker) {
    guard worker.state != .vacant, let how = ChildProcess.end(of: worker.process) else { return }
    // While it is a zombie, its number and its group's are nobody else's.
    ChildProcess.kill(worker.process)
    ChildProcess.reap(worker.process)
    RunningWorkers.shared.remove(worker.process)
    end(worker, how)
  }

  /// A process has ended and is no more.
  private func end(_ worker: Worker, _ how: ChildProcess.End) {
    readErrors(worker)
    if worker.state == .running || isClosing { readOutput(worker) }
    // Something outside the group may hold the pipe; what is there has been read.
    if worker.outputEnd != nil, worker.state == .running { endOutput(of: worker) }
    removeInputFile(of: worker)
    var cause = worker.cause
    if settings.isOneShot, cause == .closedOutput, how == .exited(code: 0), let head = worker.head {
      cause = readLastLine(worker, head)
      if cause == nil {
        worker.removeHead()
        settle(head)
      }
    } else if cause == .closedOutput, how == .exited(code: 0), !worker.isBlank {
      // The last line is whole, since the process came to its end.
      cause = takeAnswer(worker, worker.partial.indices) ?? .exited(code: 0)
    } else if cause == .closedOutput || cause == .closedInput {
      switch how {
      case .exited(let code): cause = worker.wasKilled ? cause : .exited(code: code)
      case .signaled(let signal): cause = worker.wasKilled ? cause : .crashed(signal: signal)
      }
    }
    if isClosing, cause == nil, !settings.isOneShot, !worker.isBlank {
      let line = worker.partial.split(whereSeparator: { $0 == UInt8(ascii: "\n") }).first ?? []
      cause = .unaskedOutput(Self.text(line))
    }
    let lines = worker.errors.lines
    let open = Array(worker.takeAsked())
    let unconfirmed = worker.takeUnconfirmed()
    worker.becomeVacant()
    if isClosing { for evaluation in open + unconfirmed { evaluation.batch.fail(.stopped) } }
    switch cause {
    case .unaskedOutput(let line): distrust(line, lines)
    case .timedOut where !isClosing && unconfirmed.count + open.count > 1 && !settings.isNumbered:
      askAlone(unconfirmed + open)
    default:
      if isClosing { return }
      for evaluation in unconfirmed { settle(evaluation) }
      // Those behind the first have nothing to do with it; what is to be tried again comes before them.
      again += open.dropFirst(cause == nil ? 0 : 1).reversed()
      if let cause, let blamed = open.first { fail(blamed, cause, lines) }
    }
  }

  /// One question had no answer, but which is not known: every answer since may be that of the question
  /// after it.
  private func askAlone(_ evaluations: [Evaluation]) {
    totals.withLock { $0.failures += 1 }
    for evaluation in evaluations { evaluation.batch.suspects.insert(evaluation.index) }
    again += evaluations.reversed()
  }

  /// Somebody printed what nobody had asked for: answers may have been taken for those of other
  /// questions, and those of earlier calls as well.
  private func distrust(_ line: String, _ lines: [String]) {
    totals.withLock { $0.failures += 1 }
    reportFault(
      SampleFailure(
        program: settings.text, cause: .unaskedOutput(line), sample: -1, key: nil, input: [],
        attempts: 1, errorLines: lines))
  }

  func readLastLine(_ worker: Worker, _ evaluation: Evaluation) -> SampleFailure.Cause? {
    let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
    guard let last = worker.partial.lastIndex(where: { !isSpace($0) }) else { return .garbage("") }
    let start = worker.partial[...last].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return read(worker.partial, start..<last + 1, for: evaluation)
  }

  func removeInputFile(of worker: Worker) {
    if let file = worker.inputFile { Files.removeFile(file) }
    worker.inputFile = nil
  }

  /// Counts a failure and tries again, goes on without the sample, or stops.
  func fail(_ evaluation: Evaluation, _ cause: SampleFailure.Cause, _ lines: [String]) {
    totals.withLock { $0.failures += 1 }
    let (batch, index) = (evaluation.batch, evaluation.index)
    guard !batch.isDone else { return }
    let attempts = (batch.failedAttempts[index] ?? 0) + 1
    batch.failedAttempts[index] = attempts
    if attempts <= settings.retries {
      again.append(evaluation)
      return
    }
    let failure = SampleFailure(
      program: settings.text, cause: cause, sample: batch.sample(index), key: batch.key,
      input: batch.input(index), attempts: attempts, errorLines: lines)
    switch settings.onFailure {
    case .stop: batch.fail(.sampleFailed(failure))
    case .skip:
      batch.skipped.append(index)
      batch.failures.append(failure)
      totals.withLock { $0.skipped += 1 }
      batch.settle()
    }
  }
}
