/// Bytes as letters, digits, + and /, three bytes in four of them.
///
/// - SeeAlso: RFC 4648, section 4.
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// What each character stands for; 255 for those that stand for nothing.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var word: UInt32 = 0
      for i in 0..<3 { word = word << 8 | (i < count ? UInt32(bytes[start + i]) : 0) }
      for i in 0..<4 {
        let letter = letters[Int(word >> UInt32(18 - 6 * i) & 63)]
        text.append(i <= count ? letter : UInt8(ascii: "="))
      }
    }
    return text
  }

  /// The bytes; nil for what is no such text.
  static func decoded(_ text: String) -> [UInt8]? {
    let text = Array(text.utf8)
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var word: UInt32 = 0
    for (place, letter) in text.dropLast(padding).enumerated() {
      let value = values[Int(letter)]
      guard value != 255 else { return nil }
      word = word << 6 | UInt32(value)
      if place & 3 == 3 {
        for shift in [16, 8, 0] as [UInt32] {
          bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
      }
    }
    // One byte is left in 12 bits, two in 18.
    switch padding {
    case 1:
      for shift in [10, 2] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    case 2: bytes.append(UInt8(truncatingIfNeeded: word >> 4))
    default: break
    }
    // The bits that are left over are zeros.
    return padding == 0 || encoded(Array(bytes.suffix(3 - padding))) == text.suffix(4) ? bytes : nil
  }
}
