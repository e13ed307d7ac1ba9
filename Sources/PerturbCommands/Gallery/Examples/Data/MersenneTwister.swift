internal import Platform

/// The generator MT19937, from which NumPy's and PyTorch's numbers come: for the data that documents
/// drew with them.
///
/// - SeeAlso: Matsumoto and Nishimura 1998, "Mersenne Twister: a 623-dimensionally equidistributed
///   uniform pseudorandom number generator", ACM TOMACS 8.
struct MersenneTwister {
  private static let size = 624
  private var state: [UInt32]
  private var position = Self.size

  init(seed: UInt32) {
    state = [seed]
    for index in 1..<Self.size {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
    }
  }

  mutating func next() -> UInt32 {
    if position == Self.size { renew() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    return word ^ (word >> 18)
  }

  private mutating func renew() {
    for index in 0..<Self.size {
      let joined =
        (state[index] & 0x8000_0000) | (state[(index + 1) % Self.size] & 0x7fff_ffff)
      let odd: UInt32 = joined & 1 == 1 ? 0x9908_b0df : 0
      state[index] = state[(index + 397) % Self.size] ^ (joined >> 1) ^ odd
    }
    position = 0
  }
}

/// What `torch.manual_seed` and the functions after it draw on a CPU, in single precision.
struct TorchGenerator {
  private var bits: MersenneTwister
  /// The second of a pair of normal numbers of which one was asked for.
  private var spare: Double?

  init(seed: UInt32) { bits = MersenneTwister(seed: seed) }

  /// Uniform on −bound …< bound.
  mutating func uniform(_ count: Int, bound: Double) -> [Float] {
    (0..<count).map { _ in uniform() * Float(2 * bound) - Float(bound) }
  }

  /// Standard normal numbers: in groups of 16 by the polar form, element j with j + 8; fewer than
  /// 16 one by one, in double precision.
  ///
  /// - Precondition: a count below 16 or a multiple of 16.
  mutating func normal(_ count: Int) -> [Float] {
    if count < 16 { return (0..<count).map { _ in Float(single()) } }
    var numbers = (0..<count).map { _ in Double(uniform()) }
    for group in stride(from: 0, to: count, by: 16) {
      for index in group..<group + 8 {
        let radius = (-2 * Elementary.log(1 - numbers[index])).squareRoot()
        let angle = 2 * Double.pi * numbers[index + 8]
        numbers[index] = radius * Elementary.cos(angle)
        numbers[index + 8] = radius * Elementary.sin(angle)
      }
    }
    return numbers.map { Float($0) }
  }

  /// Uniform on [0, 1), from 24 bits.
  private mutating func uniform() -> Float { Float(bits.next() & 0xff_ffff) * 0x1p-24 }

  private mutating func single() -> Double {
    if let number = spare {
      spare = nil
      return number
    }
    func uniform() -> Double {
      let (high, low) = (UInt64(bits.next()), UInt64(bits.next()))
      return Double((high << 32 | low) & 0x1f_ffff_ffff_ffff) * 0x1p-53
    }
    let angle = 2 * Double.pi * uniform()
    let radius = (-2 * Elementary.log1p(-uniform())).squareRoot()
    spare = radius * Elementary.sin(angle)
    return radius * Elementary.cos(angle)
  }
}

/// What `numpy.random.RandomState` draws.
struct NumPyGenerator {
  private var bits: MersenneTwister
  private var spare: Double?

  init(seed: UInt32) { bits = MersenneTwister(seed: seed) }

  /// A standard normal number, by Marsaglia's polar method.
  mutating func normal() -> Double {
    if let number = spare {
      spare = nil
      return number
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * Elementary.log(square) / square).squareRoot()
      spare = factor * x
      return factor * y
    }
  }

  /// Uniform on [0, 1), from 53 bits.
  private mutating func uniform() -> Double {
    let (high, low) = (bits.next() >> 5, bits.next() >> 6)
    return (Double(high) * 0x1p26 + Double(low)) * 0x1p-53
  }
}
