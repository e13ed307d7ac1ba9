/// Where a command writes, and what its surroundings are; tests give one that collects.
package struct Console: Sendable {
  /// Writes text as it is to the standard output.
  package let write: @Sendable (String) -> Void
  /// Writes text as it is to the standard error.
  package let writeError: @Sendable (String) -> Void
  /// Whether somebody watches the standard error, so that progress is worth showing.
  package let showsProgress: Bool
  /// Whether the command is the process's own, so that signals that end the process are its to take.
  package let handlesSignals: Bool
  /// How long a command works before it tells how far it is.
  package let progressDelay: Duration

  package init(
    write: @escaping @Sendable (String) -> Void,
    writeError: @escaping @Sendable (String) -> Void,
    showsProgress: Bool = false, progressDelay: Duration = .seconds(1), handlesSignals: Bool = false
  ) {
    self.write = write
    self.writeError = writeError
    self.showsProgress = showsProgress
    self.handlesSignals = handlesSignals
    self.progressDelay = progressDelay
  }

  /// The process's own standard output and error.
  package static var standard: Console {
    Console(
      write: { System.write($0, to: 1) }, writeError: { System.write($0, to: 2) },
      showsProgress: System.isTerminal(2), handlesSignals: true)
  }

  /// Writes a line, or several.
  package func print(_ text: String = "") { write(text + "\n") }
}
