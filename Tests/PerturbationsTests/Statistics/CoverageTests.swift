import Perturbations
import Testing

/// Intervals hold the truth as often as they say.
@Suite struct CoverageTests {
  private let theta: Tensor<Double> = [0.3, 0, -0.2]
  private let keys = 1000

  /// How often intervals of 95 % hold the mean of all estimates, which has little error of its own, for
  /// the value and the gradient.
  private func coverage(
    samples: Int, _ sampling: Sampling, _ baseline: Baseline
  ) throws -> (value: Double, gradient: Double) {
    let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      ArgMax(),
      Smoothing(
        samples: samples, sigma: 0.5, baseline: baseline, sampling: sampling, threads: 1))
    let cotangent: Tensor<Double> = [1, -0.5, 2]
    var estimates: [(values: [Double], errors: [Double], halfWidth: Double)] = []
    for seed in 0..<keys {
      let found = try perturbed.gradientEstimate(
        at: theta, cotangent: cotangent, key: RandomKey(UInt64(seed)))
      estimates.append(
        (
          found.value.scalars + found.gradient.scalars,
          found.valueStandardError.scalars + found.standardError.scalars, found.halfWidth()
        ))
    }
    let means = (0..<6).map { j in estimates.reduce(0) { $0 + $1.values[j] } / Double(keys) }
    func share(_ columns: Range<Int>) -> Double {
      let hits = estimates.reduce(0) { hits, estimate in
        hits
          + columns.count {
            abs(estimate.values[$0] - means[$0])
              <= estimate.halfWidth * estimate.errors[$0]
          }
      }
      return Double(hits) / Double(keys * columns.count)
    }
    return (share(0..<3), share(3..<6))
  }

  /// 95 % of 1,000: the standard error of the share is 0.7 %, and the three elements are dependent.
  @Test(arguments: [
    (512, Sampling.independent, Baseline.none), (512, .independent, .leaveOneOut),
    (512, .independent, .point), (512, .antithetic, .none), (512, .antithetic, .leaveOneOut),
    (510, .orthogonal, .none), (510, .orthogonal, .leaveOneOut),
    (512, .quasiMonteCarlo(scramblings: 8), .none),
    (512, .quasiMonteCarlo(scramblings: 8), .leaveOneOut),
    (512, .quasiMonteCarlo(scramblings: 16), .point), (512, .independent, .linear),
    (512, .antithetic, .linear), (510, .orthogonal, .linear),
    (512, .quasiMonteCarlo(scramblings: 8), .linear),
  ])
  func intervals(_ samples: Int, _ sampling: Sampling, _ baseline: Baseline) throws {
    let found = try coverage(samples: samples, sampling, baseline)
    #expect(found.value > 0.93 && found.value < 0.97, "\(found)")
    #expect(found.gradient > 0.93 && found.gradient < 0.97, "\(found)")
  }

  @Test func studentsQuantiles() throws {
    // Abramowitz and Stegun 1964, table 26.10.
    let estimate = { (samples: Int) in
      try Perturbed<Tensor<Double>, Tensor<Double>>(ArgMax(), samples: samples, sigma: 0.5)
        .estimate(at: theta, key: RandomKey(1))
    }
    for (degrees, level, expected) in [
      (1, 0.95, 12.706), (2, 0.95, 4.303), (7, 0.95, 2.365), (7, 0.99, 3.499), (30, 0.95, 2.042),
      (120, 0.95, 1.980), (1000, 0.95, 1.962), (100_000, 0.95, 1.960),
    ] {
      let found = try estimate(degrees + 1)
      #expect(found.degreesOfFreedom == degrees)
      #expect(abs(found.halfWidth(level: level) - expected) < 1e-3)
    }
    let interval = try estimate(1000).interval()
    #expect(interval.lower.scalars[0] < interval.upper.scalars[0])
  }

  @Test(arguments: [
    (Sampling.independent, 9), (.antithetic, 4), (.orthogonal, 3),
    (.quasiMonteCarlo(scramblings: 4), 3), (.quasiMonteCarlo(scramblings: 10), 9),
  ])
  func degreesOfFreedom(_ sampling: Sampling, _ expected: Int) throws {
    let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      ArgMax(), samples: 10, sigma: 0.5, sampling: sampling)
    #expect(try perturbed.estimate(at: theta, key: RandomKey(1)).degreesOfFreedom == expected)
  }

  /// An output that never differed is not taken to be exact.
  @Test func noSpreadIsNotConvergence() throws {
    // P(Z > 4) = 3.17e-5: most runs of 4,096 samples show nothing of it.
    let truth = -1 + 2 * 3.167_124e-5
    let perturbed = try Perturbed(LogicalOr(), samples: 100_000_000, sigma: 1)
    for seed in 0..<4 {
      let found = try perturbed.estimate(
        at: [-4], untilStandardError: 1e-5, key: RandomKey(UInt64(seed)))
      #expect(found.reachedStandardError)
      #expect(found.samples > 100_000)
      #expect(abs(found.value.scalar.asDouble - truth) < 5e-5, "\(found)")
    }
    let few = try Perturbed(LogicalOr(), samples: 5000, sigma: 1).estimate(
      at: [-4], untilStandardError: 1e-6, key: RandomKey(1))
    #expect(!few.reachedStandardError)
    #expect(
      few.standardError.scalar > 0 || abs(few.noSpreadError - 2 * 3.0.squareRoot() / 5000) < 1e-9)
  }

  /// Where there is no mean, or no variance, there is no standard error.
  @Test func noVarianceNoStandardError() throws {
    for noise in [Noise.cauchy, .studentT(degreesOfFreedom: 1)] {
      for seed in 0..<20 {
        let sum = try Perturbed(samples: 5000, sigma: 1, noise: noise) { (x: Tensor<Double>) in
          x.sum()
        }
        #expect(
          try sum.estimate(at: theta, key: RandomKey(UInt64(seed))).standardError.scalar.isNaN)
        // A bounded function has both.
        let sign = try Perturbed(ArgMax(), samples: 5000, sigma: 1, noise: noise)
        let found = try sign.estimate(at: [0.3, 0, -0.2], key: RandomKey(UInt64(seed)))
        #expect(found.standardError.scalars.allSatisfy { $0 > 0 && $0 < 0.01 })
      }
    }
  }
}
