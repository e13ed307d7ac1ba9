internal import Platform

/// What `perturb replay` takes of the failure that a run wrote.
package struct FailureFile {
  /// The program and its arguments; empty where the file names none.
  package let program: [String]
  /// Whether the program's lines carry numbers.
  package let isNumbered: Bool
  package let input: [Double]

  /// Reads a file.
  ///
  /// - Throws: ``CommandError`` that names the file and the part of it.
  package init(_ path: String) throws(CommandError) {
    let json = try JSON(file: path, purpose: "failure file")
    do throws(CommandError) { try self.init(json) } catch {
      throw CommandError("the failure file '\(path)': \(error)")
    }
  }

  private init(_ json: JSON) throws(CommandError) {
    let reader = StateReader(json: json, path: "")
    input = try reader.member("input").numbers(1...Int.max)
    let program = json["program"] ?? .array([])
    let words = (program.elements ?? []).compactMap(\.string)
    guard let elements = program.elements, elements.count == words.count else {
      throw CommandError("program is \(program.kind), expected an array of texts")
    }
    self.program = words
    switch json["numbered"] {
    case nil: isNumbered = false
    case .bool(let value): isNumbered = value
    case let other?: throw CommandError("numbered is \(other.kind), expected true or false")
    }
  }
}
