internal import Synchronization

/// Puts together what the parts of an estimate have left of each pass. A pass that follows from the sums
/// of all samples is run here, over the outputs that the parts have brought.
final class PartReplay: Sharing {
  /// In the order of the parts.
  private let parts: [[PartRecord]]
  private let next = Mutex(0)

  init(_ parts: [SamplePart]) { self.parts = parts.map(\.records) }

  /// What each part has left of the step that is next.
  private func step() throws -> (number: Int, records: [PartRecord]) {
    let number = next.withLock { next in
      next += 1
      return next
    }
    guard parts.allSatisfy({ $0.count >= number }) else {
      throw SamplePartError.otherEstimate(step: number)
    }
    return (number, parts.map { $0[number - 1] })
  }

  func single(_ numbers: () throws -> [Double]) throws -> [Double] {
    let (number, records) = try step()
    var found: [Double]?
    for (part, record) in records.enumerated() {
      guard case .numbers(let own) = record else {
        throw SamplePartError.otherEstimate(step: number)
      }
      if let found, found.map(\.bitPattern) != own.map(\.bitPattern) {
        throw SamplePartError.disagreement(part: part + 1)
      }
      found = own
    }
    return found ?? []
  }

  func run<P: Pass>(_ pass: P, blocks: Range<Int>, on threads: Threads) throws -> PassPart {
    guard blocks == 0..<pass.blocks else { throw SamplePartError.notFixed }
    let (number, records) = try step()
    if pass.followsTotals { return try threads.run(pass, blocks: blocks) }
    let fingerprint = pass.fingerprint
    var whole = PassPart(segments: pass.segments)
    var hasOutputs = true
    for (index, record) in records.enumerated() {
      guard case .pass(let own, let sums, let outputs) = record else {
        throw SamplePartError.otherEstimate(step: number)
      }
      guard own == fingerprint else {
        // What is summed may follow from earlier results.
        if pass.outputs?.areThere == true { return try threads.run(pass, blocks: blocks) }
        throw SamplePartError.otherEstimate(step: number)
      }
      try whole.merge(PassPart(decoding: sums, layout: pass.layout))
      guard let outputs, let left = pass.outputs else {
        hasOutputs = false
        continue
      }
      var reader = ByteReader(outputs)
      for units in Share(index, of: parts.count).units(segments: pass.segments, blocks: blocks) {
        for segment in units.segments {
          try left.decode(pass.sampleRange(units.blocks), segment: segment, from: &reader)
        }
      }
      guard reader.isAtEnd else { throw PassPartError.damaged }
    }
    if let left = pass.outputs, !left.areThere, !hasOutputs { left.lose() }
    return whole
  }
}
