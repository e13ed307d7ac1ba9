// Where processes can be started.
#if os(macOS) || os(Linux)
  #if canImport(Darwin)
    private import Darwin
  #elseif canImport(Glibc)
    private import Glibc
  #elseif canImport(Musl)
    private import Musl
  #endif

  /// Processes that this one has started, by their numbers.
  package enum ChildProcess {
    /// How a process ended.
    package enum End: Hashable, Sendable {
      case exited(code: Int32)
      case signaled(Int32)
    }

    /// Sends the signal that cannot be ignored to a process group.
    package static func killGroup(_ group: Int32) { if group > 1 { _ = kill(-group, SIGKILL) } }

    /// Waits until a process has ended, without reaping it: it stays a zombie, and its number its own.
    ///
    /// - Returns: How it ended; code -1 where somebody else has reaped it before.
    package static func waitForEnd(_ process: Int32) -> End {
      var status = siginfo_t()
      while waitid(P_PID, id_t(process), &status, WEXITED | WNOWAIT) != 0 {
        if errno != EINTR { return .exited(code: -1) }
      }
      return status.si_code == Int32(CLD_EXITED)
        ? .exited(code: status.endStatus) : .signaled(status.endStatus)
    }

    /// Waits until somebody else has reaped a process, for a second at most.
    package static func waitForReaping(_ process: Int32) {
      var status = siginfo_t()
      for _ in 0..<20_000 {
        if waitid(P_PID, id_t(process), &status, WEXITED | WNOWAIT | WNOHANG) != 0, errno == ECHILD
        {
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
#endif
