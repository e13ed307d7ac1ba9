import Perturbations
import Testing

/// Draws of a noise as a function of θ = 0 and σ = 1 sees them.
private func draws(_ noise: Noise, _ count: Int) throws -> [Double] {
  let perturbed = try Perturbed<Tensor<Double>, Tensor<Double>>(
    samples: 1, sigma: 1, noise: noise.valueOnly
  ) { (x: [Double]) in x }
  return try perturbed(Tensor([Double](repeating: 0, count: count)), key: RandomKey(17)).scalars
}

@Suite struct NoiseTests {
  /// Distribution functions at some points: with n draws, the share below is within 4 standard errors.
  static let distributions: [(noise: Noise, points: [(z: Double, probability: Double)])] = [
    (.normal, [(-1, 0.158_655_3), (0, 0.5), (2, 0.977_249_9)]),
    (.gumbel, [(-1, 0.065_988), (0, 0.367_879_4), (2, 0.873_423)]),
    (.gumbel.centered, [(-0.577_215_7, 0.367_879_4), (1.422_784_3, 0.873_423)]),
    (.cauchy, [(-1, 0.25), (0, 0.5), (1, 0.75), (10, 0.968_274_5)]),
    // scipy.stats.t.cdf
    (.studentT(degreesOfFreedom: 3), [(-1, 0.195_501_1), (0, 0.5), (3, 0.971_165_6)]),
    (.studentT(degreesOfFreedom: 0.5), [(-1, 0.301_121_6), (0, 0.5), (3, 0.816_345_9)]),
    (.uniform, [(-0.5, 0.25), (0, 0.5), (0.9, 0.95)]),
    (.rademacher, [(-0.5, 0.5), (0.5, 0.5)]),
    // ∫ (S((z + 1)/τ) − S((z − 1)/τ))/2 dz in closed form, τ = 0.1
    (.smoothedUniform(edge: 0.1), [(-1, 0.034_657_4), (0, 0.5), (0.5, 0.749_664)]),
    // k = 1: Σ Gamma(1, 1/i) − log s over i ≤ 10 is the largest of 10 exponentials, less log 10.
    (.sumOfGamma(k: 1), [(0, 0.348_678_4), (1, 0.687_415_1), (-1, 0.041_912)]),
  ]

  @Test(arguments: distributions.indices)
  func drawsHaveTheDistribution(_ index: Int) throws {
    let (noise, points) = Self.distributions[index]
    let count = 50_000
    let drawn = try draws(noise, count)
    #expect(drawn.allSatisfy { $0.isFinite })
    for (z, probability) in points {
      let share = Double(drawn.count { $0 <= z }) / Double(count)
      let error = (probability * (1 - probability) / Double(count)).squareRoot()
      #expect(
        abs(share - probability) < bound(comparisons: 30) * error + 1e-6,
        "\(noise.name) at \(z): \(share), expected \(probability)")
    }
  }

  @Test func sumOfGammaHasItsMeanAndVariance() throws {
    // (τ/k)² Σ Var Gamma(1/k, k/i) = τ²/k Σ 1/i²
    let noise = Noise.sumOfGamma(k: 3, temperature: 2)
    let count = 20_000
    let drawn = try draws(noise, count)
    let mean = drawn.reduce(0, +) / Double(count)
    let variance = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    let squares: Double = (1...10).reduce(0) { $0 + 1 / Double($1 * $1) }
    let expected = 4 / 3 * squares
    let known = try #require(noise.mean)
    #expect(abs(mean - known) < 4 * (expected / Double(count)).squareRoot())
    #expect(abs(variance - expected) < 0.1 * expected)
  }

  @Test func sphereDrawsHaveLengthOne() throws {
    let drawn = try draws(.sphere, 10)
    #expect(abs(drawn.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
    // Over the leaves of a tree together.
    let tree = try Perturbed(samples: 1, sigma: 1, noise: .sphere.valueOnly) {
      (x: [Tensor<Double>]) in x
    }([[0, 0], [0]], key: RandomKey(1))
    let length: Double = tree.flatMap(\.scalars).reduce(0) { $0 + $1 * $1 }
    #expect(abs(length - 1) < 1e-12)
  }

  /// f(x) = x is its own gradient test: E[z s(z)] = 1 for every density with a score.
  @Test(arguments: [
    Noise.normal, .gumbel, .gumbel.centered, .logistic, .laplace, .studentT(degreesOfFreedom: 5),
    .smoothedUniform(edge: 0.1),
  ])
  func theGradientOfALinearFunction(_ noise: Noise) throws {
    for sampling in Sampling.all where sampling == .independent || noise.isSymmetric {
      if sampling == .orthogonal && noise.name != "normal" { continue }
      if case .quasiMonteCarlo = sampling { continue }
      let perturbed = try Perturbed(
        samples: 60_000, sigma: 0.3, noise: noise, baseline: .leaveOneOut, sampling: sampling
      ) { (x: Tensor<Double>) in (x * [1, -2]).sum() }
      let found = try perturbed.gradientEstimate(
        at: [0.5, 1], cotangent: 1.0, key: RandomKey(23))
      for (k, expected) in [1.0, -2].enumerated() {
        let error = found.standardError.scalars[k]
        #expect(
          abs(found.gradient.scalars[k] - expected) < 4 * error + 1e-9, "\(noise.name) \(sampling)")
        #expect(error < 0.3)
      }
    }
  }

  /// d/dθ E[sigmoid] for bounded functions where z s(z) has heavy tails, against the slope of the
  /// value with common random numbers.
  @Test(arguments: [Noise.cauchy, .studentT(degreesOfFreedom: 1.5), .logNormal])
  func gradientAndHessianOfABoundedFunction(_ noise: Noise) throws {
    let perturbed = try Perturbed(
      samples: 80_000, sigma: 0.5, noise: noise, baseline: .leaveOneOut
    ) { (x: Tensor<Double>) in sigmoid(2 * x).sum() }
    let x: Tensor<Double> = [0.5, -0.7]
    let key = RandomKey(29)
    let found = try perturbed.gradientEstimate(at: x, cotangent: 1.0, key: key)
    let second = try perturbed.hessianProductEstimate(
      at: x, cotangent: 1.0, direction: [1, 1], key: key)
    for k in 0..<2 {
      func value(_ step: Double) throws -> Double {
        var moved = x.scalars
        moved[k] += step
        return try perturbed(Tensor(moved), key: key).scalar
      }
      let slope = try (value(1e-3) - value(-1e-3)) / 2e-3
      let curvature = try (value(0.02) - 2 * value(0) + value(-0.02)) / 4e-4
      #expect(
        abs(found.gradient.scalars[k] - slope) < 4 * found.standardError.scalars[k] + 1e-3,
        "\(noise.name): \(found.gradient) \(slope)")
      #expect(found.standardError.scalars[k] < 0.02)
      #expect(
        abs(second.value.scalars[k] - curvature) < 4 * second.standardError.scalars[k] + 0.01,
        "\(noise.name): \(second.value) \(curvature)")
      #expect(second.standardError.scalars[k] < 0.1)
    }
    // The tape gives the same.
    let (_, pullback) = try vjp(at: x) { try perturbed($0, key: key) }
    let tape = try pullback(1.0).scalars
    let nested = try gradient(at: x) { x in
      try gradient(at: x) { try perturbed($0, key: key) }.sum()
    }.scalars
    for k in 0..<2 {
      #expect(abs(tape[k] - found.gradient.scalars[k]) < 1e-9)
      #expect(abs(nested[k] - second.value.scalars[k]) < 1e-7)
    }
  }

  @Test func logNormalKeepsSignsAndMeans() throws {
    let perturbed = try Perturbed(samples: 100_000, sigma: 0.8, noise: .logNormal) {
      (x: Tensor<Double>) in stack([x, sign(x)])
    }
    let found = try perturbed.estimate(at: [2, -0.5], key: RandomKey(3))
    let (value, error) = (found.value.scalars, found.standardError.scalars)
    #expect(abs(value[0] - 2) < 4 * error[0])
    #expect(abs(value[1] + 0.5) < 4 * error[1])
    #expect(value[2] == 1 && value[3] == -1)
  }

  @Test func centredNoiseMovesTheInputOnly() throws {
    func make(_ noise: Noise) throws -> Perturbed<Tensor<Double>, Tensor<Double>> {
      try Perturbed(samples: 1000, sigma: 0.5, noise: noise) { (x: Tensor<Double>) in
        oneHot(x.argMax(), classes: 3, as: Double.self)
      }
    }
    let x: Tensor<Double> = [0.1, 0.2, 0.3]
    // All elements move together, which an argmax does not see.
    let (a, b) = (try make(.gumbel), try make(.gumbel.centered))
    let g: Tensor<Double> = [1, 2, 0]
    #expect(try a(x, key: RandomKey(1)) == b(x, key: RandomKey(1)))
    let (_, first) = try vjp(at: x) { try a($0, key: RandomKey(1)) }
    let (_, second) = try vjp(at: x) { try b($0, key: RandomKey(1)) }
    #expect(try first(g) == second(g))
    #expect(Noise.normal.centered.name == "normal")
  }

  @Test(arguments: [Noise.rademacher, .uniform, .sphere, .sumOfGamma(k: 2)])
  func noiseWithoutScoreIsRefused(_ noise: Noise) throws {
    do {
      _ = try Perturbed(samples: 10, sigma: 1, noise: noise) { (x: Tensor<Float>) in x }
      Issue.record("\(noise.name) was accepted")
    } catch {
      #expect("\(error)".contains("\(noise.name) noise has no score"))
    }
    let perturbed = try Perturbed(samples: 10, sigma: 1, noise: noise.valueOnly) {
      (x: Tensor<Float>) in x.sum()
    }
    _ = try perturbed([1, 2], key: RandomKey(1))
    #expect(throws: PerturbationError.self) {
      try gradient(at: [1, 2]) { (x: Tensor<Float>) in try perturbed(x, key: RandomKey(1)) }
    }
    #expect(throws: PerturbationError.self) {
      try perturbed.gradientEstimate(at: [1, 2], cotangent: 1, key: RandomKey(1))
    }
  }

  /// Laplace's score jumps at 0: its derivative is not 0 there, and a Hessian that took it for 0
  /// would be wrong even for a constant.
  @Test func laplaceHasNoSecondDerivative() throws {
    let perturbed = try Perturbed(samples: 100, sigma: 1, noise: .laplace) {
      (x: Tensor<Double>) in square(x).sum()
    }
    do {
      _ = try gradient(at: [1, 2]) { (x: Tensor<Double>) in
        try gradient(at: x) { try perturbed($0, key: RandomKey(1)) }.sum()
      }
      Issue.record("a second derivative came out")
    } catch {
      #expect("\(error)".contains("second derivative"), "\(error)")
      #expect("\(error)".contains("laplace"))
    }
  }

  @Test func namesLeadBack() {
    #expect(
      Noise.all.map(\.name) == [
        "normal", "gumbel", "logistic", "laplace", "centered-gumbel", "cauchy", "log-normal",
        "rademacher", "uniform", "sphere",
      ])
    for noise in Noise.all { #expect(Noise.named(noise.name)?.name == noise.name) }
    #expect(Noise.named("nothing") == nil)
  }
}
