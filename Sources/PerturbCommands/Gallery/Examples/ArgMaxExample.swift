internal import Figures
internal import Perturbations
internal import Platform

/// The argmax of five numbers with Gumbel noise, which is a softmax.
struct ArgMaxExample: GalleryExample {
  let name = "argmax"
  let title = "Perturbed argmax"

  static let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
  static let sigma = 0.5
  static let standardSamples = 1_000_000
  private static let printed = [0.0055, 0.8150, 0.0122, 0.1648, 0.0025]

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let (theta, sigma) = (Self.theta, Self.sigma)
    let samples = context.samples(Self.standardSamples)
    let softArgMax = try Perturbed(samples: samples, sigma: sigma, noise: .gumbel) {
      (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
    }
    let perturbed = try softArgMax(theta, key: context.key.child(0))
    let softmax = Theory.softmax(theta.doubles, sigma: sigma)
    let hard: Tensor<Float> = oneHot(theta.argMax(), classes: 5)

    var report = GalleryReport()
    report.text(
      "The argmax as a one-hot vector is flat: its gradient is zero wherever it exists. Perturbed "
        + "with Gumbel noise and averaged over \(Digits.grouped(samples)) samples it is close to "
        + "`softmax(θ/σ)`, and equal to it in expectation.")
    report.code(
      """
      import Perturbations

      let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
      let softArgMax = try Perturbed(samples: \(samples), sigma: \(sigma), noise: .gumbel) {
        (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
      }
      let shares = try softArgMax(theta, key: RandomKey(0))
      """)
    report.table(
      "Argmax of five numbers, σ = \(sigma), Gumbel noise",
      ["entry", "θ", "argmax", "document", "perturbed", "softmax", "difference / s.e."],
      softmax.indices.map { index in
        let value = perturbed.doubles[index]
        return [
          .text("\(index)"), .number(theta.doubles[index], decimals: 1),
          .number(hard.doubles[index], decimals: 0),
          .number(Self.printed[index], decimals: 4), .number(value, decimals: 4),
          .number(softmax[index], decimals: 4),
          .errors(
            value, from: softmax[index],
            standardError: Theory.frequencyError(softmax[index], samples: samples)),
        ]
      })
    report.values("theta", theta)
    report.values("argmax", hard)
    report.values("perturbed", perturbed)
    report.values("softmax", softmax)
    try addTemperatures(to: &report, context, samples: samples)
    return report
  }

  /// From the hard argmax to equal shares as σ grows.
  private func addTemperatures(
    to report: inout GalleryReport, _ context: GalleryContext, samples: Int
  ) throws {
    let theta = Self.theta
    let sigmas = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.2, 3.2, 5]
    var shares: [[Double]] = []
    for (index, sigma) in sigmas.enumerated() {
      let perturbed = try Perturbed(
        ArgMax(), samples: samples, sigma: sigma, noise: .gumbel)
      shares.append(try perturbed(theta, key: context.key.child(UInt64(1 + index))).doubles)
      context.progress(Double(index + 1) / Double(sigmas.count))
    }
    let fine = (0...120).map { 0.05 * Elementary.pow(100, Double($0) / 120) }
    let figure = Figure(
      "From the hard argmax to equal shares",
      subtitle: "lines: softmax(θ/σ); points: perturbed argmax, N = \(Digits.grouped(samples))",
      x: .logarithmic("σ"), y: "share of an entry"
    ) {
      // From the largest down, as the lines lie.
      for entry in theta.doubles.indices.sorted(by: { theta.doubles[$0] > theta.doubles[$1] }) {
        Line(
          x: fine, y: fine.map { Theory.softmax(theta.doubles, sigma: $0)[entry] },
          label: "θ = \(Digits.label(theta.doubles[entry], 1))", ink: .series(entry + 1))
        Scatter(x: sigmas, y: shares.map { $0[entry] }, ink: .series(entry + 1))
      }
    }
    report.figure(
      "argmax", figure,
      caption: "The scale of the noise is the temperature of the softmax: the smaller it is, the "
        + "closer the perturbed function comes to the hard one.")
    report.values("sigmas of the figure", sigmas)
    report.table(
      "Shares by σ", ["σ"] + theta.doubles.map { "θ = \(Digits.label($0, 1))" },
      zip(sigmas, shares).map { sigma, row in
        [.number(sigma, decimals: 2)] + row.map { .number($0, decimals: 4) }
      }, isFolded: true)
  }

}
