import Perturbations
import Solvers
import Synchronization
import Testing

/// The sampling that is chosen for one.
@Suite struct AutomaticTests {
  private typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>
  private let theta: Tensor<Double> = [0.3, -0.4, 0.9, 0.1]
  private let cotangent: Tensor<Double> = [1, -2, 0.5, 3]
  private let key = RandomKey(7)

  private func automatic(
    _ solver: some Solver, samples: Int = 10_000, noise: Noise = .normal,
    baseline: Baseline = .none, threads: Int? = nil
  ) throws -> Function {
    try Perturbed(
      solver,
      Smoothing(
        samples: samples, sigma: 0.5, noise: noise, baseline: baseline, sampling: .automatic,
        threads: threads))
  }

  /// A solver without a formula.
  private func path() throws -> ShortestPath {
    try ShortestPath(
      Graph(nodeCount: 4, edges: [(0, 1), (1, 3), (0, 2), (2, 3)], directed: true), from: 0, to: 3)
  }

  @Test func aFormulaIsTakenWhereThereIsOne() throws {
    let solvers: [any Solver] = [
      ArgMax(), ArgMin(), Ranking(), Sorting(), try TopK(2), LogicalOr(), LogicalAnd(),
    ]
    func check(_ solver: some Solver) throws {
      let perturbed = try automatic(solver)
      let exact = try Exact(solver, sigma: 0.5)
      let value = try exact(theta)
      #expect(try perturbed(theta, key: key) == value)
      let g = value.shape.elementCount == 1 ? value / value * 2 : cotangent
      func sampled(_ x: Tensor<Double>) throws -> Tensor<Double> {
        (try perturbed(x, key: key) * g).sum()
      }
      func formula(_ x: Tensor<Double>) throws -> Tensor<Double> { (try exact(x) * g).sum() }
      #expect(try gradient(at: theta, of: sampled) == gradient(at: theta, of: formula))
      #expect(try hessian(at: theta, of: sampled) == hessian(at: theta, of: formula))
      #expect(
        try jvp(at: theta, along: cotangent) { try perturbed($0, key: key) }.derivative
          == jvp(at: theta, along: cotangent) { try exact($0) }.derivative)
      let batch = stack([theta, -theta, 2 * theta])
      #expect(
        try perturbed(batch, key: key, batched: true) == exact(batch, batched: true))
      #expect(
        try vmap { (x: Tensor<Double>) throws in try perturbed(x, key: key) }(batch)
          == exact(batch, batched: true))
      #expect(try perturbed.choice(at: theta, key: key).hasExactForm)
    }
    for solver in solvers { try check(solver) }
  }

  @Test func statisticsAreThoseOfSamples() throws {
    let perturbed = try automatic(ArgMax())
    let estimate = try perturbed.gradientEstimate(at: theta, cotangent: cotangent, key: key)
    let exact = try perturbed(theta, key: key)
    #expect(estimate.valueStandardError.min().scalar > 0)
    for (found, (truth, error)) in zip(
      estimate.value.scalars, zip(exact.scalars, estimate.valueStandardError.scalars))
    {
      #expect(abs(found - truth) < 5 * error)
    }
  }

  /// The numbers are those of who names what was chosen, and do not depend on the threads.
  @Test(arguments: [UInt64(1), 2, 3])
  func isWhatWasChosen(_ seed: UInt64) throws {
    let key = RandomKey(seed)
    let perturbed = try automatic(path())
    let choice = try perturbed.choice(at: theta, key: key)
    #expect(!choice.hasExactForm)
    // Four samplings, two baselines.
    #expect(choice.candidates.count == 8)
    #expect(choice.candidates.allSatisfy { $0.effort >= choice.best.effort })
    let named: Function = try Perturbed(
      path(), samples: 10_000, sigma: 0.5, baseline: choice.best.baseline,
      sampling: choice.best.sampling)
    func both(_ function: Function) throws -> (Tensor<Double>, Tensor<Double>) {
      let (value, pullback) = try vjp(at: theta) { try function($0, key: key) }
      return (value, try pullback(cotangent))
    }
    let expected = try both(named)
    for threads in [1, 3] {
      let other = try automatic(path(), threads: threads)
      #expect(try both(other) == expected)
      #expect(try other.choice(at: theta, key: key).best.effort == choice.best.effort)
    }
    let estimate = try perturbed.gradientEstimate(at: theta, cotangent: cotangent, key: key)
    let same = try named.gradientEstimate(at: theta, cotangent: cotangent, key: key)
    #expect(estimate.gradient == same.gradient && estimate.standardError == same.standardError)
    #expect(
      try perturbed.input(ofSample: 3, at: theta, key: key)
        == named.input(ofSample: 3, at: theta, key: key))
    // Its choice is the same from a function that has another sampling.
    #expect(
      try named.choice(at: theta, key: key).best.baseline == choice.best.baseline
        || choice.best.baseline == .linear)
  }

  @Test func whoNamesABaselineKeepsIt() throws {
    let choice = try automatic(path(), baseline: .point).choice(at: theta, key: key)
    #expect(choice.candidates.count == 4)
    #expect(choice.candidates.allSatisfy { $0.baseline == .point })
  }

  @Test func whatTheNoiseRulesOutIsNotTried() throws {
    let choice = try automatic(path(), noise: .gumbel).choice(at: theta, key: key)
    #expect(
      Set(choice.candidates.map(\.sampling)) == [.independent, .quasiMonteCarlo()])
    let odd = try automatic(path(), samples: 10_001).choice(at: theta, key: key)
    #expect(!odd.candidates.contains { $0.sampling == .antithetic })
  }

  @Test func fewSamplesHaveNoPilot() throws {
    let perturbed = try automatic(path(), samples: 1000)
    let choice = try perturbed.choice(at: theta, key: key)
    #expect(choice.best.sampling == .independent && choice.best.baseline == .leaveOneOut)
    let named: Function = try Perturbed(
      path(), samples: 1000, sigma: 0.5, baseline: .leaveOneOut)
    #expect(
      try gradient(at: theta) { (try perturbed($0, key: key) * cotangent).sum() }
        == gradient(at: theta) { (try named($0, key: key) * cotangent).sum() })
    let one = try automatic(path(), samples: 1)
    #expect(try one.choice(at: theta, key: key).best.baseline == .none)
    _ = try one(theta, key: key)
  }

  @Test func thePilotIsSmall() throws {
    let calls = Mutex(0)
    let perturbed = try Function(
      Smoothing(samples: 100_000, sigma: 0.5, sampling: .automatic)
    ) { (x: [Double]) in
      calls.withLock { $0 += 1 }
      return x.map { $0 * $0 * $0 }
    }
    _ = try gradient(at: theta) { (try perturbed($0, key: key) * cotangent).sum() }
    #expect(calls.withLock { $0 } <= 100_000 + 8 * 256)
    let choice = try perturbed.choice(at: theta, key: key)
    // Of a function that takes its own time, samples cost the same however they are drawn.
    #expect(choice.candidates.allSatisfy { $0.cost == 1 })
    let first = try #require(choice.candidates.first)
    #expect(first.sampling == .independent && first.baseline == .leaveOneOut)
    #expect(choice.best.effort < first.effort / 2, "a smooth function")
  }

  /// What the pilot prefers is better by the measured variance.
  @Test func theChoiceIsGood() throws {
    let perturbed = try automatic(Knapsacks(), samples: 4096)
    let choice = try perturbed.choice(at: theta, key: key)
    func variance(_ sampling: Sampling, _ baseline: Baseline) throws -> Double {
      let function: Function = try Perturbed(
        Knapsacks(), samples: 4096, sigma: 0.5, baseline: baseline, sampling: sampling)
      let gradients = try (0..<100).map { seed in
        try function.gradientEstimate(
          at: theta, cotangent: cotangent, key: RandomKey(UInt64(1000 + seed))
        ).gradient.scalars
      }
      return (0..<4).reduce(0) { total, k in
        let mean = gradients.reduce(0) { $0 + $1[k] } / 100
        return total + gradients.reduce(0) { $0 + ($1[k] - mean) * ($1[k] - mean) } / 99
      }
    }
    let plain = try variance(.independent, .leaveOneOut)
    let chosen = try variance(choice.best.sampling, choice.best.baseline)
    #expect(chosen * choice.best.cost < plain, "\(choice.best): \(chosen) against \(plain)")
  }

  @Test func maximaAndLossesAreSampledSoToo() throws {
    let maximum = try PerturbedMaximum<Tensor<Double>, Double>(
      solving: ArgMax(), samples: 100_000, sigma: 0.5, sampling: .automatic)
    let exact = try Exact(ArgMax(), sigma: 0.5)
    let value = try maximum(theta, key: key).scalar
    let expected = try exact.optimum(theta).scalar
    #expect(abs(value - expected) < 0.01)
    let slopes = try gradient(at: theta) { try maximum($0, key: key) }
    let truth = try exact(theta)
    #expect(zip(slopes.scalars, truth.scalars).allSatisfy { abs($0 - $1) < 0.01 })
    let loss = FenchelYoungLoss(maximum)
    let found = try loss(theta, target: [0, 0, 1, 0], key: key).scalar
    #expect(found > -1 && found < 10)
  }
}

/// The best of the sets {0, 1}, {1, 2}, {3}: no formula is known of it.
private struct Knapsacks: Solver {
  let sense: Sense? = .maximize
  func outputShape(forInput shape: [Int]) -> [Int] { shape }
  func solve(
    _ x: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Void
  ) throws(SolverError) {
    let sets = [[0, 1], [1, 2], [3]]
    var best = 0
    for index in 1..<3 {
      let (own, least) = (
        sets[index].reduce(0) { $0 + x[$1] }, sets[best].reduce(0) { $0 + x[$1] }
      )
      if own > least { best = index }
    }
    for i in 0..<4 { output[i] = sets[best].contains(i) ? 1 : 0 }
  }
}
