import Perturbations
import Synchronization
import Testing

@Suite struct SmoothingTests {
  private typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>

  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch { return "\(error)" }
  }

  /// The value form and the short forms are the same function.
  @Test func oneValueForAll() throws {
    let smoothing = Smoothing(
      samples: 500, sigma: 0.3, noise: .gumbel, baseline: .leaveOneOut, threads: 1)
    let theta: Tensor<Float> = [0.1, 0.5, 0.2]
    let key = RandomKey(4)
    let solver = try Perturbed(ArgMax(), smoothing)
    let short = try Perturbed(
      ArgMax(), samples: 500, sigma: 0.3, noise: .gumbel, baseline: .leaveOneOut)
    let function = try Perturbed(smoothing) { (x: Tensor<Float>) in oneHot(x.argMax(), classes: 3) }
    #expect(try solver(theta, key: key) == short(theta, key: key))
    #expect(try solver(theta, key: key) == function(theta, key: key))
    #expect(solver.smoothing.samples == 500 && short.baseline == .leaveOneOut)
    let maximum = try PerturbedMaximum(ArgMax(), smoothing)
    #expect(
      try maximum(theta, key: key)
        == PerturbedMaximum(ArgMax(), samples: 500, sigma: 0.3, noise: .gumbel)(theta, key: key))
    // No generic arguments are needed.
    let loss = FenchelYoungLoss(
      try PerturbedMaximum(samples: 100, sigma: 0.5) { (x: Tensor<Float>) in
        oneHot(x.argMax(), classes: 3)
      })
    #expect(try loss(theta, target: [0, 1, 0], key: key).scalar.isFinite)
    let estimator = try ZeroOrder(.naive, Smoothing(samples: 50, sigma: 0.1, noise: .gumbel))
    #expect(estimator.samples == 50 && estimator.distribution.name == "gumbel")
  }

  @Test func countsThatCannotBe() throws {
    for samples in [0, -1, Int.max, Smoothing.mostSamples + 1] {
      #expect(throws: PerturbationError.self) {
        try Perturbed(ArgMax(), samples: samples, sigma: 1)
      }
      #expect(throws: PerturbationError.self) { try ZeroOrder(samples: samples, sigma: 1) }
    }
    #expect(throws: PerturbationError.self) {
      try ZeroOrder(samples: Smoothing.mostSamples, sigma: 1)
    }
    #expect(throws: PerturbationError.self) {
      try Perturbed(
        ArgMax(), samples: 1 << 40, sigma: 1, sampling: .quasiMonteCarlo(scramblings: 8))
    }
    #expect(throws: PerturbationError.self) {
      try Perturbed(
        ArgMax(), samples: 8, sigma: 1, baseline: .leaveOneOut,
        sampling: .quasiMonteCarlo(scramblings: 1))
    }
    #expect(throws: PerturbationError.self) {
      try ZeroOrder(.naive, Smoothing(samples: 8, sigma: 1, sampling: .antithetic))
    }
    #expect(throws: PerturbationError.self) {
      try ZeroOrder(.naive, Smoothing(samples: 8, sigma: 1, baseline: .point))
    }
  }

  /// σ below the distance between numbers of θ's size is refused; from 256 of them on the derivative's
  /// bias is small.
  @Test func sigmaBelowTheResolution() throws {
    let theta: Tensor<Float> = [1_000_000, 1_000_000]
    func slope(_ sigma: Double) throws -> (value: Float, error: Float) {
      let perturbed = try Perturbed(
        ArgMax(), samples: 400_000, sigma: sigma, baseline: .leaveOneOut)
      let found = try perturbed.gradientEstimate(
        at: theta, cotangent: [1, 0], key: RandomKey(1))
      // d/dθ₀ Φ((θ₀ − θ₁)/(σ√2)) = 1/(2σ√π)
      let expected = Float(1 / (2 * sigma * Double.pi.squareRoot()))
      return (found.gradient.scalars[0] / expected - 1, found.standardError.scalars[0] / expected)
    }
    let message = refusal { _ = try slope(0.01) }
    #expect(message.contains("sigma is 0.01") && message.contains("1000000"), "\(message)")
    #expect(refusal { _ = try slope(0.0624) } != "nothing")
    // ulp(10⁶) = 1/16.
    for steps in [256.0, 64, 1024] {
      let found = try slope(steps / 16)
      #expect(
        abs(found.value) < 4 * found.error + (steps < 256 ? 0.02 : 0.005), "\(steps) \(found)")
    }
    // Double precision has no difficulty, and the sphere of multiplied inputs none either.
    let wide: Tensor<Double> = [1_000_000, 1_000_000]
    _ = try Function(ArgMax(), samples: 10, sigma: 0.01)(wide, key: RandomKey(1))
    _ = try Perturbed(ArgMax(), samples: 10, sigma: 1e-4, noise: .logNormal)(
      theta, key: RandomKey(1))
    #expect(throws: PerturbationError.self) {
      try ZeroOrder(samples: 10, sigma: 0.01).gradient(at: theta, key: RandomKey(1)) { $0.sum() }
    }
    #expect(try Perturbed(ArgMax(), samples: 10, sigma: 1).resolutionWarning(at: theta) != nil)
    #expect(try Perturbed(ArgMax(), samples: 10, sigma: 100).resolutionWarning(at: theta) == nil)
  }

  @Test func meansThatAreTooLarge() throws {
    let perturbed = try Function(samples: 100, sigma: 1) { (x: [Double]) in [1.7e308] }
    let message = refusal { _ = try perturbed([0], key: RandomKey(1)) }
    #expect(message.contains("larger than a number can be"), "\(message)")
  }

  @Test func batchesWithoutABatchAxis() throws {
    let solver = try Perturbed(ArgMax(), samples: 10, sigma: 1)
    #expect(throws: (any Error).self) { try solver([1, 2], key: RandomKey(1), batched: true) }
    let function = try Perturbed(samples: 10, sigma: 1) { (x: Tensor<Float>) in
      oneHot(x.argMax(), classes: 2)
    }
    #expect(throws: (any Error).self) { try function([1, 2], key: RandomKey(1), batched: true) }
  }

  @Test func cancellation() async throws {
    let perturbed = try Function(samples: 1 << 40, sigma: 1, threads: 2) { (x: [Double]) in x }
    let task = Task { try perturbed([0], key: RandomKey(1)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let failing = try Function(samples: 10, sigma: 1) { (_: [Double]) -> [Double] in
      throw CancellationError()
    }
    #expect(throws: CancellationError.self) { try failing([0], key: RandomKey(1)) }
  }
}

/// What the function was given for a sample can be made again.
@Suite struct SampleInputTests {
  private final class Seen: Sendable {
    private let inputs = Mutex<Set<[Double]>>([])
    func insert(_ input: [Double]) { _ = inputs.withLock { $0.insert(input) } }
    var all: Set<[Double]> { inputs.withLock { $0 } }
  }

  @Test(arguments: [
    Sampling.independent, .antithetic, .orthogonal, .quasiMonteCarlo(scramblings: 4),
  ])
  func perturbedInputs(_ sampling: Sampling) throws {
    for noise in [Noise.normal, .logNormal] {
      let seen = Seen()
      let perturbed = try Perturbed(samples: 40, sigma: 0.5, noise: noise, sampling: sampling) {
        (x: [Double]) in
        seen.insert(x)
        return x
      }
      let theta: Tensor<Double> = [0.3, 1, -2]
      _ = try perturbed(theta, key: RandomKey(9))
      let made = try (0..<40).map {
        try perturbed.input(ofSample: $0, at: theta, key: RandomKey(9)).scalars
      }
      #expect(Set(made) == seen.all)
      #expect(throws: PerturbationError.self) {
        try perturbed.input(ofSample: 40, at: theta, key: RandomKey(9))
      }
    }
  }

  @Test func treesAndBatches() throws {
    let perturbed = try Perturbed(samples: 5, sigma: 0.5) { (x: [Tensor<Float>]) in x[0] }
    let input: [Tensor<Float>] = [[[1, 2], [3, 4]], [[5], [6]]]
    let made = try perturbed.input(ofSample: 3, at: input, key: RandomKey(2), batched: true)
    #expect(made.map(\.shape) == [[2, 2], [2, 1]])
    let (first, second) = (
      RandomKey(2).split(5)[3].split(2)[0], RandomKey(2).split(5)[3].split(2)[1]
    )
    let noise: [Tensor<Float>] = [first.normal([2, 2]), second.normal([2, 1])]
    #expect(made[0] == input[0] + 0.5 * noise[0])
    #expect(made[1] == input[1] + 0.5 * noise[1])
  }

  @Test(arguments: ZeroOrder.Method.allCases)
  func zeroOrderInputs(_ method: ZeroOrder.Method) throws {
    for distribution in [DirectionDistribution.normal, .orthogonal(groupSize: 3)] {
      let seen = Seen()
      let estimator = try ZeroOrder(
        method, samples: 10, sigma: 0.5, distribution: distribution, sequential: true)
      let theta: Tensor<Double> = [0.3, 1, -2]
      _ = try estimator.gradient(at: theta, key: RandomKey(9)) { x in
        seen.insert(x.scalars)
        return x.sum()
      }
      var made: Set<[Double]> = [theta.scalars]
      for sample in 0..<10 {
        for mirrored in method == .antithetic ? [false, true] : [false] {
          made.insert(
            try estimator.input(
              ofSample: sample, at: theta, key: RandomKey(9), mirrored: mirrored
            ).scalars)
        }
      }
      #expect(made == seen.all)
    }
  }
}
