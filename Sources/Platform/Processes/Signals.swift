// Where processes can be started.
#if os(macOS) || os(Linux)
  #if canImport(Darwin)
    private import Darwin
  #elseif canImport(Glibc)
    private import Glibc
  #elseif canImport(Musl)
    private import Musl
  #endif

  /// Signals to this process.
  package enum Signals {
    /// From the keyboard, SIGINT.
    package static let interrupt = SIGINT
    /// A request to end, SIGTERM.
    package static let termination = SIGTERM
    /// The terminal is gone, SIGHUP.
    package static let hangup = SIGHUP

    /// Calls a function at each such signal; one that is ignored, as under `nohup`, stays ignored.
    ///
    /// - Parameters:
    ///   - number: The signal.
    ///   - handler: Does nothing but what is allowed inside a handler: atomic numbers, and
    ///     ``Descriptor/writeByte(_:)``.
    package static func handle(
      _ number: Int32, with handler: @escaping @convention(c) (Int32) -> Void
    ) {
      var action = sigaction()
      guard sigaction(number, nil, &action) == 0, !action.isIgnored else { return }
      _ = signal(number, handler)
    }

    /// Lets this thread, and those that it starts, have signals that it was started without: a thread of
    /// a pool, as libdispatch's, starts processes that block all of them.
    package static func unblock(_ numbers: [Int32]) {
      var set = sigset_t()
      sigemptyset(&set)
      for number in numbers { sigaddset(&set, number) }
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Keeps this thread's writes to closed pipes from ending the process.
    package static func blockBrokenPipe() {
      var set = sigset_t()
      sigemptyset(&set)
      sigaddset(&set, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &set, nil)
    }
  }

  extension sigaction {
    /// Whether the signal is ignored: `SIG_IGN`, which is a function pointer of 1.
    fileprivate var isIgnored: Bool {
      #if canImport(Darwin)
        let handler = __sigaction_u.__sa_handler
      #elseif canImport(Glibc)
        let handler = __sigaction_handler.sa_handler
      #elseif canImport(Musl)
        let handler = __sa_handler.sa_handler
      #endif
      return unsafeBitCast(handler, to: Int.self) == 1
    }
  }
#endif
