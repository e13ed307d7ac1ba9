/// Writes numbers as bytes, little-endian.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: Int) { write(UInt64(bitPattern: Int64(number))) }

  mutating func write(_ number: Double) { write(number.bitPattern) }

  /// The count, then the numbers.
  mutating func write(_ numbers: [Double]) {
    write(numbers.count)
    bytes.reserveCapacity(bytes.count + 8 * numbers.count)
    for number in numbers { write(number) }
  }

  private mutating func write(_ word: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
    }
  }
}

/// Reads what ``ByteWriter`` wrote; anything else is an error, never a trap.
struct ByteReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func integer() throws(PassPartError) -> Int {
    Int(truncatingIfNeeded: Int64(bitPattern: try word()))
  }

  /// A count of things of which each takes a byte at least.
  mutating func count() throws(PassPartError) -> Int {
    let count = try integer()
    guard count >= 0, count <= bytes.count - position else { throw .damaged }
    return count
  }

  mutating func double() throws(PassPartError) -> Double { Double(bitPattern: try word()) }

  /// Numbers with their count in front.
  mutating func doubles() throws(PassPartError) -> [Double] {
    let count = try integer()
    guard count >= 0, count <= (bytes.count - position) / 8 else { throw .damaged }
    var numbers: [Double] = []
    numbers.reserveCapacity(count)
    for _ in 0..<count { numbers.append(try double()) }
    return numbers
  }

  private mutating func word() throws(PassPartError) -> UInt64 {
    guard bytes.count - position >= 8 else { throw .damaged }
    var word: UInt64 = 0
    for shift in 0..<8 { word |= UInt64(bytes[position + shift]) << UInt64(8 * shift) }
    position += 8
    return word
  }
}
