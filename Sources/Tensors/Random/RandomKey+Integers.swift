extension RandomKey {
  /// `count` integers from a range: `jax.random.randint(key, (count,), a, b, int32)`.
  ///
  /// Two 32-bit draws make one integer, reduced modulo the width of the range; the bias is below
  /// width / 2⁶⁴.
  ///
  /// - Precondition: the range is not empty.
  /// - Complexity: O(`count`)
  public func integers(_ count: Int, in range: Range<Int32>) -> [Int32] {
    let (highKey, lowKey) = split()
    return Self.reduce(highKey.bits32(count), lowKey.bits32(count), range, half: 1 << 16)
  }

  /// `count` integers from a range: `jax.random.randint(key, (count,), a, b, int64)`, from 64-bit
  /// draws.
  ///
  /// - Precondition: the range is not empty.
  /// - Complexity: O(`count`)
  public func integers(_ count: Int, in range: Range<Int64>) -> [Int64] {
    let (highKey, lowKey) = split()
    return Self.reduce(highKey.bits64(count), lowKey.bits64(count), range, half: 1 << 32)
  }

  /// `count` integers from a range: those of JAX's `int32`, its default, where the bounds fit into
  /// 32 bits, else those of its `int64`.
  ///
  /// - Precondition: the range is not empty.
  /// - Complexity: O(`count`)
  public func integers(_ count: Int, in range: Range<Int>) -> [Int] {
    if let lower = Int32(exactly: range.lowerBound), let upper = Int32(exactly: range.upperBound) {
      return integers(count, in: lower..<upper).map { Int($0) }
    }
    return integers(count, in: Int64(range.lowerBound)..<Int64(range.upperBound)).map { Int($0) }
  }

  /// lower + (high · 2^bits + low) mod width, in `jax.random.randint`'s steps: `half` is
  /// 2^(bits/2), and the products wrap around as JAX's do.
  private static func reduce<Word: UnsignedInteger & FixedWidthInteger, Integer>(
    _ high: [Word], _ low: [Word], _ range: Range<Integer>, half: Word
  ) -> [Integer] where Integer: SignedInteger & FixedWidthInteger {
    requireRandom(!range.isEmpty, "RandomKey.integers: the range \(range) is empty")
    let width = Word(truncatingIfNeeded: range.upperBound &- range.lowerBound)
    let root = half % width
    let multiplier = (root &* root) % width
    return zip(high, low).map { high, low in
      let offset = ((high % width) &* multiplier &+ low % width) % width
      return range.lowerBound &+ Integer(truncatingIfNeeded: offset)
    }
  }

  /// The numbers 0 ..< `count` in random order: `jax.random.permutation(key, count)`.
  ///
  /// Sorts by 32 random bits per element, as often as it takes for ties to matter no more: once up
  /// to 1,625 elements, twice up to 2,642,245, else three times.
  ///
  /// - Precondition: `count` is not negative and below 2³².
  /// - Complexity: O(n log n)
  public func permutation(_ count: Int) -> [Int] {
    requireRandom(
      count >= 0 && UInt64(count) < 1 << 32,
      "RandomKey.permutation: cannot permute \(count) elements")
    // ceil(3 log n / log(2³² - 1)) rounds, without the logarithms.
    let cube = Double(count) * Double(count) * Double(count)
    var covered = 1.0
    var order = Array(0..<count)
    var key = self
    while covered < cube {
      covered *= Double(UInt32.max)
      let (next, subkey) = key.split()
      key = next
      let sortKeys = subkey.bits32(count)
      // The position in the low bits makes the sort stable, as JAX's is.
      var tagged = sortKeys.indices.map { UInt64(sortKeys[$0]) << 32 | UInt64($0) }
      tagged.sort()
      order = tagged.map { order[Int(truncatingIfNeeded: $0 & 0xFFFF_FFFF)] }
    }
    return order
  }
}
