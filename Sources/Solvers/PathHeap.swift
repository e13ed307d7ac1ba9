/// A heap of nodes by distance, four children to an entry, in memory of a fixed size.
///
/// swift-collections' `Heap` would do, but grows on insertion and checks for uniqueness each time.
/// Distances are 0 or more, so that their bit patterns order like the numbers: distance and node make
/// one key of 128 bits, and of equal distances the lower node comes first.
struct PathHeap: Sendable {
  private var keys: [UInt128]
  private var count = 0

  init(capacity: Int) {
    keys = Array(repeating: 0, count: capacity)
  }

  var capacity: Int { keys.count }

  @inline(__always)
  mutating func removeAll() { count = 0 }

  @inline(__always)
  mutating func insert(node: Int32, distance: Double) {
    let key = UInt128(distance.bitPattern) << 64 | UInt128(UInt32(bitPattern: node))
    var place = count
    count += 1
    var keys = keys.mutableSpan
    precondition(place < keys.count)
    while place > 0 {
      let parent = (place &- 1) >> 2
      let above = keys[unchecked: parent]
      if above <= key { break }
      keys[unchecked: place] = above
      place = parent
    }
    keys[unchecked: place] = key
  }

  @inline(__always)
  mutating func popNearest() -> (node: Int32, distance: Double)? {
    if count == 0 { return nil }
    let count = count - 1
    self.count = count
    var keys = keys.mutableSpan
    let nearest = keys[unchecked: 0]
    let key = keys[unchecked: count]
    var place = 0
    while true {
      let first = 4 &* place &+ 1
      if first >= count { break }
      var least = first
      var below = keys[unchecked: first]
      let end = min(first &+ 4, count)
      var child = first &+ 1
      while child < end {
        let other = keys[unchecked: child]
        if other < below {
          below = other
          least = child
        }
        child &+= 1
      }
      if below >= key { break }
      keys[unchecked: place] = below
      place = least
    }
    keys[unchecked: place] = key
    return (
      Int32(truncatingIfNeeded: nearest),
      Double(bitPattern: UInt64(truncatingIfNeeded: nearest >> 64))
    )
  }
}
