// Where processes can be started.
#if os(macOS) || os(Linux)
  private import CProcesses

  #if canImport(Darwin)
    private import Darwin
  #elseif canImport(Glibc)
    private import Glibc
  #elseif canImport(Musl)
    private import Musl
  #endif

  /// The process that this code runs in.
  package enum ThisProcess {
    /// Its number.
    package static var number: Int { Int(getpid()) }

    /// Ends it.
    package static func leave(_ code: Int32) -> Never { exit(code) }

    /// Lets the calling thread wait, while others go on.
    package static func sleep(_ time: Duration) { _ = usleep(useconds_t(time / .microseconds(1))) }

    /// Takes less address space for each thread where it is limited; to be called first of all.
    package static func spareAddressSpace() { cp_spare_address_space() }

    /// Whether so many bytes more can be mapped, which a limit such as `ulimit -v` may keep from it.
    package static func hasAddressSpace(_ bytes: Int) -> Bool {
      let memory = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0)
      guard memory != MAP_FAILED else { return false }
      munmap(memory, bytes)
      return true
    }

    /// Calls a function when the process exits.
    package static func atExit(_ body: @escaping @convention(c) () -> Void) { _ = atexit(body) }

    /// Whether a descriptor is a terminal: 1 is the standard output, 2 the standard error.
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// How many characters a line of a terminal has; nil where the descriptor is none.
    package static func terminalColumns(_ descriptor: Int32) -> Int? {
      var size = winsize()
      guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
      return Int(size.ws_col)
    }

    /// How long this thread has run on a processor, in seconds; what others on the machine do does not
    /// count.
    package static var threadProcessorSeconds: Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
  }
#endif
