/// 64 bits that tell one thing from another, the same in every process: FNV-1a over words.
///
/// - SeeAlso: Fowler, Noll and Vo, RFC 9923.
package struct Fingerprint: Sendable, Equatable {
  package private(set) var word: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  init(word: UInt64) { self.word = word }

  mutating func add(_ bits: UInt64) {
    // The upper half is mixed in as well, which a product alone never moves down.
    word = (word ^ bits ^ (bits >> 32)) &* 0x100_0000_01B3
    word ^= word >> 29
  }

  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    for byte in text.utf8 { add(UInt64(byte)) }
  }

  mutating func add(_ numbers: some Collection<Double>) {
    add(numbers.count)
    for number in numbers { add(number.bitPattern) }
  }

  /// Adds all that a value is made of: numbers, arrays of them, and structures of such.
  mutating func add(reflecting value: Any) {
    switch value {
    case let numbers as [Double]: add(numbers)
    case let numbers as ArraySlice<Double>: add(numbers)
    case let number as Double: add(number.bitPattern)
    case let number as Int: add(number)
    case let text as String: add(text)
    case let noise as Noise: add(noise.name)
    default:
      let mirror = Mirror(reflecting: value)
      add("\(mirror.subjectType)")
      if mirror.children.isEmpty { add("\(value)") }
      for child in mirror.children {
        add(child.label ?? "")
        add(reflecting: child.value)
      }
    }
  }

  /// That of bytes.
  package init(bytes: some Collection<UInt8>) {
    self.init()
    for byte in bytes { word = (word ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }
}
