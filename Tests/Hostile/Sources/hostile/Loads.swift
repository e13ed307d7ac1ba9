import CLauncher
import Foundation

/// A long call beside ten times as many busy processes as there are processors, stopped and continued, its
/// time of day set back: what it does without all that.
@Sendable func loads(_ trial: Trial, _ reference: Reference) {
  let load = Load(trial.tools)
  defer { load.end() }
  if load.isIncomplete { return trial.fail("the harness could not start the load") }
  checkClock(trial)
  let method = trial.random.pick(reference.methods)
  let run = "\(trial.work)/run"
  let jobs = trial.random.pick([1, 2, 8, 20])
  func worker(_ mode: String) -> [String] { [trial.tools.worker, mode] }
  let kind = trial.index % 4
  let arguments =
    switch kind {
    case 0:
      Reference.evaluate(jobs, ["--timeout", "1", "--retries", "0"], worker("pause-10"))
    case 1: Reference.call
    case 2:
      Reference.minimize(
        method.name, samples: method.samples, ["--out", run, "--timeout", "1", "--retries", "0"],
        worker("pause-10"))
    default: Reference.evaluate(1, ["--timeout", "0.5", "--retries", "0"], worker("hang"))
    }
  guard let command = trial.start(arguments, { $0.environment = trial.tools.clock.variables })
  else { return }
  for _ in 0..<1 + trial.random.below(2) {
    usleep(UInt32(trial.random.below(400_000)))
    command.stop(forMilliseconds: 1500, &trial.random)
  }
  let outcome = command.wait(seconds: 300)
  trial.judge(outcome)
  if load.isIncomplete { trial.fail("the load ended before the call") }
  if kind == 3 {
    // The time limit holds all the same.
    if outcome.code != 1 || !outcome.errors.contains("gave no answer within 0.5 s") {
      trial.fail("no time-out: \(Trial.shown(outcome.errors))")
    }
    return
  }
  if outcome.code != 0 { return trial.fail("it failed: \(Trial.shown(outcome.errors))") }
  switch kind {
  case 0, 1:
    let expected = kind == 0 ? reference.evaluation : reference.call
    if Reference.numbers(outcome.output) != expected { trial.fail("wrong numbers") }
  default: compare(trial, run, method)
  }
}

extension Trial.Command {
  /// Stops the command and then all that it has started, in any order, and continues them.
  func stop(forMilliseconds milliseconds: Int32, _ random: inout Random) {
    running.signal(SIGSTOP)
    let others = all.filter { $0 != running.process }.shuffled(using: &random)
    for process in others { kill(process, SIGSTOP) }
    pause_milliseconds(milliseconds)
    for process in others + [running.process] { kill(process, SIGCONT) }
  }
}

/// Finds fault with a clock that is not set back, without which a run would show nothing.
private func checkClock(_ trial: Trial) {
  guard trial.tools.clock.isThere else {
    #if os(Linux)
      trial.fail("there is no library that sets the clock back")
    #endif
    return
  }
  let command = trial.start(["time"]) {
    $0.program = trial.tools.worker
    $0.environment = trial.tools.clock.variables
  }
  let times = command?.wait().output.split(separator: "\n").compactMap { Double($0) } ?? []
  let now = Date().timeIntervalSince1970
  if times.count != 2 || times[1] >= times[0] || times[0] > now - 80_000 {
    trial.fail("the clock is not set back: \(times)")
  }
}

/// Busy processes.
private struct Load {
  private let processes: [Running]
  private let count = 10 * ProcessInfo.processInfo.activeProcessorCount

  init(_ tools: Tools) {
    processes = (0..<count).compactMap { _ in
      Running([tools.worker, "burn"], ["PATH=\(tools.path)"], Launch())
    }
  }

  /// Whether some of them are not there.
  var isIncomplete: Bool {
    processes.count < count || processes.contains { $0.wait(seconds: 0) != nil }
  }

  func end() { for process in processes { process.end() } }
}
