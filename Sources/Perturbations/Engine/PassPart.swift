/// The partial sums of some blocks of a pass, one tree for each segment. Parts of a pass are put
/// together in any order.
package struct PassPart: Sendable {
  private(set) var trees: [SumTree]

  package init(segments: Int) { trees = [SumTree](repeating: SumTree(), count: segments) }

  /// Adds the sums of a node of one segment's tree.
  ///
  /// - Returns: Sums whose memory is free for others, and the place of the node that took them in.
  mutating func insert(_ node: SumTree.Node, segment: Int) -> (free: PartialSums?, place: Int) {
    trees[segment].insert(node)
  }

  /// Adds another part of the same pass, of other blocks.
  ///
  /// - Throws: `PassPartError.damaged` where it is of a pass of other segments.
  package mutating func merge(_ other: PassPart) throws(PassPartError) {
    guard other.trees.count == trees.count else { throw .damaged }
    for (segment, tree) in other.trees.enumerated() {
      for node in tree.nodes { _ = trees[segment].insert(node) }
    }
  }

  /// The sums over blocks 0 ..< `blocks` of each segment.
  ///
  /// - Throws: `PassPartError.missingBlocks` where some are not there.
  func totals(blocks: Int) throws(PassPartError) -> [PartialSums] {
    var totals: [PartialSums] = []
    totals.reserveCapacity(trees.count)
    for (segment, tree) in trees.enumerated() {
      guard let total = tree.total(blocks: blocks) else {
        throw .missingBlocks(segment: segment, blocks: blocks)
      }
      totals.append(total)
    }
    return totals
  }
}

/// Why parts of a pass are not the whole of it.
package enum PassPartError: Error, CustomStringConvertible {
  case missingBlocks(segment: Int, blocks: Int)
  case damaged

  package var description: String {
    switch self {
    case .missingBlocks(let segment, let blocks):
      "the partial sums of segment \(segment) do not cover its \(blocks) blocks once"
    case .damaged: "the encoded partial sums are cut off or damaged"
    }
  }
}

extension PassPart {
  /// The part as bytes, little-endian.
  package func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(trees.count)
    for tree in trees {
      writer.write(tree.nodes.count)
      for node in tree.nodes {
        writer.write(node.level)
        writer.write(node.index)
        node.sums.encode(to: &writer)
      }
    }
    return writer.bytes
  }

  /// The part that was encoded.
  ///
  /// - Parameters:
  ///   - bytes: What ``encoded()`` gave.
  ///   - layout: The layout of the pass's sums.
  /// - Throws: `PassPartError.damaged` for anything else.
  package init(decoding bytes: [UInt8], layout: PartialSums.Layout) throws(PassPartError) {
    var reader = ByteReader(bytes)
    let segments = try reader.count()
    self.init(segments: segments)
    for segment in 0..<segments {
      var samples = 0
      for _ in 0..<(try reader.count()) {
        let level = try reader.integer()
        let index = try reader.integer()
        // Room for the number of the block after the node's last.
        guard (0..<63).contains(level), index >= 0, index < Int.max >> level else {
          throw .damaged
        }
        let sums = try PartialSums(decoding: &reader, layout)
        samples += sums.samples
        guard samples <= Smoothing.mostSamples else { throw .damaged }
        _ = insert(SumTree.Node(level: level, index: index, sums: sums), segment: segment)
      }
    }
    guard reader.isAtEnd else { throw .damaged }
  }
}
