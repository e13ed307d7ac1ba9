internal import Platform

/// NumPy's legacy generator: the draws of `numpy.random.RandomState` and of `numpy.random.seed`.
///
/// ```swift
/// var random = NumPyRandomState(seed: 42)
/// random.permutation(2000)     // numpy.random.RandomState(42).permutation(2000)
/// ```
///
/// Integers and uniform numbers have NumPy's bits; normal numbers go through the logarithm of the C
/// library. Checked against NumPy 2.4, whose legacy draws are frozen.
public struct NumPyRandomState: Sendable, Hashable {
  /// Where the bits come from.
  public private(set) var bits: MersenneTwister
  /// The second of a pair of normal numbers of which one was asked for.
  public private(set) var spareNormal: Double?

  /// `RandomState(seed)`.
  public init(seed: UInt32) { bits = MersenneTwister(seed: seed) }

  /// The generator in a state: what `get_state()` tells, the last number only where it has one.
  public init(bits: MersenneTwister, spareNormal: Double? = nil) {
    self.bits = bits
    self.spareNormal = spareNormal
  }

  /// `random_sample()`: uniform on [0, 1), from 53 bits.
  public mutating func uniform() -> Double {
    let (high, low) = (bits.nextWord() >> 5, bits.nextWord() >> 6)
    return (Double(high) * 0x1p26 + Double(low)) * 0x1p-53
  }

  /// `uniform(low, high, shape)`.
  public mutating func uniform(
    _ shape: Shape, from low: Double = 0, to high: Double = 1
  ) -> Tensor<Double> {
    filled(shape) { low + (high - low) * $0.uniform() }
  }

  /// `standard_normal()`, by Marsaglia's polar method.
  public mutating func normal() -> Double {
    if let number = spareNormal {
      spareNormal = nil
      return number
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * Elementary.log(square) / square).squareRoot()
      spareNormal = factor * x
      return factor * y
    }
  }

  /// `normal(mean, deviation, shape)`.
  public mutating func normal(
    _ shape: Shape, mean: Double = 0, deviation: Double = 1
  ) -> Tensor<Double> {
    filled(shape) { mean + deviation * $0.normal() }
  }

  /// `binomial(trials, probability, shape)`, by inversion of the distribution function.
  ///
  /// - Precondition: a probability in [0, 1], and trials times the smaller of it and its complement at
  ///   most 30, beyond which NumPy takes another method.
  public mutating func binomial(
    _ shape: Shape, trials: Int, probability: Double
  ) -> Tensor<Int32> {
    let smaller = min(probability, 1 - probability)
    require(
      trials >= 0 && trials <= Int(Int32.max) && smaller >= 0 && Double(trials) * smaller <= 30,
      "NumPyRandomState.binomial",
      "\(trials) trials of probability \(probability), expected a probability and at most 30 of the "
        + "rarer outcome")
    let isMirrored = probability > 0.5
    return filled(shape) { state in
      let drawn = state.inverted(trials, isMirrored ? 1 - probability : probability)
      return Int32(isMirrored ? trials - drawn : drawn)
    }
  }

  private mutating func inverted(_ n: Int, _ p: Double) -> Int {
    if n == 0 || p == 0 { return 0 }
    let (q, mean) = (1 - p, Double(n) * p)
    let start = Elementary.exp(Double(n) * Elementary.log(q))
    let bound = Int(min(Double(n), mean + 10 * (mean * q + 1).squareRoot()))
    var (x, share, u) = (0, start, uniform())
    while u > share {
      x += 1
      if x > bound {
        (x, share, u) = (0, start, uniform())
      } else {
        u -= share
        share = Double(n - x + 1) * p * share / (Double(x) * q)
      }
    }
    return x
  }

  /// `randint(low, high, shape)`: whole numbers from `low` up to but without `high`.
  ///
  /// - Precondition: `low` < `high`, both in the range of `Int32`.
  public mutating func integers(_ shape: Shape, from low: Int, to high: Int) -> Tensor<Int32> {
    require(
      low < high && low >= Int(Int32.min) && high - 1 <= Int(Int32.max),
      "NumPyRandomState.integers", "from \(low) to \(high), expected less, in 32 bits")
    return filled(shape) { Int32(low + $0.interval(high - 1 - low)) }
  }

  /// A whole number from 0 to `largest`: bits until they are one.
  private mutating func interval(_ largest: Int) -> Int {
    if largest == 0 { return 0 }
    let mask = UInt32.max >> UInt32(UInt32(largest).leadingZeroBitCount)
    while true {
      let value = Int(bits.nextWord() & mask)
      if value <= largest { return value }
    }
  }

  /// `shuffle(entries)`.
  ///
  /// - Precondition: fewer than 2³² entries.
  public mutating func shuffle<Element>(_ entries: inout [Element]) {
    for index in stride(from: entries.count - 1, to: 0, by: -1) {
      entries.swapAt(index, interval(index))
    }
  }

  /// `permutation(count)`.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// `choice(count, chosen, replace)`: numbers below `count`.
  ///
  /// - Precondition: a positive count; without replacement, at most so many are chosen.
  public mutating func choice(
    of count: Int, _ chosen: Int, replacing: Bool = true
  ) -> [Int] {
    require(
      count > 0 && chosen >= 0 && (replacing || chosen <= count), "NumPyRandomState.choice",
      "\(chosen) of \(count)\(replacing ? "" : " without replacement")")
    if replacing { return (0..<chosen).map { _ in interval(count - 1) } }
    return Array(permutation(count).prefix(chosen))
  }

  /// scikit-learn's `train_test_split`: the numbers of the examples of both parts, in its order.
  ///
  /// The test set is the first part of a permutation, the training set what follows.
  ///
  /// - Parameters:
  ///   - count: How many examples there are.
  ///   - testCount: How many of them are for the test.
  /// - Returns: Numbers from 0 to `count` − 1, each once.
  public mutating func trainTestSplit(
    _ count: Int, testCount: Int
  ) -> (train: [Int], test: [Int]) {
    require(
      (0...count).contains(testCount), "NumPyRandomState.trainTestSplit",
      "\(testCount) of \(count) examples")
    let order = permutation(count)
    return (Array(order[testCount...]), Array(order[..<testCount]))
  }

  private mutating func filled<Scalar: TensorScalar>(
    _ shape: Shape, _ draw: (inout Self) -> Scalar
  ) -> Tensor<Scalar> {
    Tensor(
      shape: shape,
      initializingWith: { out in
        for index in out.indices { out[index] = draw(&self) }
      })
  }
}
