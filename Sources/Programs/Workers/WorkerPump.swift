internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Feeds a program's workers and reads their answers, on one thread that never waits for any one of
/// them.
///
/// Every pipe is non-blocking and polled together with all others, standard errors included, so
/// that no worker can hold up another one or itself, whatever it writes or does not read.
final class WorkerPump: @unchecked Sendable {
  let settings: ProgramSettings
  private let inbox = Mutex(Inbox())
  private let totals = Mutex(ProgramStatistics())
  private var wakeEnds: (reading: Int32, writing: Int32) = (-1, -1)

  // What follows belongs to the pump's thread.
  private var workers: [Worker]
  /// What is to be asked: what failed or was given back first.
  private var again: [Evaluation] = []
  private var queue: [EvaluationBatch] = []
  private var nextInFirst = 0
  private var isClosing = false
  /// What the next batch is to be told.
  private var fault: SampleFailure?
  /// The mean time of one answer, in seconds; nil before the first.
  private var answerTime: Double?
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)

  private struct Inbox {
    var batches: [EvaluationBatch] = []
    var events: [(worker: Int, generation: Int, event: ProcessStarter.Event)] = []
    var isClosing = false
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
    Descriptor.close(&wakeEnds.reading)
    Descriptor.close(&wakeEnds.writing)
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

  private func startThread() throws(ProgramError) {
    do throws(SystemFailure) {
      wakeEnds = try Descriptor.pipe()
    } catch {
      throw .cannotStart(program: settings.text, reason: error.description)
    }
    Descriptor.makeNonblocking(wakeEnds.reading)
    Descriptor.makeNonblocking(wakeEnds.writing)
    guard Thread.start({ self.loop() }) else {
      throw .cannotStart(program: settings.text, reason: "no thread can be started")
    }
  }

  /// Ends all workers; evaluations that are under way fail.
  ///
  /// - Parameter finished: Called when no worker is left.
  func close(_ finished: (@Sendable () -> Void)? = nil) {
    let isOver = inbox.withLock { inbox -> Bool in
      inbox.isClosing = true
      if !inbox.hasThread || inbox.isFinished { return true }
      if let finished { inbox.waiters.append(finished) }
      return false
    }
    if isOver { finished?() } else { wake() }
  }

  private func wake() {
    var byte: UInt8 = 1
    withUnsafeBytes(of: &byte) { _ = Descriptor.write(wakeEnds.writing, $0) }
  }

  private func report(_ worker: Int, _ generation: Int, _ event: ProcessStarter.Event) {
    inbox.withLock { $0.events.append((worker, generation, event)) }
    wake()
  }

  // MARK: The loop

  private func loop() {
    Descriptor.blockBrokenPipeSignal()
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

  private func takeInbox() {
    let (batches, events, closes) = inbox.withLock { inbox in
      defer {
        inbox.batches = []
        inbox.events = []
      }
      return (inbox.batches, inbox.events, inbox.isClosing)
    }
    queue += batches
    if let fault, let batch = queue.first(where: { !$0.isDone }) {
      batch.fail(.sampleFailed(fault))
      self.fault = nil
    }
    for event in events { handle(event.event, of: event.worker, event.generation) }
    if closes && !isClosing { beginClosing() }
    if isClosing {
      for batch in queue { batch.fail(.stopped) }
      queue = []
    }
  }

  private func beginClosing() {
    isClosing = true
    for evaluation in again { evaluation.batch.fail(.stopped) }
    again = []
    for worker in workers {
      let wasBusy = worker.askedCount > 0
      for evaluation in worker.takeAsked() { evaluation.batch.fail(.stopped) }
      guard worker.state != .vacant else { continue }
      // An idle worker may end by itself; one that computes has lost its purpose.
      Descriptor.close(&worker.inputEnd)
      worker.state = .ending
      worker.cause = nil
      worker.killTime = wasBusy ? .now : .now + .milliseconds(200)
    }
  }

  private func handle(_ event: ProcessStarter.Event, of index: Int, _ generation: Int) {
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
    case .exited, .signaled:
      guard worker.generation == generation else { return }
      end(worker, event)
    }
  }

  // MARK: Asking

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

  /// How many questions a worker has before it at a time: enough to bridge the time until the pump
  /// has read an answer and written again, and no more than that, so that slow evaluations spread
  /// evenly.
  private var window: Int {
    if settings.isOneShot { return 1 }
    guard let answerTime else { return 2 }
    return min(max(2, 2 + Int(0.002 / max(answerTime, 1e-6))), 512)
  }

  private func feed() {
    let window = window
    let now = ContinuousClock.now
    while let next = peek() {
      let isRetry = next.batch.failedAttempts[next.index] != nil
      guard let worker = isRetry ? freshest() : leastBusy(window) else { return }
      if worker.state == .vacant, !settings.isOneShot, !start(worker, nil) { return }
      removeNext()
      if settings.isOneShot {
        worker.ask(next, now: now)
        if !start(worker, next) { return }
      } else {
        worker.ask(next, now: now)
      }
    }
  }

  /// The worker to ask next: an idle one that runs before a place where none does, before one that
  /// has something to do.
  private func leastBusy(_ window: Int) -> Worker? {
    var best: Worker?
    var fewest = Int.max
    for worker in workers {
      let load: Int
      switch worker.state {
      case .running:
        if settings.isOneShot || worker.refusesInput { continue }
        load = worker.askedCount == 0 ? 0 : worker.askedCount + 1
      case .vacant: load = 1
      case .ending: continue
      }
      if load < fewest, load <= window { (best, fewest) = (worker, load) }
    }
    return best
  }

  /// A place for a new process, where what failed is tried again; an idle one where there is none.
  private func freshest() -> Worker? {
    workers.first { $0.state == .vacant }
      ?? workers.first {
        $0.state == .running && $0.askedCount == 0 && !$0.refusesInput && !settings.isOneShot
      }
  }

  /// Asks for a process; what it is to answer is already noted.
  private func start(_ worker: Worker, _ evaluation: Evaluation?) -> Bool {
    guard let index = workers.firstIndex(where: { $0 === worker }) else { return false }
    do throws(SystemFailure) {
      var arguments = settings.arguments
      if let evaluation {
        let expanded = try ArgumentPlaceholders.expand(
          settings.arguments, evaluation.batch.input(evaluation.index))
        arguments = expanded.arguments
        worker.inputFile = expanded.file
      }
      var input: (reading: Int32, writing: Int32)?
      if evaluation == nil {
        let pipe = try Descriptor.pipe()
        Descriptor.makeNonblocking(pipe.writing)
        worker.inputEnd = pipe.writing
        input = pipe
      }
      let output = try Descriptor.pipe()
      Descriptor.makeNonblocking(output.reading)
      worker.outputEnd = output.reading
      let error = try Descriptor.pipe()
      Descriptor.makeNonblocking(error.reading)
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

  // MARK: Pipes

  private func write(to worker: Worker) {
    guard worker.inputEnd >= 0, worker.written < worker.toWrite.count else { return }
    while worker.written < worker.toWrite.count {
      let result = worker.toWrite.withUnsafeBytes {
        Descriptor.write(worker.inputEnd, UnsafeRawBufferPointer(rebasing: $0[worker.written...]))
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
  private func endInput(of worker: Worker) {
    guard worker.inputEnd >= 0 else { return }
    worker.refusesInput = true
    worker.killTime = .now + (settings.timeout ?? .seconds(1))
    Descriptor.close(&worker.inputEnd)
    worker.written = worker.toWrite.count
  }

  private func waitForWork() {
    var entries = [pollfd(fd: wakeEnds.reading, events: Int16(POLLIN), revents: 0)]
    var owners: [(Worker, Int32)] = []
    func add(_ descriptor: Int32, _ events: Int32, _ worker: Worker) {
      guard descriptor >= 0 else { return }
      entries.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
      owners.append((worker, descriptor))
    }
    for worker in workers where worker.state != .vacant {
      add(worker.outputEnd, POLLIN, worker)
      add(worker.errorEnd, POLLIN, worker)
      // Without events, a pipe still tells that its reader is gone.
      add(worker.inputEnd, worker.written < worker.toWrite.count ? POLLOUT : 0, worker)
    }
    Descriptor.poll(&entries, milliseconds: nextTime())
    if entries[0].revents != 0 {
      while case .count = Descriptor.read(wakeEnds.reading, into: buffer) {}
    }
    for (entry, owner) in zip(entries.dropFirst(), owners) where entry.revents != 0 {
      let worker = owner.0
      if owner.1 == worker.inputEnd, entry.revents & Int16(POLLERR | POLLHUP) != 0 {
        endInput(of: worker)
      }
      if owner.1 == worker.errorEnd { readErrors(worker) }
      if owner.1 == worker.outputEnd { readOutput(worker) }
    }
  }

  private func readErrors(_ worker: Worker) {
    while worker.errorEnd >= 0 {
      switch Descriptor.read(worker.errorEnd, into: buffer) {
      case .count(let count):
        worker.errors.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        // One that floods its error pipe gets its turn like all others.
        if count < buffer.count { return }
      case .wouldBlock: return
      case .ended: Descriptor.close(&worker.errorEnd)
      }
    }
  }

  private func readOutput(_ worker: Worker) {
    while worker.outputEnd >= 0 {
      switch Descriptor.read(worker.outputEnd, into: buffer) {
      case .count(let count):
        worker.partial += UnsafeRawBufferPointer(rebasing: buffer[..<count])
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

  /// There will be no further output: the last line may lack its line feed.
  private func endOutput(of worker: Worker) {
    Descriptor.close(&worker.outputEnd)
    guard worker.state == .running else { return }
    if !settings.isOneShot, !worker.partial.isEmpty {
      worker.partial.append(UInt8(ascii: "\n"))
      takeLines(worker)
      guard worker.state == .running else { return }
    }
    // The process ends, most likely, and its status tells why. If it lives on, it is ended.
    worker.state = .ending
    worker.cause = .closedOutput
    worker.killTime =
      settings.isOneShot
      ? settings.timeout.map { worker.headSince + $0 } : .now + .milliseconds(500)
  }

  /// The longest line that an answer may be.
  private static let longestLine = 1 << 26

  private func takeLines(_ worker: Worker) {
    var start = 0
    let now = ContinuousClock.now
    while worker.state == .running {
      let end = worker.partial.withUnsafeBufferPointer { bytes -> Int? in
        guard let base = bytes.baseAddress, worker.searched < bytes.count else { return nil }
        guard
          let found = memchr(
            base + worker.searched, Int32(UInt8(ascii: "\n")), bytes.count - worker.searched)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
      }
      guard let end else {
        worker.searched = worker.partial.count
        break
      }
      takeAnswer(worker, start..<end, now)
      start = end + 1
      worker.searched = start
    }
    if start > 0 {
      worker.partial.removeFirst(min(start, worker.partial.count))
      worker.searched = max(0, worker.searched - start)
    }
    if worker.partial.count > Self.longestLine {
      giveUp(worker, .garbage(String(decoding: worker.partial.prefix(200), as: UTF8.self)))
    }
  }

  private func takeAnswer(_ worker: Worker, _ range: Range<Int>, _ now: ContinuousClock.Instant) {
    guard let evaluation = worker.head else {
      giveUp(worker, .unaskedOutput(Self.text(worker.partial[range])))
      return
    }
    if let cause = read(worker.partial, range, for: evaluation) {
      giveUp(worker, cause)
      return
    }
    let seconds = (now - worker.headSince) / .seconds(1)
    answerTime = answerTime.map { 0.9 * $0 + 0.1 * seconds } ?? seconds
    worker.removeHead(now: now)
    settle(evaluation)
  }

  private func settle(_ evaluation: Evaluation) {
    if !evaluation.batch.isDone { totals.withLock { $0.evaluations += 1 } }
    evaluation.batch.settle()
  }

  private static func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes.prefix(200), as: UTF8.self)
  }

  /// Reads an answer into the batch; what is wrong with it comes back.
  private func read(
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

  // MARK: Ends and failures

  /// Milliseconds until something is due.
  private func nextTime() -> Int32? {
    var due: ContinuousClock.Instant?
    for worker in workers where worker.state != .vacant && worker.hasStarted {
      for time in [worker.killTime, deadline(worker)].compactMap(\.self) {
        due = due.map { min($0, time) } ?? time
      }
    }
    guard let due else { return nil }
    let left = (due - .now) / .milliseconds(1)
    return Int32(min(max(left.rounded(.up), 0), 1_000_000))
  }

  private func deadline(_ worker: Worker) -> ContinuousClock.Instant? {
    guard worker.state == .running, let timeout = settings.timeout, worker.askedCount > 0
    else { return nil }
    return worker.headSince + timeout
  }

  private func checkTimes() {
    let now = ContinuousClock.now
    for worker in workers where worker.state != .vacant {
      if let deadline = deadline(worker), deadline <= now, worker.hasStarted {
        giveUp(worker, .timedOut(seconds: (settings.timeout ?? .zero) / .seconds(1)))
      }
      guard let time = worker.killTime, time <= now, worker.hasStarted else { continue }
      if worker.state == .running, worker.refusesInput {
        giveUp(worker, .closedInput)
      } else if !worker.wasKilled {
        worker.wasKilled = true
        worker.killTime = nil
        Descriptor.killGroup(worker.group)
      }
    }
  }

  /// Ends a worker that cannot be trusted any more.
  private func giveUp(_ worker: Worker, _ cause: SampleFailure.Cause) {
    guard worker.state == .running else { return }
    worker.state = .ending
    worker.cause = cause
    Descriptor.close(&worker.inputEnd)
    if worker.hasStarted {
      worker.wasKilled = true
      worker.killTime = nil
      Descriptor.killGroup(worker.group)
    } else {
      worker.killTime = .now
    }
  }

  /// A process has ended and is no more.
  private func end(_ worker: Worker, _ event: ProcessStarter.Event) {
    // Those that it started go with it.
    Descriptor.killGroup(worker.group)
    ProcessGroups.shared.remove(worker.group)
    readErrors(worker)
    if worker.outputEnd >= 0, worker.state == .running { readOutput(worker) }
    // Something outside the group may hold the pipe; what is there has been read.
    if worker.outputEnd >= 0, worker.state == .running { endOutput(of: worker) }
    removeInputFile(of: worker)
    var cause = worker.cause
    if settings.isOneShot, cause == .closedOutput, case .exited(0) = event, let head = worker.head {
      cause = readLastLine(worker, head)
      if cause == nil {
        worker.removeHead(now: .now)
        settle(head)
      }
    } else if cause == .closedOutput || cause == .closedInput {
      switch event {
      case .exited(let code): cause = worker.wasKilled ? cause : .exited(code: code)
      case .signaled(let signal): cause = worker.wasKilled ? cause : .crashed(signal: signal)
      default: break
      }
    }
    let lines = worker.errors.lines
    var open = Array(worker.takeAsked())
    worker.becomeVacant()
    if isClosing {
      for evaluation in open { evaluation.batch.fail(.stopped) }
      return
    }
    let isFailure = cause != nil && (!open.isEmpty || isUnasked(cause))
    let blamed = isFailure && !open.isEmpty ? open.removeFirst() : nil
    // The others have nothing to do with it; what is to be tried again comes before them.
    again += open.reversed()
    if let cause, isFailure { fail(blamed, cause, lines) }
  }

  private func isUnasked(_ cause: SampleFailure.Cause?) -> Bool {
    if case .unaskedOutput = cause { true } else { false }
  }

  private func readLastLine(_ worker: Worker, _ evaluation: Evaluation) -> SampleFailure.Cause? {
    let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
    guard let last = worker.partial.lastIndex(where: { !isSpace($0) }) else { return .garbage("") }
    let start = worker.partial[...last].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return read(worker.partial, start..<last + 1, for: evaluation)
  }

  private func removeInputFile(of worker: Worker) {
    if let file = worker.inputFile { unlink(file) }
    worker.inputFile = nil
  }

  /// Counts a failure and tries again, goes on without the sample, or stops.
  private func fail(_ evaluation: Evaluation?, _ cause: SampleFailure.Cause, _ lines: [String]) {
    totals.withLock { $0.failures += 1 }
    guard let evaluation else {
      // Output that nobody asked for: answers may have been taken for those of other questions.
      let failure = SampleFailure(
        program: settings.text, cause: cause, sample: -1, key: nil, input: [], attempts: 1,
        errorLines: lines)
      fault = failure
      return
    }
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
