import Perturbations
import Synchronization
import Testing

/// What threads share while samples are taken, in so few samples that a sanitizer comes to the end of
/// them in a build without optimization; numbers are those of one thread.
@Suite struct SamplingTests {
  typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>

  static let key = RandomKey(3)
  static let theta: Tensor<Double> = [0.3, -0.2, 0.5, 0.1]

  /// Numbers of every kind of call.
  private func numbers(_ function: Function) throws -> [Double] {
    let theta = Self.theta
    let (value, slope) = try valueAndGradient(at: theta) { try function($0, key: Self.key).norm() }
    let estimate = try function.gradientEstimate(at: theta, key: Self.key) { $0 }
    return slope.scalars + [value.scalar] + estimate.standardError.scalars
  }

  private func check(
    _ baseline: Baseline, _ sampling: Sampling, _ make: (Smoothing) throws -> Function
  ) throws {
    func numbers(_ threads: Int) throws -> [UInt64] {
      let smoothing = Smoothing(
        samples: 96, sigma: 0.5, baseline: baseline, sampling: sampling, threads: threads)
      return try self.numbers(make(smoothing)).map(\.bitPattern)
    }
    let one = try numbers(1)
    for threads in [2, 4] { #expect(try numbers(threads) == one) }
  }

  @Test(arguments: Baseline.allCases, [Sampling.independent, .antithetic, .quasiMonteCarlo()])
  func solvers(_ baseline: Baseline, _ sampling: Sampling) throws {
    try check(baseline, sampling) { try Function(Ranking(), $0) }
    try check(baseline, sampling) { try Function(ArgMax(), $0) }
  }

  @Test(arguments: Baseline.allCases) func closures(_ baseline: Baseline) throws {
    try check(baseline, .independent) { smoothing in
      try Function(smoothing) { (x: [Double]) in x.map { $0 > 0 ? $0 : 0 } }
    }
    try check(baseline, .independent) { smoothing in
      try Function(smoothing) { (x: Tensor<Double>) in exp(x) }
    }
  }

  /// More threads than blocks share the samples of a block; the observer is told by all of them.
  @Test func observers() throws {
    let told = Mutex(0)
    var smoothing = Smoothing(samples: 64, sigma: 0.5, threads: 8)
    smoothing.progress = { progress in told.withLock { $0 = max($0, progress.completed) } }
    let wide = Tensor((0..<300).map { Double($0 % 17) })
    let function = try Function(smoothing) { (x: [Double]) in [x.reduce(0, +)] }
    _ = try function(wide, key: Self.key)
    #expect(told.withLock { $0 } == 64)
  }

  @Test func failures() throws {
    struct Refused: Error {}
    let function = try Function(Smoothing(samples: 96, sigma: 0.5, threads: 4)) {
      (x: [Double]) throws in
      if x[0] > 0.4 { throw Refused() }
      return x
    }
    #expect(throws: PerturbationError.self) { try function(Self.theta, key: Self.key) }
  }

  @Test func callsAtTheSameTime() async throws {
    let function = try Function(Ranking(), Smoothing(samples: 64, sigma: 0.5, threads: 2))
    let one = try function(Self.theta, key: Self.key).scalars
    try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<4 {
        group.addTask { try function(Self.theta, key: Self.key).scalars }
      }
      for try await other in group { #expect(other == one) }
    }
  }

  @Test func awaitedFunctions() async throws {
    let function = try AsyncPerturbed<Double>(
      Smoothing(samples: 48, sigma: 0.5, baseline: .leaveOneOut), concurrency: 6
    ) { (x: [Double]) in
      await Task.yield()
      return x.map { $0 * $0 }
    }
    let inside = try Function(Smoothing(samples: 48, sigma: 0.5, baseline: .leaveOneOut)) {
      (x: [Double]) in x.map { $0 * $0 }
    }
    let found = try await function(Self.theta, key: Self.key)
    #expect(try found == inside(Self.theta, key: Self.key))
  }

  @Test(arguments: ZeroOrder.Method.allCases) func zeroOrder(_ method: ZeroOrder.Method) throws {
    func numbers(_ threads: Int) throws -> [UInt64] {
      let estimator = try ZeroOrder(
        method, samples: 40, sigma: 0.1, shaping: .centeredRanks, threads: threads)
      let found = try estimator.estimate(at: Self.theta, key: Self.key) { square($0).sum() }
      return (found.gradient.scalars + found.standardError.scalars).map(\.bitPattern)
    }
    #expect(try numbers(4) == numbers(1))
  }

  @Test func partsAsBytes() throws {
    struct Sent: Execution {
      func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
        let part = try Threads(3).run(pass, blocks: blocks)
        return try PassPart(decoding: part.encoded(), layout: pass.layout)
      }
    }
    var smoothing = Smoothing(samples: 600, sigma: 0.5)
    let whole = try Function(Ranking(), smoothing)(Self.theta, key: Self.key)
    smoothing.execution = Sent()
    #expect(try Function(Ranking(), smoothing)(Self.theta, key: Self.key) == whole)
  }

  @Test(arguments: [Noise.normal, .gumbel, .uniform]) func formulas(_ noise: Noise) throws {
    for solver in [ArgMax(), Ranking(), Sorting(), try TopK(2), LogicalOr()] as [any Solver] {
      func check(_ solver: some Solver) throws {
        let exact = try Exact(solver, sigma: 0.5, noise: noise)
        let slope = try gradient(at: Self.theta) { try exact($0).norm() }
        #expect(slope.scalars.allSatisfy { $0.isFinite })
      }
      try check(solver)
    }
  }
}
