/// Makes inputs for a reader from valid ones: each is a function of the seed and its number.
struct Mutator {
  /// Valid inputs.
  let corpus: [[UInt8]]
  /// What the reader's inputs are made of, besides what all readers are given.
  let words: [[UInt8]]
  /// Whether inputs are numbers of 8 bytes and not text.
  let isBinary: Bool
  private var random: SplitMix64

  /// What a reader of numbers, texts or nested lists may trip over.
  private static let commonWords = [
    "[", "]", "{", "}", ",", ":", ";", "\"", "\\", "\n", "\r\n", "\t", " ", "\0", "\u{1B}[2J", "-",
    "+",
    ".", "e", "null", "true", "nan", "-inf", "Infinity", "\\u0000", "\\ud800", "\\udc00", "é",
    "e\u{301}",
    "😀", "\u{2028}", "\u{FEFF}", "٣",
  ].map { Array($0.utf8) }

  static let extremeNumbers =
    [
      "0", "-0", "1", "-1", "2147483647", "2147483648", "4294967296", "9007199254740993",
      "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
      "1e15", "1000000000000001", "1e400", "-1e400", "1e-400", "4.9e-324",
      "2.2250738585072011e-308",
      "1.7976931348623157e308", "0.1", "1e2", "007", "1.", ".5", "1e", "0x10",
      "1e99999999999999999999",
      String(repeating: "9", count: 700), "0." + String(repeating: "0", count: 700) + "1e701",
      "1" + String(repeating: "0", count: 400) + "e-400",
    ].map { Array($0.utf8) }

  /// Overlong, surrogate, past the last scalar, cut off, alone.
  private static let invalidText: [[UInt8]] = [
    [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xFF],
    [0xFE],
  ]

  private static let extremeWords: [UInt64] = [
    0, 1, 0x7F, 0xFF, 0xFFFF_FFFF, 0x8000_0000, 1 << 32, 1 << 53, 1 << 62, UInt64(Int64.max),
    UInt64(Int64.max) + 1, .max, .max - 1, Double.nan.bitPattern, Double.infinity.bitPattern,
  ]

  init(corpus: [[UInt8]], words: [String], isBinary: Bool, seed: UInt64) {
    self.corpus = corpus
    self.isBinary = isBinary
    self.words = words.map { Array($0.utf8) } + Self.commonWords
    random = SplitMix64(state: seed)
  }

  /// Small ones among them are more frequent.
  private mutating func count(below limit: Int) -> Int {
    let bound = Int.random(in: 1...max(limit, 1), using: &random)
    return Int.random(in: 0..<bound, using: &random)
  }

  private mutating func range(in bytes: [UInt8]) -> Range<Int> {
    let start = Int.random(in: 0...bytes.count, using: &random)
    return start..<start + count(below: bytes.count - start + 1)
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }

  /// The next input.
  mutating func next() -> [UInt8] {
    if Int.random(in: 0..<20, using: &random) == 0 {
      return (0..<count(below: 60)).flatMap { _ in pick(words + Self.extremeNumbers) }
    }
    var bytes = pick(corpus)
    repeat { change(&bytes) } while Bool.random(using: &random)
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    if isBinary, Int.random(in: 0..<4, using: &random) > 0 {
      if Bool.random(using: &random) { overwriteWord(&bytes) } else { resizeList(&bytes) }
      return
    }
    let place = Int.random(in: 0...bytes.count, using: &random)
    switch Int.random(in: 0..<14, using: &random) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &random)
    case 2: bytes.removeSubrange(range(in: bytes))
    case 3: bytes.removeSubrange(place...)
    case 4:
      let part = bytes[range(in: bytes)]
      let times = min(1 + count(below: 200), 20_000 / max(part.count, 1) + 1)
      bytes.insert(contentsOf: repeatElement(part, count: times).joined(), at: place)
    case 5:
      let other = pick(corpus)
      bytes = Array(bytes[..<place] + other[Int.random(in: 0...other.count, using: &random)...])
    case 6: bytes.insert(contentsOf: pick(words), at: place)
    case 7, 8: replaceNumber(&bytes, by: pick(Self.extremeNumbers))
    case 9:
      let part = range(in: bytes)
      let (open, close) = pick([("[", "]"), ("{\"a\":", "}"), ("\"", "\""), ("(", ")")])
      let depth = 1 + count(below: 400)
      bytes.insert(
        contentsOf: repeatElement(Array(close.utf8), count: depth).joined(), at: part.upperBound)
      bytes.insert(
        contentsOf: repeatElement(Array(open.utf8), count: depth).joined(), at: part.lowerBound)
    case 10: bytes.insert(contentsOf: pick(Self.invalidText), at: place)
    case 11: overwriteWord(&bytes)
    case 12:
      let part = range(in: bytes)
      let moved = Array(bytes[part])
      bytes.removeSubrange(part)
      bytes.insert(contentsOf: moved, at: Int.random(in: 0...bytes.count, using: &random))
    default: replaceLine(&bytes)
    }
  }

  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || "+-.eE".utf8.contains(byte)
  }

  /// Puts another number in the place of one of those that stand there.
  private mutating func replaceNumber(_ bytes: inout [UInt8], by other: [UInt8]) {
    let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
    guard !digits.isEmpty else { return }
    var start = pick(digits)
    var end = start
    while start > 0, Self.isPartOfNumber(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, Self.isPartOfNumber(bytes[end]) { end += 1 }
    bytes.replaceSubrange(start..<end, with: other)
  }

  /// Puts another number in the place of one of 8 bytes, little-endian, most at a multiple of 8.
  private mutating func overwriteWord(_ bytes: inout [UInt8]) {
    guard bytes.count >= 8 else { return }
    var place = Int.random(in: 0...bytes.count - 8, using: &random)
    if Int.random(in: 0..<4, using: &random) > 0 { place = place / 8 * 8 }
    let present = word(bytes, place)
    let other = pick(Self.extremeWords + [present &+ 1, present &- 1, present &* 2, ~present])
    write(other, &bytes, place)
  }

  private func word(_ bytes: [UInt8], _ place: Int) -> UInt64 {
    (0..<8).reduce(0 as UInt64) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  private func write(_ word: UInt64, _ bytes: inout [UInt8], _ place: Int) {
    for byte in 0..<8 { bytes[place + byte] = UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)) }
  }

  /// Takes a number out of a list that follows its count, or puts one in.
  private mutating func resizeList(_ bytes: inout [UInt8]) {
    let places = stride(from: 0, to: bytes.count - 7, by: 8).filter {
      (1...UInt64(bytes.count)).contains(word(bytes, $0))
        && Int(word(bytes, $0)) <= (bytes.count - $0 - 8) / 8
    }
    guard !places.isEmpty else { return }
    let place = pick(places)
    let count = word(bytes, place)
    if Bool.random(using: &random) {
      bytes.removeSubrange(place + 8..<place + 16)
      write(count - 1, &bytes, place)
    } else {
      bytes.insert(contentsOf: bytes[place + 8..<place + 16], at: place + 8)
      write(count + 1, &bytes, place)
    }
  }

  /// Drops a line, or puts it in the place of another.
  private mutating func replaceLine(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let place = Int.random(in: 0..<lines.count, using: &random)
    if Bool.random(using: &random) { lines.remove(at: place) } else { lines[place] = pick(lines) }
    bytes = Array(lines.joined(separator: [0x0A]))
  }
}

/// G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
