import Perturbations
import Testing

/// One-hot argmin, as a solver's mirror image.
private let argMin: @Sendable (Tensor<Double>) -> Tensor<Double> = {
  oneHot((-$0).argMax(), classes: $0.count, as: Double.self)
}
private let argMax: @Sendable (Tensor<Double>) -> Tensor<Double> = {
  oneHot($0.argMax(), classes: $0.count, as: Double.self)
}

private let theta: Tensor<Double> = [0.4, -0.3, 0.8, 0.1]
private let key = RandomKey(21)

/// The central finite difference of a function in every element.
private func finiteDifference(
  _ x: Tensor<Double>, step: Double = 1e-4, _ f: (Tensor<Double>) throws -> Double
) rethrows -> [Double] {
  try x.scalars.indices.map { k in
    var (up, down) = (x.scalars, x.scalars)
    up[k] += step
    down[k] -= step
    return try (f(Tensor(shape: x.shape, scalars: up)) - f(Tensor(shape: x.shape, scalars: down)))
      / (2 * step)
  }
}

@Suite struct PerturbedMaximumTests {
  static let noises: [Noise] = [
    .normal, .gumbel, .gumbel.centered, .logNormal, .rademacher, .sphere, .uniform,
    .sumOfGamma(k: 1),
  ]

  /// The value is piecewise linear (or linear in exp) in θ: with the same key, its slope is the
  /// gradient, but for the samples whose solution changes within the step.
  @Test(arguments: noises, [Sense.maximize, .minimize])
  func gradientIsTheSlopeOfTheValue(_ noise: Noise, _ sense: Sense) throws {
    let maximum = try PerturbedMaximum<Tensor<Double>, Double>(
      samples: 4000, sigma: 0.5, noise: noise, sense: sense, sense == .maximize ? argMax : argMin)
    let found = try gradient(at: theta) { try maximum($0, key: key) }.scalars
    let slope = try finiteDifference(theta) { try maximum($0, key: key).scalar }
    for (a, b) in zip(found, slope) { #expect(abs(a - b) < 1e-3, "\(found) \(slope)") }
    let value = try maximum(theta, key: key).scalar
    #expect(sense == .maximize ? value > 0.5 : value < 0.2)
  }

  /// E max(θ + σG) = σ logsumexp(θ/σ) + σγ, exactly; without γ where the noise is centred.
  @Test func gumbelMaximumIsLogSumExp() throws {
    for (noise, mean) in [(Noise.gumbel, 0.577_215_664_9), (.gumbel.centered, 0)] {
      let samples = 400_000
      let maximum = try PerturbedMaximum<Tensor<Double>, Double>(
        solving: ArgMax(), samples: samples, sigma: 0.5, noise: noise)
      let expected = 0.5 * ((theta / 0.5).logSumExp().scalar + mean)
      // The maximum is Gumbel again, of variance σ²π²/6.
      let error = 0.5 * 1.2825 / Double(samples).squareRoot()
      let found = try maximum(theta, key: key).scalar
      #expect(abs(found - expected) < 4 * error, "\(found) \(expected)")
    }
  }

  @Test func solverAndFunctionAgree() throws {
    let samples = 5000
    let solver = try PerturbedMaximum(
      ArgMax(), samples: samples, sigma: 0.5, noise: .gumbel)
    let function = try PerturbedMaximum<Tensor<Float>, Float>(
      samples: samples, sigma: 0.5, noise: .gumbel
    ) { oneHot($0.argMax(), classes: 4) }
    let x = theta.cast(to: Float.self)
    let (a, b) = (try solver(x, key: key), try function(x, key: key))
    #expect(abs(a.scalar - b.scalar) < 1e-6)
    let solution = try Perturbed<Tensor<Float>, Tensor<Float>>(
      ArgMax(), samples: samples, sigma: 0.5, noise: .gumbel)(x, key: key)
    #expect(try gradient(at: x) { try solver($0, key: key) } == solution)
  }

  /// The Hessian is the Jacobian of the perturbed solution.
  @Test(arguments: [Noise.normal, .logNormal])
  func secondDerivative(_ noise: Noise) throws {
    let maximum = try PerturbedMaximum<Tensor<Double>, Double>(
      samples: 400_000, sigma: 0.5, noise: noise, baseline: .leaveOneOut, argMax)
    let direction: Tensor<Double> = [1, -1, 0.5, 2]
    let product = try gradient(at: theta) { x in
      (try gradient(at: x) { try maximum($0, key: key) } * direction).sum()
    }.scalars
    // The slope of the gradient over a wide step: smooth up to the sampling error.
    let slope = try finiteDifference(theta, step: 0.05) { x in
      (try gradient(at: x) { try maximum($0, key: key) } * direction).sum().scalar
    }
    for (a, b) in zip(product, slope) { #expect(abs(a - b) < 0.05, "\(product) \(slope)") }
    if noise.name == "normal" {
      let jacobian = try Perturbed(
        samples: 400_000, sigma: 0.5, noise: noise, baseline: .leaveOneOut, argMax)
      let (_, pullback) = try vjp(at: theta) { try jacobian($0, key: key) }
      for (a, b) in zip(product, try pullback(direction).scalars) { #expect(abs(a - b) < 1e-9) }
    }
  }

  @Test func noiseWithoutScoreHasNoSecondDerivative() throws {
    let maximum = try PerturbedMaximum<Tensor<Double>, Double>(
      samples: 100, sigma: 0.5, noise: .rademacher, argMax)
    #expect(throws: PerturbationError.self) {
      try gradient(at: theta) { x in
        try gradient(at: x) { try maximum($0, key: key) }.sum()
      }
    }
  }

  @Test func batchesAndMaps() throws {
    let maximum = try PerturbedMaximum<Tensor<Double>, Double>(
      samples: 2000, sigma: 0.5, argMax)
    let batch = stack([theta, -theta, 2 * theta])
    let values = try maximum(batch, key: key, batched: true)
    #expect(values.shape == [3])
    // Row 0 of a batch has the noise of a single example.
    #expect(try abs(values.scalars[0] - (maximum(theta, key: key).scalar)) < 1e-12)
    let mapped = try vmap { (x: Tensor<Double>) throws in try maximum(x, key: key) }(batch)
    for row in 0..<3 {
      let x = batch[row]
      #expect(try abs(mapped.scalars[row] - (maximum(x, key: key).scalar)) < 1e-12)
    }
    let gradients = try vmap { (x: Tensor<Double>) throws in
      try gradient(at: x) { try maximum($0, key: key) }
    }(batch)
    let single = try gradient(at: batch[2]) { try maximum($0, key: key) }
    #expect(gradients[2] == single)
    let all = try gradient(at: batch) {
      (try maximum($0, key: key, batched: true) * [1, 2, 3]).sum()
    }
    #expect(try all[0] == (gradient(at: theta) { try maximum($0, key: key) }))
  }

  @Test func treesOfSolutions() throws {
    let maximum = try PerturbedMaximum<[Tensor<Double>], Double>(
      samples: 3000, sigma: 0.5
    ) { $0.map(argMax) }
    let tree = [theta, Tensor<Double>([0.2, 0.1])]
    let found = try gradient(at: tree) { try maximum($0, key: key) }
    let slope = try finiteDifference(tree[1]) { try maximum([tree[0], $0], key: key).scalar }
    for (a, b) in zip(found[1].scalars, slope) { #expect(abs(a - b) < 1e-3) }
  }

  @Test func refusals() throws {
    #expect(throws: PerturbationError.self) {
      try PerturbedMaximum(LogicalOr(), samples: 10, sigma: 1)
    }
    let wrong = try PerturbedMaximum<Tensor<Double>, Double>(samples: 10, sigma: 1) { $0.sum() }
    #expect(throws: PerturbationError.self) { try wrong(theta, key: key) }
    #expect(throws: PerturbationError.self) {
      try PerturbedMaximum<Tensor<Double>, Double>(
        samples: 10, sigma: 1, noise: .logNormal, argMax)([1, 0, 2], key: key)
    }
  }
}

@Suite struct FenchelYoungLossTests {
  private func loss(
    _ noise: Noise, samples: Int = 4000, sense: Sense = .maximize
  ) throws -> FenchelYoungLoss<Tensor<Double>, Double> {
    FenchelYoungLoss(
      try PerturbedMaximum(
        samples: samples, sigma: 0.5, noise: noise, sense: sense,
        sense == .maximize ? argMax : argMin))
  }

  @Test(arguments: [Noise.normal, .gumbel, .logNormal], [Sense.maximize, .minimize])
  func gradientIsTheSlopeOfTheValue(_ noise: Noise, _ sense: Sense) throws {
    let loss = try loss(noise, sense: sense)
    let y: Tensor<Double> = [0, 1, 0, 0]
    let found = try gradient(at: theta) { try loss($0, target: y, key: key) }.scalars
    let slope = try finiteDifference(theta) { try loss($0, target: y, key: key).scalar }
    for (a, b) in zip(found, slope) { #expect(abs(a - b) < 1e-3, "\(found) \(slope)") }
    if noise.name != "log-normal" {
      let mean = try Perturbed(
        samples: 4000, sigma: 0.5, noise: noise, sense == .maximize ? argMax : argMin)(
          theta, key: key)
      let expected = (sense == .maximize ? mean - y : y - mean).scalars
      for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12) }
    }
  }

  /// With centred Gumbel noise: σ · cross-entropy of softmax(θ/σ).
  @Test func gumbelLossIsCrossEntropy() throws {
    let samples = 400_000
    let loss = try loss(.gumbel.centered, samples: samples)
    for target in 0..<4 {
      let y = Tensor((0..<4).map { $0 == target ? 1.0 : 0 })
      let expected = -0.5 * (theta / 0.5).logSoftmax().scalars[target]
      let (value, slope) = try valueAndGradient(at: theta) { x in
        try loss(x, target: y, key: key)
      }
      let error = 0.5 * 1.2825 / Double(samples).squareRoot()
      #expect(abs(value.scalar - expected) < 4 * error)
      let p = (theta / 0.5).softmax().scalars
      for k in 0..<4 {
        let error = (p[k] * (1 - p[k]) / Double(samples)).squareRoot()
        #expect(abs(slope.scalars[k] - (p[k] - y.scalars[k])) < bound(comparisons: 16) * error)
      }
    }
  }

  /// The gradient is 0 at the target that is the perturbed solution, and the loss is least there.
  @Test func theLossIsLeastAtItsOwnSolution() throws {
    let loss = try loss(.normal)
    let y = try gradient(at: theta) { try loss.maximum($0, key: key) }
    let slope = try gradient(at: theta) { try loss($0, target: y, key: key) }
    #expect(slope.scalars.allSatisfy { abs($0) < 1e-12 })
    let least = try loss(theta, target: y, key: key).scalar
    for k in 0..<4 {
      for step in [-0.5, 0.5] {
        var moved = theta.scalars
        moved[k] += step
        #expect(try loss(Tensor(moved), target: y, key: key).scalar >= least)
      }
    }
  }

  @Test func batchesAndMaps() throws {
    let loss = try loss(.gumbel)
    let batch = stack([theta, -theta])
    let y: Tensor<Double> = [[1, 0, 0, 0], [0, 0, 1, 0]]
    let values = try loss(batch, target: y, key: key, batched: true)
    #expect(values.shape == [2])
    #expect(try abs(values.scalars[0] - (loss(theta, target: y[0], key: key).scalar)) < 1e-12)
    let mapped = try vmap { (x: Tensor<Double>, y: Tensor<Double>) throws in
      try loss(x, target: y, key: key)
    }(batch, y)
    #expect(try abs(mapped.scalars[1] - (loss(-theta, target: y[1], key: key).scalar)) < 1e-12)
  }

  @Test func trainingThroughIt() throws {
    // 60 steps lead to scores whose perturbed argmax is the target.
    let loss = try loss(.gumbel, samples: 1000)
    let y: Tensor<Double> = [0.1, 0.2, 0.3, 0.4]
    var x = theta
    for step in 0..<100 {
      x -= 0.5 * (try gradient(at: x) { try loss($0, target: y, key: key.child(UInt64(step))) })
    }
    let reached = try gradient(at: x) { try loss.maximum($0, key: key) }
    #expect(zip(reached.scalars, y.scalars).allSatisfy { abs($0 - $1) < 0.06 }, "\(reached)")
  }
}
