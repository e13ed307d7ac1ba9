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

    /// Sends the signal that cannot be ignored to a process and to the group of its number: it may have
    /// gone to another group, and others may be in its own.
    package static func kill(_ process: Int32) {
      guard process > 1 else { return }
      _ = cKill(-process, SIGKILL)
      _ = cKill(process, SIGKILL)
    }

    /// How a process ended, without reaping it: it stays a zombie, and its number its own.
    ///
    /// - Returns: Nil while it runs; code -1 where somebody else has reaped it.
    package static func end(of process: Int32) -> End? {
      var status = siginfo_t()
      while waitid(P_PID, id_t(process), &status, WEXITED | WNOWAIT | WNOHANG) != 0 {
        if errno != EINTR { return .exited(code: -1) }
      }
      guard status.si_signo != 0 else { return nil }
      return status.si_code == Int32(CLD_EXITED)
        ? .exited(code: status.endStatus) : .signaled(status.endStatus)
    }

    /// Reaps a process that has ended.
    package static func reap(_ process: Int32) {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
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

  // At file scope, where the name still means the library's function.
  private func cKill(_ process: Int32, _ signal: Int32) -> Int32 { kill(process, signal) }
#endif
