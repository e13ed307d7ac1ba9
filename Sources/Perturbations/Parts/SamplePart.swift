/// What one of several equal parts of the samples leaves of an estimate: a value, derivatives, standard
/// errors, or any other that a ``Perturbed`` function, a ``PerturbedMaximum`` or a ``ZeroOrder`` estimator
/// gives.
///
/// The parts may be computed anywhere, at any time, in any order; put together they give the bits of
/// one process.
///
/// ```swift
/// let estimate = { try soft.gradientEstimate(at: theta, cotangent: g, key: RandomKey(1)) }
/// let bytes = try SamplePart(3, of: 8, estimate).encoded()     // here, or on another machine
/// let parts = try files.map { try SamplePart(decoding: $0) }
/// let whole = try SamplePart.combine(parts, estimate)
/// ```
///
/// A part holds partial sums, whose size does not depend on the number of samples. Beside them it holds
/// the outputs of its own samples where derivatives follow from the mean of all of them, as with a
/// leave-one-out baseline or where a program skips samples; and the values of its samples for zero order.
/// Such derivatives are found when the parts are put together, without evaluating the function again
/// while the outputs fit the budget of ``Smoothing/outputBudget``.
public struct SamplePart: Sendable {
  /// Which part it is, from 1.
  public let index: Int
  /// How many parts there are.
  public let count: Int
  let records: [PartRecord]

  /// Computes a part of every estimate that a function makes.
  ///
  /// The function runs with zeros in the place of all other samples: what it finds is of no use to it and
  /// not returned. It is to do the same for every part, with keys that it is given. Where the cotangent of a
  /// gradient follows from a value, as in the gradient of a loss of the value, the other parts must be
  /// known first: the outputs are then to be kept.
  ///
  /// - Parameters:
  ///   - index: Which part, from 1 to `count`.
  ///   - count: How many parts there are.
  ///   - keepingOutputs: Whether the part holds the outputs of its samples, so that gradients may follow
  ///     from values.
  ///   - estimate: What to compute, calls one after the other.
  /// - Throws: What `estimate` throws; ``PerturbationError`` for a part that there is none of;
  ///   ``SamplePartError/notFixed`` for an estimate up to a standard error.
  /// - Complexity: That of the estimate for 1/`count` of its samples, of whole blocks.
  public init<Result>(
    _ index: Int, of count: Int, keepingOutputs: Bool = false, _ estimate: () throws -> Result
  ) throws {
    guard count >= 1, (1...count).contains(index) else {
      throw PerturbationError.invalidParameter(
        name: "the part", value: "\(index) of \(count)",
        expected: "1 of 1, 1 of 2, 2 of 2 and so on")
    }
    let recorder = PartRecorder(Share(index - 1, of: count), keepsOutputs: keepingOutputs)
    _ = try SharedWork.$sharing.withValue(recorder, operation: estimate)
    self.init(index: index, count: count, records: recorder.records)
  }

  init(index: Int, count: Int, records: [PartRecord]) {
    self.index = index
    self.count = count
    self.records = records
  }

  /// What the function that the parts were computed with finds of all samples.
  ///
  /// - Parameters:
  ///   - parts: All parts, in any order.
  ///   - estimate: The same as for each part.
  /// - Returns: What `estimate` returns, with the bits of one process.
  /// - Throws: ``SamplePartError`` where a part is missing, is there twice, or is of another estimate;
  ///   what `estimate` throws.
  /// - Complexity: Linear in the size of the parts; derivatives that follow from the mean of all outputs
  ///   take a pass over them.
  public static func combine<Result>(
    _ parts: [SamplePart], _ estimate: () throws -> Result
  ) throws -> Result {
    let replay = PartReplay(try sorted(parts))
    do {
      return try SharedWork.$sharing.withValue(replay, operation: estimate)
    } catch is PassPartError {
      throw SamplePartError.damaged
    }
  }

  private static func sorted(_ parts: [SamplePart]) throws(SamplePartError) -> [SamplePart] {
    guard let count = parts.first?.count else { throw .missing(1, of: 1) }
    var found: [Int: SamplePart] = [:]
    for part in parts {
      guard part.count == count else { throw .otherCount(part.count, expected: count) }
      guard found.updateValue(part, forKey: part.index) == nil else {
        throw .doubled(part.index, of: count)
      }
    }
    // One of them is missing among the first so many.
    if let missing = (1...parts.count + 1).first(where: { found[$0] == nil }), missing <= count {
      throw .missing(missing, of: count)
    }
    return parts.sorted { $0.index < $1.index }
  }
}

extension SamplePart {
  /// "PERTPART", and the version of what follows.
  private static let start = [0x5452_4150_5452_4550, 1]

  /// The part as bytes, with a checksum, to be sent or written.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter()
    for number in Self.start + [index, count, records.count] { writer.write(number) }
    for record in records { record.encode(to: &writer) }
    writer.write(Fingerprint(bytes: writer.bytes).word)
    return writer.bytes
  }

  /// The part that was encoded.
  ///
  /// - Parameter bytes: What ``encoded()`` gave.
  /// - Throws: ``SamplePartError/damaged`` for anything else.
  public init(decoding bytes: [UInt8]) throws(SamplePartError) {
    guard bytes.count >= 8 else { throw .damaged }
    let body = bytes.dropLast(8)
    do throws(PassPartError) {
      var sum = ByteReader(Array(bytes.suffix(8)))
      guard try sum.word() == Fingerprint(bytes: body).word else { throw .damaged }
      try self.init(body: Array(body))
    } catch { throw .damaged }
  }

  /// The part that bytes without their checksum say.
  package init(body bytes: [UInt8]) throws(PassPartError) {
    var reader = ByteReader(bytes)
    for number in Self.start {
      guard try reader.integer() == number else { throw .damaged }
    }
    index = try reader.integer()
    count = try reader.integer()
    guard count >= 1, (1...count).contains(index) else { throw .damaged }
    var records: [PartRecord] = []
    for _ in 0..<(try reader.count()) { records.append(try PartRecord(decoding: &reader)) }
    guard reader.isAtEnd else { throw .damaged }
    self.records = records
  }
}
