import Benchmark
import Perturbations

/// Estimates of a gradient from values alone.
let benchmarks: @Sendable () -> Void = {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .cpuTotal], warmupIterations: 2, maxDuration: .seconds(2),
    maxIterations: 500)

  @Sendable func loss(
    _ parameters: [Tensor<Float>], _ x: Tensor<Float>, _ y: Tensor<Float>
  ) -> Tensor<Float> {
    square(matmul(x, parameters[0]) + parameters[1] - y).mean()
  }

  for (inputs, name) in [(32, "linear 32 → 1"), (1000, "linear 1000 → 1")] {
    let parameters: [Tensor<Float>] = [RandomKey(1).normal([inputs, 1]), .zeros([1])]
    let x: Tensor<Float> = RandomKey(2).normal([64, inputs])
    let y: Tensor<Float> = RandomKey(3).normal([64, 1])
    for method in ZeroOrder.Method.allCases {
      Benchmark("\(name), 64 rows, \(method), 100 samples", configuration: configuration) { _ in
        let estimator = try ZeroOrder(method, samples: 100, sigma: 0.01)
        blackHole(
          try estimator.valueAndGradient(at: parameters, key: RandomKey(4)) { loss($0, x, y) })
      }
    }
  }
}
