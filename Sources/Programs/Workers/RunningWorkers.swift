internal import Platform
internal import Synchronization

/// The process groups of all running workers, which are ended when this process exits.
///
/// The one piece of state that all programs share: the hook that runs at exit is the process's, and
/// takes no arguments.
final class ProcessGroups: Sendable {
  static let shared = ProcessGroups()

  private let groups = Mutex<Set<Int32>>([])

  private init() { ThisProcess.atExit { ProcessGroups.shared.killAll() } }

  func insert(_ group: Int32) { _ = groups.withLock { $0.insert(group) } }

  func remove(_ group: Int32) { _ = groups.withLock { $0.remove(group) } }

  func killAll() { for group in groups.withLock({ $0 }) { ChildProcess.killGroup(group) } }
}
