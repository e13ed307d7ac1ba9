import Perturbations
import Testing

/// The checks of optax's own test file for perturbations, and those of its reference values that
/// need whole Jacobians and Hessians.
@Suite struct OptaxOwnTests {
  private let tree: [String: Tensor<Float>] = [
    "a": [0.1, 0.4, 0.5], "b": [0.1, 0.2], "c": [0.4, 0.3, 0.2, 0.1],
  ]

  private static func argMax(_ x: Tensor<Float>) -> Tensor<Float> {
    oneHot(x.argMax(), classes: x.count)
  }

  @Test func perturbedArgMaxOnATree() throws {
    let perturbed = try Perturbed(samples: 1_000_000, sigma: 0.5, noise: .gumbel) {
      (x: [String: Tensor<Float>]) in x.mapValues(Self.argMax)
    }
    let found = try perturbed.estimate(at: tree, key: RandomKey(1))
    for (key, leaf) in tree {
      let deviation = largestDeviation(
        key, try #require(found.value[key]), try #require(found.standardError[key]),
        (leaf / 0.5).softmax().scalars.map(Double.init), samples: 1_000_000)
      #expect(deviation.isAcceptable, "\(deviation)")
    }
  }

  @Test func perturbedArgMaxFlat() throws {
    let perturbed = try Perturbed(samples: 1_000_000, sigma: 0.5, noise: .gumbel, Self.argMax)
    let leaf: Tensor<Float> = [0.4, 0.3, 0.2, 0.1]
    let found = try perturbed.estimate(at: leaf, key: RandomKey(1))
    let deviation = largestDeviation(
      "flat", found.value, found.standardError, (leaf / 0.5).softmax().scalars.map(Double.init),
      samples: 1_000_000)
    #expect(deviation.isAcceptable, "\(deviation)")
  }

  @Test func valuesOnATree() throws {
    let test = OptaxFixture.shared.tree
    let input = TreeInput(
      a: Tensor(try #require(test.input["a"])),
      b: [
        Tensor(shape: [2, 2], scalars: try #require(test.input["b0"])),
        Tensor(shape: [2, 2], scalars: try #require(test.input["b1"])),
      ])
    let perturbed = try Perturbed(samples: test.samples, sigma: test.sigma, baseline: .point) {
      (x: TreeInput) in TreeInput(a: Self.argMax(x.a), b: [x.b[0] * x.b[1], x.b[1].max()])
    }
    let (value, pullback) = try vjp(at: input) { try perturbed($0, key: RandomKey(test.seed)) }
    #expect(agree(value.a.scalars, test.value["a"] ?? []))
    #expect(agree(value.b[0].scalars, test.value["b0"] ?? []))
    #expect(agree(value.b[1].scalars, test.value["b1"] ?? []))
    #expect(value.b[1].shape == [])
    let slope = try pullback(TreeInput(a: 2 * value.a, b: value.b.map { 2 * $0 }))
    #expect(agree(slope.a.scalars, test.gradient["a"] ?? []))
    #expect(agree(slope.b[0].scalars, test.gradient["b0"] ?? []))
    #expect(agree(slope.b[1].scalars, test.gradient["b1"] ?? []))
  }

  @Test func linearFunction() throws {
    let (a, theta) = ([1.0, -2, 3], [0.5, 0.1, -0.3])
    let perturbed = try Perturbed(
      samples: 1_000_000, sigma: 0.5, baseline: .point,
      quadratic(linear: a, diagonal: [0, 0, 0], constant: 0.7)
        as @Sendable (Tensor<Double>) -> Tensor<Double>)
    try checkEstimator(
      perturbed, at: Tensor(theta),
      closedForm: quadraticForm(
        theta, linear: a, diagonal: [0, 0, 0], constant: 0.7, sigma: 0.5))
  }

  @Test func differentiableFunction() throws {
    let theta: Tensor<Double> = [0.3, 0.4, 0.5]
    let function: @Sendable (Tensor<Double>) -> Tensor<Double> = { x in
      x[0] * square(x[1]) * sin(x[2] * x[1] - x[0]) + cos(x[0] * x[0] * x[0])
    }
    // A small σ: the bias is of order σ².
    let perturbed = try Perturbed(
      samples: 1_000_000, sigma: 0.01, baseline: .point, sampling: .antithetic, function)
    let found = try perturbed.gradientEstimate(at: theta, cotangent: 1.0, key: RandomKey(1))
    let exact = gradient(at: theta, of: function)
    for (k, expected) in exact.scalars.enumerated() {
      #expect(
        abs(found.gradient.scalars[k] - expected)
          < 4 * found.standardError.scalars[k] + 3e-4)
    }
    #expect(abs(found.value.scalar - function(theta).scalar) < 1e-3)
  }

  @Test func derivativeIsNotUsed() throws {
    let wrong: @Sendable (Tensor<Float>) -> Tensor<Float> = { x in
      withPullback(at: x) { x in (square(x).sum(), { _ in x * Float.nan }) }
    }
    let right: @Sendable (Tensor<Float>) -> Tensor<Float> = { square($0).sum() }
    func slope(_ f: @escaping @Sendable (Tensor<Float>) -> Tensor<Float>) throws -> Tensor<Float> {
      let perturbed = try Perturbed(samples: 1000, sigma: 0.5, f)
      return try gradient(at: [1, 2]) { try perturbed($0, key: RandomKey(1)) }
    }
    #expect(try slope(wrong) == slope(right))
  }

  @Test func nonFlatShape() throws {
    let flat = try Perturbed(samples: 1000, sigma: 0.5, baseline: .point) { (x: Tensor<Float>) in
      x.argsort().cast(to: Float.self)
    }
    let shaped = try Perturbed(samples: 1000, sigma: 0.5, baseline: .point) {
      (x: Tensor<Float>) in x.flattened().argsort().cast(to: Float.self).reshaped([3, 2])
    }
    let theta: Tensor<Float> = [0.1, 0.5, 0.2, 0.4, 0.6, 0.3]
    let (a, pullbackA) = try vjp(at: theta) { try flat($0, key: RandomKey(2)) }
    let (b, pullbackB) = try vjp(at: theta.reshaped([2, 3])) { try shaped($0, key: RandomKey(2)) }
    #expect(b.shape == [3, 2])
    #expect(a == b.flattened())
    let g: Tensor<Float> = [1, 2, 3, 4, 5, 6]
    #expect(try pullbackA(g) == pullbackB(g.reshaped([3, 2])).flattened())
  }

  @Test(arguments: OptaxFixture.shared.cases)
  func jacobian(_ test: OptaxFixture.Case) throws {
    let function = try #require(optaxFunctions[test.function])
    let perturbed = try Perturbed(
      samples: test.samples, sigma: test.sigma, noise: try #require(Noise.named(test.noise)),
      baseline: test.baseline ? .point : .none, function)
    let (value, pullback) = try vjp(at: Tensor(test.at)) {
      try perturbed($0, key: RandomKey(test.seed))
    }
    let rows = try (0..<value.count).flatMap { row in
      try pullback(
        Tensor(
          shape: value.shape, scalars: (0..<value.count).map { $0 == row ? Float(1) : 0 })
      ).scalars
    }
    #expect(agree(rows, test.jacobian), "\(rows) \(test.jacobian)")
  }

  @Test func hessian() throws {
    let perturbed = try Perturbed(
      samples: 1_000_000, sigma: 0.5, baseline: .leaveOneOut,
      quadratic(linear: [1, 0], diagonal: [2, -1], constant: 0)
        as @Sendable (Tensor<Double>) -> Tensor<Double>)
    try checkEstimator(
      perturbed, at: [0.4, 0.2],
      closedForm: quadraticForm(
        [0.4, 0.2], linear: [1, 0], diagonal: [2, -1], constant: 0, sigma: 0.5))
  }

  /// Not in optax: a third derivative says so by name.
  @Test func thirdDerivative() throws {
    let perturbed = try Perturbed(samples: 100, sigma: 0.5) { (x: Tensor<Double>) in
      (x * x * x).sum()
    }
    do {
      _ = try gradient(at: [0.1, 0.2]) { (x: Tensor<Double>) in
        try gradient(at: x) { x in
          try gradient(at: x) { try perturbed($0, key: RandomKey(1)) }.sum()
        }.sum()
      }
      Issue.record("a third derivative came out")
    } catch {
      #expect("\(error)".contains("third derivative of a perturbed call"), "\(error)")
    }
  }
}

/// The fixture's tree: {a: [3], b: [[2, 2], [2, 2]]}.
private struct TreeInput: TreeStruct, Sendable {
  var a: Tensor<Float>
  var b: [Tensor<Float>]
  static var children: [Child<TreeInput>] { [Child(\.a), Child(\.b)] }
}
