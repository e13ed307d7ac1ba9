import Perturbations
import Synchronization
import Testing

/// A gradient from as many samples as its standard error takes.
@Suite struct GradientStoppingTests {
  private let theta: Tensor<Double> = [0.3, 0, -0.2]
  private let cotangent: Tensor<Double> = [1, -0.5, 2]

  private func soft(
    _ samples: Int, _ sampling: Sampling, _ baseline: Baseline, noise: Noise = .normal
  ) throws -> Perturbed<Tensor<Double>, Tensor<Double>> {
    try Perturbed(
      ArgMax(),
      Smoothing(
        samples: samples, sigma: 0.5, noise: noise, baseline: baseline, sampling: sampling,
        threads: 1))
  }

  private func agree(
    _ a: Tensor<Double>, _ b: Tensor<Double>, _ tolerance: Double
  ) -> Bool {
    let size = b.scalars.reduce(0) { max($0, abs($1)) }
    return a.shape == b.shape
      && zip(a.scalars, b.scalars).allSatisfy { abs($0 - $1) <= tolerance * size }
  }

  @Test(
    arguments: [
      Sampling.independent, .antithetic, .orthogonal, .quasiMonteCarlo(scramblings: 16),
    ], Baseline.allCases)
  func isThatOfTheSameNumberOfSamples(_ sampling: Sampling, _ baseline: Baseline) throws {
    let target = sampling == .quasiMonteCarlo(scramblings: 16) ? 0.004 : 0.012
    for (input, g, batched) in [
      (theta, cotangent, false),
      (stack([theta, -theta]), stack([cotangent, -2 * cotangent]), true),
    ] {
      let found = try soft(1_000_002, sampling, baseline).gradientEstimate(
        at: input, cotangent: g, untilStandardError: target, key: RandomKey(3), batched: batched)
      #expect(found.reachedStandardError)
      #expect(found.standardError.max().scalar <= target)
      #expect(found.samples > 4098 && found.samples < 500_000, "\(found.samples)")
      let fixed = try soft(found.samples, sampling, baseline).gradientEstimate(
        at: input, cotangent: g, key: RandomKey(3), batched: batched)
      #expect(found.value == fixed.value)
      #expect(found.valueStandardError == fixed.valueStandardError)
      // A linear model is that of the first 4,096 samples.
      #expect(agree(found.gradient, fixed.gradient, baseline == .linear ? 0.01 : 1e-11))
      // The baseline of the first 4,096 samples, and that of all.
      #expect(agree(found.standardError, fixed.standardError, 0.05))
      #expect(found.degreesOfFreedom == fixed.degreesOfFreedom)
    }
  }

  @Test func noiseThatMultipliesHasItsChain() throws {
    let costs: Tensor<Double> = [1, 2, 1.5]
    let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      ArgMin(), samples: 1_000_000, sigma: 0.3, noise: .logNormal, baseline: .leaveOneOut)
    let found = try perturbed.gradientEstimate(
      at: costs, cotangent: cotangent, untilStandardError: 0.02, key: RandomKey(4))
    let same: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      ArgMin(), samples: found.samples, sigma: 0.3, noise: .logNormal, baseline: .leaveOneOut)
    let fixed = try same.gradientEstimate(at: costs, cotangent: cotangent, key: RandomKey(4))
    #expect(found.standardError.max().scalar <= 0.02)
    #expect(agree(found.gradient, fixed.gradient, 1e-11))
  }

  @Test(arguments: Baseline.allCases)
  func evaluatesEachSampleOnce(_ baseline: Baseline) throws {
    let calls = Mutex(0)
    let perturbed = try Perturbed<Tensor<Double>, Tensor<Double>>(
      samples: 1_000_000, sigma: 1, baseline: baseline
    ) { (x: [Double]) in
      calls.withLock { $0 += 1 }
      return x.map { $0 * $0 }
    }
    let found = try perturbed.gradientEstimate(
      at: theta, cotangent: cotangent, untilStandardError: 0.05, key: RandomKey(1))
    #expect(found.samples > 4096 && found.samples < 1_000_000)
    #expect(calls.withLock { $0 } == found.samples + (baseline == .point ? 1 : 0))
  }

  @Test func stopsAtTheCap() throws {
    let found = try soft(5000, .independent, .leaveOneOut).gradientEstimate(
      at: theta, cotangent: cotangent, untilStandardError: 1e-6, key: RandomKey(5))
    #expect(!found.reachedStandardError && found.samples == 5000)
    let few = try soft(20, .independent, .leaveOneOut).gradientEstimate(
      at: theta, cotangent: cotangent, untilStandardError: 1e-6, key: RandomKey(5))
    #expect(!few.reachedStandardError && few.samples == 20)
  }

  @Test func whatIsNoRuleIsRefused() throws {
    for error in [0, -1, Double.nan] {
      #expect(throws: PerturbationError.self) {
        try soft(100, .independent, .none).gradientEstimate(
          at: theta, cotangent: cotangent, untilStandardError: error, key: RandomKey(1))
      }
    }
    #expect(throws: PerturbationError.self) {
      try soft(1, .independent, .none).gradientEstimate(
        at: theta, cotangent: cotangent, untilStandardError: 1, key: RandomKey(1))
    }
    #expect(throws: (any Error).self) {
      try soft(100, .independent, .none).gradientEstimate(
        at: theta, cotangent: [1, 2], untilStandardError: 1, key: RandomKey(1))
    }
  }

  /// Where the output never differed from the baseline, all terms are 0, and nothing is known.
  @Test func noSpreadIsNotConvergence() throws {
    // d/dθ (2 Φ(θ) − 1) at −4.
    let truth = 2 * 1.338_302_258e-4
    for baseline in [Baseline.leaveOneOut, .point] {
      let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
        LogicalOr(), samples: 100_000_000, sigma: 1, baseline: baseline)
      for seed in 0..<4 {
        let found = try perturbed.gradientEstimate(
          at: [-4], cotangent: 1, untilStandardError: 1e-4,
          key: RandomKey(UInt64(seed)))
        #expect(found.reachedStandardError)
        #expect(found.samples > 100_000, "\(found.samples)")
        #expect(abs(found.gradient[0].scalar - truth) < 4e-4, "\(found)")
      }
      let capped: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
        LogicalOr(), samples: 5000, sigma: 1, baseline: baseline)
      let few = try capped.gradientEstimate(
        at: [-8], cotangent: 1, untilStandardError: 1e-4, key: RandomKey(1))
      #expect(few.standardError[0].scalar == 0)
      #expect(!few.reachedStandardError)
    }
  }

  /// Intervals of ±2 standard errors hold the truth in 95.4 of 100 cases; stopping by the samples that are
  /// averaged costs some of that. The share's standard error is 0.9 % for each of the three entries.
  @Test(arguments: [
    (Sampling.independent, Baseline.none, 0.012), (.independent, .leaveOneOut, 0.012),
    (.antithetic, .none, 0.012), (.antithetic, .linear, 0.008), (.orthogonal, .leaveOneOut, 0.01),
  ])
  func coverage(_ sampling: Sampling, _ baseline: Baseline, _ target: Double) throws {
    let exact = try Exact(ArgMax(), sigma: 0.5)
    let truth = try gradient(at: theta) { (try exact($0) * cotangent).sum() }.scalars
    let perturbed = try soft(1_000_002, sampling, baseline)
    let keys = 600
    var (hits, stops) = (0, Set<Int>())
    for seed in 0..<keys {
      let found = try perturbed.gradientEstimate(
        at: theta, cotangent: cotangent, untilStandardError: target,
        key: RandomKey(UInt64(seed)))
      stops.insert(found.samples)
      for (k, error) in found.standardError.scalars.enumerated() {
        if abs(found.gradient.scalars[k] - truth[k]) <= 2 * error { hits += 1 }
      }
    }
    let share = Double(hits) / Double(3 * keys)
    #expect(share > 0.93 && share < 0.975, "\(share)")
    // The samples decide: one look is not enough.
    #expect((stops.min() ?? 0) > 4098, "\(stops.sorted())")
  }
}
