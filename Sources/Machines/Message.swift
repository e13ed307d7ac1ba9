/// What a rank says at a step: which step it is at, and what it has, or why it has nothing.
struct Message: Equatable {
  enum Step: UInt64 { case pass, single, total, output, end }

  var step: Step
  /// What tells the step from others of its kind.
  var word: UInt64
  /// The rank that failed; nil where none did.
  var failed: Int?
  var body: [UInt8]

  init(_ step: Step, _ word: UInt64, failed: Int? = nil, _ body: [UInt8]) {
    self.step = step
    self.word = word
    self.failed = failed
    self.body = body
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for number in [step.rawValue, word, UInt64(bitPattern: Int64(failed ?? -1))] {
      bytes += Self.bytes(number)
    }
    return bytes + body
  }

  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 24, let step = Step(rawValue: Self.word(bytes, 0)) else { return nil }
    let failed = Int(Int64(bitPattern: Self.word(bytes, 16)))
    self.init(step, Self.word(bytes, 8), failed: failed < 0 ? nil : failed, Array(bytes[24...]))
  }

  static func bytes(_ word: UInt64) -> [UInt8] {
    withUnsafeBytes(of: word.littleEndian) { Array($0) }
  }

  static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
    bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
  }
}
