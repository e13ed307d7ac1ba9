/// Stops the program on a programmer's error, in every build configuration.
///
/// `precondition` messages are not printed in release builds; this one's are.
@inline(never)
package func trap(_ operation: String, _ message: String) -> Never {
  fatalError("\(operation): \(message)")
}

/// Checks a programmer's obligation; the message is only built when it is broken.
@inline(__always)
package func require(
  _ condition: Bool, _ operation: @autoclosure () -> String, _ message: @autoclosure () -> String
) {
  if !condition { trap(operation(), message()) }
}
