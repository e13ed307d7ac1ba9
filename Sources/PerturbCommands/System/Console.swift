internal import Platform

/// Where a command writes, and what its surroundings are; tests give one that collects.
package struct Console: Sendable {
  /// Writes text as it is to the standard output; throws where it cannot be written.
  package let write: @Sendable (String) throws -> Void
  /// Writes text as it is to the standard error.
  package let writeError: @Sendable (String) -> Void
  /// Whether somebody watches the standard error, so that progress is worth showing.
  package let showsProgress: Bool
  /// How many characters a line has, where that is known.
  package let columns: @Sendable () -> Int?
  /// Whether the command is the process's own, so that signals that end the process are its to take.
  package let handlesSignals: Bool
  /// How long a command works before it tells how far it is.
  package let progressDelay: Duration
  /// How long a command works before it says how long it will take, where nobody watches.
  package let noticeDelay: Duration

  package init(
    write: @escaping @Sendable (String) throws -> Void,
    writeError: @escaping @Sendable (String) -> Void,
    showsProgress: Bool = false, progressDelay: Duration = .seconds(1),
    noticeDelay: Duration = .seconds(10), handlesSignals: Bool = false,
    columns: @escaping @Sendable () -> Int? = { nil }
  ) {
    self.write = write
    self.writeError = writeError
    self.showsProgress = showsProgress
    self.handlesSignals = handlesSignals
    self.progressDelay = progressDelay
    self.noticeDelay = noticeDelay
    self.columns = columns
  }

  /// The process's own standard output and error.
  package static var standard: Console {
    Console(
      write: { text in
        do throws(SystemFailure) { try Descriptor(1).writeAll(text.utf8) } catch {
          throw CommandError("cannot write the output: \(error.reason)")
        }
      },
      // What cannot be said cannot be said elsewhere either.
      writeError: { try? Descriptor(2).writeAll($0.utf8) },
      showsProgress: ThisProcess.isTerminal(2), handlesSignals: true,
      columns: { ThisProcess.terminalColumns(2) })
  }

  /// Writes a line, or several.
  ///
  /// - Throws: What ``write`` throws.
  package func print(_ text: String = "") throws { try write(text + "\n") }

  /// Empties the line of a terminal that tells how far things are.
  func clearProgress() { if showsProgress { writeError("\r\u{1B}[K") } }

  /// Writes one line to the standard error, whatever characters are in its text.
  func report(_ text: String) { writeError(ErrorText.line(text) + "\n") }
}
