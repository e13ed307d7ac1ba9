package import Platform

extension JSON {
  /// How many bytes of a file are read at most.
  private static let longestFile = 256 << 20

  /// The value in a file.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - purpose: What it was given for, as messages call it: "theta file".
  /// - Throws: ``CommandError`` if it cannot be read or isn't JSON; the message says where.
  package init(file path: String, purpose: String) throws(CommandError) {
    let bytes: [UInt8]
    do throws(SystemFailure) { bytes = try Files.read(path, atMost: Self.longestFile) } catch {
      throw CommandError("cannot read the \(purpose) '\(path)': \(error.reason)")
    }
    do throws(SyntaxError) { self = try JSON(parsing: bytes) } catch {
      throw CommandError("the \(purpose) '\(path)' is not JSON: \(error)")
    }
  }
}
