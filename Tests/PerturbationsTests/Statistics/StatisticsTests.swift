import Perturbations
import Synchronization
import Testing

private let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]

private func softArgMax(
  samples: Int, sigma: Double = 0.5, baseline: Baseline = .none,
  sampling: Sampling = .independent, noise: Noise = .gumbel
) throws -> Perturbed<Tensor<Float>, Tensor<Float>> {
  try Perturbed(
    samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling
  ) { (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5) }
}

@Suite struct EstimateTests {
  @Test func valueIsThatOfTheCall() throws {
    for batched in [false, true] {
      let input = batched ? stack([theta, -theta]) : theta
      let perturbed = try softArgMax(samples: 10_000)
      let estimate = try perturbed.estimate(at: input, key: RandomKey(1), batched: batched)
      #expect(try estimate.value == (perturbed(input, key: RandomKey(1), batched: batched)))
      #expect(estimate.standardError.shape == estimate.value.shape)
      // Outputs are 0 or 1: the variance of one is p (1 − p).
      for (p, error) in zip(estimate.value.scalars, estimate.standardError.scalars) {
        let expected = (p * (1 - p) / Float(9999)).squareRoot()
        #expect(abs(error - expected) < 1e-5 * expected + 1e-9)
      }
      #expect(estimate.samples == 10_000)
      #expect(estimate.reachedStandardError)
    }
  }

  @Test(arguments: [Sampling.independent, .antithetic, .orthogonal, .quasiMonteCarlo()])
  func gradientIsThatOfThePullback(_ sampling: Sampling) throws {
    for baseline in Baseline.allCases {
      let perturbed = try softArgMax(
        samples: 5000, baseline: baseline, sampling: sampling, noise: .normal)
      let cotangent: Tensor<Float> = [1, 2, 3, 4, 5]
      let (value, pullback) = try vjp(at: theta) { try perturbed($0, key: RandomKey(1)) }
      let expected = try pullback(cotangent)
      let estimate = try perturbed.gradientEstimate(
        at: theta, cotangent: cotangent, key: RandomKey(1))
      #expect(estimate.value == value)
      #expect(estimate.gradient == expected)
      let errors = try perturbed.estimate(at: theta, key: RandomKey(1)).standardError
      #expect(estimate.valueStandardError == errors)
      let product = try perturbed.hessianProductEstimate(
        at: theta, cotangent: cotangent, direction: [1, 0, 2, 0, 1], key: RandomKey(1))
      let (_, second) = try vjp(at: theta) { x in
        try vjp(at: x) { try perturbed($0, key: RandomKey(1)) }.pullback(cotangent)
      }
      let matrix = try perturbed.hessianEstimate(
        at: theta, cotangent: cotangent, key: RandomKey(1))
      let direction: Tensor<Double> = [1, 0, 2, 0, 1]
      #expect(
        agree(
          product.value.scalars, matmul(matrix.value, direction).cast(to: Float.self).scalars,
          tolerance: 1e-4))
      let along = try perturbed.hessianProductEstimate(
        at: theta, cotangent: cotangent, direction: [0, 0, 1, 0, 0], key: RandomKey(1))
      #expect(
        agree(
          along.standardError.scalars, matrix.standardError[2].cast(to: Float.self).scalars))
      // The Hessian is symmetric.
      #expect(agree(product.value.scalars, try second([1, 0, 2, 0, 1]).scalars, tolerance: 1e-4))
    }
  }

  @Test func hessiansOfABatchAndOfMoreThanOnePass() throws {
    // 150 numbers: 11,325 entries in the triangle, two passes.
    let size = 150
    let batch = stack([
      Tensor<Double>((0..<size).map { Double($0 % 7) / 10 }),
      Tensor<Double>((0..<size).map { Double($0 % 5) / 10 + 0.1 }),
    ])
    for noise in [Noise.normal, .logNormal] {
      let perturbed = try Perturbed(
        samples: 400, sigma: 0.5, noise: noise, baseline: .leaveOneOut
      ) { (x: Tensor<Double>) in square(x).sum() }
      let theta = batch + 0.1
      let found = try perturbed.hessianEstimate(
        at: theta, cotangent: [1, 2], key: RandomKey(2), batched: true)
      #expect(found.value.shape == [2, size, size])
      #expect(found.standardError.shape == [2, size, size])
      for k in [0, 3, 70, 149] {
        var unit = [Double](repeating: 0, count: size)
        unit[k] = 1
        let direction = Tensor<Double>(unit)
        let product = try perturbed.hessianProductEstimate(
          at: theta, cotangent: [1, 2], direction: stack([direction, direction]),
          key: RandomKey(2), batched: true)
        for row in 0..<2 {
          #expect(found.value[row][k].isClose(to: product.value[row], relative: 1e-9))
          #expect(
            found.standardError[row][k].isClose(to: product.standardError[row], relative: 1e-9))
        }
      }
    }
  }

  @Test func cotangentFromTheValue() throws {
    let perturbed = try softArgMax(samples: 1000)
    let target: Tensor<Float> = [0.1, 0.15, 0.2, 0.25, 0.3]
    let expected = try gradient(at: theta) { theta in
      square(try perturbed(theta, key: RandomKey(2)) - target).sum()
    }
    let estimate = try perturbed.gradientEstimate(at: theta, key: RandomKey(2)) {
      2 * ($0 - target)
    }
    #expect(agree(estimate.gradient.scalars, expected.scalars))
  }

  @Test func stopsAtTheStandardError() throws {
    let perturbed = try softArgMax(samples: 1_000_000)
    let estimate = try perturbed.estimate(
      at: theta, untilStandardError: 0.002, key: RandomKey(5))
    #expect(estimate.reachedStandardError)
    #expect(estimate.standardError.max().scalar <= 0.002)
    #expect(estimate.samples > 20_000 && estimate.samples < 80_000)
    #expect(estimate.samples % 4096 == 0)
    let fixed = try softArgMax(samples: estimate.samples).estimate(at: theta, key: RandomKey(5))
    #expect(fixed.value == estimate.value)
    #expect(fixed.standardError == estimate.standardError)
  }

  @Test func stopsAtTheCap() throws {
    let perturbed = try softArgMax(samples: 5000)
    let estimate = try perturbed.estimate(
      at: theta, untilStandardError: 1e-6, key: RandomKey(5))
    #expect(!estimate.reachedStandardError)
    #expect(estimate.samples == 5000)
    #expect(try estimate.value == (perturbed(theta, key: RandomKey(5))))
  }

  @Test func evaluatesEachSampleOnce() throws {
    let calls = Mutex(0)
    let perturbed = try Perturbed<Tensor<Float>, Tensor<Float>>(samples: 1000, sigma: 1) {
      (x: [Float]) in
      calls.withLock { $0 += 1 }
      return x
    }
    _ = try perturbed.estimate(at: theta, key: RandomKey(1))
    #expect(calls.withLock { $0 } == 1000)
    calls.withLock { $0 = 0 }
    _ = try perturbed.gradientEstimate(at: theta, cotangent: theta, key: RandomKey(1))
    #expect(calls.withLock { $0 } == 1000)
    calls.withLock { $0 = 0 }
    _ = try perturbed.diagnose(at: theta, sigmas: [1], key: RandomKey(1))
    #expect(calls.withLock { $0 } == 1001)
  }

  @Test func largeOffsetsDoNotSpoilTheError() throws {
    let perturbed = try Perturbed(samples: 10_000, sigma: 1) { (x: Tensor<Double>) in x + 1e9 }
    let error = try perturbed.estimate(at: [0.5], key: RandomKey(1)).standardError.scalar
    #expect(abs(error - 0.01) < 0.0005)
  }

  @Test func tooFewSamplesAreRefused() throws {
    #expect(throws: PerturbationError.self) {
      try softArgMax(samples: 1).estimate(at: theta, key: RandomKey(0))
    }
    #expect(throws: PerturbationError.self) {
      try softArgMax(samples: 2, sampling: .antithetic, noise: .normal).estimate(
        at: theta, key: RandomKey(0))
    }
    #expect(throws: PerturbationError.self) {
      try softArgMax(samples: 64, sampling: .quasiMonteCarlo(scramblings: 1)).estimate(
        at: theta, key: RandomKey(0))
    }
    #expect(throws: PerturbationError.self) {
      try softArgMax(samples: 64).estimate(at: theta, untilStandardError: 0)
    }
  }
}

@Suite struct SigmaDerivativeTests {
  /// E‖θ + σz‖² = ‖θ‖² + d σ², whose derivative is 2dσ.
  @Test(arguments: Baseline.allCases, [Sampling.independent, .antithetic, .orthogonal])
  func squareUnderNormalNoise(_ baseline: Baseline, _ sampling: Sampling) throws {
    let perturbed = try Perturbed(
      samples: 300_000, sigma: 0.7, baseline: baseline, sampling: sampling
    ) { (x: Tensor<Double>) in square(x).sum() }
    let found = try perturbed.sigmaDerivative(
      at: [0.3, -0.2, 0.5], cotangent: 2.0, key: RandomKey(3))
    #expect(abs(found.value - 2 * 2 * 3 * 0.7) < 4 * found.standardError, "\(found)")
    #expect(found.standardError < 0.1)
  }

  /// d/dσ softmax(θ/σ)₀ for Gumbel noise.
  @Test func argMaxUnderGumbelNoise() throws {
    func softmax(_ sigma: Double) -> Double {
      Tensor([0.3, -0.2, 0.5].map { $0 / sigma }).softmax().scalars[0]
    }
    let expected = (softmax(0.5 + 1e-6) - softmax(0.5 - 1e-6)) / 2e-6
    let perturbed = try Perturbed(
      samples: 400_000, sigma: 0.5, noise: .gumbel, baseline: .leaveOneOut
    ) { (x: Tensor<Double>) in oneHot(x.argMax(), classes: 3, as: Double.self) }
    let found = try perturbed.sigmaDerivative(
      at: [0.3, -0.2, 0.5], cotangent: [1, 0, 0], key: RandomKey(3))
    #expect(abs(found.value - expected) < 4 * found.standardError, "\(found) \(expected)")
    #expect(found.standardError < 0.02)
  }

  /// E[θe^(σz − σ²/2)]² = θ²e^(σ²).
  @Test func squareUnderLogNormalNoise() throws {
    let perturbed = try Perturbed(
      samples: 400_000, sigma: 0.4, noise: .logNormal, baseline: .leaveOneOut
    ) { (x: Tensor<Double>) in square(x).sum() }
    let found = try perturbed.sigmaDerivative(at: [-1.5], cotangent: 1.0, key: RandomKey(3))
    let expected = 2 * 0.4 * 2.25 * exp(Tensor(0.16)).scalar
    #expect(abs(found.value - expected) < 4 * found.standardError, "\(found) \(expected)")
  }
}

@Suite struct SolutionDistributionTests {
  @Test func argMaxSolutionsAreItsMean() throws {
    let perturbed = try softArgMax(samples: 20_000)
    let found = try perturbed.solutions(at: theta, key: RandomKey(1))
    let mean = try perturbed(theta, key: RandomKey(1)).scalars
    #expect(found.solutions.count == 5)
    #expect(found.solutions.map(\.count).reduce(0, +) == 20_000)
    for solution in found.solutions {
      let place = try #require(solution.output.scalars.firstIndex(of: 1))
      #expect(abs(Float(solution.weight) - mean[place]) < 1e-6)
    }
    #expect(found.mostLikely.scalars == [0, 1, 0, 0, 0])
    #expect(found.solutions.map(\.weight) == found.solutions.map(\.weight).sorted(by: >))
    // −Σ p log p of softmax(θ/σ)
    let p = (theta / 0.5).softmax().cast(to: Double.self)
    let entropy = -(p * log(p)).sum().scalar
    #expect(abs(found.entropy - entropy) < 0.02)
    let cost = found.expectation { Double(($0 * theta).sum().scalar) }
    let expected = zip(mean, theta.scalars).reduce(0) { $0 + Double($1.0 * $1.1) }
    #expect(abs(cost.value - expected) < 1e-5)
    #expect(cost.standardError > 0 && cost.standardError < 0.01)
  }

  @Test func oneSolutionHasNoEntropy() throws {
    let perturbed = try softArgMax(samples: 100, sigma: 1e-6)
    let found = try perturbed.solutions(at: theta, key: RandomKey(1))
    #expect(found.solutions.count == 1)
    #expect(found.entropy == 0)
    #expect(found.expectation { _ in 3 }.value == 3)
    #expect(found.expectation { _ in 3 }.standardError == 0)
  }

  @Test func treesAndThreads() throws {
    func run(_ threads: Int) throws -> SolutionDistribution<[String: Tensor<Float>]> {
      try Perturbed(samples: 9000, sigma: 1, threads: threads) { (x: Tensor<Float>) in
        ["rank": x.argsort().argsort().cast(to: Float.self), "max": oneHot(x.argMax(), classes: 3)]
      }.solutions(at: [0.1, 0.2, 0.3], key: RandomKey(8))
    }
    let (one, two) = (try run(1), try run(2))
    #expect(one.solutions.count == 6)
    #expect(one.solutions.map(\.output) == two.solutions.map(\.output))
    #expect(one.solutions.map(\.count) == two.solutions.map(\.count))
  }

  @Test func theLimitIsAnError() throws {
    let perturbed = try Perturbed(samples: 1000, sigma: 1) { (x: Tensor<Float>) in x }
    do {
      _ = try perturbed.solutions(at: theta, key: RandomKey(1), limit: 50)
      Issue.record("more than 50 solutions were kept")
    } catch PerturbationError.tooManySolutions(let limit, _) {
      #expect(limit == 50)
    }
  }
}

@Suite struct DiagnosisTests {
  @Test func ofAnArgMax() throws {
    let diagnosis = try softArgMax(samples: 20_000, baseline: .point).diagnose(
      at: theta, sigmas: [0.05, 0.5, 5], key: RandomKey(1))
    #expect(diagnosis.rows.map(\.sigma) == [0.05, 0.5, 5])
    #expect(diagnosis.table.allSatisfy { $0.count == Diagnosis.columns.count })
    for row in diagnosis.rows {
      let p = (theta / Float(row.sigma)).softmax().scalars.map(Double.init)
      // The samples that differ are those with another winner than element 1.
      #expect(abs(row.changed - (1 - p[1])) < 0.02)
      let bias = p.enumerated().reduce(0) {
        let distance = $1.element - ($1.offset == 1 ? 1 : 0)
        return $0 + distance * distance
      }
      #expect(abs(row.squaredBias - bias) < 0.03 * (bias + 0.01), "\(row) \(bias)")
      let variance = p.reduce(0) { $0 + $1 * (1 - $1) } / 20_000
      #expect(abs(row.variance - variance) < 0.05 * variance + 2e-9)
    }
    // More noise, more bias; a gradient that is seen at 0.5, and hardly any where nothing changes.
    #expect(diagnosis.rows[0].squaredBias < diagnosis.rows[2].squaredBias)
    #expect(diagnosis.rows[1].signalToNoise > 10)
    #expect(diagnosis.smallestError?.sigma == 0.05)
  }

  @Test func theSignalGrowsWithTheSamples() throws {
    func ratio(_ samples: Int) throws -> Double {
      try softArgMax(samples: samples).diagnose(
        at: theta, sigmas: [0.5], cotangent: [1, -1, 1, 2, 0], key: RandomKey(1)
      ).rows[0].signalToNoise
    }
    let growth = try ratio(160_000) / ratio(10_000)
    #expect(growth > 3 && growth < 5)
  }
}
