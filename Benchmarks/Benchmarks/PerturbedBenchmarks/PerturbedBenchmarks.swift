import Benchmark
import Perturbations

/// Perturbed calls, value and value with gradient, on one thread and on all.
let benchmarks: @Sendable () -> Void = {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .cpuTotal], warmupIterations: 2, maxDuration: .seconds(2),
    maxIterations: 200)

  @Sendable func add(
    _ name: String, at theta: Tensor<Float>,
    _ make: @Sendable (_ threads: Int?) throws -> Perturbed<Tensor<Float>, Tensor<Float>>
  ) {
    do {
      let (one, all) = (try make(1), try make(nil))
      Benchmark("\(name), value, 1 thread", configuration: configuration) { _ in
        blackHole(try one(theta, key: RandomKey(1)))
      }
      Benchmark("\(name), value", configuration: configuration) { _ in
        blackHole(try all(theta, key: RandomKey(1)))
      }
      Benchmark("\(name), value and gradient", configuration: configuration) { _ in
        blackHole(try gradient(at: theta) { square(try all($0, key: RandomKey(1))).sum() })
      }
    } catch {
      fatalError("\(name): \(error)")
    }
  }

  let few: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
  let many: Tensor<Float> = RandomKey(7).normal([100])
  add("argmax, d 5, N 10⁶", at: few) {
    try Perturbed(ArgMax(), samples: 1_000_000, sigma: 0.5, noise: .gumbel, threads: $0)
  }
  add("argmax as a function, d 5, N 10⁶", at: few) {
    try Perturbed(samples: 1_000_000, sigma: 0.5, noise: .gumbel, threads: $0) {
      (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
    }
  }
  add("argmax, d 100, N 10⁵", at: many) {
    try Perturbed(ArgMax(), samples: 100_000, sigma: 0.5, noise: .gumbel, threads: $0)
  }
  add("ranking, d 100, N 10⁴", at: many) {
    try Perturbed(Ranking(), samples: 10_000, sigma: 0.5, threads: $0)
  }
  add("shortest path, 30 × 30 grid, N 1000", at: .full([30, 30], 1)) {
    try Perturbed(
      GridShortestPath(rows: 30, columns: 30, negativeCosts: .clipped(to: 0.01)), samples: 1000,
      sigma: 0.1, threads: $0)
  }
}
