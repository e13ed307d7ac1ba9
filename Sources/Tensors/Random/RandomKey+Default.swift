internal import Synchronization

/// Hands out the children of a key one after the other.
final class RandomKeySequence: Sendable {
  private let key: RandomKey
  private let used = Mutex<UInt64>(0)

  init(_ key: RandomKey) {
    self.key = key
  }

  func next() -> RandomKey {
    key.child(
      used.withLock { used in
        defer { used += 1 }
        return used
      })
  }
}

extension RandomKey {
  @TaskLocal static var defaults: RandomKeySequence?

  /// The key to use where an API takes an optional one: the explicit key if there is one, else the
  /// next of the keys of the enclosing ``withDefault(_:operation:)``, else `RandomKey(0)`.
  ///
  /// - Parameter key: The key that the caller gave, if any.
  /// - Returns: The key to use.
  public static func resolve(_ key: RandomKey?) -> RandomKey {
    key ?? defaults?.next() ?? RandomKey(0)
  }

  /// Runs an operation in which calls without a key take the children of `key`, in the order of
  /// their use: child 0 for the first, child 1 for the second, and so on.
  ///
  /// The children go to the tasks started inside the operation too; where those run at the same
  /// time, the order in which they ask decides who gets which. Outside of every such operation,
  /// each call without a key uses `RandomKey(0)`, and so gives the same numbers every time.
  ///
  /// - Parameters:
  ///   - key: The key whose children are handed out.
  ///   - operation: What to run.
  /// - Returns: What the operation returns.
  /// - Throws: What the operation throws.
  public static func withDefault<Result>(
    _ key: RandomKey, operation: () throws -> Result
  ) rethrows -> Result {
    try $defaults.withValue(RandomKeySequence(key), operation: operation)
  }

  /// Runs an asynchronous operation in which calls without a key take the children of `key`, in
  /// the order of their use.
  ///
  /// - Parameters:
  ///   - key: The key whose children are handed out.
  ///   - isolation: The actor the operation runs on, the caller's unless given.
  ///   - operation: What to run.
  /// - Returns: What the operation returns.
  /// - Throws: What the operation throws.
  public static func withDefault<Result>(
    _ key: RandomKey, isolation: isolated (any Actor)? = #isolation,
    operation: () async throws -> Result
  ) async rethrows -> Result {
    try await $defaults.withValue(
      RandomKeySequence(key), operation: operation, isolation: isolation)
  }
}
