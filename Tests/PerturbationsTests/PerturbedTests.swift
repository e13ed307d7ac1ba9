import Perturbations
import Synchronization
import Testing

private let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
private let batch: Tensor<Float> = [[-0.6, 1.9, -0.2, 1.1, -1.0], [-0.6, 1.0, -0.2, 1.8, -1.0]]

private func argMax(_ x: Tensor<Float>) -> Tensor<Float> { oneHot(x.argMax(), classes: x.count) }

/// Bits of all elements, so that comparisons tell 0 from −0.
private func bits(_ tensors: [Tensor<Float>]) -> [UInt32] {
  tensors.flatMap { $0.scalars.map(\.bitPattern) }
}

@Suite struct PerturbedTests {
  @Test func threeWaysToGiveAFunctionGiveTheSameNumbers() throws {
    let key = RandomKey(7)
    let solver = try Perturbed(ArgMax(), samples: 5000, sigma: 0.5, noise: .gumbel)
    let tensors = try Perturbed(samples: 5000, sigma: 0.5, noise: .gumbel, argMax)
    let oneByOne = try Perturbed(
      samples: 5000, sigma: 0.5, noise: .gumbel, sequential: true
    ) { (x: Tensor<Float>) in
      let scalars = x.scalars
      let winner = scalars.indices.reduce(0) { scalars[$1] > scalars[$0] ? $1 : $0 }
      return oneHot(Tensor(Int32(winner)), classes: scalars.count)
    }
    let array = try Perturbed(samples: 5000, sigma: 0.5, noise: .gumbel) {
      (x: [Float]) -> [Float] in
      let winner = x.indices.reduce(0) { x[$1] > x[$0] ? $1 : $0 }
      return x.indices.map { $0 == winner ? 1 : 0 }
    }
    var results: [[UInt32]] = []
    for perturbed in [solver, tensors, oneByOne, array] {
      let (value, gradient) = try valueAndGradient(at: theta) { x in
        let y = try perturbed(x, key: key)
        return (y * [1, 2, 3, 4, 5]).sum()
      }
      results.append(bits([value, gradient]))
    }
    for result in results { #expect(result == results[0]) }
  }

  @Test(arguments: [1, 2, 3, 8], [Baseline.none, .point, .leaveOneOut])
  func bitsDoNotDependOnThreads(threads: Int, baseline: Baseline) throws {
    func run(_ threads: Int) throws -> [UInt32] {
      let key = RandomKey(3)
      let perturbed = try Perturbed(
        Ranking(), samples: 20_000, sigma: 0.7, baseline: baseline, threads: threads)
      let scalar = try Perturbed(
        samples: 20_000, sigma: 0.7, noise: .gumbel, baseline: baseline, threads: threads
      ) { (x: Tensor<Float>) in (exp(x) * sin(x)).sum() }
      let value = try perturbed(theta, key: key)
      let pulled = try gradient(at: theta) { try (perturbed($0, key: key) * theta).sum() }
      let hessian = try (0..<5).map { row in
        try gradient(at: theta) { x in try gradient(at: x) { try scalar($0, key: key) }[row] }
      }
      return bits([value, pulled] + hessian)
    }
    #expect(try run(threads) == run(1))
  }

  @Test func budgetForOutputsDoesNotChangeBits() throws {
    let key = RandomKey(5)
    let calls = Atomic<Int>(0)
    var results: [[UInt32]] = []
    for budget in [0, 1 << 30] {
      calls.store(0, ordering: .relaxed)
      let perturbed = try Perturbed(samples: 3000, sigma: 0.3, outputBudget: budget) {
        (x: [Float]) -> [Float] in
        calls.add(1, ordering: .relaxed)
        return [x.max() ?? 0, x.min() ?? 0]
      }
      results.append(
        bits([try gradient(at: theta) { try perturbed($0, key: key)[0] }]))
      // Once for each sample, and again where the outputs were not kept, but for the first 16, which
      // told the output's shape.
      #expect(calls.load(ordering: .relaxed) == (budget == 0 ? 5984 : 3000))
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: [1, 15, 16, 17, 1000, 5000])
  func functionIsCalledExactlyOnceForEachSample(samples: Int) throws {
    let calls = Atomic<Int>(0)
    let count = { @Sendable (x: [Float]) -> [Float] in
      calls.add(1, ordering: .relaxed)
      return x
    }
    _ = try Perturbed(samples: samples, sigma: 1, count)(theta, key: RandomKey(0))
    #expect(calls.load(ordering: .relaxed) == samples)
    calls.store(0, ordering: .relaxed)
    let withBaseline = try Perturbed(samples: samples, sigma: 1, baseline: .point, count)
    _ = try gradient(at: theta) { try withBaseline($0, key: RandomKey(0)).sum() }
    #expect(calls.load(ordering: .relaxed) == samples + 1)
  }

  @Test func batchIsIndependentNoiseForEachExample() throws {
    let key = RandomKey(11)
    let perturbed = try Perturbed(ArgMax(), samples: 200_000, sigma: 0.5, noise: .gumbel)
    let value = try perturbed(batch, key: key, batched: true)
    let expected = (batch / 0.5).softmax()
    // Four standard errors of a mean of Bernoulli variables.
    for (a, p) in zip(value.scalars, expected.scalars) {
      #expect(abs(a - p) < 4 * (p * (1 - p) / 200_000).squareRoot() + 1e-6)
    }
    // Row 1 has other noise than the same example alone would have with this key.
    #expect(value[1] != (try perturbed(batch[1], key: key)))
    // Row 0 has counters 0 to 4, as the example alone.
    #expect(value[0] == (try perturbed(batch[0], key: key)))
    let solverless = try Perturbed(samples: 200_000, sigma: 0.5, noise: .gumbel, argMax)
    #expect(value == (try solverless(batch, key: key, batched: true)))
  }

  @Test func batchedGradientIsThatOfEachRow() throws {
    let key = RandomKey(2)
    let perturbed = try Perturbed(Ranking(), samples: 4000, sigma: 0.5)
    let whole = try gradient(at: batch) { x in
      square(try perturbed(x, key: key, batched: true)).sum()
    }
    let first = try gradient(at: batch[0]) { x in square(try perturbed(x, key: key)).sum() }
    #expect(whole[0] == first)
  }

  @Test func mapsWithOneKeyShareTheNoise() throws {
    let key = RandomKey(2)
    let perturbed = try Perturbed(ArgMax(), samples: 1000, sigma: 0.5, noise: .gumbel)
    let mapped = try vmap { (x: Tensor<Float>) in try perturbed(x, key: key) }(batch)
    #expect(mapped[0] == (try perturbed(batch[0], key: key)))
    #expect(mapped[1] == (try perturbed(batch[1], key: key)))
    let gradients = try vmap { (x: Tensor<Float>) in
      try gradient(at: x) { try perturbed($0, key: key).norm() }
    }(batch)
    #expect(gradients[1] == (try gradient(at: batch[1]) { try perturbed($0, key: key).norm() }))
    let outside = try gradient(at: batch) { x in
      try vmap { (x: Tensor<Float>) in try perturbed(x, key: key).norm() }(x).sum()
    }
    #expect(outside == gradients)
  }

  @Test func doublePrecision() throws {
    let theta: Tensor<Double> = [0.1, 0.4, -0.3]
    let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      ArgMax(), samples: 100_000, sigma: 1, noise: .gumbel)
    let value = try perturbed(theta, key: RandomKey(4))
    for (a, p) in zip(value.scalars, theta.softmax().scalars) {
      #expect(abs(a - p) < 4 * (p * (1 - p) / 100_000).squareRoot())
    }
  }

  @Test func decorator() throws {
    @PerturbedFunction(samples: 1000, sigma: 0.5, noise: .gumbel)
    var softArgMax = { @Sendable (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5) }
    let plain = try Perturbed(samples: 1000, sigma: 0.5, noise: .gumbel, argMax)
    #expect(try $softArgMax(theta, key: RandomKey(1)) == plain(theta, key: RandomKey(1)))
    let (first, second) = try RandomKey.withDefault(RandomKey(9)) {
      (try softArgMax(theta), try softArgMax(theta))
    }
    #expect(first == (try plain(theta, key: RandomKey(9).child(0))))
    #expect(second == (try plain(theta, key: RandomKey(9).child(1))))
    #expect(
      try $softArgMax(batch, key: RandomKey(1), batched: true)
        == plain(batch, key: RandomKey(1), batched: true))
  }

  @Test func extraArguments() throws {
    let scaled = try PerturbedWith(samples: 500, sigma: 0.2) {
      (x: Tensor<Float>, scale: Tensor<Float>) in (x * scale).sum()
    }
    let plain = try Perturbed(samples: 500, sigma: 0.2) { (x: Tensor<Float>) in (x * 3).sum() }
    #expect(try scaled(theta, 3, key: RandomKey(1)) == plain(theta, key: RandomKey(1)))
  }

  @Test func ownNoiseByTypeAndByClosures() throws {
    struct Plain: NoiseDistribution {
      func sample(_ count: Int, key: RandomKey) -> [Double] {
        (key.normal(count) as [Float]).map { Double($0) }
      }
      func score(_ z: Double) -> Double? { z }
      func scoreDerivative(_ z: Double) -> Double? { 1 }
      var isSymmetric: Bool { true }
    }
    let byClosures = Noise(
      sample: { count, key in (key.normal(count) as [Float]).map { Double($0) } }, score: { $0 })
    let key = RandomKey(6)
    func run(_ noise: Noise) throws -> [Float] {
      let perturbed = try Perturbed(Ranking(), samples: 2000, sigma: 0.4, noise: noise)
      let (value, pulled) = try valueAndGradient(at: theta) {
        square(try perturbed($0, key: key)).sum()
      }
      return value.scalars + pulled.scalars
    }
    let expected = try run(.normal)
    for noise in [Noise(Plain()), byClosures] {
      for (a, b) in zip(try run(noise), expected) { #expect(abs(a - b) <= 1e-5 * abs(b)) }
    }
  }

  @Test func nestedCallsGiveTheSameNumbersOnAnyThreads() throws {
    func run(_ threads: Int) throws -> [UInt32] {
      let inner = try Perturbed(ArgMax(), samples: 64, sigma: 0.5, noise: .gumbel, threads: threads)
      let outer = try Perturbed(samples: 40, sigma: 0.1, sequential: true, threads: threads) {
        (x: Tensor<Float>) in
        try gradient(at: x) { try inner($0, key: RandomKey(1)).norm() }
      }
      return bits([try outer(theta, key: RandomKey(2))])
    }
    #expect(try run(1) == run(2))
  }
}
