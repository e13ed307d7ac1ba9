#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#endif

extension System {
  /// Adds a text at the end of a file and waits until it is closed without an error.
  static func append(_ text: String, toFile path: String) throws(Failure) {
    guard let file = fopen(path, "ab") else { throw Failure() }
    let bytes = Array(text.utf8)
    let written = fwrite(bytes, 1, bytes.count, file)
    let failure = Failure()
    if fclose(file) != 0 { throw Failure() }
    if written != bytes.count { throw failure }
  }

  /// Writes a file under another name and moves it into place: whoever reads it finds the old text
  /// or the new one, whenever the process ends.
  static func replace(_ path: String, with text: String) throws(Failure) {
    let partial = "\(path).partial"
    try write(text, toFile: partial)
    try move(partial, to: path)
  }
}
