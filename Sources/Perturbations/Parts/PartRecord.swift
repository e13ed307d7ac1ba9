/// What one step of an estimate leaves of a part of the samples, in the order of the steps.
enum PartRecord: Sendable, Equatable {
  /// The encoded sums of a pass, and the outputs of the samples where other passes want them.
  case pass(Fingerprint, sums: [UInt8], outputs: [UInt8]?)
  /// A pass that follows from the sums of all samples, which nobody knows yet.
  case waiting
  /// Numbers that belong to no sample.
  case numbers([Double])
}

extension PartRecord {
  func encode(to writer: inout ByteWriter) {
    switch self {
    case .pass(let fingerprint, let sums, let outputs):
      writer.write(outputs == nil ? 0 : 1)
      writer.write(fingerprint.word)
      writer.write(sums)
      if let outputs { writer.write(outputs) }
    case .waiting: writer.write(2)
    case .numbers(let numbers):
      writer.write(3)
      writer.write(numbers)
    }
  }

  init(decoding reader: inout ByteReader) throws(PassPartError) {
    switch try reader.integer() {
    case 0:
      self = .pass(
        Fingerprint(word: try reader.word()), sums: try reader.byteString(), outputs: nil)
    case 1:
      self = .pass(
        Fingerprint(word: try reader.word()), sums: try reader.byteString(),
        outputs: try reader.byteString())
    case 2: self = .waiting
    case 3: self = .numbers(try reader.doubles())
    default: throw .damaged
    }
  }
}
