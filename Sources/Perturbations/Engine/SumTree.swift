/// Partial sums of blocks, combined in a fixed binary tree over the blocks' numbers.
///
/// Node (level, index) has the sums of blocks index · 2^level ..< (index + 1) · 2^level: those of its
/// two children, the left one first. Where a whole number of blocks ends inside a node, its sums are
/// those of its left child and of what there is of its right one. Whoever computed which nodes, and
/// in which order they come in, the sums have the same bits; at any time at most a few nodes for each
/// level are held.
package struct SumTree: Sendable {
  struct Node: Sendable {
    let level: Int
    let index: Int
    var sums: PartialSums

    /// The first block.
    var start: Int { index << level }
    /// The block after the last.
    var end: Int { (index + 1) << level }
  }

  /// The nodes whose siblings are not there, by their blocks.
  private(set) var nodes: [Node] = []

  init() {}

  /// Adds a node, and combines what has become complete.
  ///
  /// - Returns: Sums that are free to be used again, and where the node's blocks are among ``nodes``.
  mutating func insert(_ node: Node) -> (free: PartialSums?, place: Int) {
    var place = nodes.endIndex
    while place > 0, nodes[place - 1].start > node.start { place -= 1 }
    nodes.insert(node, at: place)
    var free: PartialSums?
    while true {
      let (level, index) = (nodes[place].level, nodes[place].index)
      let left = index & 1 == 0 ? place : place - 1
      guard left >= 0, left + 1 < nodes.count, nodes[left].level == level,
        nodes[left + 1].level == level, nodes[left].index == index & ~1,
        nodes[left + 1].index == index | 1
      else { return (free, place) }
      let right = nodes.remove(at: left + 1).sums
      var sums = PartialSums()
      swap(&sums, &nodes[left].sums)
      sums.append(right)
      nodes[left] = Node(level: level + 1, index: index >> 1, sums: sums)
      free = right
      place = left
    }
  }

  /// The sums of blocks 0 ..< `blocks`, or nil where the nodes aren't these blocks, each once.
  func total(blocks: Int) -> PartialSums? {
    var end = 0
    for node in nodes {
      guard node.start == end else { return nil }
      end = node.end
    }
    guard end == blocks, var total = nodes.last?.sums else { return nil }
    for node in nodes.dropLast().reversed() {
      var sums = node.sums
      sums.append(total)
      total = sums
    }
    return total
  }
}
