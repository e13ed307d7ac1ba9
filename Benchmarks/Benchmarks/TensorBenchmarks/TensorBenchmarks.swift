import Benchmark
import Tensors

/// Operations on few numbers, where the cost is the operation's own, and on many, where it is the
/// memory's.
let benchmarks: @Sendable () -> Void = {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .cpuTotal, .throughput], warmupIterations: 3,
    maxDuration: .seconds(2), maxIterations: 500)
  let small: Tensor<Float> = [0.1, 0.2, 0.3, 0.4]
  let scale: Tensor<Float> = [0.9, 0.8, 0.7, 0.6]
  Benchmark("4 numbers, 1000 operations", configuration: configuration) { _ in
    var x = small
    for _ in 0..<500 { x = x * scale + small }
    blackHole(x)
  }
  Benchmark("4 numbers, 1000 operations with gradient", configuration: configuration) { _ in
    let result = gradient(at: small) { start in
      var x = start
      for _ in 0..<500 { x = x * scale + small }
      return x.sum()
    }
    blackHole(result)
  }

  let large: Tensor<Float> = RandomKey(1).normal([4_000_000])
  let other: Tensor<Float> = RandomKey(2).normal([4_000_000])
  Benchmark("4·10⁶ numbers, x + y", configuration: configuration) { _ in blackHole(large + other) }
  Benchmark("4·10⁶ numbers, exp", configuration: configuration) { _ in blackHole(exp(large)) }
  Benchmark("4·10⁶ numbers, sum", configuration: configuration) { _ in blackHole(large.sum()) }

  let rows: Tensor<Float> = RandomKey(3).normal([10_000, 100])
  Benchmark("10⁴ × 100 numbers, argsort", configuration: configuration) { _ in
    blackHole(rows.argsort())
  }
  Benchmark("10⁴ × 100 numbers, softmax", configuration: configuration) { _ in
    blackHole(rows.softmax())
  }

  let a: Tensor<Float> = RandomKey(4).normal([512, 512])
  let b: Tensor<Float> = RandomKey(5).normal([512, 512])
  Benchmark("512 × 512 matrices, product", configuration: configuration) { _ in
    blackHole(matmul(a, b))
  }
}
