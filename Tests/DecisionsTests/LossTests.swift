import Decisions
import Testing

/// Shortest paths on a small grid of one-way edges: minimises.
func smallPaths() throws -> ShortestPath {
  let graph = try Graph.oneWayGrid(rows: 3, columns: 3)
  return try ShortestPath(graph, from: 0, to: 8)
}

/// All decisions of the small grid.
func allPaths() throws -> [[Double]] {
  let graph = try Graph.oneWayGrid(rows: 3, columns: 3)
  var paths: [[Double]] = []
  func extend(_ node: Int, _ path: [Double]) {
    if node == 8 { paths.append(path) }
    for (edge, ends) in graph.edges.enumerated() where ends.source == node {
      var path = path
      path[edge] = 1
      extend(ends.target, path)
    }
  }
  extend(0, [Double](repeating: 0, count: graph.edges.count))
  return paths
}

/// Costs of a batch, some of them negative.
func costs(_ seed: UInt64, rows: Int = 4) -> Tensor<Double> {
  let key = RandomKey(seed)
  return key.normal([rows, 12]) + 0.7
}

/// The gradient of `function` against central differences, in some directions.
func checkDifferences(
  at x: Tensor<Double>, step: Double = 1e-6, tolerance: Double = 1e-7,
  sourceLocation: SourceLocation = #_sourceLocation,
  _ function: (Tensor<Double>) throws -> Tensor<Double>
) throws {
  let slopes = try gradient(at: x) { try function($0) }
  for seed in 0..<6 as Range<UInt64> {
    let direction: Tensor<Double> = RandomKey(900 + seed).normal(x.shape)
    let (above, below) = (
      try function(x + direction * Tensor(step)), try function(x - direction * Tensor(step))
    )
    let expected = (above - below).scalar / (2 * step)
    let slope = (slopes * direction).sum().scalar
    #expect(
      abs(slope - expected) <= tolerance * max(1, abs(expected)), sourceLocation: sourceLocation)
  }
}

/// That a loss lies above its tangents: f(y) ≥ f(x) + ⟨∇f(x), y − x⟩.
func checkSubgradient(
  at x: Tensor<Double>, sourceLocation: SourceLocation = #_sourceLocation,
  _ function: (Tensor<Double>) throws -> Tensor<Double>
) throws {
  let (value, slopes) = try valueAndGradient(at: x) { try function($0) }
  for seed in 0..<40 as Range<UInt64> {
    let size = [0.01, 0.3, 2, 10][Int(seed % 4)]
    let move = RandomKey(700 + seed).normal(x.shape) * Tensor(size)
    let bound = value + (slopes * move).sum()
    let moved = try function(x + move)
    #expect(moved.scalar >= bound.scalar - 1e-9, sourceLocation: sourceLocation)
  }
}

@Suite struct LossTests {
  /// Paths are minimised; the largest entries, of the negative costs, maximised.
  @Test func solvedCostsAreOptimal() throws {
    let paths = try allPaths()
    #expect(paths.count == 6)
    let known = try SolvedCosts(costs(1), by: smallPaths())
    for (row, costs) in known.costs.unstacked().enumerated() {
      let best = paths.map { (costs * Tensor($0)).sum().scalar }.min()
      #expect(abs(known.objectives.scalars[row] - (best ?? .nan)) < 1e-12)
    }
    #expect(known.rows([2, 0]).objectives.scalars == [2, 0].map { known.objectives.scalars[$0] })
    #expect(throws: PerturbationError.self) { try SolvedCosts(costs(1), by: LogicalOr()) }
  }

  @Test func spoPlusIsABoundWithItsSubgradient() throws {
    let solver = try smallPaths()
    let loss = try SPOPlusLoss(solver)
    let known = try SolvedCosts(costs(1), by: solver)
    let predicted = costs(2)
    let values = try loss(predicted, known)
    // Against the definition, over all paths.
    let paths = try allPaths().map { Tensor($0) }
    for row in 0..<4 {
      let (c, p, w) = (known.costs[row], predicted[row], known.decisions[row])
      let largest = paths.map { ((c - p * 2) * $0).sum().scalar }.max() ?? .nan
      let expected = largest + 2 * (p * w).sum().scalar - known.objectives[row].scalar
      #expect(abs(values[row].scalar - expected) < 1e-12)
      let one = try loss(p, costs: c, decision: w, objective: known.objectives[row])
      #expect(one.shape == [])
      #expect(abs(one.scalar - expected) < 1e-12)
    }
    let regret = try Regret(of: predicted, against: known, by: solver)
    for (value, regret) in zip(values.scalars, regret.values.scalars) {
      #expect(value >= regret - 1e-12)
    }
    #expect(
      regret.values.scalars.contains { $0 > 0.01 }, "the predictions decide wrongly somewhere")
    #expect(try loss(known.costs, known).scalars.allSatisfy { abs($0) < 1e-12 })
    try checkSubgradient(at: predicted) { try loss($0, known).sum() }
    try checkDifferences(at: predicted) { try (loss($0, known) * [1, -2, 3, 0.5]).sum() }
  }

  @Test func spoPlusMaximises() throws {
    let loss = try SPOPlusLoss(TopK(2))
    let known = try SolvedCosts(costs(1), by: TopK(2))
    let predicted = costs(2)
    let values = try loss(predicted, known)
    let regret = try Regret(of: predicted, against: known, by: TopK(2))
    for (value, regret) in zip(values.scalars, regret.values.scalars) {
      #expect(value >= regret - 1e-12 && regret >= 0)
    }
    #expect(try loss(known.costs, known).scalars.allSatisfy { abs($0) < 1e-12 })
    try checkSubgradient(at: predicted) { try loss($0, known).sum() }
    try checkDifferences(at: predicted) { try (loss($0, known) * [1, -2, 3, 0.5]).sum() }
  }

  @Test(arguments: [false, true])
  func thePerturbationGradientIsADifferenceOfOptima(twoSided: Bool) throws {
    let (c, predicted) = (costs(1), costs(2))
    let paths = try allPaths().map { Tensor($0) }
    let loss = try PerturbationGradientLoss(smallPaths(), sigma: 0.3, twoSided: twoSided)
    let values = try loss(predicted, costs: c, batched: true)
    func optimum(_ costs: Tensor<Double>) -> Double {
      paths.map { (costs * $0).sum().scalar }.min() ?? .nan
    }
    for row in 0..<4 {
      let step = c[row] * 0.3
      let above = optimum(twoSided ? predicted[row] + step : predicted[row])
      let expected = (above - optimum(predicted[row] - step)) / (twoSided ? 0.6 : 0.3)
      #expect(abs(values[row].scalar - expected) < 1e-12)
    }
    try checkDifferences(at: predicted) {
      try (loss($0, costs: c, batched: true) * [1, -2, 3, 0.5]).sum()
    }
    // The best costs that can be had, negative, where costs are maximised.
    let largest = try PerturbationGradientLoss(TopK(2), sigma: 1e-3, twoSided: twoSided)
    let known = try SolvedCosts(c, by: TopK(2))
    let small = try largest(c, costs: c, batched: true)
    #expect(abs(small + known.objectives).max().scalar < 1e-9)
  }

  @Test func wrongParametersAreRefused() throws {
    let solver = try smallPaths()
    #expect(throws: PerturbationError.self) { try PerturbationGradientLoss(solver, sigma: 0) }
    #expect(throws: PerturbationError.self) { try BlackBox(solver, lambda: -1) }
    #expect(throws: PerturbationError.self) { try RegularizedDecisions(solver, steps: 0) }
    #expect(throws: PerturbationError.self) { try SPOPlusLoss(LogicalOr()) }
    let clipped = try GridShortestPath(rows: 2, columns: 2, negativeCosts: .clipped())
    #expect(throws: PerturbationError.self) { try SPOPlusLoss(clipped) }
    let known = try SolvedCosts(costs(1), by: solver)
    #expect(throws: PerturbationError.self) { try SPOPlusLoss(solver)(costs(2, rows: 3), known) }
  }
}

/// Costs that are all 0, where the cosine of the cone-aligned loss has no direction.
struct ZeroCostTests {
  @Test func theConeAlignedLossIsOneWithoutDirection() throws {
    let costs = Tensor<Double>(shape: [1, 2], scalars: [0, 0])
    let normals = ConeAlignedLoss.normals(
      at: Tensor(shape: [1, 2], scalars: [1, 0]),
      equalities: Tensor(shape: [1, 2], scalars: [1, 1]))
    let loss = ConeAlignedLoss(.minimize)
    let value = try loss(costs, normals: normals)
    #expect(value.scalars == [1])
    let slope = try gradient(at: costs) { try loss($0, normals: normals).sum() }
    #expect(slope.scalars.allSatisfy { $0.isFinite })
  }
}
