internal import Synchronization

/// Computes one share of every pass, and writes down what it leaves. Whoever asked gets sums in which
/// the samples of the others are zeros, so that it goes on to its next pass.
final class PartRecorder: Sharing {
  private let share: Share
  private let keepsOutputs: Bool
  private let state = Mutex<[PartRecord]>([])

  init(_ share: Share, keepsOutputs: Bool) {
    self.share = share
    self.keepsOutputs = keepsOutputs
  }

  var records: [PartRecord] { state.withLock { $0 } }

  private func add(_ record: PartRecord) { state.withLock { $0.append(record) } }

  func single(_ numbers: () throws -> [Double]) throws -> [Double] {
    let found = try numbers()
    add(.numbers(found))
    return found
  }

  func run<P: Pass>(_ pass: P, blocks: Range<Int>, on threads: Threads) throws -> PassPart {
    guard blocks == 0..<pass.blocks else { throw SamplePartError.notFixed }
    if pass.followsTotals {
      add(.waiting)
      return PassPart(unknown: pass)
    }
    let units = share.units(segments: pass.segments, blocks: blocks)
    var part = try threads.run(pass, units)
    let sums = part.encoded()
    var outputs: [UInt8]?
    if let left = pass.outputs, !left.areThere, left.areWanted || keepsOutputs {
      var writer = ByteWriter()
      for units in units {
        for segment in units.segments {
          left.encode(pass.sampleRange(units.blocks), segment: segment, to: &writer)
        }
      }
      outputs = writer.bytes
    }
    add(.pass(pass.fingerprint, sums: sums, outputs: outputs))
    try part.fill(pass, around: units)
    return part
  }
}

extension Pass {
  /// The samples of some blocks.
  func sampleRange(_ blocks: Range<Int>) -> Range<Int> {
    Swift.min(
      blocks.lowerBound * samplesPerBlock, samples)..<Swift.min(
        blocks.upperBound * samplesPerBlock, samples)
  }
}

extension PassPart {
  /// Zeros in the place of all sums.
  init(unknown pass: some Pass) {
    self.init(segments: pass.segments)
    for segment in 0..<pass.segments { fill(pass, segment, 0..<pass.blocks) }
  }

  /// Puts zeros in the place of all sums but those of some blocks.
  mutating func fill(_ pass: some Pass, around units: [Share.Units]) throws {
    var own: [Int: Range<Int>] = [:]
    for units in units {
      for segment in units.segments {
        // A share is one range of the blocks of a segment.
        let found = own[segment] ?? units.blocks
        own[segment] =
          Swift.min(
            found.lowerBound, units.blocks.lowerBound)..<Swift.max(
            found.upperBound, units.blocks.upperBound)
      }
    }
    for segment in 0..<pass.segments {
      let known = own[segment] ?? 0..<0
      fill(pass, segment, 0..<known.lowerBound)
      fill(pass, segment, known.upperBound..<pass.blocks)
    }
  }

  private mutating func fill(_ pass: some Pass, _ segment: Int, _ blocks: Range<Int>) {
    for (level, index) in SumTree.nodes(of: blocks) {
      let own = index << level..<(index + 1) << level
      let sums = PartialSums(pass.layout, unknown: pass.samples(in: own))
      _ = insert(SumTree.Node(level: level, index: index, sums: sums), segment: segment)
    }
  }
}
