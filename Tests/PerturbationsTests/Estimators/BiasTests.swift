import Perturbations
import Testing

private func mean(_ numbers: [Double]) -> (mean: Double, error: Double) {
  let n = Double(numbers.count)
  let mean = numbers.reduce(0, +) / n
  let square = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (square / (n - 1) / n).squareRoot())
}

/// Estimates from few samples, where a bias of order 1/N shows, averaged over many keys.
@Suite struct BiasTests {
  private typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>

  private func check(
    _ expected: Double, keys: Int = 4000, _ estimate: (RandomKey) throws -> Double,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let found = mean(try (0..<keys).map { try estimate(RandomKey(UInt64($0))) })
    #expect(
      abs(found.mean - expected) < 4 * found.error + 1e-12, "\(found), expected \(expected)",
      sourceLocation: location)
  }

  /// Leave-one-out under scrambling leaves out one's own scrambling: unbiased for any number of points,
  /// also one for each.
  @Test(arguments: [(8, 8), (16, 8), (6, 3), (12, 5), (4, 2)])
  func scramblings(_ samples: Int, _ scramblings: Int) throws {
    let perturbed = try Function(
      samples: samples, sigma: 0.7, baseline: .leaveOneOut,
      sampling: .quasiMonteCarlo(scramblings: scramblings)
    ) { (x: Tensor<Double>) in (x * x * x).sum() + 5 }
    // E(θ + σZ)³ = θ³ + 3θσ².
    let theta: Tensor<Double> = [0.4]
    try check(3 * 0.16 + 3 * 0.49) { key in
      try gradient(at: theta) { try perturbed($0, key: key) }.scalar
    }
    try check(6 * 0.4) { key in
      try hessian(at: theta) { try perturbed($0, key: key) }.scalar
    }
  }

  @Test(arguments: [Sampling.independent, .antithetic])
  func leaveOneOut(_ sampling: Sampling) throws {
    let perturbed = try Function(
      samples: 4, sigma: 0.7, baseline: .leaveOneOut, sampling: sampling
    ) { (x: Tensor<Double>) in (x * x * x).sum() + 5 }
    let theta: Tensor<Double> = [0.4]
    try check(3 * 0.16 + 3 * 0.49) { key in
      try gradient(at: theta) { try perturbed($0, key: key) }.scalar
    }
    try check(6 * 0.4) { key in
      try hessian(at: theta) { try perturbed($0, key: key) }.scalar
    }
  }

  /// Even and odd terms of the derivative in σ take factors of their own.
  @Test(arguments: [Noise.normal, .logNormal], Baseline.allCases)
  func sigmaDerivative(_ noise: Noise, _ baseline: Baseline) throws {
    for sampling in [Sampling.independent, .antithetic] {
      let perturbed = try Function(
        samples: 8, sigma: 0.5, noise: noise, baseline: baseline, sampling: sampling
      ) { (x: Tensor<Double>) in x.sum() }
      // The mean of the input is θ for all σ.
      try check(0) { key in
        try perturbed.sigmaDerivative(at: [2], cotangent: 1, key: key).value
      }
    }
  }

  /// Shortest paths with clipped costs don't optimise ⟨y, x⟩: the mean path is not the gradient.
  @Test func maximaOfClippedCosts() throws {
    let graph = try Graph(nodeCount: 3, edges: [(0, 1), (0, 2), (2, 1)])
    let solver = try ShortestPath(graph, from: 0, to: 1, negativeCosts: .clipped(to: 0))
    let theta: Tensor<Double> = [0.5, 0.2, 0.2]
    // E[⟨y, x⟩ z] over a grid of quantiles, without the package's estimators.
    let cells = 120
    let points: [Double] = (0..<cells).map { normalQuantile((Double($0) + 0.5) / Double(cells)) }
    var expected = [0.0, 0, 0]
    for a in points {
      for b in points {
        for c in points {
          let x = [0.5 + a, 0.2 + b, 0.2 + c]
          let isDirect = max(x[0], 0) <= max(x[1], 0) + max(x[2], 0)
          let value = isDirect ? x[0] : x[1] + x[2]
          expected[0] += value * a
          expected[1] += value * b
          expected[2] += value * c
        }
      }
    }
    expected = expected.map { $0 / Double(cells * cells * cells) }
    let maximum = try PerturbedMaximum<Tensor<Double>, Double>(
      solving: solver, samples: 20_000, sigma: 1, baseline: .leaveOneOut)
    let loss = FenchelYoungLoss(maximum)
    for entry in 0..<3 {
      let found = mean(
        try (0..<100).map { seed in
          try gradient(at: theta) { try maximum($0, key: RandomKey(UInt64(seed))) }.scalars[entry]
        })
      #expect(
        abs(found.mean - expected[entry]) < 4 * found.error + 0.004, "\(found) \(expected)")
    }
    // The loss's gradient is y − ∇F for a minimum.
    let target: Tensor<Double> = [1, 0, 0]
    let slope = try gradient(at: theta) { try loss($0, target: target, key: RandomKey(1)) }
    let optimum = try gradient(at: theta) { try maximum($0, key: RandomKey(1)) }
    #expect(slope.isClose(to: target - optimum, relative: 1e-12, absolute: 1e-12))
    // The tie at 0 aside, costs that are not changed leave the mean path as it is.
    let exact = try PerturbedMaximum<Tensor<Double>, Double>(
      solving: ShortestPath(graph, from: 0, to: 1), samples: 1000, sigma: 0.01)
    #expect(try gradient(at: theta) { try exact($0, key: RandomKey(1)) }.sum().scalar > 0.99)
  }

  private func normalQuantile(_ p: Double) -> Double {
    var (low, high) = (-9.0, 9.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      // Φ
      let phi = 0.5 * (1 + erf(Tensor<Double>(middle / 2.0.squareRoot())).scalar)
      if phi < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
