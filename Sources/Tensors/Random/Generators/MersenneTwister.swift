/// The generator MT19937, from which NumPy's and PyTorch's numbers come: for data and draws that were
/// made with them.
///
/// For new work take a ``RandomKey``, whose draws can be made again in any order.
///
/// ```swift
/// var bits = MersenneTwister(seed: 5489)
/// bits.nextWord()     // 3499211612, the first number of the published list
/// ```
///
/// - SeeAlso: Matsumoto and Nishimura 1998, "Mersenne Twister: a 623-dimensionally equidistributed
///   uniform pseudorandom number generator", ACM TOMACS 8, and their mt19937ar.c of 2002.
public struct MersenneTwister: RandomNumberGenerator, Sendable, Hashable {
  /// How many words the state has: 624.
  public static let wordCount = 624
  private static let shift = 397

  /// The state's words, before they are tempered.
  public private(set) var words: [UInt32]
  /// How many of the words were given out; the state is renewed where all were.
  public private(set) var position: Int

  /// The generator of a seed: `init_genrand`, and what `numpy.random.RandomState` and
  /// `torch.manual_seed` begin with.
  public init(seed: UInt32) {
    words = [seed]
    words.reserveCapacity(Self.wordCount)
    for index in 1..<Self.wordCount {
      let last = words[index - 1]
      words.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
    }
    position = Self.wordCount
  }

  /// The generator in a state, such as `get_state()` of `numpy.random` tells.
  ///
  /// - Parameters:
  ///   - words: The 624 words.
  ///   - position: How many of them were given out, 0 to 624.
  public init(words: [UInt32], position: Int) {
    require(
      words.count == Self.wordCount && (0...Self.wordCount).contains(position), "MersenneTwister",
      "\(words.count) words at position \(position), expected 624 words and 0 to 624")
    self.words = words
    self.position = position
  }

  /// The next 32 bits.
  public mutating func nextWord() -> UInt32 {
    if position == Self.wordCount { renew() }
    var word = words[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    return word ^ (word >> 18)
  }

  /// The next 64 bits: two words, the first the higher.
  public mutating func next() -> UInt64 {
    let high = UInt64(nextWord())
    return high << 32 | UInt64(nextWord())
  }

  private mutating func renew() {
    words.withUnsafeMutableBufferPointer { words in
      func twist(_ index: Int, _ following: Int, _ source: Int) {
        let joined = (words[index] & 0x8000_0000) | (words[following] & 0x7fff_ffff)
        words[index] = words[source] ^ (joined >> 1) ^ (joined & 1 == 1 ? 0x9908_b0df : 0)
      }
      let (count, shift) = (Self.wordCount, Self.shift)
      for index in 0..<count - shift { twist(index, index + 1, index + shift) }
      for index in count - shift..<count - 1 { twist(index, index + 1, index + shift - count) }
      twist(count - 1, 0, shift - 1)
    }
    position = 0
  }
}
