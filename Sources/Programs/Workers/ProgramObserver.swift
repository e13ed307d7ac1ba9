/// Who is told what happens while a program is waited for.
package struct ProgramObserver: Sendable {
  /// How long no answer may come before that is told.
  let delay: Duration
  /// Called on the pump's thread, once for each kind of notice.
  let tell: @Sendable (ProgramNotice) -> Void

  package init(delay: Duration, tell: @escaping @Sendable (ProgramNotice) -> Void) {
    self.delay = delay
    self.tell = tell
  }
}
