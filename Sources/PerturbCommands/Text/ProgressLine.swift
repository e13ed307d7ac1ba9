internal import Synchronization

/// One line on a terminal that tells how far things are.
struct ProgressLine: Sendable {
  private let console: Console
  private let label: String

  init(_ console: Console, _ label: String) {
    self.console = console
    self.label = label
  }

  func show(_ part: Double) {
    show(part > 0 ? "\(Int(part * 100)) %" : "")
  }

  func show(_ text: String) {
    guard console.showsProgress else { return }
    let line = [label, text].filter { !$0.isEmpty }.joined(separator: " ")
    // A line that fills the terminal would be two, of which only one is written over.
    let shown = console.columns().map { line.prefix(max(0, $0 - 1)) } ?? line[...]
    console.writeError("\r\u{1B}[K\(shown)")
  }

  func clear() { console.clearProgress() }
}

/// Told how many blocks of a pass over the samples are done, and how many there are.
package typealias PassObserver = @Sendable (_ done: Int, _ count: Int) -> Void

/// A ``ProgressLine`` about passes over samples, for work that takes longer than a second.
final class SampleProgressLine: Sendable {
  private struct State {
    var isShown = false
    var last: ContinuousClock.Instant
  }

  private let line: ProgressLine
  private let label: String
  private let notice: LongWorkNotice
  private let isWatched: Bool
  private let delay: Duration
  private let start: ContinuousClock.Instant
  private let state: Mutex<State>

  init(_ console: Console, _ label: String) {
    line = ProgressLine(console, label)
    self.label = label
    notice = LongWorkNotice(console, label)
    isWatched = console.showsProgress
    delay = console.progressDelay
    start = ContinuousClock.now
    state = Mutex(State(last: start))
  }

  /// Who is to be told how far a pass is.
  ///
  /// - Parameter stage: What is said before the percentage of the pass.
  /// - Returns: What shows the line after the first second, ten times a second; where nobody watches,
  ///   what says once how long a pass takes.
  func observer(_ stage: String = "") -> PassObserver {
    { [self] done, count in
      if isWatched { return show(stage, done, count) }
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      if done > 0 {
        notice.tell(elapsed: elapsed, left: elapsed * Double(count - done) / Double(done))
      }
    }
  }

  private func show(_ stage: String, _ done: Int, _ count: Int) {
    let now = ContinuousClock.now
    guard now - start >= delay else { return }
    let isDue = state.withLock { state in
      guard !state.isShown || now - state.last > .milliseconds(100) else { return false }
      state = State(isShown: true, last: now)
      return true
    }
    guard isDue else { return }
    let percent = "\(100 * done / max(count, 1)) %"
    let seconds = Digits.fixed((now - start) / .seconds(1), 0)
    line.show("\(stage.isEmpty ? "" : stage + ", ")\(percent) of the pass, \(seconds) s")
  }

  func clear() {
    state.withLock { state in
      if state.isShown { line.clear() }
      state.isShown = false
    }
  }
}
