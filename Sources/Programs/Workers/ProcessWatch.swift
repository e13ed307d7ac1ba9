internal import Platform
internal import Tensors

/// Waits for the end of one process on a thread of its own, without reaping it.
///
/// The process stays a zombie, and its number its own, until somebody else reaps it. That somebody is
/// to wait until `ended` has been called.
struct ProcessWatch: Sendable {
  private let process: Int32

  init(_ process: Int32) { self.process = process }

  /// Starts to wait.
  ///
  /// - Parameters:
  ///   - ended: Called when the process has ended and may be reaped.
  ///   - reaped: Called with how it ended, when it has been reaped.
  func start(
    ended: @escaping @Sendable () -> Void,
    reaped: @escaping @Sendable (ProcessStarter.Event) -> Void
  ) {
    let isStarted = Thread.start {
      let end = ChildProcess.waitForEnd(process)
      ended()
      // Whoever reaps has been told and needs some microseconds; nothing depends on this but that no
      // zombie is there when the end is reported.
      ChildProcess.waitForReaping(process)
      reaped(.ended(end))
    }
    if !isStarted { trap("ExternalProgram", "no thread can be started") }
  }
}
