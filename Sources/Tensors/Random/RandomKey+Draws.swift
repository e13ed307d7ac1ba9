internal import CKernels

extension RandomKey {
  /// `count` words of 32 random bits: `jax.random.bits(key, (count,), uint32)`.
  ///
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(`count`)
  public func bits32(_ count: Int) -> [UInt32] {
    filled(count) { ck_table_current().pointee.random.bits32(kernelKey, 0, count, $0) }
  }

  /// `count` words of 64 random bits: `jax.random.bits(key, (count,), uint64)`.
  ///
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(`count`)
  public func bits64(_ count: Int) -> [UInt64] {
    filled(count) { ck_table_current().pointee.random.bits64(kernelKey, 0, count, $0) }
  }

  /// `count` draws from a distribution.
  ///
  /// Draw j depends on the key and j alone, so a shorter array is a prefix of a longer one.
  ///
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(`count`)
  public func draws<Scalar: RandomScalar>(
    _ count: Int, from distribution: RandomDistribution
  ) -> [Scalar] {
    filled(count) {
      let out = UnsafeMutableBufferPointer(start: $0, count: count)
      Scalar.draw(distribution, key: self, into: out)
    }
  }

  /// `count` uniform draws from [0, 1): `jax.random.uniform(key, (count,))`.
  public func uniform<Scalar: RandomScalar>(_ count: Int) -> [Scalar] {
    draws(count, from: .uniform)
  }

  /// `count` uniform draws between two bounds:
  /// `jax.random.uniform(key, (count,), minval=a, maxval=b)`.
  ///
  /// a + u (b − a) for u in [0, 1). As in JAX its rounding may give b itself where the bounds are
  /// far larger than their distance.
  public func uniform<Scalar: RandomScalar>(_ count: Int, in bounds: Range<Scalar>) -> [Scalar] {
    let lower = bounds.lowerBound
    let width = bounds.upperBound - lower
    if lower == 0 && width == 1 { return draws(count, from: .uniform) }
    return draws(count, from: .uniform).map { max(lower, $0 * width + lower) }
  }

  /// `count` standard normal draws, √2 erf⁻¹(u): `jax.random.normal(key, (count,))`.
  public func normal<Scalar: RandomScalar>(_ count: Int) -> [Scalar] {
    draws(count, from: .normal)
  }

  /// `count` standard Gumbel draws, −log(−log u): `jax.random.gumbel(key, (count,))`.
  public func gumbel<Scalar: RandomScalar>(_ count: Int) -> [Scalar] {
    draws(count, from: .gumbel)
  }

  /// `count` standard logistic draws, log(u/(1 − u)): `jax.random.logistic(key, (count,))`.
  public func logistic<Scalar: RandomScalar>(_ count: Int) -> [Scalar] {
    draws(count, from: .logistic)
  }

  /// `count` standard Laplace draws, sign(u) log(1 − |u|): `jax.random.laplace(key, (count,))`.
  public func laplace<Scalar: RandomScalar>(_ count: Int) -> [Scalar] {
    draws(count, from: .laplace)
  }

  /// `count` standard exponential draws, −log(1 − u): `jax.random.exponential(key, (count,))`.
  public func exponential<Scalar: RandomScalar>(_ count: Int) -> [Scalar] {
    draws(count, from: .exponential)
  }

  /// `count` draws of −1 or 1: `jax.random.rademacher(key, (count,))`, whose `Double` form is the one
  /// with 64-bit types enabled.
  public func rademacher<Scalar: RandomScalar>(_ count: Int) -> [Scalar] {
    draws(count, from: .rademacher)
  }

  /// `count` draws that are true with a probability: `jax.random.bernoulli(key, p, (count,))`.
  ///
  /// - Parameters:
  ///   - count: The number of draws.
  ///   - probability: The probability of true, to 23 bits: 32-bit draws are compared with it.
  /// - Returns: The draws.
  public func bernoulli(_ count: Int, probability: Float = 0.5) -> [Bool] {
    let draws: [Float] = uniform(count)
    return draws.map { $0 < probability }
  }

  private func filled<Element>(
    _ count: Int, _ fill: (UnsafeMutablePointer<Element>) -> Void
  ) -> [Element] {
    requireRandom(count >= 0, "RandomKey: a count of \(count) draws is negative")
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let start = buffer.baseAddress { fill(start) }
      initialized = count
    }
  }
}
