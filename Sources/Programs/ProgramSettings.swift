/// What a program's workers need to know.
struct ProgramSettings: Sendable {
  var executable: String
  var arguments: [String]
  var jobs: Int
  var timeout: Duration?
  var retries: Int
  var onFailure: ExternalProgram.FailurePolicy
  var outputs: Int?
  var isOneShot: Bool
  var isNumbered: Bool

  /// The program as one types it, on one line and not longer than that.
  var text: String {
    let line = ([executable] + arguments).map { word in
      let isPlain = !word.isEmpty && word.utf8.allSatisfy(Self.isPlain)
      let flat = word.map { $0.isNewline ? "\\n" : String($0) }.joined()
      return isPlain ? word : "\"\(flat)\""
    }.joined(separator: " ")
    return line.count <= 160 ? line : line.prefix(159) + "…"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x2B && byte <= 0x3A || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
      || [UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "{"), UInt8(ascii: "}")].contains(byte)
  }

  func validate() throws(ProgramError) {
    if executable.isEmpty {
      throw .invalidParameter(
        name: "the program", value: "empty", expected: "a path or the name of a program in PATH")
    }
    if jobs < 1 || jobs > 1024 {
      throw .invalidParameter(name: "jobs", value: "\(jobs)", expected: "a number from 1 to 1024")
    }
    if retries < 0 {
      throw .invalidParameter(name: "retries", value: "\(retries)", expected: "at least 0")
    }
    if let timeout, timeout <= .zero {
      throw .invalidParameter(name: "timeout", value: "\(timeout)", expected: "a positive time")
    }
    if isNumbered && isOneShot {
      throw .invalidParameter(
        name: "numbered", value: "true",
        expected: "false, since a program with placeholders is asked one question")
    }
    if let outputs, outputs < 1 {
      throw .invalidParameter(name: "outputs", value: "\(outputs)", expected: "at least 1")
    }
  }
}
