import CAllocationCounter
import Perturbations

/// What a body allocated on this thread.
struct Allocations {
  /// How often it asked for memory.
  let calls: Int
  /// The most bytes that it had in use at a time.
  let peak: Int

  /// Whether allocations can be counted here: with glibc and without sanitizers.
  static var canBeCounted: Bool { allocation_counter_works() != 0 }

  init(in body: () throws -> Void) rethrows {
    allocation_counter_start()
    defer { _ = allocation_counter_stop() }
    try body()
    let counts = allocation_counter_stop()
    calls = counts.calls
    peak = counts.peak
  }
}

/// The samples in a block of a call with that many numbers for a sample (`SamplePlan`).
func samplesPerBlock(width: Int) -> Int { min(max(32_768 / width / 16 * 16, 16), 4096) }

/// Nine nodes in three rows, every edge with a cost for each way.
func smallGraph() throws -> Graph {
  let ways = try Graph.grid(rows: 3, columns: 3, neighbors: .four).edges
  return try Graph(
    nodeCount: 9,
    edges: ways.map { ($0.source, $0.target) } + ways.map { ($0.target, $0.source) })
}

/// A network of one hidden layer, 8 → 16 → 4, on tensors.
let smallNetwork: @Sendable (Tensor<Float>) -> Tensor<Float> = {
  let w1: Tensor<Float> = RandomKey(1).normal([8, 16])
  let w2: Tensor<Float> = RandomKey(2).normal([16, 4])
  return { x in matmul(tanh(matmul(x, w1)), w2) }
}()
