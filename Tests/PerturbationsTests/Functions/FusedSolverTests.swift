import Perturbations
import Testing

/// A solver as the engine sees one that it does not know.
private struct Unknown<S: Solver>: Solver {
  let solver: S
  var sense: Sense? { solver.sense }
  func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    try solver.outputShape(forInput: shape)
  }
  func makeScratch(inputCount: Int) throws(SolverError) -> S.Scratch {
    try solver.makeScratch(inputCount: inputCount)
  }
  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout S.Scratch
  ) throws(SolverError) {
    try solver.solve(input, into: &output, scratch: &scratch)
  }
  func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout S.Scratch
  ) throws(SolverError) {
    try solver.solve(input, into: &output, scratch: &scratch)
  }
}

@Suite("The engine's own ways to solve a block give what the solver gives")
struct FusedSolverTests {
  private func check<Scalar: TensorFloatingPoint>(
    _ own: Perturbed<Tensor<Scalar>, Tensor<Scalar>>,
    _ general: Perturbed<Tensor<Scalar>, Tensor<Scalar>>, _ theta: Tensor<Scalar>
  ) throws {
    let key = RandomKey(5)
    let output = try general(theta, key: key)
    let cotangent: Tensor<Scalar> = RandomKey(6).normal(output.shape)
    #expect(try own(theta, key: key) == general(theta, key: key))
    #expect(
      try gradient(at: theta) { try (own($0, key: key) * cotangent).sum() }
        == gradient(at: theta) { try (general($0, key: key) * cotangent).sum() })
  }

  /// Noise of scale σ; none at all for 0, so that ties stay.
  private func smoothing(_ sigma: Double) -> Smoothing {
    if sigma > 0 { return Smoothing(samples: 300, sigma: sigma) }
    let none = Noise("none") { count, _ in
      [Double](repeating: 0, count: count)
    } score: {
      $0
    }
    return Smoothing(samples: 300, sigma: 1, noise: none)
  }

  private func check(_ solver: some Solver, _ theta: Tensor<Float>, sigma: Double) throws {
    let smoothing = smoothing(sigma)
    try check(
      Perturbed(solver, smoothing), Perturbed(Unknown(solver: solver), smoothing), theta)
  }

  private func check(_ solver: some Solver, _ theta: Tensor<Double>, sigma: Double) throws {
    let smoothing = smoothing(sigma)
    try check(
      Perturbed(solver, smoothing), Perturbed(Unknown(solver: solver), smoothing), theta)
  }

  @Test(arguments: [2, 31, 33, 64, 100, 129, 300])
  func orders(count: Int) throws {
    let theta: Tensor<Float> = RandomKey(1).normal([count])
    let wide: Tensor<Double> = RandomKey(1).normal([count])
    for descending in [false, true] {
      try check(Ranking(descending: descending), theta, sigma: 0.5)
      try check(Ranking(descending: descending), wide, sigma: 0.5)
      try check(Sorting(descending: descending), theta, sigma: 0.5)
      try check(Sorting(descending: descending), wide, sigma: 0.5)
    }
    // So little noise that many entries are equal.
    try check(Ranking(), Tensor<Float>.full([count], 1e6), sigma: 0.1)
    try check(TopK(min(count, 3)), theta, sigma: 0.5)
    try check(TopK(min(count, 3)), wide, sigma: 0.5)
    let smoothing = Smoothing(samples: 300, sigma: 0.5)
    let row = wide.reshaped([1, count])
    try checkAnswers(LogicalOr(), smoothing, row - 2)
    try checkAnswers(LogicalAnd(), smoothing, row + 2)
    let own = try Perturbed(LogicalOr(), smoothing)
    let general = try Perturbed(Unknown(solver: LogicalOr()), smoothing)
    func slope(_ call: Perturbed<Tensor<Float>, Tensor<Float>>) throws -> Tensor<Float> {
      try gradient(at: theta - 2) { try call($0, key: RandomKey(5)).sum() }
    }
    #expect(try own(theta - 2, key: RandomKey(5)) == general(theta - 2, key: RandomKey(5)))
    #expect(try slope(own).isClose(to: slope(general), relative: 1e-5, absolute: 1e-5))
    if count > 20 {
      try check(TopK(17), theta, sigma: 0.5)
      try check(TopK(17), wide, sigma: 0.5)
    }
  }

  /// Costs in few steps, so that many paths are equally short; some are 0 in both directions.
  @Test(arguments: [0.0, 0.05, 0.5])
  func paths(sigma: Double) throws {
    var edges: [(Int, Int)] = []
    for node in 0..<12 { for step in [1, 3, 4] { edges.append((node, (node + step) % 12)) } }
    let directed = try Graph(nodeCount: 12, edges: edges)
    let undirected = try Graph(nodeCount: 12, edges: edges, directed: false)
    for (graph, layout) in [
      (directed, ShortestPath.Layout.edges), (undirected, .edges), (directed, .matrix),
    ] {
      let solver = try ShortestPath(
        graph, from: 3, to: 2, negativeCosts: .clipped(to: 0), layout: layout)
      let shape = layout == .matrix ? [12, 12] : [edges.count]
      let floats: Tensor<Float> = RandomKey(1).uniform(Shape(shape), in: 0..<4)
      let doubles: Tensor<Double> = RandomKey(1).uniform(Shape(shape), in: 0..<4)
      let (steps, wide) = (floor(floats) / 4, floor(doubles) / 4)
      try check(solver, steps, sigma: sigma)
      try check(solver, wide, sigma: sigma)
      // Costs that may be negative are the solver's matter.
      let strict = try ShortestPath(graph, from: 3, to: 2, layout: layout)
      if sigma < 0.1 { try check(strict, steps + 1, sigma: sigma) }
    }
  }

  /// The derivative from the sums of each winner's scores is the one from each sample's weight, but
  /// for the order of summation; the second derivative and the tangent evaluate once more.
  /// The smallest entry is found as the largest of the opposite.
  @Test(arguments: [Noise.normal, .gumbel, .logistic, .laplace])
  func argMin(noise: Noise) throws {
    for count in [5, 128, 130] {
      let theta: Tensor<Float> = RandomKey(2).normal([count])
      let cotangent: Tensor<Float> = RandomKey(3).normal([count])
      let smoothing = Smoothing(samples: 2001, sigma: 0.7, noise: noise)
      let own = try Perturbed(ArgMin(), smoothing)
      let general = try Perturbed(Unknown(solver: ArgMin()), smoothing)
      func slope(_ call: Perturbed<Tensor<Float>, Tensor<Float>>) throws -> Tensor<Float> {
        try gradient(at: theta) { (try call($0, key: RandomKey(4)) * cotangent).sum() }
      }
      #expect(try own(theta, key: RandomKey(4)) == general(theta, key: RandomKey(4)))
      #expect(try slope(own).isClose(to: slope(general), relative: 1e-5, absolute: 1e-5))
    }
  }

  @Test(arguments: [Baseline.none, .point, .leaveOneOut])
  func argMax(baseline: Baseline) throws {
    for (rows, count) in [(1, 5), (3, 8), (2, 9), (1, 128), (1, 130)] {
      let theta: Tensor<Double> = RandomKey(2).normal([rows, count])
      let cotangent: Tensor<Double> = RandomKey(3).normal([rows, count])
      let own: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
        ArgMax(), samples: 1001, sigma: 0.7, noise: .gumbel, baseline: baseline)
      let general: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
        Unknown(solver: ArgMax()), samples: 1001, sigma: 0.7, noise: .gumbel, baseline: baseline)
      let key = RandomKey(4)
      func first(
        _ call: Perturbed<Tensor<Double>, Tensor<Double>>, _ theta: Tensor<Double>
      ) throws -> Tensor<Double> {
        try gradient(at: theta) { try (call($0, key: key, batched: true) * cotangent).sum() }
      }
      #expect(try own(theta, key: key, batched: true) == general(theta, key: key, batched: true))
      #expect(try first(own, theta).isClose(to: first(general, theta), relative: 1e-12))
      let second = try gradient(at: theta) { try square(first(own, $0)).sum() }
      let known = try gradient(at: theta) { try square(first(general, $0)).sum() }
      #expect(second.isClose(to: known, relative: 1e-10, absolute: 1e-10))
    }
  }

  static let dependent: [Sampling] = [
    .antithetic, .quasiMonteCarlo(), .quasiMonteCarlo(scramblings: 3), .orthogonal,
  ]

  /// Value, gradient and second derivative of answers that are found while the noise is drawn.
  private func checkAnswers(
    _ solver: some Solver, _ smoothing: Smoothing, _ theta: Tensor<Double>
  ) throws {
    let key = RandomKey(4)
    let own: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(solver, smoothing)
    let general: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Unknown(solver: solver), smoothing)
    let value = try general(theta, key: key, batched: true)
    let cotangent: Tensor<Double> = RandomKey(3).normal(value.shape)
    func first(
      _ call: Perturbed<Tensor<Double>, Tensor<Double>>, _ theta: Tensor<Double>
    ) throws -> Tensor<Double> {
      try gradient(at: theta) { try (call($0, key: key, batched: true) * cotangent).sum() }
    }
    #expect(try own(theta, key: key, batched: true) == value)
    #expect(
      try first(own, theta).isClose(to: first(general, theta), relative: 1e-9, absolute: 1e-10))
    if smoothing.noise.name == "laplace" { return }
    let second = try gradient(at: theta) { try square(first(own, $0)).sum() }
    let known = try gradient(at: theta) { try square(first(general, $0)).sum() }
    #expect(second.isClose(to: known, relative: 1e-8, absolute: 1e-8))
  }

  @Test(arguments: dependent, Baseline.allCases)
  func answersOfDependentSamples(_ sampling: Sampling, _ baseline: Baseline) throws {
    for noise in [Noise.normal, .gumbel, .logistic, .laplace] {
      if sampling == .antithetic && noise.name == "gumbel" { continue }
      if sampling == .orthogonal && noise.name != "normal" { continue }
      for (rows, count) in [(1, 5), (3, 9), (2, 40), (1, 130)] {
        let theta: Tensor<Double> = RandomKey(2).normal([rows, count])
        let smoothing = Smoothing(
          samples: 1002, sigma: 0.7, noise: noise, baseline: baseline, sampling: sampling)
        try checkAnswers(ArgMax(), smoothing, theta)
        try checkAnswers(ArgMin(), smoothing, theta)
        if count > 9 { continue }
        try checkAnswers(LogicalOr(), smoothing, theta - 1)
        try checkAnswers(LogicalAnd(), smoothing, theta + 1)
      }
    }
  }

  @Test(arguments: [Noise.normal, .gumbel, .logistic, .laplace, .uniform], Baseline.allCases)
  func votesOfIndependentSamples(_ noise: Noise, _ baseline: Baseline) throws {
    let theta: Tensor<Double> = RandomKey(2).normal([7, 4])
    if !noise.hasScore {
      let smoothing = Smoothing(samples: 300, sigma: 0.7, noise: noise.valueOnly)
      let own: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(LogicalOr(), smoothing)
      let general: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
        Unknown(solver: LogicalOr()), smoothing)
      #expect(
        try own(theta, key: RandomKey(1), batched: true)
          == general(theta, key: RandomKey(1), batched: true))
      return
    }
    for samples in [1, 2, 300, 5000]
    where samples > 1 || baseline == .none || baseline == .point {
      let smoothing = Smoothing(samples: samples, sigma: 0.7, noise: noise, baseline: baseline)
      try checkAnswers(LogicalOr(), smoothing, theta - 1)
      try checkAnswers(LogicalAnd(), smoothing, theta + 1)
    }
  }
}
