/// One line of the protocol: a JSON array of numbers, a single number, or, in answers, numbers
/// between spaces or commas.
package enum NumberLine {
  /// Appends `[0.5, -1]` without spaces and with a line feed at the end. Numbers are written so
  /// that they read back as the very same `Double`.
  package static func append(_ values: some Sequence<Double>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "["))
    var isFirst = true
    for value in values {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      appendNumber(value, to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Whole numbers of up to fifteen digits digit by digit, others by their shortest description.
  private static func appendNumber(_ value: Double, to bytes: inout [UInt8]) {
    if value.magnitude < 1e15, value == value.rounded(.towardZero), value != 0 {
      bytes.append(contentsOf: Int(value).description.utf8)
    } else {
      bytes.append(contentsOf: value.description.utf8)
    }
  }

  package enum Failure: Error, Equatable {
    case notNumbers
    case notFinite
    /// As many numbers as there are.
    case wrongCount(Int)
  }

  /// Reads a line into memory for `expected` numbers.
  package static func parse(
    _ line: UnsafeBufferPointer<UInt8>, into out: UnsafeMutablePointer<Double>, expected: Int
  ) throws(Failure) {
    var count = 0
    try parse(line) { value in
      if count < expected { out[count] = value }
      count += 1
    }
    if count != expected { throw .wrongCount(count) }
  }

  /// Reads a line of any number of numbers.
  package static func parse(_ line: UnsafeBufferPointer<UInt8>) throws(Failure) -> [Double] {
    var values: [Double] = []
    try parse(line) { values.append($0) }
    return values
  }

  private static func parse(
    _ line: UnsafeBufferPointer<UInt8>, _ body: (Double) -> Void
  ) throws(Failure) {
    var scanner = NumberScanner(line)
    scanner.skipSpace()
    let isArray = scanner.take(UInt8(ascii: "["))
    scanner.skipSpace()
    if isArray, scanner.take(UInt8(ascii: "]")) {
      scanner.skipSpace()
      guard scanner.isAtEnd else { throw .notNumbers }
      return
    }
    while true {
      scanner.skipSpace()
      guard let value = scanner.number() else { throw .notNumbers }
      guard value.isFinite else { throw .notFinite }
      body(value)
      // Without anything between them, 1.2.3 and 2026-11-24 are not several numbers.
      let isApart = scanner.skipSpace()
      if scanner.take(UInt8(ascii: ",")) || (!isArray && isApart && !scanner.isAtEnd) { continue }
      break
    }
    if isArray, !scanner.take(UInt8(ascii: "]")) { throw .notNumbers }
    scanner.skipSpace()
    guard scanner.isAtEnd else { throw .notNumbers }
  }
}
