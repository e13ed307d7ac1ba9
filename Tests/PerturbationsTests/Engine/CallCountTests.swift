import Perturbations
import Synchronization
import Testing

/// How often a function was called.
private final class Counter: Sendable {
  private let count = Mutex(0)
  func increment(by amount: Int = 1) { count.withLock { $0 += amount } }
  /// The calls so far; counting starts again.
  func take() -> Int {
    count.withLock { calls in
      defer { calls = 0 }
      return calls
    }
  }
}

/// A function of many inputs that counts them: five outputs.
private struct CountedBatches: BatchFunction {
  let counter: Counter

  func evaluate(_ request: BatchRequest) throws -> BatchAnswer {
    counter.increment(by: request.count)
    let outputs = (0..<request.count).flatMap { row in
      (0..<5).map { request.inputs[row * request.width + $0 % request.width] * Double($0) }
    }
    return BatchAnswer(outputs: outputs, width: 5)
  }
}

@Suite("The function is called as often as is said") struct CallCountTests {
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]
  private let key = RandomKey(3)
  private let samples = 100

  private typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>

  /// N evaluations, once more for each of the rows with the baseline f(θ).
  private func check(_ perturbed: Function, _ counter: Counter) throws {
    let extra = perturbed.baseline == .point ? 1 : 0
    let once = samples + extra
    func loss(_ x: Tensor<Double>) throws -> Tensor<Double> {
      square(try perturbed(x, key: key)).sum()
    }
    _ = try perturbed(theta, key: key)
    #expect(counter.take() == samples)
    _ = try gradient(at: theta, of: loss)
    #expect(counter.take() == once)
    _ = try jacobian(at: theta) { try perturbed($0, key: key) }
    #expect(counter.take() == once)
    _ = try hessian(at: theta, of: loss)
    #expect(counter.take() == once)
    _ = try jvp(at: theta, along: theta) { try perturbed($0, key: key) }
    #expect(counter.take() == once)
    let batch = stack([theta, 2 * theta, -theta, theta + 1])
    _ = try vmap { (x: Tensor<Double>) throws in try perturbed(x, key: key) }(batch)
    #expect(counter.take() == 4 * samples)
    _ = try vmap { (x: Tensor<Double>) throws in try gradient(at: x, of: loss) }(batch)
    #expect(counter.take() == 4 * once)
    _ = try vmap { (x: Tensor<Double>) throws in
      try jacobian(at: x) { try perturbed($0, key: key) }
    }(batch)
    #expect(counter.take() == 4 * once)
    _ = try vmap { (x: Tensor<Double>) throws in try hessian(at: x, of: loss) }(batch)
    #expect(counter.take() == 4 * once)
    _ = try perturbed.gradientEstimate(at: theta, key: key) { $0 }
    #expect(counter.take() == once)
    _ = try perturbed.hessianEstimate(
      at: theta, cotangent: [1, 2, 3, 4, 5], key: key)
    #expect(counter.take() == once)
  }

  @Test(arguments: Baseline.allCases)
  func perturbedFunctions(_ baseline: Baseline) throws {
    let counter = Counter()
    let smoothing = Smoothing(samples: samples, sigma: 0.5, baseline: baseline)
    try check(
      Perturbed(smoothing) { (x: [Double]) in
        counter.increment()
        return (0..<5).map { x[$0 % 3] * Double($0) }
      }, counter)
    try check(
      Perturbed(smoothing, sequential: true) { (x: Tensor<Double>) in
        counter.increment()
        return concatenate([x, x[0..<2]])
      }, counter)
    try check(Perturbed(batchFunction: CountedBatches(counter: counter), smoothing), counter)
  }

  @Test func treesOfTensors() throws {
    let counter = Counter()
    let perturbed = try Perturbed(
      Smoothing(samples: samples, sigma: 0.5), sequential: true
    ) { (x: [String: Tensor<Double>]) -> [Tensor<Double>] in
      counter.increment()
      return [x["a"]!.sum(), x["a"]! * x["b"]!.sum()]
    }
    let input = ["a": theta, "b": theta * 2]
    _ = try jacobian(at: input) { try perturbed($0, key: key) }
    #expect(counter.take() == samples)
    // One leaf mapped, the other the same for all entries.
    let batch = stack([theta, 2 * theta])
    _ = try vmap { (a: Tensor<Double>) throws in
      try gradient(at: a) { a in
        try perturbed(["a": a, "b": theta], key: key)[1].sum()
      }
    }(batch)
    #expect(counter.take() == 2 * samples)
  }

  @Test(arguments: ZeroOrder.Method.allCases)
  func zeroOrder(_ method: ZeroOrder.Method) throws {
    let counter = Counter()
    let estimator = try ZeroOrder(method, samples: samples, sigma: 0.1, sequential: true)
    let function: @Sendable (Tensor<Double>) -> Tensor<Double> = {
      counter.increment()
      return exp($0).sum()
    }
    func value(_ x: Tensor<Double>) throws -> Tensor<Double> {
      try estimator.value(at: x, key: key, of: function)
    }
    let once = estimator.evaluations
    _ = try value(theta)
    #expect(counter.take() == 1)
    _ = try gradient(at: theta, of: value)
    #expect(counter.take() == once)
    // Four cotangents of one value.
    _ = try jacobian(at: theta) { try value($0) * Tensor<Double>([1, 2, 3, 4]) }
    #expect(counter.take() == once)
    _ = try hessian(at: theta, of: value)
    #expect(counter.take() == once)
    let batch = stack([theta, -theta])
    _ = try vmap { (x: Tensor<Double>) throws in try gradient(at: x, of: value) }(batch)
    #expect(counter.take() == 2 * once)
    _ = try vmap { (x: Tensor<Double>) throws in try hessian(at: x, of: value) }(batch)
    #expect(counter.take() == 2 * once)
  }

  /// Two pullbacks at a time evaluate once, and give the same.
  @Test func concurrentPullbacks() async throws {
    let counter = Counter()
    let perturbed = try Perturbed<Tensor<Double>, Tensor<Double>>(
      samples: 20_000, sigma: 0.5, threads: 2
    ) { (x: [Double]) in
      counter.increment()
      return [x[0] * x[1]]
    }
    let (_, pullback) = try vjp(at: theta) { try perturbed($0, key: key) }
    nonisolated(unsafe) let shared = pullback
    let results = try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<4 { group.addTask { try shared([1]).scalars } }
      var results: [[Double]] = []
      for try await result in group { results.append(result) }
      return results
    }
    #expect(Set(results).count == 1)
    #expect(counter.take() == 20_000)
  }
}
