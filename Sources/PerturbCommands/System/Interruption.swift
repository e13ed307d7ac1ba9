internal import Platform
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A command that was ended by a signal, after it has put its things in order.
struct Interrupted: Error {
  let signal: Int32
  /// What to say.
  let text: String

  /// The exit code that shells give to a program that a signal ended.
  var code: Int32 { 128 + signal }

  static func name(_ signal: Int32) -> String {
    switch signal {
    case SIGINT: "SIGINT"
    case SIGTERM: "SIGTERM"
    case SIGHUP: "SIGHUP"
    default: "signal \(signal)"
    }
  }
}

/// The signals by which a user or the system asks the process to end.
///
/// The first one is for the command to react to; the second ends the process at once. Workers have
/// process groups of their own and see neither.
final class Interruption: Sendable {
  static let shared = Interruption()

  private let received = Atomic<Int32>(0)
  private let ends: (reading: Int32, writing: Int32)

  private init() {
    var both: [Int32] = [-1, -1]
    _ = pipe(&both)
    for end in both { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    ends = (both[0], both[1])
  }

  /// The first signal; nil while there was none.
  var signal: Int32? {
    let value = received.load(ordering: .acquiring)
    return value == 0 ? nil : value
  }

  /// Begins to watch.
  ///
  /// - Parameter react: Called once, on another thread.
  func watch(_ react: @escaping @Sendable () -> Void) {
    let isStarted = Thread.start { [self] in
      var byte: UInt8 = 0
      var count = 0
      while true {
        let length = readByte(&byte)
        if length < 0 && errno == EINTR { continue }
        if length <= 0 { return }
        count += 1
        if count > 1 { System.leave(128 + Int32(byte)) }
        react()
      }
    }
    guard isStarted else { return }
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // A handler, not a mask or SIG_IGN: programs that are started begin without it.
      platformSignal(number) { Interruption.shared.take($0) }
    }
  }

  /// Runs inside the signal handler: an atomic number and one byte into a pipe.
  private func take(_ number: Int32) {
    let saved = errno
    _ = received.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing)
    var byte = UInt8(truncatingIfNeeded: number)
    writeByte(&byte)
    errno = saved
  }

  private func readByte(_ byte: inout UInt8) -> Int {
    #if canImport(Darwin)
      Darwin.read(ends.reading, &byte, 1)
    #elseif canImport(Glibc)
      Glibc.read(ends.reading, &byte, 1)
    #elseif canImport(Musl)
      Musl.read(ends.reading, &byte, 1)
    #endif
  }

  private func writeByte(_ byte: inout UInt8) {
    #if canImport(Darwin)
      _ = Darwin.write(ends.writing, &byte, 1)
    #elseif canImport(Glibc)
      _ = Glibc.write(ends.writing, &byte, 1)
    #elseif canImport(Musl)
      _ = Musl.write(ends.writing, &byte, 1)
    #endif
  }
}

private func platformSignal(
  _ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void
) {
  #if canImport(Darwin)
    _ = Darwin.signal(number, handler)
  #elseif canImport(Glibc)
    _ = Glibc.signal(number, handler)
  #elseif canImport(Musl)
    _ = Musl.signal(number, handler)
  #endif
}
