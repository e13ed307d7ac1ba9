internal import Tensors

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Waits for the end of one process on a thread of its own, without reaping it.
///
/// The process stays a zombie, and its number its own, until somebody else reaps it. That somebody is
/// to wait until `ended` has been called.
struct ProcessWatch: Sendable {
  private let process: Int32

  init(_ process: Int32) { self.process = process }

  /// Starts to wait.
  ///
  /// - Parameters:
  ///   - ended: Called when the process has ended and may be reaped.
  ///   - reaped: Called with how it ended, when it has been reaped.
  func start(
    ended: @escaping @Sendable () -> Void,
    reaped: @escaping @Sendable (ProcessStarter.Event) -> Void
  ) {
    let isStarted = Thread.start {
      let event = waitForEnd()
      ended()
      waitForReaping()
      reaped(event)
    }
    if !isStarted { trap("ExternalProgram", "no thread can be started") }
  }

  private func waitForEnd() -> ProcessStarter.Event {
    var status = siginfo_t()
    while waitid(P_PID, id_t(process), &status, WEXITED | WNOWAIT) != 0 {
      // Somebody else has reaped it, which this library does not do: how it ended is not known.
      if errno != EINTR { return .exited(code: -1) }
    }
    return status.si_code == Int32(CLD_EXITED)
      ? .exited(code: status.endStatus) : .signaled(status.endStatus)
  }

  /// Whoever reaps has been told and needs some microseconds; nothing depends on this but that no
  /// zombie is there when the end is reported.
  private func waitForReaping() {
    var status = siginfo_t()
    for _ in 0..<20_000 {
      if waitid(P_PID, id_t(process), &status, WEXITED | WNOWAIT | WNOHANG) != 0, errno == ECHILD {
        return
      }
      usleep(50)
    }
  }
}

extension siginfo_t {
  /// The exit code or the signal's number.
  fileprivate var endStatus: Int32 {
    #if canImport(Darwin)
      si_status
    #elseif canImport(Glibc)
      _sifields._sigchld.si_status
    #elseif canImport(Musl)
      __si_fields.__si_common.__second.__sigchld.si_status
    #endif
  }
}
