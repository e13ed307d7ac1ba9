internal import Platform
internal import Synchronization

/// Reading from and writing to workers.
extension WorkerPump {
  func write(to worker: Worker) {
    guard let inputEnd = worker.inputEnd else { return }
    while worker.written < worker.toWrite.count {
      let result = worker.toWrite.withUnsafeBytes {
        inputEnd.write(UnsafeRawBufferPointer(rebasing: $0[worker.written...]))
      }
      switch result {
      case .count(let count): worker.written += count
      case .wouldBlock: return
      case .ended: endInput(of: worker)
      }
    }
    worker.toWrite.removeAll(keepingCapacity: true)
    worker.written = 0
  }

  /// It reads nothing more. What it was asked before it may still answer, for a while.
  func endInput(of worker: Worker) {
    guard worker.inputEnd != nil else { return }
    worker.refusesInput = true
    worker.killTime = clock.now + (settings.timeout ?? .seconds(1))
    worker.inputEnd.close()
    worker.written = worker.toWrite.count
  }

  /// Waits until there is something to read or to write or something is due, and does it.
  ///
  /// - Parameter hasMore: Whether there is other work, so that nothing is waited for.
  func waitForWork(_ hasMore: Bool) {
    guard let wakeEnd = wakeEnds?.reading else { return }
    var poll = Poll()
    var owners: [(worker: Worker, descriptor: Descriptor)] = []
    poll.add(wakeEnd, .reading)
    func add(_ descriptor: Descriptor?, _ interest: Poll.Interest, _ worker: Worker) {
      guard let descriptor else { return }
      poll.add(descriptor, interest)
      owners.append((worker, descriptor))
    }
    for worker in workers where worker.state != .vacant {
      add(worker.outputEnd, .reading, worker)
      add(worker.errorEnd, .reading, worker)
      // Without an interest, a pipe still tells that its reader is gone.
      add(worker.inputEnd, worker.written < worker.toWrite.count ? .writing : [], worker)
      add(worker.watchEnd, .reading, worker)
    }
    clock.advance()
    let wait = hasMore ? .zero : timeToWait()
    poll.wait(milliseconds: wait.map { Int32(($0 / .milliseconds(1)).rounded(.up)) })
    clock.advance(waited: wait ?? .seconds(1_000_000_000))
    if poll.isReady(0) {
      while case .count = wakeEnd.read(into: buffer) {}
    }
    for (index, owner) in owners.enumerated() where poll.isReady(index + 1) {
      let worker = owner.worker
      if owner.descriptor == worker.inputEnd, poll.isAbandoned(index + 1) { endInput(of: worker) }
      if owner.descriptor == worker.errorEnd { readErrors(worker) }
      if owner.descriptor == worker.outputEnd { readOutput(worker) }
      if owner.descriptor == worker.watchEnd { checkEnd(of: worker) }
    }
  }

  func readErrors(_ worker: Worker) {
    while let errorEnd = worker.errorEnd {
      switch errorEnd.read(into: buffer) {
      case .count(let count):
        worker.errors.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        // One that floods its error pipe gets its turn like all others.
        if count < buffer.count { return }
      case .wouldBlock: return
      case .ended: worker.errorEnd.close()
      }
    }
  }

  func readOutput(_ worker: Worker) {
    while let outputEnd = worker.outputEnd {
      switch outputEnd.read(into: buffer) {
      case .count(let count):
        // Of one that is ending, the beginning is enough.
        if worker.state == .running || worker.partial.count < 1 << 16 {
          worker.partial += UnsafeRawBufferPointer(rebasing: buffer[..<count])
        }
        if settings.isOneShot {
          if worker.partial.count > 1 << 20 {
            worker.partial.removeFirst(worker.partial.count - 1 << 16)
          }
        } else {
          takeLines(worker)
        }
        if count < buffer.count { return }
      case .wouldBlock: return
      case .ended:
        endOutput(of: worker)
      }
    }
  }

  /// There will be no further output. The last line may lack its line feed, or its end: which of them
  /// the process's own end tells.
  func endOutput(of worker: Worker) {
    worker.outputEnd.close()
    guard worker.state == .running else { return }
    // The process ends, most likely, and its status tells why. If it lives on, it is ended.
    worker.state = .ending
    worker.cause = .closedOutput
    worker.killTime =
      settings.isOneShot
      ? settings.timeout.map { worker.headSince + $0 } : clock.now + .milliseconds(500)
  }

  /// The longest line that an answer may be.
  private static let longestLine = 1 << 26

  func takeLines(_ worker: Worker) {
    var start = 0
    clock.advance()
    while worker.state == .running {
      let end = worker.partial[worker.searched...].firstIndex(of: UInt8(ascii: "\n"))
      guard let end else {
        worker.searched = worker.partial.count
        break
      }
      if let cause = takeAnswer(worker, start..<end) { giveUp(worker, cause) }
      start = end + 1
      worker.searched = start
    }
    if start > 0 {
      worker.partial.removeFirst(min(start, worker.partial.count))
      worker.searched = max(0, worker.searched - start)
    }
    if worker.state == .running, worker.askedCount == 0 { confirm(worker) }
    if worker.partial.count > Self.longestLine {
      giveUp(worker, .garbage(String(decoding: worker.partial.prefix(200), as: UTF8.self)))
    }
  }

  /// Takes a line for the answer to a question; what is wrong with it comes back.
  func takeAnswer(
    _ worker: Worker, _ range: Range<Int>
  ) -> SampleFailure.Cause? {
    let line = worker.partial[range]
    var isOldest = true
    var numbered: NumberedLine.Answer?
    if settings.isNumbered {
      numbered = NumberedLine.parse(line)
      guard let numbered else {
        return worker.head == nil ? .unaskedOutput(Self.text(line)) : .garbage(Self.text(line))
      }
      isOldest = worker.head?.number == numbered.number
      guard worker.advance(toNumber: numbered.number) else {
        return .unaskedOutput(Self.text(line))
      }
    }
    guard let evaluation = worker.head else { return .unaskedOutput(Self.text(line)) }
    let cause =
      numbered.map { read($0, line, for: evaluation) }
      ?? read(worker.partial, range, for: evaluation)
    if let cause { return cause }
    worker.removeHead()
    measure(worker, isOldest: isOldest)
    if settings.isNumbered { settle(evaluation) } else { worker.unconfirmed.append(evaluation) }
    return nil
  }

  /// Takes the time of an answer.
  private func measure(_ worker: Worker, isOldest: Bool) {
    lastAnswer = clock.now
    defer { if isOldest { worker.headSince = clock.now } }
    guard worker.hasAnswered else {
      // The time of the first one has the process's start in it.
      worker.hasAnswered = true
      let seconds = (clock.now - worker.startTime) / .seconds(1)
      startTime = startTime == 0 ? seconds : 0.9 * startTime + 0.1 * seconds
      return
    }
    guard isOldest else { return }
    let seconds = (clock.now - worker.headSince) / .seconds(1)
    answerTime = answerTime.map { 0.9 * $0 + 0.1 * seconds } ?? seconds
  }

  /// Nothing is open and nothing more has come: the answers are as many as the questions.
  func confirm(_ worker: Worker) {
    worker.isReserved = false
    for evaluation in worker.takeUnconfirmed() { settle(evaluation) }
  }

  func settle(_ evaluation: Evaluation) {
    if !evaluation.batch.isDone { totals.withLock { $0.evaluations += 1 } }
    evaluation.batch.settle()
  }

  static func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes.prefix(200), as: UTF8.self)
  }

  /// Puts a numbered answer into the batch; what is wrong with it comes back.
  private func read(
    _ answer: NumberedLine.Answer, _ line: ArraySlice<UInt8>, for evaluation: Evaluation
  ) -> SampleFailure.Cause? {
    let batch = evaluation.batch
    if batch.isDone { return nil }
    guard let values = answer.values else { return .garbage(Self.text(line)) }
    guard values.allSatisfy(\.isFinite) else { return .notFinite(Self.text(line)) }
    guard let width = batch.outputWidth else {
      batch.outputs = values
      return nil
    }
    guard values.count == width else { return .wrongCount(got: values.count, expected: width) }
    let start = evaluation.index * width
    batch.outputs.replaceSubrange(start..<start + width, with: values)
    return nil
  }

  /// Reads an answer into the batch; what is wrong with it comes back.
  func read(
    _ bytes: [UInt8], _ range: Range<Int>, for evaluation: Evaluation
  ) -> SampleFailure.Cause? {
    let batch = evaluation.batch
    if batch.isDone { return nil }
    do throws(NumberLine.Failure) {
      if let width = batch.outputWidth {
        try bytes.withUnsafeBufferPointer { bytes throws(NumberLine.Failure) in
          try batch.outputs.withUnsafeMutableBufferPointer { outputs throws(NumberLine.Failure) in
            var nothing = 0.0
            try withUnsafeMutablePointer(to: &nothing) { spare throws(NumberLine.Failure) in
              try NumberLine.parse(
                UnsafeBufferPointer(rebasing: bytes[range]),
                into: outputs.baseAddress.map { $0 + evaluation.index * width } ?? spare,
                expected: width)
            }
          }
        }
      } else {
        batch.outputs = try bytes.withUnsafeBufferPointer { bytes throws(NumberLine.Failure) in
          try NumberLine.parse(UnsafeBufferPointer(rebasing: bytes[range]))
        }
      }
      return nil
    } catch {
      let text = Self.text(bytes[range])
      switch error {
      case .notNumbers: return .garbage(text)
      case .notFinite: return .notFinite(text)
      case .wrongCount(let count):
        return .wrongCount(got: count, expected: batch.outputWidth ?? 0)
      }
    }
  }
}
