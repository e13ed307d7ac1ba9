import Tensors
import Testing

@Suite struct RandomDrawTests {
  @Test func floatDrawsAreThoseOfJAX() throws {
    let cases: [RandomCase] = try RandomFixtures.load("jax_random")
    for expected in cases {
      let key = RandomKey(expected.seed)
      #expect(key.bits32(9) == expected.bits32)
      #expect(isClose(key.uniform(9), expected.uniform))
      #expect(isClose(key.uniform(9, in: -2..<3), expected.uniformBetween))
      #expect(isClose(key.normal(12), expected.normal))
      #expect(isClose(key.gumbel(12), expected.gumbel))
      #expect(isClose(key.laplace(9), expected.laplace))
      #expect(isClose(key.logistic(9), expected.logistic))
      #expect(isClose(key.exponential(9), expected.exponential))
      #expect(key.rademacher(9) == expected.rademacher)
      #expect(key.bernoulli(9, probability: 0.3).map { $0 ? 1 : 0 } == expected.bernoulli)
      #expect(isClose(key.normal(100_000).suffix(4).map { $0 }, expected.normalTail))
    }
  }

  @Test func doubleDrawsAreThoseOfJAX() throws {
    let cases: [RandomCase64] = try RandomFixtures.load("jax_random_float64")
    for expected in cases {
      let key = RandomKey(expected.seed)
      #expect(key.bits64(5).map(String.init) == expected.bits64)
      #expect(isClose(key.uniform(5), expected.uniform))
      #expect(isClose(key.normal(5), expected.normal))
      #expect(isClose(key.gumbel(5), expected.gumbel))
      #expect(key.integers(9, in: Int32(0)..<10) == expected.integers)
      #expect(key.integers(9, in: 0..<10).map { Int32($0) } == expected.integers)
      #expect(key.permutation(8) == expected.permutation)
    }
  }

  @Test func shorterDrawsArePrefixes() {
    let key = RandomKey(8)
    let many: [Float] = key.gumbel(3000)
    for count in [0, 1, 5, 16, 17, 1000, 1025] {
      #expect(key.gumbel(count) == Array(many.prefix(count)))
    }
  }

  @Test func bernoulliHasItsProbability() {
    let count = 200_000
    let hits = RandomKey(2).bernoulli(count, probability: 0.3).count { $0 }
    let standardError = (0.3 * 0.7 / Double(count)).squareRoot()
    #expect(abs(Double(hits) / Double(count) - 0.3) < 4 * standardError)
  }

  @Test func integersCoverTheirRange() {
    let key = RandomKey(5)
    let dice = key.integers(60_000, in: 1..<7)
    for face in 1...6 {
      let standardError = (60_000 * (1.0 / 6) * (5.0 / 6)).squareRoot()
      #expect(abs(Double(dice.count { $0 == face }) - 10_000) < 4 * standardError)
    }
    #expect(dice.allSatisfy { (1..<7).contains($0) })
    let wide = key.integers(1000, in: Int.min..<Int.max)
    #expect(wide == key.integers(1000, in: Int64.min..<Int64.max).map { Int($0) })
    #expect(wide.contains { $0 < -(1 << 62) } && wide.contains { $0 > 1 << 62 })
    #expect(key.integers(3, in: Int32(4)..<5) == [4, 4, 4])
  }

  /// Values of JAX 0.10.2 with 64-bit types enabled, key `PRNGKey(5)`.
  @Test func wideIntegersAreThoseOfJAX() {
    let key = RandomKey(5)
    #expect(
      key.integers(5, in: Int32(-100_000_000)..<2_000_000_000) == [
        259_975_681, 884_463_424, 382_527_479, 1_053_342_984, 422_374_460,
      ])
    #expect(
      key.integers(5, in: -(1 << 62)..<((1 << 62) + 12345)) == [
        -987_051_902_791_744_889, 3_934_491_568_298_764_156, 2_941_600_515_744_621_282,
        32_745_438_482_963_340, -664_219_506_974_209_373,
      ])
    #expect(
      key.integers(5, in: -5..<1_000_000_000_000) == [
        115_617_519_840, 586_683_421_170, 534_134_242_751, 493_695_800_377, 548_242_112_489,
      ])
  }

  /// Values of JAX 0.10.2, key `PRNGKey(7)`: the first four of one round of sorting, and of two.
  @Test func longPermutationsAreThoseOfJAX() {
    let key = RandomKey(7)
    #expect(key.permutation(1625).prefix(4) == [45, 252, 1542, 1424])
    #expect(key.permutation(1626).prefix(4) == [106, 1563, 364, 820])
    #expect(key.permutation(5000).suffix(2) == [730, 4395])
  }

  @Test(arguments: [0, 1, 2, 100, 1625, 1626, 5000])
  func permutationsHoldEachNumberOnce(count: Int) {
    let order = RandomKey(7).permutation(count)
    #expect(order.sorted() == Array(0..<count))
    if count >= 100 { #expect(order != Array(0..<count)) }
  }
}
