extension JSON {
  /// Where a text stops being JSON.
  package struct SyntaxError: Error, CustomStringConvertible {
    /// The number of bytes before it.
    package let offset: Int
    package let line: Int
    package let column: Int
    package let expected: String
    package let found: String

    package var description: String {
      "line \(line), column \(column): found \(found), expected \(expected)"
    }
  }

  /// The value that a UTF-8 text holds, by RFC 8259.
  ///
  /// - Parameters:
  ///   - bytes: The text; a byte order mark may stand before it.
  ///   - allowsRepeatedNames: Whether an object may have several members of one name.
  /// - Throws: ``SyntaxError`` with the place of the first character that does not fit.
  package init(
    parsing bytes: [UInt8], allowsRepeatedNames: Bool = false
  ) throws(SyntaxError) {
    var parser = Parser(bytes: bytes, allowsRepeatedNames: allowsRepeatedNames)
    parser.skipByteOrderMark()
    self = try parser.value(depth: 0)
    parser.skipSpace()
    if !parser.isAtEnd { throw parser.error(expected: "nothing after the value") }
  }
}

private struct Parser {
  let bytes: [UInt8]
  let allowsRepeatedNames: Bool
  var position = 0

  var isAtEnd: Bool { position >= bytes.count }
  private var current: UInt8? { isAtEnd ? nil : bytes[position] }

  mutating func skipByteOrderMark() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// An error at this place or an earlier one.
  func error(expected: String, found: String? = nil, at place: Int? = nil) -> JSON.SyntaxError {
    let position = place ?? position
    let before = bytes[..<position]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSON.SyntaxError(
      offset: position,
      line: before.count { $0 == 0x0A } + 1,
      column: String(decoding: bytes[lineStart..<position], as: UTF8.self).count + 1,
      expected: expected, found: found ?? Self.name(bytes[position...]))
  }

  /// What bytes begin with, in words.
  private static func name(_ rest: ArraySlice<UInt8>) -> String {
    let start = String(decoding: rest.prefix(4), as: UTF8.self)
    guard let character = start.first, let scalar = start.unicodeScalars.first else {
      return "the end of the file"
    }
    if character.isNewline { return "the end of the line" }
    return scalar.value < 0x20 ? "a control character" : "'\(character)'"
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
    guard depth < 200 else { throw error(expected: "at most 200 levels of nesting") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte):
      return .number(try number())
    default: throw error(expected: "a value")
    }
  }

  private mutating func word(_ text: String, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
    guard bytes[position...].starts(with: text.utf8) else { throw error(expected: "a value") }
    position += text.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(JSON.SyntaxError) -> JSON {
    position += 1
    var members: [JSON.Member] = []
    skipSpace()
    if take("}") { return .object([]) }
    var names: Set<String> = []
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error(expected: "a name in quotes") }
      let start = position
      let name = try string()
      guard allowsRepeatedNames || names.insert(name).inserted else {
        throw error(expected: "each name once", found: "\(JSON.quoted(name)) again", at: start)
      }
      skipSpace()
      guard take(":") else { throw error(expected: "':'") }
      members.append(JSON.Member(name: name, value: try value(depth: depth + 1)))
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw error(expected: "',' or '}'") }
    }
  }

  private mutating func array(_ depth: Int) throws(JSON.SyntaxError) -> JSON {
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if take("]") { return .array([]) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(elements) }
      guard take(",") else { throw error(expected: "',' or ']'") }
    }
  }

  private mutating func digits() throws(JSON.SyntaxError) {
    let start = position
    while let byte = current, Self.isDigit(byte) { position += 1 }
    if position == start { throw error(expected: "a digit") }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func number() throws(JSON.SyntaxError) -> String {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func string() throws(JSON.SyntaxError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while true {
      guard let byte = current, byte >= 0x20 else { throw error(expected: "'\"'") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: text, as: UTF8.self) else {
          throw error(expected: "text in UTF-8", found: "other bytes", at: start)
        }
        return text
      case UInt8(ascii: "\\"): text += try escape()
      default: text.append(byte)
      }
    }
  }

  private mutating func escape() throws(JSON.SyntaxError) -> [UInt8] {
    let plain: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
      UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
      UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]
    if let byte = current, let meaning = plain[byte] {
      position += 1
      return [meaning]
    }
    guard take("u") else { throw error(expected: "an escape such as \\n") }
    let start = position - 2
    var units = [try codeUnit()]
    if UTF16.isLeadSurrogate(units[0]), take("\\") {
      guard take("u") else { throw error(expected: "the second half of a surrogate pair") }
      units.append(try codeUnit())
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw error(expected: "a whole surrogate pair", found: "half of one", at: start)
    }
    return Array(text.utf8)
  }

  private mutating func codeUnit() throws(JSON.SyntaxError) -> UInt16 {
    let text = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
    guard text.utf8.count == 4, text.allSatisfy(\.isHexDigit), let unit = UInt16(text, radix: 16)
    else {
      throw error(expected: "four hexadecimal digits")
    }
    position += 4
    return unit
  }
}
