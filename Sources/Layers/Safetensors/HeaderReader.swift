/// Reads the JSON of a header: an object of entries with a type, a shape and two offsets each, and
/// an object of texts. Anything else is an error that tells where.
struct HeaderReader {
  struct Entry {
    let name: String
    var type = ""
    var shape: [Int] = []
    var start = 0
    var end = 0
  }

  private let text: ArraySlice<UInt8>
  private var position: Int

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    position = text.startIndex
  }

  /// The whole header; blanks may follow it.
  mutating func readHeader() throws(SafetensorsError) -> (
    entries: [Entry], metadata: [String: String]
  ) {
    guard text.first == UInt8(ascii: "{") else { throw failure("expected \"{\"") }
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    var names: Set<String> = []
    try readObject { (reader, name) throws(SafetensorsError) in
      guard names.insert(name).inserted else { throw .duplicateName(name) }
      if name == SafetensorsFile.metadataName {
        try reader.readObject { (reader, key) throws(SafetensorsError) in
          metadata[key] = try reader.readString()
        }
      } else {
        entries.append(try reader.readEntry(name))
      }
    }
    skipBlanks()
    guard position == text.endIndex else { throw failure("expected the end of the header") }
    return (entries, metadata)
  }

  private mutating func readEntry(_ name: String) throws(SafetensorsError) -> Entry {
    var entry = Entry(name: name)
    var keys: Set<String> = []
    try readObject { (reader, key) throws(SafetensorsError) in
      guard keys.insert(key).inserted else { throw reader.failure("\"\(key)\" stands twice") }
      switch key {
      case "dtype": entry.type = try reader.readString()
      case "shape": entry.shape = try reader.readNumbers()
      case "data_offsets":
        let offsets = try reader.readNumbers()
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
          throw reader.failure("expected two ascending offsets, got \(offsets)")
        }
        (entry.start, entry.end) = (offsets[0], offsets[1])
      default: throw reader.failure("\"\(key)\" is not part of a tensor's description")
      }
    }
    guard keys.count == 3 else {
      throw failure("tensor \"\(name)\" lacks one of dtype, shape and data_offsets")
    }
    return entry
  }

  /// Reads `{"key": value, …}`, where `readValue` reads each value.
  private mutating func readObject(
    _ readValue: (inout Self, String) throws(SafetensorsError) -> Void
  ) throws(SafetensorsError) {
    try expect("{")
    if skip("}") { return }
    repeat {
      let key = try readString()
      try expect(":")
      try readValue(&self, key)
    } while skip(",")
    try expect("}")
  }

  private mutating func readNumbers() throws(SafetensorsError) -> [Int] {
    try expect("[")
    if skip("]") { return [] }
    var numbers: [Int] = []
    repeat { numbers.append(try readNumber()) } while skip(",")
    try expect("]")
    return numbers
  }

  private mutating func readNumber() throws(SafetensorsError) -> Int {
    skipBlanks()
    let start = position
    while position < text.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position])
    {
      position += 1
    }
    let digits = text[start..<position]
    guard let number = Int(String(decoding: digits, as: UTF8.self)),
      digits.count == 1 || digits.first != UInt8(ascii: "0")
    else { throw failure("expected a whole number") }
    return number
  }

  private mutating func readString() throws(SafetensorsError) -> String {
    try expect("\"")
    var bytes: [UInt8] = []
    while position < text.endIndex {
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw failure("a text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): bytes.append(contentsOf: String(try readEscape()).utf8)
      case 0..<0x20: throw failure("a control character in a text")
      default: bytes.append(byte)
      }
    }
    throw failure("a text without an end")
  }

  /// Reads what follows a backslash.
  private mutating func readEscape() throws(SafetensorsError) -> Unicode.Scalar {
    guard position < text.endIndex else { throw failure("a text without an end") }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try readUnicodeEscape()
    default: throw failure("an unknown escape in a text")
    }
  }

  /// Reads four digits, and the other half of a pair where they are the first one.
  private mutating func readUnicodeEscape() throws(SafetensorsError) -> Unicode.Scalar {
    var code = try readHexadecimal()
    if (0xD800..<0xDC00).contains(code) {
      guard text[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
        throw failure("half of a surrogate pair in a text")
      }
      position += 2
      let low = try readHexadecimal()
      guard (0xDC00..<0xE000).contains(low) else {
        throw failure("half of a surrogate pair in a text")
      }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw failure("half of a surrogate pair in a text")
    }
    return scalar
  }

  private mutating func readHexadecimal() throws(SafetensorsError) -> UInt32 {
    let digits = text[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("expected four hexadecimal digits") }
    position += 4
    return code
  }

  private mutating func skipBlanks() {
    while position < text.endIndex, [0x20, 0x0A, 0x0D, 0x09].contains(text[position]) {
      position += 1
    }
  }

  /// Passes a character where it comes next.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < text.endIndex, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsError) {
    if !skip(character) { throw failure("expected \"\(character)\"") }
  }

  private func failure(_ reason: String) -> SafetensorsError {
    .malformed(reason: "header, byte \(position - text.startIndex): \(reason)")
  }
}
