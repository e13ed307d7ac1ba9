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
    console.writeError("\r\u{1B}[K\(label)\(text.isEmpty ? "" : " " + text)")
  }

  func clear() {
    if console.showsProgress { console.writeError("\r\u{1B}[K") }
  }
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
  private let isWatched: Bool
  private let delay: Duration
  private let start: ContinuousClock.Instant
  private let state: Mutex<State>

  init(_ console: Console, _ label: String) {
    line = ProgressLine(console, label)
    self.label = label
    isWatched = console.showsProgress
    delay = console.progressDelay
    start = ContinuousClock.now
    state = Mutex(State(last: start))
  }

  /// Who is to be told how far a pass is; nil where nobody watches.
  ///
  /// - Parameter stage: What is said before the percentage of the pass.
  /// - Returns: What shows the line after the first second, ten times a second.
  func observer(_ stage: String = "") -> PassObserver? {
    guard isWatched else { return nil }
    return { [self] done, count in show(stage, done, count) }
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
