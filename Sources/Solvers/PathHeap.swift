/// A heap of nodes by distance, four children to an entry, in memory that somebody else holds.
///
/// Distances are 0 or more, so
/// that their bit patterns order like the numbers: distance and name make one key of 128 bits with the
/// node below, and of equal distances the lower name comes first.
struct PathHeap {
  let keys: UnsafeMutablePointer<UInt128>
  var count = 0

  /// There must be room for one more key.
  @inline(__always)
  mutating func insert(node: Int32, name: Int32, distance: Double) {
    let key =
      UInt128(distance.bitPattern) << 64
      | UInt128(UInt64(UInt32(bitPattern: name)) << 32 | UInt64(UInt32(bitPattern: node)))
    var place = count
    count &+= 1
    while place > 0 {
      let parent = (place &- 1) >> 2
      let above = keys[parent]
      if above <= key { break }
      keys[place] = above
      place = parent
    }
    keys[place] = key
  }

  @inline(__always)
  mutating func popNearest() -> (node: Int32, distance: Double)? {
    if count == 0 { return nil }
    count &-= 1
    let nearest = keys[0]
    let key = keys[count]
    var place = 0
    while true {
      let first = 4 &* place &+ 1
      if first >= count { break }
      var least = first
      var below = keys[first]
      let end = min(first &+ 4, count)
      var child = first &+ 1
      while child < end {
        let other = keys[child]
        if other < below {
          below = other
          least = child
        }
        child &+= 1
      }
      if below >= key { break }
      keys[place] = below
      place = least
    }
    keys[place] = key
    return (
      Int32(truncatingIfNeeded: nearest),
      Double(bitPattern: UInt64(truncatingIfNeeded: nearest >> 64))
    )
  }
}
