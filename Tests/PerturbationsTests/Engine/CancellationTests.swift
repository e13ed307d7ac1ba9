import Perturbations
import Synchronization
import Testing

/// Ends what it does from the outside of it.
private final class Canceller: Sendable {
  private let task = Mutex<Task<Void, any Error>?>(nil)
  private let calls = Mutex(0)
  var count: Int { calls.withLock { $0 } }

  /// Cancels the task at the n-th call.
  func call(cancellingAt n: Int) {
    let isDue = calls.withLock { calls in
      calls += 1
      return calls == n
    }
    if isDue { task.withLock { $0?.cancel() } }
  }

  /// Runs a body in a task that it can cancel.
  func run(_ body: @escaping @Sendable () throws -> Void) async throws {
    let (open, gate) = AsyncStream.makeStream(of: Void.self)
    let own = Task {
      for await _ in open {}
      // The stream ends for a cancelled task too.
      try body()
    }
    task.withLock { $0 = own }
    gate.finish()
    try await own.value
  }
}

@Suite("A cancellation comes out as itself") struct CancellationTests {
  private let key = RandomKey(4)
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]
  private let smoothing = Smoothing(samples: 300, sigma: 0.5, threads: 3)

  /// One that the function throws, in every form of function and of call.
  @Test func ofTheFunction() throws {
    let cancelled = { @Sendable (x: Double) throws in if x > 1 { throw CancellationError() } }
    typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>
    let forms: [Function] = [
      try Function(smoothing) { (_: Tensor<Double>) in throw CancellationError() },
      try Function(smoothing, sequential: true) { (x: Tensor<Double>) in
        try cancelled(x[0].scalar)
        return x
      },
      try Function(smoothing) { (x: [Double]) in
        try cancelled(x[0])
        return x
      },
      try Function(smoothing) { (x: [Double]) -> Double in
        try cancelled(x[0])
        return x[0]
      },
      try Function(smoothing) {
        0
      } evaluating: { (_: inout Int, x: [Double]) in
        try cancelled(x[0])
        return x
      },
      try Function(smoothing, sharing: 0) { (_: inout Int, x: [Double]) in
        try cancelled(x[0])
        return x
      },
      try Function(batchFunction: CancelledBatches(), smoothing),
    ]
    for (position, form) in forms.enumerated() {
      for call in [
        { _ = try form(theta, key: key) },
        { _ = try gradient(at: theta) { try form($0, key: key).norm() } },
        { _ = try form.estimate(at: theta, key: key) },
        { _ = try form.gradientEstimate(at: theta, key: key) { $0 } },
        { _ = try form.solutions(at: theta, key: key) },
        { _ = try form.diagnose(at: theta, key: key) },
      ] as [() throws -> Void] {
        #expect(throws: CancellationError.self, "form \(position)") { try call() }
      }
    }
    let with = try PerturbedWith(smoothing) {
      (_: Tensor<Double>, _: Tensor<Double>) -> Tensor<Double> in throw CancellationError()
    }
    #expect(throws: CancellationError.self) { try with(theta, theta, key: key) }
    @PerturbedFunction(samples: 10, sigma: 1)
    var decorated = { (_: Tensor<Double>) throws -> Tensor<Double> in throw CancellationError() }
    #expect(throws: CancellationError.self) { try $decorated(theta, key: key) }
    let maximum = try PerturbedMaximum<Tensor<Double>, Double>(smoothing) { _ in
      throw CancellationError()
    }
    #expect(throws: CancellationError.self) { try maximum(theta, key: key) }
    for sequential in [false, true] {
      let estimator = try ZeroOrder(.forward, smoothing, sequential: sequential)
      let count = Mutex(0)
      #expect(throws: CancellationError.self) {
        try estimator.gradient(at: theta, key: key) { (x: Tensor<Double>) in
          if count.withLock({
            $0 += 1
            return $0 > 1
          }) {
            throw CancellationError()
          }
          return x.sum()
        }
      }
    }
  }

  private struct CancelledBatches: BatchFunction {
    func evaluate(_ request: BatchRequest) throws -> BatchAnswer { throw CancellationError() }
  }

  /// One of the task: a function that takes long is not called for the rest of its block.
  @Test(arguments: [1, 3]) func ofTheTask(_ threads: Int) async throws {
    let smoothing = Smoothing(samples: 5000, sigma: 0.5, threads: threads)
    let (theta, key) = (theta, key)
    let array = Canceller()
    let plain = try Perturbed(smoothing) { (x: [Double]) in
      array.call(cancellingAt: 100)
      return x
    }
    await #expect(throws: CancellationError.self) {
      try await array.run { _ = try plain(theta, key: key) }
    }
    // At most one more for each of the others.
    #expect(array.count < 100 + threads)
    let tensor = Canceller()
    let sequential = try Perturbed(smoothing, sequential: true) { (x: Tensor<Double>) in
      tensor.call(cancellingAt: 100)
      return x
    }
    await #expect(throws: CancellationError.self) {
      try await tensor.run { _ = try sequential(theta, key: key) }
    }
    #expect(tensor.count < 100 + threads)
    // While it finds out the shape of the output.
    let early = Canceller()
    let probed = try Perturbed(smoothing) { (x: [Double]) in
      early.call(cancellingAt: 3)
      return x
    }
    await #expect(throws: CancellationError.self) {
      try await early.run { _ = try probed(theta, key: key) }
    }
    #expect(early.count == 3)
    let scalar = Canceller()
    let estimator = try ZeroOrder(.antithetic, smoothing, sequential: true)
    await #expect(throws: CancellationError.self) {
      try await scalar.run {
        _ = try estimator.gradient(at: theta, key: key) { (x: Tensor<Double>) in
          scalar.call(cancellingAt: 100)
          return x.sum()
        }
      }
    }
    #expect(scalar.count < 100 + threads)
  }

  /// Expectations by formula ask in between.
  @Test func ofAFormula() async throws {
    let theta = Tensor((0..<40).map { Double($0 * 7 % 40) / 10 })
    let solvers: [any Solver] = [Ranking(), ArgMax(), Sorting(), try TopK(5)]
    let noises: [Noise] = [.normal, .uniform]
    for solver in solvers {
      for noise in noises {
        try await checkFormula(solver, noise, theta)
      }
    }
  }

  private func checkFormula(
    _ solver: some Solver, _ noise: Noise, _ theta: Tensor<Double>
  ) async throws {
    let exact = try Exact(solver, sigma: 1, noise: noise)
    _ = try exact(theta)
    await #expect(throws: CancellationError.self) {
      try await Canceller().run {
        withUnsafeCurrentTask { $0?.cancel() }
        _ = try exact(theta)
      }
    }
    // Evaluated before, and cancelled at its derivative.
    await #expect(throws: CancellationError.self) {
      try await Canceller().run {
        _ = try gradient(at: theta) { x in
          let value = try exact(x).sum()
          withUnsafeCurrentTask { $0?.cancel() }
          return value
        }
      }
    }
  }
}
