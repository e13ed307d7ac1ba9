/// Writes numbers as bytes, little-endian.
package struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: Int) { write(UInt64(bitPattern: Int64(number))) }

  mutating func write(_ number: Double) { write(number.bitPattern) }

  /// The count, then the numbers.
  mutating func write(_ numbers: [Double]) {
    write(numbers.count)
    for number in numbers { write(number) }
  }

  /// The count, then the bytes.
  mutating func write(_ other: [UInt8]) {
    write(other.count)
    bytes += other
  }

  /// Bytes whose count whoever reads them knows.
  mutating func writeRaw(_ other: UnsafeRawBufferPointer) { bytes += other }

  mutating func write(_ word: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
  }
}

/// Reads what ``ByteWriter`` wrote; anything else is an error, never a trap.
package struct ByteReader {
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

  /// Bytes with their count in front.
  mutating func byteString() throws(PassPartError) -> [UInt8] {
    let count = try count()
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// So many bytes, copied to where they are wanted.
  mutating func readRaw(into target: UnsafeMutableRawBufferPointer) throws(PassPartError) {
    guard target.count <= bytes.count - position else { throw .damaged }
    let start = position
    bytes.withUnsafeBytes {
      target.copyMemory(from: .init(rebasing: $0[start..<start + target.count]))
    }
    position += target.count
  }

  mutating func word() throws(PassPartError) -> UInt64 {
    guard bytes.count - position >= 8 else { throw .damaged }
    let start = position
    position += 8
    return UInt64(
      littleEndian: bytes.withUnsafeBytes {
        $0.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      })
  }
}
