internal import Platform
internal import Synchronization

/// A command that was ended by a signal, after it has put its things in order.
struct Interrupted: Error {
  let signal: Int32
  /// What to say.
  let text: String

  /// The exit code that shells give to a program that a signal ended.
  var code: Int32 { 128 + signal }

  static func name(_ signal: Int32) -> String {
    switch signal {
    case Signals.interrupt: "SIGINT"
    case Signals.termination: "SIGTERM"
    case Signals.hangup: "SIGHUP"
    default: "signal \(signal)"
    }
  }
}

/// The signals by which a user or the system asks the process to end.
///
/// The first one is for the command to react to; where it is in the middle of a long computation, the
/// process is ended after some seconds, and by a second signal at once. Workers have process groups of
/// their own and see neither.
final class Interruption: Sendable {
  static let shared = Interruption()

  private let received = Atomic<Int32>(0)
  private let ends = try? Descriptor.pipe()

  private init() {}

  /// The first signal; nil while there was none.
  var signal: Int32? {
    let value = received.load(ordering: .acquiring)
    return value == 0 ? nil : value
  }

  /// Begins to watch.
  ///
  /// - Parameters:
  ///   - console: Where it is said that the command was ended before it came to its own end.
  ///   - react: Called once, on another thread.
  func watch(on console: Console, _ react: @escaping @Sendable () -> Void) {
    guard let ends else { return }
    let isStarted = Thread.start {
      var byte: UInt8 = 0
      var count = 0
      while case .count = withUnsafeMutableBytes(of: &byte, { ends.reading.read(into: $0) }) {
        count += 1
        let signal = Int32(byte)
        if count > 1 { ThisProcess.leave(128 + signal) }
        _ = Thread.start {
          ThisProcess.sleep(.seconds(3))
          console.report("perturb: stopped by \(Interrupted.name(signal))")
          ThisProcess.leave(128 + signal)
        }
        react()
      }
    }
    guard isStarted else { return }
    for number in [Signals.interrupt, Signals.termination, Signals.hangup] {
      // A handler, not a mask or SIG_IGN: programs that are started begin without it.
      Signals.handle(number) { Interruption.shared.take($0) }
    }
  }

  /// Runs inside the signal handler: an atomic number and one byte into a pipe.
  private func take(_ number: Int32) {
    _ = received.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing)
    ends?.writing.writeByte(UInt8(truncatingIfNeeded: number))
  }
}
