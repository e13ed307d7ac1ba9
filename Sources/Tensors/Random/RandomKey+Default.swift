internal import Synchronization

/// Hands out the children of a key one after the other.
final class RandomKeySequence: Sendable {
  private let key: RandomKey
  private let used = Mutex<UInt64>(0)
  /// Whether it belongs to the evaluation of one sample, and not to a call around it.
  let isOfSample: Bool

  init(_ key: RandomKey) {
    self.key = key
    isOfSample = TraceContext.isEvaluating
  }

  func next() -> RandomKey {
    key.child(
      used.withLock { used in
        defer { used += 1 }
        return used
      })
  }
}

/// A call that needs a key was given none; `description` is one line that says what to do.
public enum MissingKey: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no ``RandomKey/withDefault(_:operation:)`` around the call.
  case noDefault
  /// The call is inside a function that is evaluated for samples, in no fixed order, and the
  /// ``RandomKey/withDefault(_:operation:)`` is outside of it.
  case insideSample

  /// One line.
  public var description: String {
    switch self {
    case .noDefault:
      "no key: give `key:`, or run inside RandomKey.withDefault(key) { … }"
    case .insideSample:
      "no key inside a function that is evaluated for samples, whose order is not fixed: give `key:`, "
        + "or run inside a RandomKey.withDefault(key) { … } of each sample's own"
    }
  }
}

extension RandomKey {
  @TaskLocal static var defaults: RandomKeySequence?

  /// The key to use where an API takes an optional one: the explicit key if there is one, else the
  /// next of the keys of the enclosing ``withDefault(_:operation:)``.
  ///
  /// - Parameter key: The key that the caller gave, if any.
  /// - Returns: The key to use.
  /// - Throws: ``MissingKey`` where there is neither. No key is made up: the same one every time would
  ///   repeat the same noise at each step of a training.
  public static func resolve(_ key: RandomKey?) throws(MissingKey) -> RandomKey {
    if let key { return key }
    guard let defaults else { throw .noDefault }
    // Samples are evaluated by any thread in any order: the next key of a call around them would be
    // another one each time.
    if TraceContext.isEvaluating, !defaults.isOfSample { throw .insideSample }
    return defaults.next()
  }

  /// Runs an operation in which calls without a key take the children of `key`, in the order of
  /// their use: child 0 for the first, child 1 for the second, and so on.
  ///
  /// ```swift
  /// try RandomKey.withDefault(RandomKey(1)) {
  ///   for _ in 0..<100 {
  ///     let grads = try gradient(at: theta) { try soft($0).norm() }  // new noise at each step
  ///   }
  /// }
  /// ```
  ///
  /// One call takes one key, for its value, derivatives and standard errors alike. What evaluates a
  /// function several times and expects the same one each time, as a line search does, is given a key.
  ///
  /// The children go to the tasks started inside the operation too; where those run at the same
  /// time, the order in which they ask decides who gets which. Outside of every such operation, a
  /// call without a key throws ``MissingKey``.
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

  /// The default keys of a task, for a thread that works for it and has no task of its own.
  package struct Defaults: Sendable {
    private let keys: RandomKeySequence?

    /// Those of the current task.
    package init() { keys = defaults }

    /// Runs an operation with them.
    package func use<Result>(_ operation: () throws -> Result) rethrows -> Result {
      try $defaults.withValue(keys, operation: operation)
    }
  }
}
