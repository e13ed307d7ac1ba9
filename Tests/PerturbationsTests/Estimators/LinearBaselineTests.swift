import Perturbations
import Solvers
import Testing

/// A baseline that is linear in the noise's scores, fitted to the other half of the samples.
@Suite struct LinearBaselineTests {
  private typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>
  private let theta: Tensor<Double> = [1.6, 2, -0.4, -0.1, 0.2, -1]
  private let cotangent: Tensor<Double> = [1, 2, 3, 4, 5, 6]

  /// The sum over the entries of the gradient of the squared deviations from a mean, and that mean's from the
  /// truth in standard errors, over some keys.
  private func spread(
    _ function: Function, keys: Int, truth: Tensor<Double>
  ) throws -> (variance: Double, bias: Double) {
    let gradients = try (0..<keys).map { seed in
      try gradient(at: theta) {
        (try function($0, key: RandomKey(UInt64(seed))) * cotangent).sum()
      }.scalars
    }
    var (variance, bias) = (0.0, 0.0)
    for k in 0..<theta.count {
      let mean = gradients.reduce(0) { $0 + $1[k] } / Double(keys)
      let own =
        gradients.reduce(0) { $0 + ($1[k] - mean) * ($1[k] - mean) } / Double(keys - 1)
      variance += own
      bias = max(bias, abs(mean - truth.scalars[k]) / (own / Double(keys)).squareRoot())
    }
    return (variance, bias)
  }

  @Test(arguments: [Noise.normal, .gumbel, .logistic, .laplace])
  func isUnbiasedAndBetter(_ noise: Noise) throws {
    let exact = try Exact(Ranking(), sigma: 0.5, noise: noise)
    let truth = try gradient(at: theta) { (try exact($0) * cotangent).sum() }
    let samplings: [Sampling] =
      noise.isSymmetric ? [.independent, .antithetic] : [.independent]
    for sampling in samplings {
      func found(_ baseline: Baseline) throws -> (variance: Double, bias: Double) {
        try spread(
          Perturbed(
            Ranking(), samples: 512, sigma: 0.5, noise: noise, baseline: baseline,
            sampling: sampling, threads: 1), keys: 400, truth: truth)
      }
      let (plain, linear) = (try found(.leaveOneOut), try found(.linear))
      #expect(linear.bias < 4, "\(noise.name), \(sampling.name): \(linear)")
      // Of rank functions, less is linear in other scores than in the normal's.
      #expect(
        linear.variance < (noise.name == "normal" ? 0.5 : 0.9) * plain.variance,
        "\(noise.name), \(sampling.name): \(plain) \(linear)")
    }
  }

  /// The mean square of scores whose distribution is not known comes from the other half's samples.
  @Test func noiseOfOnesOwn() throws {
    // Normal, by another name.
    let noise = Noise("own", sample: { count, key in key.normal(count) }, score: { $0 })
    let exact = try Exact(Ranking(), sigma: 0.5)
    let truth = try gradient(at: theta) { (try exact($0) * cotangent).sum() }
    let linear = try spread(
      Perturbed(
        Ranking(), samples: 512, sigma: 0.5, noise: noise, baseline: .linear, threads: 1),
      keys: 200, truth: truth)
    let plain = try spread(
      Perturbed(
        Ranking(), samples: 512, sigma: 0.5, noise: noise, baseline: .leaveOneOut, threads: 1),
      keys: 200, truth: truth)
    #expect(linear.bias < 4 && linear.variance < 0.6 * plain.variance, "\(plain) \(linear)")
  }

  /// Of a linear function nothing is left but the error of the fit, of relative order d/N.
  @Test func linearFunctions() throws {
    func variance(_ baseline: Baseline) throws -> Double {
      try spread(
        Perturbed(samples: 8192, sigma: 0.5, baseline: baseline, threads: 1) {
          (x: Tensor<Double>) in 3 * x - 1
        }, keys: 50, truth: 3 * cotangent
      ).variance
    }
    let (plain, linear) = (try variance(.leaveOneOut), try variance(.linear))
    #expect(linear < plain / 200, "\(linear) \(plain)")
  }

  /// Where there are too few samples for a fit it does no harm.
  @Test func fewSamples() throws {
    let wide = Tensor<Double>((0..<200).map { Double($0 % 13) / 7 })
    func variance(_ baseline: Baseline) throws -> Double {
      let function: Function = try Perturbed(
        ArgMax(), samples: 64, sigma: 0.5, baseline: baseline, threads: 1)
      let gradients = try (0..<100).map { seed in
        try gradient(at: wide) { try function($0, key: RandomKey(UInt64(seed)))[12] }.scalars
      }
      return gradients.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
    }
    #expect(try variance(.linear) < 1.15 * variance(.leaveOneOut))
    for samples in 2...5 {
      let function: Function = try Perturbed(
        ArgMax(), samples: samples, sigma: 0.5, baseline: .linear)
      #expect(
        try gradient(at: theta) { try function($0, key: RandomKey(1))[0] }.scalars.allSatisfy(
          \.isFinite))
    }
  }

  /// Each cotangent of a Jacobian has its own model, each row of a batch too.
  @Test(arguments: [Sampling.independent, .antithetic, .orthogonal, .quasiMonteCarlo()])
  func jacobiansAndBatches(_ sampling: Sampling) throws {
    let function: Function = try Perturbed(
      Ranking(), samples: 3000, sigma: 0.5, baseline: .linear, sampling: sampling)
    let key = RandomKey(9)
    let whole = try jacobian(at: theta) { try function($0, key: key) }
    for j in 0..<6 {
      let own = try gradient(at: theta) { try function($0, key: key)[j] }
      #expect(
        zip(whole[j].scalars, own.scalars).allSatisfy { abs($0 - $1) < 1e-10 * (1 + abs($1)) })
    }
    let batch = stack([theta, -theta])
    let both = try gradient(at: batch) {
      (try function($0, key: key, batched: true) * stack([cotangent, cotangent])).sum()
    }
    let estimate = try function.gradientEstimate(
      at: batch, cotangent: stack([cotangent, cotangent]), key: key, batched: true)
    #expect(both == estimate.gradient)
    let first = try gradient(at: theta) { (try function($0, key: key) * cotangent).sum() }
    #expect(
      zip(both[0].scalars, first.scalars).allSatisfy { abs($0 - $1) < 1e-10 * (1 + abs($1)) })
  }
}
