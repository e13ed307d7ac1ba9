import Perturbations
import Solvers
import Testing

/// Expectations leaf by leaf, and the losses that belong to them.
@Suite struct ExactTreeTests {
  private let tree: [String: Tensor<Double>] = [
    "few": [0.3, -0.2, 0.5], "more": [1, 0.2, 0.4, -0.7, 0.9],
  ]

  private func difference(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(a.count == b.count ? 0 : .infinity) { max($0, abs($1.0 - $1.1)) }
  }

  private func scalars(_ tree: [String: Tensor<Double>]) -> [Double] {
    tree.keys.sorted().flatMap { tree[$0]?.scalars ?? [] }
  }

  @Test func leavesAreInputsByThemselves() throws {
    let exact = try Exact(Ranking(), sigma: 0.5)
    let found = try exact(tree)
    #expect(found.keys.sorted() == ["few", "more"])
    for (name, theta) in tree { #expect(try found[name] == exact(theta)) }
    let votes = try Exact(LogicalOr(), sigma: 0.5)(tree)
    #expect(votes.keys.sorted() == ["few", "more"])
    for (name, theta) in tree { #expect(try votes[name] == Exact(LogicalOr(), sigma: 0.5)(theta)) }
    let batch = tree.mapValues { stack([$0, -$0, 2 * $0]) }
    let together = try exact(batch, batched: true)
    for (name, theta) in batch { #expect(try together[name] == exact(theta, batched: true)) }
  }

  @Test func derivativesGoThroughTheTree() throws {
    let exact = try Exact(ArgMax(), sigma: 0.7, noise: .logistic)
    func loss(_ x: [String: Tensor<Double>]) throws -> Tensor<Double> {
      let y = try exact(x)
      return y.keys.sorted().reduce(Tensor<Double>(0)) {
        $0 + square(y[$1] ?? 0).sum()
      }
    }
    let slopes = try gradient(at: tree, of: loss)
    for (name, theta) in tree {
      let own = try gradient(at: theta) { square(try exact($0)).sum() }
      #expect(difference(slopes[name]?.scalars ?? [], own.scalars) < 1e-14)
    }
    let mapped = try vmap { (x: [String: Tensor<Double>]) throws in try exact(x) }(
      tree.mapValues { stack([$0, -$0]) })
    for (name, theta) in tree {
      #expect(
        difference(
          mapped[name]?.scalars ?? [], try exact(stack([theta, -theta]), batched: true).scalars)
          < 1e-14)
    }
  }

  /// A function that maps the solver over the leaves has that expectation.
  @Test func samplesAgree() throws {
    let exact = scalars(try Exact(ArgMax(), sigma: 0.5)(tree))
    let sampled = try Perturbed<[String: Tensor<Double>], [String: Tensor<Double>]>(
      samples: 100_000, sigma: 0.5
    ) { $0.mapValues { oneHot($0.argMax(), classes: $0.shape[0]) } }
    let estimate = try sampled.estimate(at: tree, key: RandomKey(1))
    for (truth, (found, error)) in zip(
      exact, zip(scalars(estimate.value), scalars(estimate.standardError)))
    {
      #expect(abs(found - truth) < 4.5 * error + 1e-5)
    }
  }

  @Test func lossesHaveTheirGradient() throws {
    func check(_ solver: some Solver, _ sign: Double) throws {
      let exact = try Exact(solver, sigma: 0.5)
      let theta: Tensor<Double> = [0.3, -0.2, 0.5, 0.9]
      let target: Tensor<Double> = [0, 1, 0, 0]
      let slopes = try gradient(at: theta) { try exact.loss($0, target: target) }
      let expected = sign * (try exact(theta) - target)
      #expect(difference(slopes.scalars, expected.scalars) < 1e-10)
      // What is sampled belongs to the same function.
      let sampled = FenchelYoungLoss(
        try PerturbedMaximum<Tensor<Double>, Double>(
          solving: solver, samples: 200_000, sigma: 0.5))
      let estimate = try sampled(theta, target: target, key: RandomKey(2)).scalar
      #expect(abs(try exact.loss(theta, target: target).scalar - estimate) < 0.01)
      let rows = stack([theta, -theta])
      let targets = stack([target, target])
      let both = try exact.loss(rows, target: targets, batched: true)
      #expect(both.shape == [2])
      #expect(
        difference(
          both.scalars,
          [
            try exact.loss(theta, target: target).scalar,
            try exact.loss(-theta, target: target).scalar,
          ]) < 1e-12)
      #expect(
        try vmap { (x: Tensor<Double>) throws in try exact.loss(x, target: target) }(rows).scalars
          == both.scalars)
    }
    try check(ArgMax(), 1)
    try check(ArgMin(), -1)
    try check(Ranking(), 1)
    try check(TopK(2), 1)
  }

  @Test func lossesOfTrees() throws {
    let exact = try Exact(ArgMax(), sigma: 0.5, noise: .gumbel)
    let targets: [String: Tensor<Double>] = ["few": [1, 0, 0], "more": [0, 0, 0, 0, 1]]
    let whole: Tensor<Double> = try exact.loss(tree, target: targets)
    let parts = try tree.keys.sorted().reduce(0.0) {
      let (theta, y) = (try #require(tree[$1]), try #require(targets[$1]))
      return $0 + (try exact.loss(theta, target: y).scalar)
    }
    #expect(abs(whole.scalar - parts) < 1e-12)
    let slopes = try gradient(at: tree) { x -> Tensor<Double> in
      try exact.loss(x, target: targets)
    }
    for (name, theta) in tree {
      let expected = try exact(theta) - (try #require(targets[name]))
      #expect(difference(slopes[name]?.scalars ?? [], expected.scalars) < 1e-12)
    }
  }

  /// Rows of an OR are evaluated together, with the numbers of each by itself.
  @Test func batchesOfVotes() throws {
    let exact = try Exact(LogicalOr(), sigma: 0.5)
    let rows: [Tensor<Double>] = [[0.3, -0.2, 0.1], [-2, -1.5, -0.7], [1, 0, -1]]
    let batch = stack(rows)
    let g: Tensor<Double> = [1, -2, 0.5]
    func loss(_ x: Tensor<Double>) throws -> Tensor<Double> {
      (try exact(x, batched: true) * g).sum()
    }
    let values = try exact(batch, batched: true)
    let slopes = try gradient(at: batch, of: loss)
    let bends = try hessian(at: batch, of: loss)
    let along = try jvp(at: batch, along: batch) { try exact($0, batched: true) }.derivative
    for (row, theta) in rows.enumerated() {
      #expect(try values[row] == exact(theta))
      let own = try gradient(at: theta) { try exact($0) * g[row] }
      #expect(difference(slopes[row].scalars, own.scalars) < 1e-15)
      #expect(
        difference(
          along[row].scalars,
          try jvp(at: theta, along: theta) { try exact($0) }.derivative.scalars) < 1e-15)
      let bend = try hessian(at: theta) { try exact($0) * g[row] }
      #expect(difference(bends[row][0][row].scalars, bend[0].scalars) < 1e-14)
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let exact = try Exact(ArgMax(), sigma: 0.5)
    #expect(throws: (any Error).self) {
      try exact.loss([0.1, 0.2] as Tensor<Double>, target: [1, 0, 0])
    }
    #expect(throws: PerturbationError.self) {
      let _: Tensor<Float> = try exact.loss(tree, target: tree)
    }
    #expect(throws: PerturbationError.self) { try exact([Tensor<Double>]()) }
    #expect(throws: PerturbationError.self) {
      try Exact(Sorting(), sigma: 0.5).loss([0.1, 0.2] as Tensor<Double>, target: [1, 0])
    }
  }
}
