internal import Platform

/// The few calls of the operating system that commands need.
enum System {
  /// Why a call failed, in the system's words: "No such file or directory".
  typealias Failure = SystemFailure
  typealias Kind = Files.Kind

  static func leave(_ code: Int32) -> Never { ThisProcess.leave(code) }

  static func isTerminal(_ descriptor: Int32) -> Bool { ThisProcess.isTerminal(descriptor) }

  static var processNumber: Int { ThisProcess.number }

  /// How long this thread has run on a processor, in seconds; what others on the machine do does not
  /// count.
  static var processorSeconds: Double { ThisProcess.threadProcessorSeconds }

  /// Writes all of a text to a descriptor; what cannot be written (a closed pipe) is dropped.
  static func write(_ text: String, to descriptor: Int32) {
    try? Descriptor(descriptor).writeAll(text.utf8)
  }

  static func read(_ path: String) throws(Failure) -> [UInt8] { try Files.read(path) }

  /// Writes a file: whoever reads it finds the old text or the new one, whenever the process ends.
  static func write(_ text: String, toFile path: String) throws(Failure) {
    try Files.write(text.utf8, to: path, isSynchronized: false)
  }

  static func replace(_ path: String, with text: String) throws(Failure) {
    try write(text, toFile: path)
  }

  /// Adds a text at the end of a file and waits until it is closed without an error.
  static func append(_ text: String, toFile path: String) throws(Failure) {
    try Files.append(text.utf8, to: path)
  }

  static func kind(_ path: String) -> Kind { Files.kind(path) }

  static func makeFolder(_ path: String) throws(Failure) { try Files.makeFolder(path) }

  /// Moves a file or folder; a file takes the place of one that is there already, at once.
  static func move(_ path: String, to destination: String) throws(Failure) {
    try Files.move(path, to: destination)
  }

  static func removeFile(_ path: String) { Files.removeFile(path) }

  /// Removes a folder if it is empty.
  static func removeFolder(_ path: String) { Files.removeFolder(path) }
}
