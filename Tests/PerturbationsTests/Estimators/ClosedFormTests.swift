import Perturbations
import Testing

@Suite struct ClosedFormTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let sigma: Double
    let size: Int
    let baseline: Baseline
    let isDouble: Bool
    let isBatched: Bool
    var testDescription: String {
      "sigma \(sigma), d \(size), \(baseline), \(isDouble ? "double" : "float"), "
        + (isBatched ? "batched" : "single")
    }
  }

  static let settings: [Setting] = [0.1, 0.5, 2].flatMap { sigma in
    [2, 5, 50].flatMap { size in
      Baseline.allCases.flatMap { baseline in
        [false, true].flatMap { isDouble in
          [false, true].map {
            Setting(
              sigma: sigma, size: size, baseline: baseline, isDouble: isDouble, isBatched: $0)
          }
        }
      }
    }
  }

  /// Value, the pullback of a mixed cotangent and of one entry, and the Hessian: all of it for few
  /// elements, its product with a direction for 50, which keeps the time down.
  @Test(arguments: settings)
  func gumbelArgMaxIsSoftmax(_ setting: Setting) throws {
    if setting.isDouble {
      try gumbelArgMaxIsSoftmax(setting, Double.self)
    } else {
      try gumbelArgMaxIsSoftmax(setting, Float.self)
    }
  }

  private func gumbelArgMaxIsSoftmax<Scalar: TensorFloatingPoint>(
    _ setting: Setting, _ type: Scalar.Type
  ) throws {
    let d = setting.size
    // Rounded to Float, so that both types mean the same point; spread on the scale of σ.
    let rows = (0..<(setting.isBatched ? 2 : 1)).map { row -> [Double] in
      (0..<d).map { j -> Double in
        Double(Float(setting.sigma * Double((j * 7 + row * 3) % 5) / 4))
      }
    }
    let mixed = (0..<d).map { 1 - 0.5 * Double($0 % 4) }
    let first = (0..<d).map { $0 == 0 ? 1.0 : 0 }
    let form = softmaxForm(
      rows, sigma: setting.sigma, cotangents: d < 50 ? [mixed, first] : [mixed],
      direction: d < 50 ? nil : (0..<d).map { 1 + Double($0 % 3) })
    let theta = Tensor<Scalar>(
      shape: setting.isBatched ? [2, d] : [d],
      scalars: rows.flatMap { $0 }.map { Scalar(nearest: $0) })
    if let perturbed = try Self.argMax(setting) as? Perturbed<Tensor<Scalar>, Tensor<Scalar>> {
      try checkEstimator(
        perturbed, at: theta, key: RandomKey(UInt64(d)), closedForm: form,
        batched: setting.isBatched)
    } else {
      Issue.record("no perturbed function of that type")
    }
  }

  private static func argMax(_ setting: Setting) throws -> Any {
    // Bounds are in standard errors: fewer samples of many entries check as much in a fifth of the time.
    let samples = setting.size < 50 ? 1_000_000 : 200_000
    let (sigma, baseline) = (setting.sigma, setting.baseline)
    return setting.isDouble
      ? try Perturbed<Tensor<Double>, Tensor<Double>>(
        ArgMax(), samples: samples, sigma: sigma, noise: .gumbel, baseline: baseline)
      : try Perturbed<Tensor<Float>, Tensor<Float>>(
        ArgMax(), samples: samples, sigma: sigma, noise: .gumbel, baseline: baseline)
  }

  @Test(arguments: Baseline.allCases, Sampling.all)
  func quadraticUnderNormalNoise(_ baseline: Baseline, _ sampling: Sampling) throws {
    let theta = [0.3, -0.8, 0.5]
    let (a, h, c) = ([1.0, -2, 0.5], [2.0, 1, -3], 1.5)
    let samples = 3 << 17
    let perturbed = try Perturbed(
      samples: samples, sigma: 0.4, baseline: baseline, sampling: sampling,
      quadratic(linear: a, diagonal: h, constant: c) as @Sendable (Tensor<Double>) -> Tensor<Double>
    )
    let form = quadraticForm(theta, linear: a, diagonal: h, constant: c, sigma: 0.4)
    if sampling == .quasiMonteCarlo() {
      // Errors from eight scramblings have heavy tails; what is left is small in any case.
      let exact = try perturbed(Tensor(theta), key: RandomKey(3)).scalar
      #expect(abs(exact - form.value[0]) < 1e-3)
    } else {
      try checkEstimator(perturbed, at: Tensor(theta), closedForm: form)
    }
  }

  @Test(arguments: [Noise.logistic, .laplace, .normal], Baseline.allCases)
  func quadraticUnderOtherNoise(_ noise: Noise, _ baseline: Baseline) throws {
    let variance = ["normal": 1, "logistic": 3.289_868_133_696_453, "laplace": 2][noise.name]
    let theta = [0.3, -0.8]
    let (a, h, c) = ([1.0, -2], [2.0, 1], 0.5)
    let perturbed = try Perturbed(
      samples: 400_000, sigma: 0.5, noise: noise, baseline: baseline,
      quadratic(linear: a, diagonal: h, constant: c) as @Sendable (Tensor<Double>) -> Tensor<Double>
    )
    let form = quadraticForm(
      theta, linear: a, diagonal: h, constant: c, sigma: 0.5,
      variance: try #require(variance))
    try checkEstimator(
      perturbed, at: Tensor(theta),
      closedForm: ClosedForm(
        value: form.value, pullbacks: form.pullbacks,
        products: noise.hasScoreDerivative ? form.products : []))
  }

  // MARK: The battery fails where it should

  @Test func batteryFailsOnABiasedValue() throws {
    let theta: Tensor<Double> = [0.3, -0.8]
    let perturbed = try Perturbed(samples: 100_000, sigma: 0.5) { (x: Tensor<Double>) in
      x.sum() + 0.02
    }
    let found = try deviations(
      of: perturbed, at: theta, key: RandomKey(1),
      closedForm: quadraticForm(
        [0.3, -0.8], linear: [1, 1], diagonal: [0, 0], constant: 0, sigma: 0.5))
    #expect(!found[0].isAcceptable)
    #expect(found[1].isAcceptable)
  }

  @Test func batteryFailsOnAWrongScore() throws {
    // Normal draws with Laplace's score.
    let noise = Noise("broken", sample: { $1.normal($0) }, score: { $0 > 0 ? 1 : -1 })
    let perturbed = try Perturbed(samples: 100_000, sigma: 0.5, noise: noise) {
      (x: Tensor<Double>) in x.sum()
    }
    let form = quadraticForm(
      [0.3, -0.8], linear: [1, 1], diagonal: [0, 0], constant: 0, sigma: 0.5)
    let found = try deviations(
      of: perturbed, at: [0.3, -0.8], key: RandomKey(1),
      closedForm: ClosedForm(value: form.value, pullbacks: form.pullbacks, products: []))
    #expect(found[0].isAcceptable)
    #expect(!found[1].isAcceptable)
  }

  @Test func batteryFailsOnAWrongSigma() throws {
    let perturbed = try Perturbed(samples: 100_000, sigma: 0.5, noise: .gumbel) {
      (x: Tensor<Double>) in oneHot(x.argMax(), classes: 3, as: Double.self)
    }
    let found = try deviations(
      of: perturbed, at: [0.1, 0.2, 0.3], key: RandomKey(1),
      closedForm: softmaxForm(
        [[0.1, 0.2, 0.3]], sigma: 0.55, cotangents: [[1, 0, 0]]))
    #expect(found.contains { !$0.isAcceptable })
  }
}
