extension JSON {
  /// The value on one line.
  package var compactText: String {
    switch self {
    case .array(let elements): "[" + elements.map(\.compactText).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { Self.quoted($0.name) + ": " + $0.value.compactText }
        .joined(separator: ", ") + "}"
    default: scalarText
    }
  }

  /// The value over several lines: objects and arrays of more than numbers take a line for each
  /// member.
  package var text: String { text(indentation: "") }

  private func text(indentation: String) -> String {
    let inner = indentation + "  "
    switch self {
    case .object(let members) where compactText.count > 80:
      return "{\n"
        + members.map { inner + Self.quoted($0.name) + ": " + $0.value.text(indentation: inner) }
        .joined(separator: ",\n") + "\n\(indentation)}"
    case .array(let elements) where compactText.count > 80 && !elements.allSatisfy(\.isScalar):
      return "[\n" + elements.map { inner + $0.text(indentation: inner) }.joined(separator: ",\n")
        + "\n\(indentation)]"
    default: return compactText
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private var scalarText: String {
    switch self {
    case .bool(let value): "\(value)"
    case .number(let text): text
    case .string(let text): Self.quoted(text)
    default: "null"
    }
  }

  /// A text as a JSON string, with its quotes.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
