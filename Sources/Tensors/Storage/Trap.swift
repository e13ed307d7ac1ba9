/// Stops the program on a programmer's error, in every build configuration.
///
/// `precondition` messages are not printed in release builds; this one's are.
///
/// - Parameters:
///   - operation: What was asked for.
///   - message: What was wrong with it.
///   - file: Where it was asked for: functions that users call pass their own caller's.
///   - line: The line there.
@inline(never)
package func trap(
  _ operation: String, _ message: String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
  fatalError("\(operation): \(message)", file: file, line: line)
}

/// Checks a programmer's obligation; the message is only built when it is broken.
@inline(__always)
package func require(
  _ condition: Bool, _ operation: @autoclosure () -> String, _ message: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { trap(operation(), message(), file: file, line: line) }
}
