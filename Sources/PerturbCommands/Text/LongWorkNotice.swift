internal import Synchronization

/// Where nobody watches a progress line: one line, once, that says how long a command will take, if it
/// takes long.
final class LongWorkNotice: Sendable {
  private let console: Console
  private let label: String
  private let isDue: Atomic<Bool>

  init(_ console: Console, _ label: String) {
    self.console = console
    self.label = label
    isDue = Atomic(!console.showsProgress)
  }

  /// Says it, if some seconds have passed and many more are left.
  ///
  /// - Parameters:
  ///   - elapsed: The seconds so far.
  ///   - left: The seconds that are left, by what is done.
  func tell(elapsed: Double, left: Double) {
    let delay = console.noticeDelay / .seconds(1)
    guard isDue.load(ordering: .relaxed), elapsed >= delay, left >= 6 * delay,
      isDue.exchange(false, ordering: .relaxed)
    else { return }
    console.report("perturb: \(label): \(Self.time(left)) left")
  }

  /// "about 1:02:03"
  static func time(_ seconds: Double) -> String {
    seconds < 360_000 ? "about \(Digits.clock(seconds))" : "more than 100 hours"
  }
}
