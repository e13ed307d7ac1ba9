import Decisions
import Foundation
import Testing

/// Formulas of NumPy's, all paths of a grid listed: `Scripts/make_decisions_fixture.py`.
struct DecisionsFixture: Decodable {
  struct Case: Decodable {
    let value: [Double]
    let gradient: [Double]
  }
  struct GridData: Decodable {
    let features: [Float]
    let costs: [Float]
  }
  let `true`: [Double]
  let predicted: [Double]
  let upstream: [Double]
  let noise: [Float]
  let decisions: [Double]
  let pool: [Double]
  let normals: [[Double]]
  let regret: [Double]
  let scale: Double
  let tied: [Double]
  let unambiguous: [Double]
  let cases: [String: Case]
  let data: GridData

  enum CodingKeys: String, CodingKey {
    case `true`
    case predicted
    case upstream
    case noise
    case decisions
    case pool
    case normals
    case regret
    case scale
    case tied
    case unambiguous
    case cases
    case data = "data 6 4 3x3 degree 3 noise 0.25 seed 135"
  }

  static func load() throws -> DecisionsFixture {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/decisions", withExtension: "json"))
    return try JSONDecoder().decode(DecisionsFixture.self, from: Data(contentsOf: url))
  }
}

@Suite struct FixtureTests {
  let fixture: DecisionsFixture
  let solver: ShortestPath

  init() throws {
    fixture = try .load()
    solver = try smallPaths()
  }

  private func batch(_ numbers: [Double]) -> Tensor<Double> {
    Tensor(shape: [4, 12], scalars: numbers)
  }

  /// Value and gradient of a function whose output is multiplied with `upstream`.
  private func check(
    _ name: String, upstream: [Double]? = nil, tolerance: Double = 1e-9,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ function: (Tensor<Double>) throws -> Tensor<Double>
  ) throws {
    let expected = try #require(fixture.cases[name], sourceLocation: sourceLocation)
    let (value, pullback) = try vjp(at: batch(fixture.predicted)) { try function($0) }
    let cotangent =
      upstream.map { Tensor(shape: value.shape, scalars: $0) } ?? .ones(like: value)
    let gradient = try pullback(cotangent)
    for (ours, theirs) in [(value, expected.value), (gradient, expected.gradient)] {
      #expect(ours.count == theirs.count, sourceLocation: sourceLocation)
      for (ours, theirs) in zip(ours.scalars, theirs) {
        #expect(
          abs(ours - theirs) <= tolerance * max(1, abs(theirs)), "\(name)",
          sourceLocation: sourceLocation)
      }
    }
  }

  @Test func dataAreNumPys() {
    let data = ShortestPathData(
      count: 6, features: 4, rows: 3, columns: 3, degree: 3, noise: 0.25, seed: 135)
    #expect(data.features.scalars == fixture.data.features)
    #expect(data.costs.scalars == fixture.data.costs)
  }

  @Test func decisionsHaveTheirGradients() throws {
    let upstream = fixture.upstream
    try check("black box", upstream: upstream) {
      try BlackBox(solver, lambda: 3)($0, batched: true)
    }
    try check("negative identity", upstream: upstream) {
      try NegativeIdentity(solver)($0, batched: true)
    }
  }

  @Test func implicitMLEFollowsTheLoss() throws {
    let numbers = Tensor(shape: [4, 5, 12], scalars: fixture.noise)
    let smoothing = Smoothing(samples: 5, sigma: 0.8, noise: .normal.withNumbers(numbers))
    let (upstream, key) = (fixture.upstream, RandomKey(0))
    try check("implicit MLE", upstream: upstream) {
      try ImplicitMLE(solver, smoothing, lambda: 3)($0, key: key, batched: true)
    }
    try check("implicit MLE two-sided", upstream: upstream) {
      try ImplicitMLE(solver, smoothing, lambda: 3, twoSided: true)($0, key: key, batched: true)
    }
    try check("adaptive implicit MLE", upstream: upstream) {
      try AdaptiveImplicitMLE(solver, smoothing, step: AdaptiveStep(alpha: 0.4))(
        $0, key: key, batched: true)
    }
  }

  @Test func regularizedDecisionsAreNearestPoints() throws {
    let decisions = try RegularizedDecisions(solver, lambda: 1.7, steps: 5000, tolerance: 1e-14)
    try check("regularized", upstream: fixture.upstream, tolerance: 2e-5) {
      try decisions($0, batched: true)
    }
    let loss = RegularizedFenchelYoungLoss(decisions)
    try check("regularized Fenchel-Young", tolerance: 1e-5) {
      try loss($0, decision: batch(fixture.decisions), batched: true)
    }
    try checkDifferences(at: batch(fixture.predicted), step: 1e-4, tolerance: 1e-5) {
      try loss($0, decision: batch(fixture.decisions), batched: true).sum()
    }
    try checkSubgradient(at: batch(fixture.predicted)) {
      try loss($0, decision: batch(fixture.decisions), batched: true).sum()
    }
    // Its second derivative is that of the decisions.
    let x = batch(fixture.predicted)
    let direction = batch(fixture.upstream)
    let curvature = try gradient(at: x) { x in
      (try gradient(at: x) {
        try loss($0, decision: batch(fixture.decisions), batched: true).sum()
      } * direction).sum()
    }
    let expected = try gradient(at: x) { -(try decisions($0, batched: true) * direction).sum() }
    #expect(abs(curvature - expected).max().scalar < 1e-9)
    #expect(abs(expected).max().scalar > 0.1)
  }

  @Test func poolsAreComparedWith() throws {
    let pool = SolutionPool(Tensor(shape: [4, 12], scalars: fixture.pool))
    let (w, c) = (batch(fixture.decisions), batch(fixture.true))
    try check("contrastive", tolerance: 1e-7) {
      NoiseContrastiveLoss(.minimize)($0, decision: w, pool: pool)
    }
    try check("contrastive MAP", tolerance: 1e-7) {
      ContrastiveMAPLoss(.minimize)($0, decision: w, pool: pool)
    }
    try check("listwise", tolerance: 1e-7) {
      ListwiseRankingLoss(.minimize, temperature: 0.6)($0, costs: c, pool: pool)
    }
    try check("listwise worst first", tolerance: 1e-7) {
      ListwiseRankingLoss(.minimize, order: .worstFirst)($0, costs: c, pool: pool)
    }
    try check("pairwise", tolerance: 1e-7) {
      PairwiseRankingLoss(.minimize)($0, costs: c, pool: pool)
    }
    try check("pairwise with a margin", tolerance: 1e-7) {
      PairwiseRankingLoss(.minimize, margin: 0.25)($0, costs: c, pool: pool)
    }
    try check("pointwise", tolerance: 1e-7) { PointwiseRankingLoss()($0, costs: c, pool: pool) }
    // What is maximised is the negative of what is minimised.
    let x = batch(fixture.predicted)
    #expect(
      ListwiseRankingLoss(.maximize)(-x, costs: -c, pool: pool)
        == ListwiseRankingLoss(.minimize)(x, costs: c, pool: pool))
    #expect(
      ContrastiveMAPLoss(.maximize)(-x, decision: w, pool: pool)
        == ContrastiveMAPLoss(.minimize)(x, decision: w, pool: pool))
    #expect(
      PairwiseRankingLoss(.maximize)(-x, costs: -c, pool: pool)
        == PairwiseRankingLoss(.minimize)(x, costs: c, pool: pool))
  }

  @Test func conesAreAligned() throws {
    let normals = fixture.normals.map { Tensor<Double>(shape: [$0.count / 12, 12], scalars: $0) }
    try check("cone aligned", tolerance: 1e-7) {
      try ConeAlignedLoss(.minimize)($0, normals: normals)
    }
    let w = batch(fixture.decisions)
    let equations = Tensor(
      shape: [9, 12], scalars: Array(fixture.normals[0].prefix(9 * 12)))
    #expect(ConeAlignedLoss.normals(at: w, equalities: equations) == normals)
    // True costs lie in the cone; costs for which nothing is optimal but the opposite, outside.
    let c = batch(fixture.true)
    let values = try ConeAlignedLoss(.minimize)(c, normals: normals)
    #expect(abs(values).max().scalar < 1e-9)
    #expect(try ConeAlignedLoss(.maximize)(-c, normals: normals) == values)
  }

  @Test func regretsAreCosts() throws {
    let known = try SolvedCosts(batch(fixture.true), by: solver)
    #expect(known.decisions == batch(fixture.decisions))
    let regret = try Regret(of: batch(fixture.predicted), against: known, by: solver)
    #expect(abs(regret.values - Tensor(fixture.regret)).max().scalar < 1e-12)
    #expect(abs(regret.scale - fixture.scale) < 1e-12)
    #expect(abs(regret.normalized - fixture.regret.reduce(0, +) / fixture.scale) < 1e-12)
    #expect(abs(regret.mean - fixture.regret.reduce(0, +) / 4) < 1e-12)
    let worst = try Regret.unambiguous(of: batch(fixture.tied), against: known, by: solver)
    #expect(abs(worst.values - Tensor(fixture.unambiguous)).max().scalar < 1e-12)
    // The solver's choice among equals is not always the worst.
    let lucky = try Regret(of: batch(fixture.tied), against: known, by: solver)
    #expect(lucky.values.sum().scalar <= worst.values.sum().scalar + 1e-12)
  }
}
