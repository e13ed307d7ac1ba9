/// The last lines of what a program wrote to its standard error, however much it was.
struct ErrorTail {
  private static let limit = 4096
  private var bytes: [UInt8] = []

  mutating func append(_ new: UnsafeRawBufferPointer) {
    bytes += new.suffix(Self.limit)
    if bytes.count > 4 * Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
  }

  var lines: [String] {
    String(decoding: bytes.suffix(Self.limit), as: UTF8.self)
      .split(whereSeparator: \.isNewline).suffix(8).map(String.init)
  }
}
