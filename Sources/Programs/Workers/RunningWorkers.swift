internal import Platform
internal import Synchronization

/// All running workers, which are ended when this process exits.
///
/// The one piece of state that all programs share: the hook that runs at exit is the process's, and
/// takes no arguments.
final class RunningWorkers: Sendable {
  static let shared = RunningWorkers()

  private struct State {
    var processes: Set<Int32> = []
    var programs = 0
  }

  private let state = Mutex(State())
  /// How the variables begin by which all are known that descend from this process's workers.
  private let prefix =
    "PERTURB_WORKER_\(ThisProcess.number)_"
    + String(UInt64.random(in: 0...UInt64.max), radix: 36) + "_"

  private init() { ThisProcess.atExit { RunningWorkers.shared.killAll() } }

  /// A variable for the environment of a program's workers, whose descendants inherit it.
  func newVariable() -> String {
    let number = state.withLock { state in
      state.programs += 1
      return state.programs
    }
    return "\(prefix)\(number)=1"
  }

  func insert(_ process: Int32) { _ = state.withLock { $0.processes.insert(process) } }

  func remove(_ process: Int32) { _ = state.withLock { $0.processes.remove(process) } }

  /// Ends a worker with its group and all that descends from it.
  static func kill(_ process: Int32) {
    let descendants = ProcessTable.descendants(of: process)
    ChildProcess.kill(process)
    for descendant in descendants { ChildProcess.kill(descendant) }
  }

  /// Ends what has left its worker's group and outlived its parents.
  static func killAll(holding variable: String) {
    // One that starts another and ends while the table is read is in it no more, and the other not yet.
    var looksWithout = 0
    for _ in 0..<10 where looksWithout < 2 {
      let found = ProcessTable.holding(variable: variable)
      looksWithout = found.isEmpty ? looksWithout + 1 : 0
      for process in found { ChildProcess.kill(process) }
    }
  }

  private func killAll() {
    let (processes, programs) = state.withLock { ($0.processes, $0.programs) }
    for process in processes { ChildProcess.kill(process) }
    if programs > 0, !processes.isEmpty { Self.killAll(holding: prefix) }
  }
}
