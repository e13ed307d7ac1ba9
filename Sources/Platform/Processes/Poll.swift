// Where processes can be started.
#if os(macOS) || os(Linux)
  #if canImport(Darwin)
    private import Darwin
  #elseif canImport(Glibc)
    private import Glibc
  #elseif canImport(Musl)
    private import Musl
  #endif

  /// Waits for any of several descriptors.
  package struct Poll {
    /// What is waited for; without either, only that the other end goes away.
    package struct Interest: OptionSet, Sendable {
      package let rawValue: Int16
      package init(rawValue: Int16) { self.rawValue = rawValue }

      package static let reading = Interest(rawValue: Int16(POLLIN))
      package static let writing = Interest(rawValue: Int16(POLLOUT))
    }

    private var entries: [pollfd] = []

    package init() {}

    /// How many descriptors there are.
    package var count: Int { entries.count }

    /// Adds a descriptor.
    package mutating func add(_ descriptor: Descriptor, _ interest: Interest) {
      entries.append(pollfd(fd: descriptor.number, events: interest.rawValue, revents: 0))
    }

    /// Waits until a descriptor is ready, or so many milliseconds; nil waits for as long as it takes.
    package mutating func wait(milliseconds: Int32?) {
      _ = cPoll(&entries, milliseconds ?? -1)
    }

    /// Whether anything can be said of the descriptor that was added as the `index`th.
    package func isReady(_ index: Int) -> Bool { entries[index].revents != 0 }

    /// Whether the other end of that descriptor is gone.
    package func isAbandoned(_ index: Int) -> Bool {
      entries[index].revents & Int16(POLLERR | POLLHUP) != 0
    }
  }

  // At file scope, where the name still means the library's.
  private func cPoll(_ entries: inout [pollfd], _ milliseconds: Int32) -> Int32 {
    poll(&entries, nfds_t(entries.count), milliseconds)
  }
#endif
