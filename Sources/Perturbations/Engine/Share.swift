/// Part `index` of `count` equal ones, from 0, of the blocks of a pass.
package struct Share: Sendable, Equatable {
  package let index: Int
  package let count: Int

  package init(_ index: Int, of count: Int) {
    self.index = index
    self.count = count
  }

  /// Some blocks of some segments.
  package struct Units: Sendable, Equatable {
    package let segments: Range<Int>
    package let blocks: Range<Int>

    package init(segments: Range<Int>, blocks: Range<Int>) {
      self.segments = segments
      self.blocks = blocks
    }
  }

  /// Which blocks are the part's: of the blocks of all segments, one after the other, those from one
  /// multiple of a power of two of them to another, so that they are few nodes of the segments' trees.
  ///
  /// - Parameters:
  ///   - segments: How many segments there are.
  ///   - blocks: Blocks of each of them.
  /// - Returns: At most three groups: the end of a segment, whole segments, the start of a segment.
  package func units(segments: Int, blocks: Range<Int>) -> [Units] {
    let (start, end) = (
      bound(index, segments, blocks.count), bound(index + 1, segments, blocks.count)
    )
    let first = blocks.lowerBound
    func units(_ segments: Range<Int>, _ from: Int, _ to: Int) -> [Units] {
      segments.isEmpty || from >= to
        ? [] : [Units(segments: segments, blocks: first + from..<first + to)]
    }
    if start.segment == end.segment {
      return units(start.segment..<start.segment + 1, start.block, end.block)
    }
    let middle = start.block == 0 ? start.segment : start.segment + 1
    return units(start.segment..<middle, start.block, blocks.count)
      + units(middle..<end.segment, 0, blocks.count)
      + units(end.segment..<Swift.min(end.segment + 1, segments), 0, end.block)
  }

  /// Where part `index` starts.
  private func bound(_ index: Int, _ segments: Int, _ blocks: Int) -> (segment: Int, block: Int) {
    let (units, isTooMany) = segments.multipliedReportingOverflow(by: blocks)
    if isTooMany { return (scaled(segments, index), 0) }
    let unit = scaled(units, index)
    let (segment, block) = unit.quotientAndRemainder(dividingBy: Swift.max(blocks, 1))
    // Parts differ by a sixteenth at most.
    var level = 0
    while (units / count) >> (level + 1) >= 16 { level += 1 }
    return (segment, (block >> level) << level)
  }

  /// ⌊total · index / count⌋
  private func scaled(_ total: Int, _ index: Int) -> Int {
    let product = total.multipliedFullWidth(by: index)
    return count.dividingFullWidth(product).quotient
  }
}

extension SumTree {
  /// The fewest nodes that some blocks are.
  package static func nodes(of blocks: Range<Int>) -> [(level: Int, index: Int)] {
    var nodes: [(Int, Int)] = []
    var start = blocks.lowerBound
    while start < blocks.upperBound {
      var level = start == 0 ? 62 : start.trailingZeroBitCount
      while (blocks.upperBound - start) >> level == 0 { level -= 1 }
      nodes.append((level, start >> level))
      start += 1 << level
    }
    return nodes
  }
}
