import Perturbations
import Synchronization
import Testing

@Suite(
  "Memory",
  .enabled(if: Allocations.canBeCounted, "memory is counted with glibc, without sanitizers"))
struct MemoryTests {
  /// The most bytes in use at a time during a call on one thread.
  private func peak(
    _ perturbed: Perturbed<Tensor<Float>, Tensor<Float>>, at theta: Tensor<Float>,
    gradient wantsGradient: Bool = false
  ) throws -> Int {
    try Allocations {
      if wantsGradient {
        _ = try gradient(at: theta) { square(try perturbed($0, key: RandomKey(1))).sum() }
      } else {
        _ = try perturbed(theta, key: RandomKey(1))
      }
    }.peak
  }

  /// Of the peak at 16 times as many samples, what the fewer samples did not need: the least of some
  /// attempts, since blocks of large tensors that other tests have given back are not counted when they
  /// are taken again.
  private func growth(
    at theta: Tensor<Float>, gradient: Bool = false,
    _ perturbed: (_ samples: Int) throws -> Perturbed<Tensor<Float>, Tensor<Float>>
  ) throws -> Int {
    let block = samplesPerBlock(width: theta.count)
    _ = try peak(try perturbed(block), at: theta, gradient: gradient)
    var least = Int.max
    for _ in 0..<10 where least >= allowed {
      least = min(
        least,
        try peak(try perturbed(32 * block), at: theta, gradient: gradient)
          - peak(try perturbed(2 * block), at: theta, gradient: gradient))
    }
    return least
  }

  /// Sixteen times the samples, and not even one bit of memory for each.
  private let allowed = 8192

  @Test func valuesTakeTheSameMemoryForAnyNumberOfSamples() throws {
    let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
    #expect(
      try growth(at: theta) {
        try Perturbed(ArgMax(), samples: $0, sigma: 0.5, noise: .gumbel, threads: 1)
      } < allowed)
    #expect(
      try growth(at: .ones([24])) {
        try Perturbed(
          ShortestPath(smallGraph(), from: 0, to: 8, negativeCosts: .clipped(to: 0.01)),
          samples: $0, sigma: 0.1, threads: 1)
      } < allowed)
    #expect(
      try growth(at: RandomKey(3).normal([8])) {
        try Perturbed(samples: $0, sigma: 0.5, threads: 1, smallNetwork)
      } < allowed)
  }

  @Test func gradientsPastTheBudgetTakeTheSameMemoryForAnyNumberOfSamples() throws {
    let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
    #expect(
      try growth(at: theta, gradient: true) {
        try Perturbed(ArgMax(), samples: $0, sigma: 0.5, threads: 1, outputBudget: 0)
      } < allowed)
    #expect(
      try growth(at: RandomKey(3).normal([8]), gradient: true) {
        try Perturbed(samples: $0, sigma: 0.5, threads: 1, outputBudget: 0, smallNetwork)
      } < allowed)
  }

  @Test func gradientsWithinTheBudgetKeepTheOutputs() throws {
    let theta: Tensor<Float> = [1, 2, 3]
    let samples = 40_960
    // Ranks of three elements: 12 bytes for a sample.
    let bytes = 12 * samples
    func peak(budget: Int) throws -> Int {
      try self.peak(
        Perturbed(Ranking(), samples: samples, sigma: 0.5, threads: 1, outputBudget: budget),
        at: theta, gradient: true)
    }
    _ = try peak(budget: bytes)
    #expect(try peak(budget: bytes) >= bytes)
    #expect(try peak(budget: bytes - 1) < bytes)
  }

  /// Wide inputs: a few samples and a partial sum for each level of the tree, of which eight times the
  /// samples bring three more.
  @Test func wideInputsTakeAFewSamplesAndLevels() throws {
    let theta: Tensor<Float> = .zeros([200_000])
    func peak(_ samples: Int) throws -> Int {
      try self.peak(
        Perturbed(ArgMax(), samples: samples, sigma: 0.5, noise: .gumbel, threads: 1), at: theta,
        gradient: true)
    }
    _ = try peak(4)
    let (few, many) = (try peak(64), try peak(512))
    let sum = 8 * theta.count
    #expect(many - few < 4 * sum, "\(few) \(many)")
    #expect(many < 40 * sum, "\(few) \(many)")
  }

  /// The Hessian of 127 numbers is 8,128 sums with their moments: a quarter of a megabyte for each
  /// level of the tree, whatever the block's size.
  @Test func hessiansAreSummedInSmallParts() throws {
    let theta: Tensor<Float> = .zeros([127])
    let perturbed = try Perturbed(ArgMax(), samples: 4000, sigma: 0.5, noise: .gumbel, threads: 1)
    func find() throws {
      _ = try perturbed.hessianEstimate(at: theta, cotangent: theta, key: RandomKey(1))
    }
    try find()
    let peak = try Allocations { try find() }.peak
    #expect(peak < 16 << 20, "\(peak)")
  }

  /// Zeros and ones are kept as bits where they would not fit as numbers: the solver solves once, and
  /// the numbers are the same.
  @Test func indicatorsAreKeptAsBits() throws {
    let counter = try CountedTopK(TopK(3))
    let theta: Tensor<Float> = RandomKey(1).normal([50])
    let cotangent: Tensor<Float> = RandomKey(2).normal([50])
    func slope(_ budget: Int) throws -> [Float] {
      let perturbed = try Perturbed(counter, samples: 2000, sigma: 0.5, outputBudget: budget)
      return try gradient(at: theta) { (try perturbed($0, key: RandomKey(3)) * cotangent).sum() }
        .scalars
    }
    let whole = try slope(1 << 30)
    #expect(counter.takeCount() == 2000)
    // 7 bytes for a sample, 200 as numbers.
    #expect(try slope(7 * 2000) == whole)
    #expect(counter.takeCount() == 2000)
    #expect(try slope(7 * 2000 - 1) == whole)
    #expect(counter.takeCount() == 4000)
  }
}

/// A solver that counts its solves.
private struct CountedTopK: Solver {
  private let solver: TopK
  private let count = SharedCount()

  init(_ solver: TopK) { self.solver = solver }

  var sense: Sense? { solver.sense }
  var output: SolverOutput { .indicator }
  func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    try solver.outputShape(forInput: shape)
  }
  func makeScratch(inputCount: Int) throws(SolverError) -> TopK.Scratch {
    solver.makeScratch(inputCount: inputCount)
  }
  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout TopK.Scratch
  ) throws(SolverError) {
    count.value.add(1, ordering: .relaxed)
    try solver.solve(input, into: &output, scratch: &scratch)
  }

  func takeCount() -> Int { count.value.exchange(0, ordering: .relaxed) }
}

private final class SharedCount: Sendable {
  let value = Atomic<Int>(0)
}
