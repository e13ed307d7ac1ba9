import Perturbations
import Synchronization
import Testing

/// A service that is awaited: it counts its calls and how many are under way at a time.
private actor Service {
  private(set) var calls = 0
  private(set) var most = 0
  private var inside = 0
  private let failure: @Sendable (Double) -> (any Error)?

  init(failure: @escaping @Sendable (Double) -> (any Error)? = { _ in nil }) {
    self.failure = failure
  }

  func run(_ x: [Double]) async throws -> [Double] {
    calls += 1
    inside += 1
    most = max(most, inside)
    // Others come in between, and answers end in another order than they began.
    for _ in 0..<Int(abs(x[0]) * 10) % 4 { await Task.yield() }
    inside -= 1
    if let error = failure(x[0]) { throw error }
    return x.map { $0 > 0 ? $0 : 0 }
  }
}

private struct Refused: Error {}

@Suite struct AsyncPerturbedTests {
  private let key = RandomKey(4)
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]

  private func function(
    _ service: Service, concurrency: Int, samples: Int = 600, budget: Int = defaultOutputBudget
  ) throws -> AsyncPerturbed<Double> {
    try AsyncPerturbed(
      Smoothing(samples: samples, sigma: 0.5, baseline: .leaveOneOut, outputBudget: budget),
      concurrency: concurrency
    ) { try await service.run($0) }
  }

  private func numbers(
    _ function: Perturbed<Tensor<Double>, Tensor<Double>>
  ) throws -> [[Double]] {
    let estimate = try function.gradientEstimate(at: theta, key: key) { $0 }
    return [
      try function(theta, key: key).scalars,
      try gradient(at: theta) { try function($0, key: key).norm() }.scalars,
      try hessian(at: theta) { try function($0, key: key).norm() }.scalars,
      estimate.gradient.scalars, estimate.standardError.scalars,
    ]
  }

  @Test func numbersDoNotDependOnConcurrency() async throws {
    let theta = theta
    let key = key
    var all: [[[Double]]] = []
    for concurrency in [1, 3, 64] {
      let service = Service()
      let function = try function(service, concurrency: concurrency)
      all.append(try await function.withPerturbed { try self.numbers($0) })
      #expect(try await function(theta, key: key).scalars == all[0][0])
      let (most, calls) = await (service.most, service.calls)
      #expect(most <= concurrency)
      // Value, gradient, Hessian and estimate of the first call, and the last: N each.
      #expect(calls == 5 * 600)
    }
    #expect(all[0] == all[1] && all[1] == all[2])
    // The bits of the function without `await`.
    let plain = try numbers(
      Perturbed(Smoothing(samples: 600, sigma: 0.5, baseline: .leaveOneOut)) { (x: [Double]) in
        x.map { $0 > 0 ? $0 : 0 }
      })
    #expect(all[0] == plain)
  }

  /// Outputs beyond the budget are evaluated again, not kept.
  @Test func memoryIsBounded() async throws {
    let (kept, service) = (Service(), Service())
    let whole = try await function(kept, concurrency: 8).withPerturbed { soft in
      try gradient(at: self.theta) { try soft($0, key: self.key).norm() }
    }
    let again = try await function(service, concurrency: 8, budget: 0).withPerturbed { soft in
      try gradient(at: self.theta) { try soft($0, key: self.key).norm() }
    }
    #expect(whole == again)
    #expect(await kept.calls == 600)
    // But for the 16 that told the output's shape.
    #expect(await service.calls == 1200 - 16)
  }

  @Test func batchesNumbersAndMatrices() async throws {
    let batch = stack([theta, -theta])
    let rows = try await function(Service(), concurrency: 8)(batch, key: key, batched: true)
    #expect(rows.shape == [2, 3])
    let sum = try AsyncPerturbed(Smoothing(samples: 40, sigma: 1)) { (x: [[Float]]) async in
      x.reduce(0) { $0 + $1.reduce(0, +) }
    }
    #expect(try await sum([[1, 2], [3, 4]], key: key).shape == [])
    await #expect(throws: PerturbationError.self) { try await sum([1, 2], key: key) }
  }

  @Test func defaultKeysReachTheThread() async throws {
    let function = try function(Service(), concurrency: 8, samples: 40)
    let theta = theta
    let key = key
    let values = try await RandomKey.withDefault(key) {
      [
        try await function(theta),
        try await function.withPerturbed { try $0(theta) },
      ]
    }
    #expect(try await values[0] == function(theta, key: key.child(0)))
    #expect(try await values[1] == function(theta, key: key.child(1)))
    await #expect(throws: MissingKey.noDefault) { try await function(theta) }
    await #expect(throws: MissingKey.noDefault) {
      try await function.withPerturbed { try $0(theta) }
    }
  }

  /// The first sample that fails comes out with its index and key, whatever fails beside it.
  @Test(arguments: [1, 5, 64]) func errorsNameTheSample(_ concurrency: Int) async throws {
    let service = Service { $0 > 1.2 ? Refused() : nil }
    let function = try function(service, concurrency: concurrency)
    let theta = theta
    let key = key
    let inputs = try await function.withPerturbed { soft in
      try (0..<600).map { try soft.input(ofSample: $0, at: theta, key: key)[0].scalar }
    }
    let first = try #require(inputs.firstIndex { $0 > 1.2 })
    do {
      _ = try await function(theta, key: key)
      Issue.record("no error")
    } catch PerturbationError.functionFailed(let sample, let sampleKey, let error) {
      #expect(sample == first && sampleKey == key.child(UInt64(first)) && error is Refused)
    }
    // At most those that had begun beside it.
    #expect(await service.calls <= first + concurrency)
  }

  @Test func cancellationOfTheFunctionIsItself() async throws {
    let function = try function(
      Service { $0 > 1.2 ? CancellationError() : nil }, concurrency: 8)
    let theta = theta
    let key = key
    await #expect(throws: CancellationError.self) { try await function(theta, key: key) }
  }

  /// A cancelled task begins no evaluation any more, and the thread that waits for it ends.
  @Test func cancellation() async throws {
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let count = Mutex(0)
    let function = try AsyncPerturbed(
      Smoothing(samples: 100_000, sigma: 1), concurrency: 4
    ) { (x: [Double]) async throws in
      count.withLock { $0 += 1 }
      start.yield()
      // Never ends unless it is cancelled.
      try await Task.sleep(for: .seconds(1_000_000))
      return x
    }
    let theta = theta
    let key = key
    let task = Task { try await function(theta, key: key) }
    for await _ in started.prefix(4) {}
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(count.withLock { $0 } == 4)
  }

  /// What is left of a perturbed function after its closure answers with an error.
  @Test func afterTheEndThereIsNobodyToAnswer() async throws {
    let function = try function(Service(), concurrency: 8)
    let escaped = try await function.withPerturbed { $0 }
    #expect(throws: CancellationError.self) { try escaped(self.theta, key: self.key) }
  }

  @Test func errorsOfTheClosureComeOut() async throws {
    let function = try function(Service(), concurrency: 8)
    await #expect(throws: Refused.self) {
      try await function.withPerturbed { _ in throw Refused() }
    }
  }

  @Test func parameters() {
    #expect(throws: PerturbationError.self) {
      try AsyncPerturbed(Smoothing(samples: 0, sigma: 1)) { (x: [Float]) async in x }
    }
    #expect(throws: PerturbationError.self) {
      try AsyncPerturbed(Smoothing(samples: 1, sigma: 1), concurrency: 0) {
        (x: [Float]) async in x
      }
    }
  }

  /// More calls at a time than the shared pool has threads, each of which waits for its answers.
  @Test func manyAtATime() async throws {
    let theta = theta
    let function = try function(Service(), concurrency: 4, samples: 50)
    let values = try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<64 {
        group.addTask { try await function(theta, key: RandomKey(1)).scalars }
      }
      return try await group.reduce(into: Set<[Double]>()) { $0.insert($1) }
    }
    #expect(values.count == 1)
  }
}
