/// JSON as a tree of texts: numbers stay as they are written.
indirect enum JSONText {
  case literal(String)
  case string(String)
  case array([JSONText])
  case object([(String, JSONText)])

  /// Reads what perturb writes, which is well formed.
  init?(_ text: String) {
    var parser = Parser(characters: Array(text.utf8))
    guard let value = parser.value() else { return nil }
    self = value
  }

  /// As perturb's checksum takes it.
  var text: String {
    switch self {
    case .literal(let text): text
    case .string(let text): "\"\(text)\""
    case .array(let elements): "[\(elements.map(\.text).joined(separator: ", "))]"
    case .object(let members):
      "{\(members.map { "\"\($0)\": \($1.text)" }.joined(separator: ", "))}"
    }
  }

  subscript(name: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  func without(_ names: Set<String>) -> JSONText {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { !names.contains($0.0) })
  }

  /// The same checkpoint with a checksum that fits.
  var withChecksum: JSONText {
    let rest = without(["checksum"])
    guard case .object(let members) = rest else { return self }
    let hash = rest.text.utf8.reduce(14_695_981_039_346_656_037 as UInt64) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    let digits = String(hash, radix: 16)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    return .object(members + [("checksum", .string(padded))])
  }

  private struct Parser {
    let characters: [UInt8]
    var place = 0

    init(characters: [UInt8]) { self.characters = characters }

    private var next: UInt8? { place < characters.count ? characters[place] : nil }

    private mutating func skipSpace() {
      while let next, next <= 32 { place += 1 }
    }

    mutating func value() -> JSONText? {
      skipSpace()
      switch next {
      case UInt8(ascii: "{"):
        return list(UInt8(ascii: "}")) { parser in
          guard let name = parser.string() else { return nil }
          parser.skipSpace()
          parser.place += 1
          return parser.value().map { (name, $0) }
        }.map { .object($0) }
      case UInt8(ascii: "["): return list(UInt8(ascii: "]")) { $0.value() }.map { .array($0) }
      case UInt8(ascii: "\""): return string().map { .string($0) }
      case nil: return nil
      default:
        let start = place
        while let next, next > 32, !",]}".utf8.contains(next) { place += 1 }
        return .literal(String(decoding: characters[start..<place], as: UTF8.self))
      }
    }

    /// The raw text between the quotes.
    private mutating func string() -> String? {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { return nil }
      place += 1
      let start = place
      while let next, next != UInt8(ascii: "\"") { place += next == UInt8(ascii: "\\") ? 2 : 1 }
      defer { place += 1 }
      return String(decoding: characters[start..<min(place, characters.count)], as: UTF8.self)
    }

    private mutating func list<Element>(
      _ end: UInt8, _ element: (inout Parser) -> Element?
    ) -> [Element]? {
      place += 1
      var elements: [Element] = []
      while true {
        skipSpace()
        guard let next else { return nil }
        if next == end {
          place += 1
          return elements
        }
        if next == UInt8(ascii: ",") {
          place += 1
          continue
        }
        guard let element = element(&self) else { return nil }
        elements.append(element)
      }
    }
  }
}

extension JSONText {
  private static let others: [JSONText] = [
    .literal("null"), .literal("true"), .literal("false"), .literal("0"), .literal("-1"),
    .literal("1.5"), .literal("1e308"), .literal("1e400"), .literal("9223372036854775807"),
    .literal("9223372036854775808"), .literal("-9223372036854775809"), .literal("NaN"),
    .literal("Infinity"), .literal("\"nan\""), .literal("01"), .literal("+1"), .literal("\"inf\""),
    .string(""), .string("x"), .string("\\u001b[2J"), .string("\\ud800"), .string("a\\nb"),
    .string(String(repeating: "x", count: 100_000)), .string("-"), .array([]), .object([]),
    .array([.array([.array([])])]), .object([("", .literal("1"))]),
    .literal(String(repeating: "[", count: 100_000)),
    .array(Array(repeating: .literal("1"), count: 3000)),
  ]

  private var count: Int {
    switch self {
    case .literal, .string: 1
    case .array(let elements): 1 + elements.reduce(0) { $0 + $1.count }
    case .object(let members): 1 + members.reduce(0) { $0 + $1.1.count }
    }
  }

  /// The tree with one part of it changed.
  func changed(_ random: inout Random) -> JSONText {
    var place = random.below(count)
    return changed(at: &place, &random)
  }

  private func changed(at place: inout Int, _ random: inout Random) -> JSONText {
    if place == 0 {
      place = -1
      return other(&random)
    }
    place -= 1
    switch self {
    case .literal, .string: return self
    case .array(let elements):
      return .array(elements.map { place < 0 ? $0 : $0.visited(&place, &random) })
    case .object(let members):
      return .object(members.map { ($0, place < 0 ? $1 : $1.visited(&place, &random)) })
    }
  }

  private func visited(_ place: inout Int, _ random: inout Random) -> JSONText {
    if place < count { return changed(at: &place, &random) }
    place -= count
    return self
  }

  private func other(_ random: inout Random) -> JSONText {
    switch self {
    case .array(var elements) where !elements.isEmpty && random.isTrue(in: 3, of: 4):
      let index = random.below(elements.count)
      switch random.below(4) {
      case 0: elements.remove(at: index)
      case 1: elements.insert(elements[index], at: index)
      case 2: elements.shuffle(using: &random)
      default: elements += elements
      }
      return .array(elements)
    case .object(var members) where !members.isEmpty && random.isTrue(in: 3, of: 4):
      let index = random.below(members.count)
      switch random.below(4) {
      case 0: members.remove(at: index)
      case 1: members.append(members[index])
      case 2: members[index].0 += "x"
      default: members.shuffle(using: &random)
      }
      return .object(members)
    default: return random.pick(Self.others)
    }
  }
}

/// The bytes with some of them changed.
func damaged(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
  var bytes = bytes
  for _ in 0...random.below(3) where !bytes.isEmpty {
    let index = random.below(bytes.count)
    switch random.below(6) {
    case 0: bytes.removeSubrange(index...)
    case 1: bytes[index] = UInt8(random.below(256))
    case 2: bytes.insert(UInt8(random.below(256)), at: index)
    case 3: bytes.remove(at: index)
    case 4: bytes[index] ^= 1 << UInt8(random.below(8))
    default:
      let end = min(bytes.count, index + 1 + random.below(60))
      bytes.insert(contentsOf: bytes[index..<end], at: random.below(bytes.count))
    }
  }
  return bytes
}
