import Perturbations
import Testing

/// What estimates converge to, how fast, and what their standard errors say.
@Suite struct ZeroOrderEstimateTests {
  static let distributions: [DirectionDistribution] = [
    .normal, .rademacher, .uniform, .logistic, .laplace, .sphere, .orthogonal,
    .orthogonal(groupSize: 3),
  ]

  @Test(arguments: ZeroOrder.Method.allCases, distributions)
  func convergesToTheGradient(
    method: ZeroOrder.Method, distribution: DirectionDistribution
  ) throws {
    // For a quadratic and directions without third moments, the expectation is the gradient.
    let function = Quadratic()
    let estimator = try ZeroOrder(
      method, samples: 40_000, sigma: 0.5, distribution: distribution)
    let found = try estimator.estimate(at: Quadratic.start, key: RandomKey(3)) { function($0) }
    // Nothing but rounding is left of the error where all directions are orthogonal.
    let errors = found.standardError.flat.map { $0 + 1e-10 }
    #expect(largestDeviation(found.gradient.flat, function.gradient, errors) < 4.5)
    // With bounds that say something: a few per cent of the gradient.
    let largest = function.gradient.map { Swift.abs($0) }.max() ?? 0
    #expect((errors.max() ?? 1) < 0.1 * largest)
    #expect(found.value == function(Quadratic.start).scalar)
    #expect(found.evaluations == (method == .antithetic ? 80_001 : 40_001))
  }

  @Test func skewedDirectionsConvergeInPairs() throws {
    let function = Quadratic()
    let estimator = try ZeroOrder(
      .antithetic, samples: 40_000, sigma: 0.5, distribution: .gumbel)
    let found = try estimator.estimate(at: Quadratic.start, key: RandomKey(3)) { function($0) }
    #expect(
      largestDeviation(found.gradient.flat, function.gradient, found.standardError.flat) < 4.5)
  }

  /// E[f(θ + σZ)] = ½σ²P for f = ½|θ|² at 0, whatever the distribution of unit variance.
  @Test(
    arguments: distributions + [
      .gumbel, DirectionDistribution(.studentT(degreesOfFreedom: 9)),
      DirectionDistribution(.smoothedUniform(edge: 0.5)), DirectionDistribution(.uniform),
      DirectionDistribution(.gumbel.centered), DirectionDistribution(.sphere),
    ])
  func directionsHaveUnitVariance(distribution: DirectionDistribution) throws {
    let estimator = try ZeroOrder(.naive, samples: 20_000, sigma: 0.2, distribution: distribution)
    let found = try estimator.estimate(at: Tensor<Double>.zeros([7]), key: RandomKey(8)) {
      square($0).sum() * 0.5
    }
    let expected = 0.5 * 0.04 * 7
    #expect(Swift.abs(found.smoothedValue - expected) < 4.5 * found.smoothedValueError + 1e-12)
    #expect(found.smoothedValueError < 0.02 * expected)
    #expect(found.value == 0)
    let lengths: Set = ["sphere", "orthogonal", "rademacher"]
    if lengths.contains(distribution.name) { #expect(found.smoothedValueError < 1e-9) }
  }

  @Test func anotherVarianceIsCorrectedFor() throws {
    struct Wide: NoiseDistribution {
      func sample(_ count: Int, key: RandomKey) -> [Double] {
        key.normal(count).map { 3 + 2 * $0 }
      }
      func score(_ z: Double) -> Double? { (z - 3) / 4 }
    }
    let function = Quadratic()
    let normal = try ZeroOrder(.forward, samples: 50, sigma: 0.1)
    let wide = try ZeroOrder(
      .forward, samples: 50, sigma: 0.1,
      distribution: DirectionDistribution(Wide(), mean: 3, variance: 4))
    let key = RandomKey(1)
    let a = try normal.gradient(at: Quadratic.start, key: key) { function($0) }.flat
    let b = try wide.gradient(at: Quadratic.start, key: key) { function($0) }.flat
    for (a, b) in zip(a, b) { #expect(Swift.abs(a - b) < 1e-9) }
  }

  @Test func varianceFallsAsOneOverN() throws {
    let function = Quadratic()
    func variance(_ samples: Int) throws -> Double {
      let estimator = try ZeroOrder(.forward, samples: samples, sigma: 0.1)
      var sum = 0.0
      for trial in 0..<200 {
        let found = try estimator.gradient(
          at: Quadratic.start, key: RandomKey(17).child(UInt64(trial))
        ) { function($0) }
        sum += zip(found.flat, function.gradient).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
      }
      return sum / 200
    }
    let (few, many) = try (variance(10), variance(160))
    // Each has a relative error of about √(2/(200 · 4)) = 5 %.
    #expect(few / many > 16 * 0.75 && few / many < 16 / 0.75)
  }

  @Test(arguments: [ZeroOrder.Method.forward, .antithetic])
  func aConstantChangesNothing(method: ZeroOrder.Method) throws {
    let (plain, lifted) = (Quadratic(), Quadratic(constant: 1000))
    let estimator = try ZeroOrder(method, samples: 30, sigma: 0.1)
    let key = RandomKey(4)
    let a = try estimator.gradient(at: Quadratic.start, key: key) { plain($0) }.flat
    let b = try estimator.gradient(at: Quadratic.start, key: key) { lifted($0) }.flat
    for (a, b) in zip(a, b) { #expect(Swift.abs(a - b) < 1e-9) }
    // The naive method does depend on it, which is why this test can fail.
    let naive = try ZeroOrder(.naive, samples: 30, sigma: 0.1)
    let c = try naive.gradient(at: Quadratic.start, key: key) { plain($0) }.flat
    let d = try naive.gradient(at: Quadratic.start, key: key) { lifted($0) }.flat
    #expect(Swift.abs(c[0] - d[0]) > 1)
  }

  @Test(arguments: [DirectionDistribution.normal, .orthogonal(groupSize: 4)])
  func standardErrorsAreThoseOfRepetitions(distribution: DirectionDistribution) throws {
    let function = Quadratic()
    let estimator = try ZeroOrder(.forward, samples: 203, sigma: 0.1, distribution: distribution)
    var (squares, count) = (0.0, 0.0)
    for trial in 0..<150 {
      let found = try estimator.estimate(
        at: Quadratic.start, key: RandomKey(21).child(UInt64(trial))
      ) { function($0) }
      let estimates = zip(zip(found.gradient.flat, function.gradient), found.standardError.flat)
      for ((estimate, truth), error) in estimates {
        squares += (estimate - truth) * (estimate - truth) / (error * error)
        count += 1
      }
    }
    // Mean square of standardised deviations; the 8 elements of a trial are correlated.
    #expect(squares / count > 0.8 && squares / count < 1.25)
  }

  /// With P orthogonal directions in pairs, the gradient of a quadratic has no error but rounding.
  @Test func asManyOrthogonalDirectionsAsParametersAreExact() throws {
    let function = Quadratic()
    let estimator = try ZeroOrder(
      .antithetic, samples: 8, sigma: 0.5, distribution: .orthogonal)
    let found = try estimator.gradient(at: Quadratic.start, key: RandomKey(6)) { function($0) }
    for (a, b) in zip(found.flat, function.gradient) { #expect(Swift.abs(a - b) < 1e-9) }
    let independent = try ZeroOrder(.antithetic, samples: 8, sigma: 0.5)
    let rough = try independent.gradient(at: Quadratic.start, key: RandomKey(6)) { function($0) }
    #expect(Swift.abs(rough.flat[0] - function.gradient[0]) > 1e-3)
  }

  @Test func orthogonalDirectionsInFloat() throws {
    let slope: Tensor<Float> = RandomKey(2).normal([3, 40])
    let estimator = try ZeroOrder(
      .antithetic, samples: 120, sigma: 0.5, distribution: .orthogonal(groupSize: 120))
    let found = try estimator.gradient(at: Tensor<Float>.zeros([3, 40]), key: RandomKey(6)) {
      ($0 * slope).sum()
    }
    for (a, b) in zip(found.flat, slope.flat) { #expect(Swift.abs(a - b) < 1e-4) }
  }

  @Test func aSingleSampleHasNoStandardError() throws {
    let estimator = try ZeroOrder(samples: 1, sigma: 0.1)
    let found = try estimator.estimate(at: Tensor<Double>([1, 2]), key: RandomKey(0)) { $0.sum() }
    #expect(found.standardError.scalars.allSatisfy { $0.isNaN })
    #expect(found.smoothedValueError.isNaN)
  }

  @Test func leavesOfSeveralTypes() throws {
    struct Mixed: TreeStruct {
      var single: Tensor<Float> = [1, 2]
      var steps = Tensor<Int32>(3)
      var double: Tensor<Double> = [3]
      static var children: [Child<Mixed>] {
        [Child(\.single), Child(\.steps), Child(\.double)]
      }
    }
    let estimator = try ZeroOrder(
      samples: 3, sigma: 0.1, distribution: .orthogonal(groupSize: 3))
    let found = try estimator.gradient(at: Mixed(), key: RandomKey(0)) { model in
      let scale = model.steps.cast(to: Double.self)
      return (model.single.cast(to: Double.self) * [1, 2]).sum() + (scale * model.double).sum()
    }
    #expect(zip(found.single.scalars, [1, 2] as [Float]).allSatisfy { Swift.abs($0 - $1) < 1e-5 })
    #expect(Swift.abs(found.double[0].scalar - 3) < 1e-5)
    #expect(found.steps.scalar == 0)
    let functional = try gradient(at: Mixed()) { model in
      try estimator.value(at: model, key: RandomKey(0)) { model in
        let scale = model.steps.cast(to: Double.self)
        return (model.single.cast(to: Double.self) * [1, 2]).sum() + (scale * model.double).sum()
      }
    }
    #expect(functional.double == found.double && functional.single == found.single)
  }
}
