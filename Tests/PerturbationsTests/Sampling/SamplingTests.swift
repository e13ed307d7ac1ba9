import Perturbations
import Synchronization
import Testing

/// The perturbed inputs of all samples, in order.
private func inputs(
  _ sampling: Sampling, samples: Int, size: Int = 3, noise: Noise = .normal, seed: UInt64 = 7
) throws -> [[Double]] {
  let seen = Mutex<[[Double]]>([])
  let perturbed = try Perturbed<Tensor<Double>, Tensor<Double>>(
    samples: samples, sigma: 1, noise: noise.valueOnly, sampling: sampling, threads: 1
  ) { (x: [Double]) in
    seen.withLock { $0.append(x) }
    return [x[0]]
  }
  _ = try perturbed(Tensor([Double](repeating: 0, count: size)), key: RandomKey(seed))
  return seen.withLock { $0 }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

@Suite struct SamplingTests {
  static let samplings: [Sampling] = [
    .independent, .antithetic, .quasiMonteCarlo(), .quasiMonteCarlo(scramblings: 3), .orthogonal,
  ]

  /// From `scipy.stats.qmc.Sobol(1024, scramble=False, bits=32).random(1025)`, SciPy 1.17.1, times
  /// 2³².
  @Test func sobolPointsAreThoseOfSciPy() {
    let dimensions = [0, 1, 2, 5, 100, 1023]
    let expected: [Int: [UInt32]] = [
      1: [
        2_147_483_648, 2_147_483_648, 2_147_483_648, 2_147_483_648, 2_147_483_648, 2_147_483_648,
      ],
      2: [
        3_221_225_472, 1_073_741_824, 1_073_741_824, 3_221_225_472, 1_073_741_824, 3_221_225_472,
      ],
      3: [
        1_073_741_824, 3_221_225_472, 3_221_225_472, 1_073_741_824, 3_221_225_472, 1_073_741_824,
      ],
      7: [
        536_870_912, 2_684_354_560, 1_610_612_736, 1_610_612_736, 1_610_612_736, 2_684_354_560,
      ],
      100: [
        1_778_384_896, 1_107_296_256, 3_321_888_768, 3_187_671_040, 167_772_160, 4_060_086_272,
      ],
      1_024: [
        6_291_456, 1_616_904_192, 1_923_088_384, 3_625_975_808, 2_900_361_216, 2_900_361_216,
      ],
    ]
    for (point, coordinates) in expected {
      #expect(
        dimensions.map { SobolSequence.coordinate($0, ofPoint: point) } == coordinates,
        "point \(point)")
    }
  }

  @Test(arguments: samplings)
  func moreSamplesBeginWithTheSame(_ sampling: Sampling) throws {
    let few = try inputs(sampling, samples: 30)
    let many = try inputs(sampling, samples: 96)
    #expect(few == Array(many[..<30]))
    #expect(Set(many.map(\.description)).count == 96)
  }

  @Test(arguments: samplings, Baseline.allCases)
  func threadsChangeNothing(_ sampling: Sampling, _ baseline: Baseline) throws {
    func run(_ threads: Int, _ budget: Int) throws -> (Tensor<Float>, Tensor<Float>) {
      let perturbed = try Perturbed(
        samples: 20_004, sigma: 0.5, baseline: baseline, sampling: sampling, threads: threads,
        outputBudget: budget
      ) { (x: Tensor<Float>) in x.argsort().argsort().cast(to: Float.self) }
      let theta: Tensor<Float> = [[0.3, 0.1, 0.2], [1, 2, 3]]
      let (value, pullback) = try vjp(at: theta) {
        try perturbed($0, key: RandomKey(4), batched: true)
      }
      return (value, try pullback([[1, 2, 3], [-1, 0.5, 1]]))
    }
    let one = try run(1, 1 << 28)
    for (threads, budget) in [(2, 1 << 28), (3, 0)] {
      let other = try run(threads, budget)
      #expect(one.0 == other.0)
      #expect(one.1 == other.1)
    }
  }

  @Test(arguments: [Noise.normal, .logistic, .laplace, .uniform, .cauchy])
  func antitheticSamplesArePairsOfTheIndependentOnes(_ noise: Noise) throws {
    let pairs = try inputs(.antithetic, samples: 40, noise: noise)
    let independent = try inputs(.independent, samples: 20, noise: noise)
    for pair in 0..<20 {
      #expect(pairs[2 * pair] == independent[pair])
      for (a, b) in zip(pairs[2 * pair], pairs[2 * pair + 1]) { #expect(abs(a + b) < 1e-12) }
    }
  }

  @Test(arguments: [1, 2, 3, 40])
  func orthogonalSamplesKeepTheirLengths(_ size: Int) throws {
    let samples = 4 * size + 1
    let orthogonal = try inputs(.orthogonal, samples: samples, size: size)
    let independent = try inputs(.independent, samples: samples, size: size)
    for i in 0..<samples {
      let square = dot(independent[i], independent[i])
      #expect(abs(dot(orthogonal[i], orthogonal[i]) - square) < 1e-10 * square)
      for j in i / size * size..<i {
        let product = dot(orthogonal[i], orthogonal[j])
        #expect(abs(product) < 1e-9, "samples \(i) and \(j)")
      }
    }
    // The first of each run keeps its direction too.
    for (a, b) in zip(orthogonal[0], independent[0]) { #expect(abs(a - b) < 1e-12) }
  }

  /// 2ᵏ points of a scrambling have one coordinate in each of 2ᵏ intervals of the same length.
  @Test(arguments: [1, 2, 8])
  func quasiMonteCarloFillsEveryInterval(_ scramblings: Int) throws {
    let points = 64
    let all = try inputs(
      .quasiMonteCarlo(scramblings: scramblings), samples: points * scramblings, size: 5,
      noise: .uniform)
    for scrambling in 0..<scramblings {
      for dimension in 0..<5 {
        let intervals = (0..<points).map { point in
          Int((all[point * scramblings + scrambling][dimension] + 1) / 2 * Double(points))
        }
        #expect(Set(intervals).count == points, "dimension \(dimension)")
      }
    }
  }

  @Test func scramblingsDiffer() throws {
    let all = try inputs(.quasiMonteCarlo(scramblings: 2), samples: 2, size: 20)
    #expect(zip(all[0], all[1]).allSatisfy { $0 != $1 })
    #expect(
      try inputs(.quasiMonteCarlo(), samples: 8, seed: 7)
        != inputs(.quasiMonteCarlo(), samples: 8, seed: 8))
  }

  /// Rows of a batch, leaves of a tree and types go through the same sequences.
  @Test(arguments: samplings)
  func treesAreSampledAsOneVector(_ sampling: Sampling) throws {
    let whole = try Perturbed(samples: 240, sigma: 1, sampling: sampling) { (x: Tensor<Double>) in
      square(x)
    }
    let tree = try Perturbed(samples: 240, sigma: 1, sampling: sampling) {
      (x: [Tensor<Double>]) in x.map { square($0) }
    }
    let value = try whole([1, 2, 3], key: RandomKey(2)).scalars
    let parts = try tree([[1], [2, 3]], key: RandomKey(2)).flatMap(\.scalars)
    if sampling == .quasiMonteCarlo() || sampling == .quasiMonteCarlo(scramblings: 3) {
      #expect(value == parts)
    } else {
      #expect(value != parts)
    }
    #expect(zip(value, parts).allSatisfy { abs($0 - $1) < 2 })
  }

  // MARK: Less variance, the same mean

  /// Means over many keys: unbiased within standard errors, and with the variance asked for.
  private func spread(
    _ sampling: Sampling, _ baseline: Baseline, samples: Int, keys: Int = 400
  ) throws -> (mean: [Double], error: [Double]) {
    let perturbed = try Perturbed(
      samples: samples, sigma: 0.5, baseline: baseline, sampling: sampling
    ) { (x: Tensor<Double>) in oneHot(x.argMax(), classes: 3).cast(to: Double.self) }
    var sums = [Double](repeating: 0, count: 3)
    var squares = sums
    for key in 0..<keys {
      let estimate = try perturbed.gradientEstimate(
        at: [0.2, 0.1, -0.3], cotangent: [1, -1, 2], key: RandomKey(UInt64(key)))
      for (j, x) in estimate.gradient.scalars.enumerated() {
        sums[j] += x
        squares[j] += x * x
      }
    }
    let n = Double(keys)
    return (
      sums.map { $0 / n },
      zip(sums, squares).map { (($1 / n - $0 * $0 / n / n) / n).squareRoot() }
    )
  }

  @Test(arguments: samplings, Baseline.allCases)
  func gradientsOfFewSamplesAreUnbiased(_ sampling: Sampling, _ baseline: Baseline) throws {
    let samples = 12
    let reference = try Perturbed(samples: 4_000_000, sigma: 0.5, baseline: .leaveOneOut) {
      (x: Tensor<Double>) in oneHot(x.argMax(), classes: 3).cast(to: Double.self)
    }.gradientEstimate(at: [0.2, 0.1, -0.3], cotangent: [1, -1, 2], key: RandomKey(99))
    let (mean, error) = try spread(sampling, baseline, samples: samples)
    for j in 0..<3 {
      let total =
        (error[j] * error[j]
        + reference.standardError.scalars[j] * reference.standardError.scalars[j]).squareRoot()
      #expect(
        abs(mean[j] - reference.gradient.scalars[j]) < bound(comparisons: 45) * total,
        "\(mean) \(reference.gradient) \(error)")
    }
  }

  /// The variance of a ranking's gradient, in which each method has its part.
  @Test func varianceFalls() throws {
    func variance(_ sampling: Sampling, _ baseline: Baseline) throws -> Double {
      let perturbed = try Perturbed(
        samples: 240, sigma: 0.5, baseline: baseline, sampling: sampling
      ) { (x: Tensor<Double>) in x.argsort().argsort().cast(to: Double.self) }
      var sums = [Double](repeating: 0, count: 6)
      var squares = 0.0
      for key in 0..<200 {
        let estimate = try perturbed.gradientEstimate(
          at: [1.6, 2.0, -0.4, -0.1, 0.2, -1.0], cotangent: [1, 2, 3, 4, 5, 6],
          key: RandomKey(UInt64(key)))
        for (j, x) in estimate.gradient.scalars.enumerated() {
          sums[j] += x
          squares += x * x
        }
      }
      return (squares - sums.reduce(0) { $0 + $1 * $1 } / 200) / 200
    }
    let plain = try variance(.independent, .none)
    let leaveOneOut = try variance(.independent, .leaveOneOut)
    #expect(leaveOneOut < 0.02 * plain)
    #expect(try variance(.independent, .point) < 0.02 * plain)
    #expect(try variance(.antithetic, .none) < 0.02 * plain)
    #expect(try variance(.quasiMonteCarlo(), .leaveOneOut) < 0.75 * leaveOneOut)
    #expect(try variance(.orthogonal, .leaveOneOut) < 0.8 * leaveOneOut)
  }

  @Test func standardErrorsAreTrue() throws {
    // The spread of the values over keys is what each call's standard error says.
    for sampling in Self.samplings {
      let perturbed = try Perturbed(samples: 96, sigma: 0.5, sampling: sampling) {
        (x: Tensor<Double>) in (x * x * x).sum()
      }
      var values: [Double] = []
      var squaredErrors = 0.0
      for key in 0..<600 {
        let estimate = try perturbed.estimate(
          at: [0.2, 0.1, -0.3], key: RandomKey(UInt64(key)))
        values.append(estimate.value.scalar)
        squaredErrors += estimate.standardError.scalar * estimate.standardError.scalar
      }
      let mean = values.reduce(0, +) / 600
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 599
      let ratio = squaredErrors / 600 / variance
      #expect(ratio > 0.7 && ratio < 1.4, "\(sampling): \(ratio)")
    }
  }

  // MARK: Refusals

  @Test func unusableCombinationsAreRefused() throws {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "accepted"
      } catch { return "\(error)" }
    }
    func make(_ noise: Noise, _ sampling: Sampling, samples: Int = 8) throws {
      _ = try Perturbed(samples: samples, sigma: 1, noise: noise, sampling: sampling) {
        (x: Tensor<Float>) in x
      }
    }
    #expect(message { try make(.gumbel, .antithetic) }.contains("gumbel noise is not symmetric"))
    #expect(message { try make(.normal, .antithetic, samples: 7) }.contains("even number"))
    #expect(message { try make(.laplace, .orthogonal) }.contains("normal noise, not laplace"))
    #expect(
      message { try make(.sumOfGamma(k: 3).valueOnly, .quasiMonteCarlo()) }
        .contains("sum-of-gamma(k: 3)"))
    #expect(
      message { try make(.normal, .quasiMonteCarlo(scramblings: 9)) }.contains("scramblings is 9"))
    let wide = try Perturbed(samples: 8, sigma: 1, sampling: .quasiMonteCarlo()) {
      (x: Tensor<Float>) in x
    }
    #expect(
      message {
        _ = try wide(Tensor([Float](repeating: 0, count: 1025)), key: RandomKey(0))
      }.contains("at most 1024"))
  }
}
