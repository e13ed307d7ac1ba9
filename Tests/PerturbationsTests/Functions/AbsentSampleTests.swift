import Perturbations
import Testing

/// A function of one number that has no output at or below a threshold, as a program whose failures are
/// skipped.
private struct PartlyDefined: BatchFunction {
  var threshold = -1.0
  let output: @Sendable (Double) -> Double

  func evaluate(_ request: BatchRequest) throws -> BatchAnswer {
    let absent = request.inputs.indices.filter { request.inputs[$0] <= threshold }
    let outputs = request.inputs.map { $0 > threshold ? output($0) : 0 }
    return BatchAnswer(outputs: outputs, width: 1, absent: absent)
  }
}

/// The mean of numbers, and its standard error.
private func mean(_ numbers: [Double]) -> (mean: Double, error: Double) {
  let n = Double(numbers.count)
  let mean = numbers.reduce(0, +) / n
  let square = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (square / (n - 1) / n).squareRoot())
}

/// Estimates that do without the samples that have no output: derivatives of the mean over the others.
@Suite struct AbsentSampleTests {
  private typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>

  private static let samplings: [Sampling] = [
    .independent, .antithetic, .orthogonal, .quasiMonteCarlo(),
  ]

  /// A constant, wherever it is defined, has no derivative.
  @Test(arguments: Baseline.allCases, samplings)
  func constantsHaveNoDerivative(_ baseline: Baseline, _ sampling: Sampling) throws {
    let perturbed = try Function(
      batchFunction: PartlyDefined { _ in 1000 },
      Smoothing(samples: 1000, sigma: 1, baseline: baseline, sampling: sampling))
    let (value, pullback) = try vjp(at: [0]) { try perturbed($0, key: RandomKey(1)) }
    #expect(value.scalars == [1000])
    #expect(try abs(pullback([1]).scalar) < 1e-9)
    let second = try hessian(at: [0]) { try perturbed($0, key: RandomKey(1)).sum() }
    #expect(abs(second.scalar) < 1e-9)
    let along = try jvp(at: [0], along: [1]) { try perturbed($0, key: RandomKey(1)) }
    #expect(abs(along.derivative.scalar) < 1e-9)
  }

  /// X given X > −1 for X ~ N(θ, 1): the mean is θ + λ, with λ = φ(α)/(1 − Φ(α)) at α = −1 − θ, and
  /// its derivative 1 − λ(λ − α).
  private let expected = (value: 0.287_599_97, slope: 0.629_686_25)

  @Test(arguments: Baseline.allCases, samplings)
  func truncatedNormal(_ baseline: Baseline, _ sampling: Sampling) throws {
    // Few samples, so that a bias of order 1/N would show.
    let perturbed = try Function(
      batchFunction: PartlyDefined { $0 + 1000 },
      Smoothing(samples: 64, sigma: 1, baseline: baseline, sampling: sampling))
    var (values, slopes): ([Double], [Double]) = ([], [])
    for seed in 0..<2000 {
      let (value, pullback) = try vjp(at: [0]) {
        try perturbed($0, key: RandomKey(UInt64(seed)))
      }
      values.append(value.scalar - 1000)
      slopes.append(try pullback([1]).scalar)
    }
    let (value, slope) = (mean(values), mean(slopes))
    // The mean over the samples that are there is a ratio, with a bias of a smaller order.
    #expect(abs(value.mean - expected.value) < 4 * value.error + 0.002, "\(value)")
    #expect(abs(slope.mean - expected.slope) < 4 * slope.error + 0.006, "\(slope)")
  }

  @Test(arguments: ZeroOrder.Method.allCases)
  func zeroOrderConstants(_ method: ZeroOrder.Method) throws {
    let estimator = try ZeroOrder(method, samples: 1000, sigma: 1)
    let estimate = try estimator.estimate(
      at: Tensor<Double>([0]), key: RandomKey(1), ofBatches: PartlyDefined { _ in 1000 })
    #expect(abs(estimate.gradient.scalar) < 1e-9)
    #expect(estimate.skipped > 100 && estimate.skipped < 400)
    let second = try hessian(at: Tensor<Double>([0])) {
      try estimator.value(at: $0, key: RandomKey(1), ofBatches: PartlyDefined { _ in 1000 })
    }
    #expect(abs(second.scalar) < 1e-9)
  }

  @Test(arguments: [ZeroOrder.Method.naive, .forward])
  func zeroOrderTruncatedNormal(_ method: ZeroOrder.Method) throws {
    let estimator = try ZeroOrder(method, samples: 64, sigma: 1)
    let slopes = try (0..<2000).map { seed in
      try estimator.estimate(
        at: Tensor<Double>([0]), key: RandomKey(UInt64(seed)),
        ofBatches: PartlyDefined { $0 + 1000 }
      ).gradient.scalar
    }
    let slope = mean(slopes)
    #expect(abs(slope.mean - expected.slope) < 4 * slope.error + 0.006, "\(slope)")
  }

  @Test func noSampleAtAllIsAnError() throws {
    let perturbed = try Function(
      batchFunction: PartlyDefined(threshold: 100) { $0 }, Smoothing(samples: 50, sigma: 1))
    #expect(throws: (any Error).self) { try perturbed([0], key: RandomKey(1)) }
  }
}
