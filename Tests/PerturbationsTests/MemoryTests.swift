import Perturbations
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

  /// Of the peak at 16 times as many samples, what the fewer samples did not need.
  private func growth(
    at theta: Tensor<Float>, gradient: Bool = false,
    _ perturbed: (_ samples: Int) throws -> Perturbed<Tensor<Float>, Tensor<Float>>
  ) throws -> Int {
    let block = samplesPerBlock(width: theta.count)
    _ = try peak(try perturbed(block), at: theta, gradient: gradient)
    return try peak(try perturbed(32 * block), at: theta, gradient: gradient)
      - peak(try perturbed(2 * block), at: theta, gradient: gradient)
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
}
