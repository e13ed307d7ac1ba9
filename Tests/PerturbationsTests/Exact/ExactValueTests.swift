import Foundation
import Perturbations
import Solvers
import Testing

/// Values of expectations without sampling, against references that share no formula with them.
@Suite struct ExactValueTests {
  struct Fixture: Decodable {
    struct Case: Decodable {
      let noise: String
      let sigma: Double
      let theta: [Double]
      let values: [String: [Double]]
    }
    let cases: [Case]

    static func load() throws -> Fixture {
      let url = try #require(
        Bundle.module.url(forResource: "exact", withExtension: "json", subdirectory: "Fixtures"))
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }
  }

  @Test(arguments: ExactFunction.allCases) func agreesWithSciPy(_ function: ExactFunction) throws {
    let fixture = try Fixture.load()
    #expect(fixture.cases.count == 24)
    for reference in fixture.cases {
      let noise = try #require(Noise.named(reference.noise))
      let exact = try function.make(sigma: reference.sigma, noise: noise)
      let theta = Tensor(reference.theta)
      let expected = try #require(reference.values[function.rawValue])
      let difference = largestDifference(try exact(theta).scalars, expected)
      let scale = function == .sorting ? reference.sigma : 1
      #expect(difference < 1e-9 * scale, "\(noise.name) \(reference.theta): \(difference)")
      let bound = try exact.errorBound(at: theta)
      #expect(difference < bound + 1e-12 * scale, "\(noise.name): \(difference), stated \(bound)")
      #expect(bound < 2e-10 * scale)
    }
  }

  @Test func underGumbelNoiseAnArgmaxIsASoftmax() throws {
    let theta = Tensor(scatter(7, 1))
    let exact = try Exact(ArgMax(), sigma: 0.4, noise: .gumbel)
    #expect(largestDifference(try exact(theta).scalars, (theta / 0.4).softmax().scalars) < 1e-15)
  }

  /// Two entries: Φ of their distance over √2 σ.
  @Test func twoEntriesUnderNormalNoise() throws {
    for distance in [-9.0, -2, 0.1, 3, 12] {
      let exact = try Exact(ArgMax(), sigma: 0.5)
      let found = try exact(Tensor([distance, 0])).scalars
      let expected = try #require(Noise.normal.cumulative(distance / 0.5 / 2.0.squareRoot()))
      #expect(abs(found[0] - expected) < 1e-12 && abs(found[0] + found[1] - 1) < 1e-12)
    }
  }

  /// A rank is the number of k for which an entry is not among the k largest.
  @Test(arguments: exactNoises) func ranksAreSumsOfTopK(_ noise: Noise) throws {
    let theta = Tensor(scatter(8, 2))
    var sum = [Double](repeating: 0, count: 8)
    for k in 1..<8 {
      let found = try Exact(TopK(k), sigma: 0.6, noise: noise)(theta).scalars
      #expect(abs(found.reduce(0, +) - Double(k)) < 1e-10)
      for i in 0..<8 { sum[i] += 1 - found[i] }
    }
    let descending = try Exact(Ranking(descending: true), sigma: 0.6, noise: noise)(theta).scalars
    #expect(largestDifference(sum, descending) < 1e-9, "\(noise.name)")
    let one = try Exact(TopK(1), sigma: 0.6, noise: noise)(theta).scalars
    let largest = try Exact(ArgMax(), sigma: 0.6, noise: noise)(theta).scalars
    #expect(largestDifference(one, largest) < 2e-10)
    let all = try Exact(TopK(8), sigma: 0.6, noise: noise)(theta).scalars
    #expect(all == [Double](repeating: 1, count: 8))
  }

  @Test(arguments: exactNoises) func sortedEntriesHaveTheSumOfAll(_ noise: Noise) throws {
    let theta = scatter(9, 3)
    let up = try Exact(Sorting(), sigma: 0.6, noise: noise)(Tensor(theta)).scalars
    let down = try Exact(Sorting(descending: true), sigma: 0.6, noise: noise)(Tensor(theta)).scalars
    #expect(up == down.reversed())
    let mean = try #require(noise.mean)
    #expect(abs(up.reduce(0, +) - theta.reduce(0, +) - 9 * 0.6 * mean) < 1e-8, "\(noise.name)")
    #expect(zip(up, up.dropFirst()).allSatisfy { $0 < $1 })
  }

  /// P(i in the top 3 of 8) by the sum over all sets of others that exceed it, on a fine grid.
  @Test(arguments: [Noise.normal, .gumbel, .logistic]) func allSubsets(_ noise: Noise) throws {
    let (theta, sigma, step) = (scatter(8, 6), 0.6, 0.01)
    let found = try Exact(TopK(3), sigma: sigma, noise: noise)(Tensor(theta)).scalars
    for i in 0..<8 {
      let others = (0..<8).filter { $0 != i }
      var sum = 0.0
      for k in -4000...4000 {
        let z = Double(k) * step
        let below = try others.map {
          try #require(noise.cumulative(z + (theta[i] - theta[$0]) / sigma))
        }
        var probability = 0.0
        for set in 0..<128 where set.nonzeroBitCount < 3 {
          var product = 1.0
          for j in 0..<7 { product *= set >> j & 1 == 1 ? 1 - below[j] : below[j] }
          probability += product
        }
        sum += step * probability * (noise.density(z) ?? .nan)
      }
      #expect(abs(found[i] - sum) < 1e-10, "\(noise.name) \(i): \(found[i]), \(sum)")
    }
  }

  @Test(arguments: exactNoises) func manyEntries(_ noise: Noise) throws {
    for (count, spread) in [(100, 0.0), (100, 1), (300, 5)] {
      let theta = Tensor(scatter(count, 4).map { $0 * spread })
      for solver: any Solver in [ArgMax(), ArgMin()] {
        func check(_ solver: some Solver) throws {
          let exact = try Exact(solver, sigma: 1, noise: noise)
          let found = try exact(theta).scalars
          #expect(abs(found.reduce(0, +) - 1) < 1e-9, "\(noise.name) \(count) \(spread)")
          #expect(found.allSatisfy { $0 >= 0 && $0 <= 1 })
          let bound = try exact.errorBound(at: theta)
          #expect(bound < 2e-10)
          if spread == 0 { #expect(found.allSatisfy { abs($0 * 100 - 1) < 1e-8 }) }
        }
        try check(solver)
      }
    }
  }

  @Test(arguments: ExactFunction.allCases, exactNoises)
  func anySpreadAndAnyScale(_ function: ExactFunction, _ noise: Noise) throws {
    for (theta, sigma) in [
      ([0, 1000, -1000, 500], 1.0), ([3, 3, 3, 3], 1e-6), ([0.1, -0.2, 0.3, 0.05], 1e-6),
      ([0.1, -0.2, 0.3, 0.05], 1e6), ([1e6, -1e6, 2e6, 1], 1),
      ([1e304, -1e304, 2e304, 1], 1e-6),
    ] {
      let exact = try function.make(sigma: sigma, noise: noise)
      let x = Tensor(theta)
      let value = try exact(x).scalars
      let slopes = try gradient(at: x) { try exact($0).sum() }.scalars
      #expect(
        value.allSatisfy { $0.isFinite } && slopes.allSatisfy { $0.isFinite },
        "\(noise.name) \(theta) \(sigma): \(value) \(slopes)")
      let product = try hessianVectorProduct(at: x, along: [1, 2, -1, 3]) { try exact($0).sum() }
      #expect(product.scalars.allSatisfy { $0.isFinite }, "\(noise.name) \(theta) \(sigma)")
      // Where nothing can change places, the function itself.
      if sigma == 1 && function != .sorting && function != .or && function != .and {
        let perturbed = try function.sampled(samples: 2, sigma: 1e-3, noise: .normal)
        let expected = try perturbed(x, key: RandomKey(1)).scalars
        #expect(largestDifference(value, expected) < 1e-100, "\(noise.name) \(value)")
      }
    }
  }

  @Test(arguments: ExactFunction.allCases, [Noise.normal, .gumbel, .logistic, .laplace, .uniform])
  func agreesWithSamples(_ function: ExactFunction, _ noise: Noise) throws {
    let theta = Tensor(scatter(6, 5))
    let found = try function.make(sigma: 0.7, noise: noise)(theta).scalars
    let estimate = try function.sampled(samples: 400_000, sigma: 0.7, noise: noise)
      .estimate(at: theta, key: RandomKey(8))
    for (i, expected) in estimate.value.scalars.enumerated() {
      let error = estimate.standardError.scalars[i]
      #expect(
        abs(found[i] - expected) < bound(comparisons: 200) * error + 1e-9,
        "\(noise.name) \(i): \(found[i]), sampled \(expected)")
    }
  }

  /// Values and gradients at the usual tolerance against those at a far smaller one.
  @Test(arguments: ExactFunction.allCases, exactNoises)
  func theBoundHolds(_ function: ExactFunction, _ noise: Noise) throws {
    for (count, spread) in [(3, 0.3), (20, 1), (20, 6), (60, 0)] {
      let theta = Tensor(scatter(count, UInt64(20 + count)).map { $0 * spread })
      let usual = try function.make(sigma: 0.5, noise: noise)
      let fine = try function.make(sigma: 0.5, noise: noise, tolerance: 1e-14)
      let expected = try fine(theta)
      let difference = largestDifference(try usual(theta).scalars, expected.scalars)
      let bound = try usual.errorBound(at: theta)
      #expect(bound < 1.1e-10, "\(noise.name) \(count)")
      #expect(difference <= bound + (try fine.errorBound(at: theta)), "\(noise.name) \(count)")
      let g = Tensor<Double>(shape: expected.shape, scalars: scatter(expected.count, 30))
      let slopes = try gradient(at: theta) { (try usual($0) * g).sum() }
      let others = try gradient(at: theta) { (try fine($0) * g).sum() }
      #expect(largestDifference(slopes.scalars, others.scalars) < 1e-8, "\(noise.name) \(count)")
    }
  }

  /// More entries than nodes are kept for.
  @Test func hundredThousandEntries() throws {
    let count = 100_000
    let theta = scatter(count, 7).map { $0 * 0.1 }
    let exact = try Exact(ArgMax(), sigma: 1)
    #expect(abs(try exact(Tensor(theta)).scalars.reduce(0, +) - 1) < 1e-9)
    let g = Tensor(scatter(count, 8))
    let u = scatter(count, 9)
    let slopes = try gradient(at: Tensor(theta)) { (try exact($0) * g).sum() }
    let expected = try slope(at: theta, along: u, step: 1e-2) {
      [(try exact(Tensor($0)) * g).sum().scalar]
    }
    let found = zip(slopes.scalars, u).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(found - expected[0]) < 1e-7, "\(found) \(expected)")
  }

  @Test(arguments: ExactFunction.allCases.filter { $0 != .topTwo }, exactNoises)
  func oneEntry(_ function: ExactFunction, _ noise: Noise) throws {
    let exact = try function.make(sigma: 2, noise: noise)
    let (value, slopes) = try vjp(at: Tensor([0.3])) { try exact($0) }
    let slope = try slopes(Tensor<Double>(shape: value.shape, scalars: [1])).scalars[0]
    let mean = try #require(noise.mean)
    let truth = try #require(noise.isSymmetric ? noise.cumulative(0.15) : 0.5)
    switch function {
    case .argMax, .argMin: #expect(value.scalars == [1] && slope == 0)
    case .ranking, .topTwo: #expect(value.scalars == [0] && slope == 0)
    case .sorting: #expect(abs(value.scalars[0] - 0.3 - 2 * mean) < 1e-9 && abs(slope - 1) < 1e-10)
    case .or, .and:
      #expect(slope > 0)
      if noise.isSymmetric { #expect(abs(value.scalars[0] - (2 * truth - 1)) < 1e-14) }
    }
  }

  @Test func floatsAndBatches() throws {
    for function in ExactFunction.allCases {
      let exact = try function.make(sigma: 0.5, noise: .normal)
      let rows = (0..<3).map { scatter(4, 10 + UInt64($0)) }
      let each = try rows.map { try exact(Tensor($0)).scalars }
      let together = try exact(Tensor(rows), batched: true)
      #expect(together.scalars == each.flatMap { $0 })
      let mapped = try vmap { try exact($0) }(Tensor(rows))
      #expect(mapped.scalars == together.scalars && mapped.shape == together.shape)
      let single = try exact(Tensor(rows[0].map { Float($0) }))
      #expect(largestDifference(single.scalars.map { Double($0) }, each[0]) < 1e-5)
    }
  }
}
