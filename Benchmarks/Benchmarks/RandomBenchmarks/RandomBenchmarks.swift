import Benchmark
import Tensors

/// Keys and draws: a million of each, by one thread.
let benchmarks: @Sendable () -> Void = {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .cpuTotal, .throughput], warmupIterations: 3,
    maxDuration: .seconds(2), maxIterations: 200)
  let count = 1_000_000
  let key = RandomKey(1)
  Benchmark("normal, 10⁶ float draws", configuration: configuration) { _ in
    let draws: Tensor<Float> = key.normal([count])
    blackHole(draws)
  }
  Benchmark("Gumbel, 10⁶ float draws", configuration: configuration) { _ in
    let draws: Tensor<Float> = key.gumbel([count])
    blackHole(draws)
  }
  Benchmark("uniform, 10⁶ float draws", configuration: configuration) { _ in
    let draws: Tensor<Float> = key.uniform([count])
    blackHole(draws)
  }
  Benchmark("normal, 10⁶ double draws", configuration: configuration) { _ in
    let draws: Tensor<Double> = key.normal([count])
    blackHole(draws)
  }
  Benchmark("split, 10⁶ keys", configuration: configuration) { _ in
    blackHole(key.split(count))
  }
}
