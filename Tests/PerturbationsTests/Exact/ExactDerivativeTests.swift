import Foundation
import Perturbations
import Solvers
import Testing

/// Derivatives of expectations without sampling, against differences and against each other.
@Suite struct ExactDerivativeTests {
  @Test(arguments: ExactFunction.allCases, exactNoises)
  func jacobiansAreSlopes(_ function: ExactFunction, _ noise: Noise) throws {
    for (count, spread) in [(2, 1.0), (5, 1), (7, 4)] {
      let exact = try function.make(sigma: 0.8, noise: noise, tolerance: 1e-13)
      let theta = scatter(count, UInt64(40 + count)).map { $0 * spread }
      let u = scatter(count, 51)
      let expected = try slope(at: theta, along: u, step: 2e-3) { try exact(Tensor($0)).scalars }
      let (value, tangent) = try jvp(at: Tensor(theta), along: Tensor(u)) { try exact($0) }
      // The step passes corners under noise that has some.
      let room = noise.name == "laplace" ? 1e-7 : noise.name == "uniform" ? 1e-6 : 2e-9
      #expect(
        largestDifference(tangent.scalars, expected) < room,
        "\(noise.name) \(count): \(tangent.scalars) \(expected)")
      let g = scatter(value.count, 52)
      let (_, pullback) = try vjp(at: Tensor(theta)) { try exact($0) }
      let cotangent = try pullback(Tensor(shape: value.shape, scalars: g)).scalars
      let (left, right) = (
        zip(g, tangent.scalars).reduce(0) { $0 + $1.0 * $1.1 },
        zip(cotangent, u).reduce(0) { $0 + $1.0 * $1.1 }
      )
      #expect(abs(left - right) < 1e-10, "\(noise.name) \(count): \(left) \(right)")
    }
  }

  /// A derivative that is off by a hundredth, as at another σ, is far outside of what these tests allow.
  @Test(arguments: ExactFunction.allCases) func slopesSeeAWrongDerivative(
    _ function: ExactFunction
  ) throws {
    let (theta, u) = (scatter(5, 45), scatter(5, 51))
    let exact = try function.make(sigma: 0.8, noise: .normal)
    let wrong = try function.make(sigma: 0.808, noise: .normal)
    let expected = try slope(at: theta, along: u, step: 2e-3) { try exact(Tensor($0)).scalars }
    let (_, tangent) = try jvp(at: Tensor(theta), along: Tensor(u)) { try wrong($0) }
    #expect(largestDifference(tangent.scalars, expected) > 1e-5)
  }

  @Test(arguments: ExactFunction.allCases, exactNoises)
  func hessiansAreSlopesOfGradients(_ function: ExactFunction, _ noise: Noise) throws {
    for (count, spread) in [(2, 1.0), (5, 1), (7, 4)] {
      let exact = try function.make(sigma: 0.8, noise: noise, tolerance: 1e-13)
      let theta = scatter(count, UInt64(60 + count)).map { $0 * spread }
      let outputs = try exact(Tensor(theta)).count
      let g = Tensor(scatter(outputs, 62))
      let weighted = { (x: Tensor<Double>) in (try exact(x).reshaped([outputs]) * g).sum() }
      let u = scatter(count, 63)
      let expected = try slope(at: theta, along: u, step: 2e-3) {
        try gradient(at: Tensor($0), of: weighted).scalars
      }
      let product = try hessianVectorProduct(at: Tensor(theta), along: Tensor(u), of: weighted)
      // Second derivatives jump where entries pass under noise with corners.
      let room = noise.name == "laplace" || noise.name == "uniform" ? 1e-3 : 1e-8
      #expect(
        largestDifference(product.scalars, expected) < room,
        "\(noise.name) \(count): \(product.scalars) \(expected)")
      let whole = try hessian(at: Tensor(theta), of: weighted)
      let column = matmul(whole, Tensor(u)).scalars
      #expect(largestDifference(column, product.scalars) < 1e-10)
      #expect(largestDifference(whole.scalars, whole.transposed().scalars) < 1e-10)
    }
  }

  @Test(arguments: ExactFunction.allCases, exactNoises)
  func derivativesInSigmaAreSlopes(_ function: ExactFunction, _ noise: Noise) throws {
    let theta = scatter(5, 70).map { $0 + 3 }
    let expected = try slope(at: [0.8], along: [1], step: 1e-3) {
      try function.make(sigma: $0[0], noise: noise, tolerance: 1e-13)(Tensor(theta)).scalars
    }
    let found = try function.make(sigma: 0.8, noise: noise, tolerance: 1e-13)
      .sigmaDerivative(at: Tensor(theta))
    let room = noise.name == "laplace" || noise.name == "uniform" ? 1e-6 : 2e-9
    #expect(
      largestDifference(found.scalars, expected) < room,
      "\(noise.name): \(found.scalars) \(expected)")
  }

  /// Reverse mode over forward mode, forward over reverse, and a map of either.
  @Test func allModesAgree() throws {
    for function in ExactFunction.allCases {
      let exact = try function.make(sigma: 0.6, noise: .logistic)
      let theta = Tensor(scatter(4, 80))
      let matrix = try jacobian(at: theta) { try exact($0) }
      let outputs = try exact(theta).count
      for j in 0..<outputs {
        let row = try gradient(at: theta) { try exact($0).reshaped([outputs])[j] }
        let expected = Array(matrix.scalars[4 * j..<4 * (j + 1)])
        #expect(largestDifference(row.scalars, expected) < 1e-13)
      }
      let (u, v) = (Tensor(scatter(4, 81)), Tensor(scatter(4, 82)))
      let (_, forward) = try jvp(at: theta, along: v) { x in
        try jvp(at: x, along: u) { try exact($0) }.1
      }
      let weights = Tensor<Double>(shape: forward.shape, scalars: scatter(outputs, 83))
      let product = try hessianVectorProduct(at: theta, along: u) {
        (try exact($0) * weights).sum()
      }
      let (left, right) = ((forward * weights).sum().scalar, (product * v).sum().scalar)
      #expect(abs(left - right) < 1e-11, "\(function): \(left) \(right)")
      // A batch's gradient is its rows'.
      let rows = Tensor([scatter(4, 84), scatter(4, 85)])
      let batched = try gradient(at: rows) { square(try exact($0, batched: true)).sum() }
      let mapped = try vmap { row in try gradient(at: row) { square(try exact($0)).sum() } }(rows)
      #expect(largestDifference(batched.scalars, mapped.scalars) < 1e-14)
    }
  }

  /// The expected optimum has the expected solution as its gradient, and is that of samples.
  @Test(
    arguments: [ExactFunction.argMax, .argMin, .topTwo, .ranking],
    exactNoises)
  func optima(_ function: ExactFunction, _ noise: Noise) throws {
    let exact = try function.make(sigma: 0.7, noise: noise)
    for spread in [1.0, 60] {
      let theta = Tensor(scatter(6, 95).map { $0 * spread })
      let slopes = try gradient(at: theta) { try exact.optimum($0) }
      #expect(largestDifference(slopes.scalars, try exact(theta).scalars) < 1e-14)
      let u = scatter(6, 96)
      let expected = try slope(at: theta.scalars, along: u, step: 1e-3) {
        [try exact.optimum(Tensor($0)).scalar]
      }
      let found = zip(slopes.scalars, u).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(found - expected[0]) < 1e-6, "\(noise.name) \(spread): \(found) \(expected)")
      func check(_ solver: some Solver) throws {
        let sampled = try Perturbed<Tensor<Double>, Tensor<Double>>(
          samples: 100_000, sigma: 0.7, noise: noise.valueOnly
        ) { (x: [Double]) in [zip(try solver(x), x).reduce(0) { $0 + $1.0 * $1.1 }] }
        .estimate(at: theta, key: RandomKey(4))
        #expect(
          abs(try exact.optimum(theta).scalar - sampled.value.scalars[0])
            < bound(comparisons: 50) * sampled.standardError.scalars[0] + 1e-9,
          "\(noise.name) \(spread)")
      }
      switch function {
      case .argMax: try check(ArgMax())
      case .argMin: try check(ArgMin())
      case .topTwo: try check(TopK(2))
      default: try check(Ranking())
      }
    }
  }

  @Test func optimaInBatchesAndWithoutOne() throws {
    let rows = Tensor([scatter(4, 97), scatter(4, 98)])
    let exact = try Exact(Ranking(descending: true), sigma: 0.5, noise: .gumbel)
    let together = try exact.optimum(rows, batched: true)
    let mapped = try vmap { try exact.optimum($0) }(rows)
    #expect(together.scalars == mapped.scalars && together.shape == [2])
    let slopes = try gradient(at: rows) { try exact.optimum($0, batched: true).sum() }
    #expect(
      largestDifference(slopes.scalars, try exact(rows, batched: true).scalars) < 1e-14)
    // ⟨x, ascending ranks⟩ and ⟨x, descending ranks⟩ are d − 1 times the sum together.
    let ascending = try Exact(Ranking(), sigma: 0.5, noise: .gumbel)
    let both = try ascending.optimum(rows, batched: true) + together
    let mean = try #require(Noise.gumbel.mean)
    for i in 0..<2 {
      let sum = rows.scalars[4 * i..<4 * i + 4].reduce(0) { $0 + $1 + 0.5 * mean }
      #expect(abs(both.scalars[i] - 3 * sum) < 1e-12)
    }
    #expect(throws: PerturbationError.self) {
      try Exact(LogicalOr(), sigma: 1).optimum([1, 2] as Tensor<Double>)
    }
    #expect(throws: PerturbationError.self) {
      try Exact(Sorting(), sigma: 1).optimum([1, 2] as Tensor<Double>)
    }
  }

  /// Descent on a Fenchel–Young loss's gradient, the expectation less the target, fits the target.
  @Test func anExpectationIsFitted() throws {
    let exact = try Exact(ArgMax(), sigma: 1)
    let target = Tensor(scatter(5, 90)).softmax()
    var theta = Tensor<Double>([0, 0, 0, 0, 0])
    for _ in 0..<400 { theta = theta - 2 * (try exact(theta) - target) }
    #expect(largestDifference(try exact(theta).scalars, target.scalars) < 1e-8)
  }

  @Test func whatHasNoExactFormSaysSo() throws {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "accepted"
      } catch { return "\(error)" }
    }
    let graph = try Graph(nodeCount: 2, edges: [(0, 1)])
    let path = try ShortestPath(graph, from: 0, to: 1)
    #expect(message { _ = try Exact(path, sigma: 1) }.contains("ShortestPath"))
    #expect(message { _ = try Exact(path, sigma: 1) }.contains("Perturbed"))
    for noise in [Noise.rademacher, .cauchy, .logNormal, .sphere] {
      #expect(message { _ = try Exact(ArgMax(), sigma: 1, noise: noise) }.contains(noise.name))
    }
    #expect(message { _ = try Exact(ArgMax(), sigma: 0) }.contains("sigma is 0.0"))
    let exact = try Exact(ArgMax(), sigma: 1)
    #expect(message { _ = try exact(Tensor<Double>([] as [Double])) }.contains("no elements"))
    #expect(message { _ = try exact([1, .nan] as Tensor<Double>) }.contains("element 1"))
    #expect(
      message {
        _ = try hessian(at: [1, 2] as Tensor<Double>) { (x: Tensor<Double>) in
          try gradient(at: x) { try exact($0)[0] }.sum()
        }
      }.contains("third derivative"))
    #expect(message { _ = try exact(Tensor<Double>(1), batched: true) }.contains("leading axis"))
  }

  /// The place of the smallest entry, counted from 0: a linear function of the one-hot argmin.
  struct PlaceOfTheSmallest: ExactSolver {
    let sense: Sense? = nil
    func outputShape(forInput shape: [Int]) -> [Int] { [] }
    func solve(
      _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
    ) throws(SolverError) {
      var best = 0
      for i in input.indices where input[i] < input[best] { best = i }
      output[0] = Float(best)
    }
    func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
      Place(base: try ArgMin().expectation(under: noise))
    }

    struct Place: ExactExpectation {
      let base: any ExactExpectation
      func evaluated(
        at theta: [Double], sigma: Double, tolerance: Double
      ) throws -> any EvaluatedExpectation {
        Evaluated(base: try base.evaluated(at: theta, sigma: sigma, tolerance: tolerance))
      }
    }

    struct Evaluated: EvaluatedExpectation {
      let base: any EvaluatedExpectation
      var value: [Double] { [place(base.value)] }
      var errorBound: Double { base.errorBound * Double(base.value.count) }
      func cotangent(_ g: [Double]) throws -> [Double] {
        try base.cotangent(base.value.indices.map { Double($0) * g[0] })
      }
      func tangent(_ u: [Double]) throws -> [Double] { [place(try base.tangent(u))] }
      private func place(_ shares: [Double]) -> Double {
        shares.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
      }
    }
  }

  @Test func aSolverOfOnesOwn() throws {
    let exact = try Exact(PlaceOfTheSmallest(), sigma: 0.5, noise: .logistic)
    let theta = Tensor<Double>([0.3, -0.1, 0.2, 0.4])
    let sampled = try Perturbed<Tensor<Double>, Tensor<Double>>(
      PlaceOfTheSmallest(), samples: 200_000, sigma: 0.5, noise: .logistic, baseline: .leaveOneOut)
    let estimate = try sampled.estimate(at: theta, key: RandomKey(3))
    #expect(
      abs(try exact(theta).scalar - estimate.value.scalar) < 4 * estimate.standardError.scalar)
    let slopes = try gradient(at: theta) { try exact($0) }.scalars
    let expected = try slope(at: theta.scalars, along: [1, 0, 0, 0], step: 1e-3) {
      try exact(Tensor($0)).scalars
    }
    #expect(abs(slopes[0] - expected[0]) < 1e-8)
    #expect(throws: PerturbationError.self) { try hessian(at: theta) { try exact($0) } }
  }
}
