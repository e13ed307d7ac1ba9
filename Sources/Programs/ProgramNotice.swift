internal import Platform

/// What somebody who waits for a program may want to know meanwhile; `description` is one line.
package enum ProgramNotice: Sendable, CustomStringConvertible {
  /// Processes, descriptors or memory do not suffice for all jobs.
  case fewerWorkers(program: String, count: Int, jobs: Int, reason: String)
  /// No worker has answered for a while.
  case waiting(program: String, seconds: Double, timeout: Duration?)

  package var description: String {
    switch self {
    case .fewerWorkers(let program, let count, let jobs, let reason):
      "\(count) of \(jobs) processes of '\(program)' can be started: \(reason)"
    case .waiting(let program, let seconds, let timeout?):
      "'\(program)' has given no answer for \(Int(seconds)) s, and may take "
        + "\(shortestText(timeout / .seconds(1))) s (--timeout)"
    case .waiting(let program, let seconds, nil):
      "'\(program)' has given no answer for \(Int(seconds)) s, and is waited for without a limit: "
        + "--timeout sets one"
    }
  }
}
