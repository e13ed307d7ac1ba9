internal import Figures
internal import Perturbations

/// The gradient of the perturbed argmax's norm, beside that of the softmax's.
struct NormGradientExample: GalleryExample {
  let name = "norm-gradient"
  let title = "Gradient of the norm"

  private static let printed = [
    [-0.0072, 0.1708, -0.0132, -0.1476, -0.0033], [-0.0068, -0.1464, -0.0173, 0.1748, -0.0046],
  ]

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let theta = ArgMaxBatchExample.theta
    let samples = context.samples(ArgMaxExample.standardSamples)
    func normGradient(_ samples: Int, _ key: RandomKey) throws -> Tensor<Float> {
      let softArgMax = try Perturbed(
        samples: samples, sigma: ArgMaxExample.sigma, noise: .gumbel
      ) { (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5) }
      return try gradient(at: theta) { try softArgMax($0, key: key, batched: true).norm() }
    }
    let perturbed = try normGradient(samples, context.key.child(0))
    context.progress(0.4)
    let errors = try measuredErrors(
      samples: samples, key: context.key.child(1), estimate: normGradient)
    let exact = gradient(at: theta) { ($0 / Float(ArgMaxExample.sigma)).softmax().norm() }

    var report = GalleryReport()
    report.text(
      "A perturbed function is differentiable: its gradient is estimated from the samples of its "
        + "value. Here it is the gradient of the norm of the whole batch's output, beside the same "
        + "for the softmax, which automatic differentiation gives exactly. The standard errors are "
        + "measured, from 16 further runs.")
    report.code(
      """
      import Perturbations

      let softArgMax = try Perturbed(samples: \(samples), sigma: 0.5, noise: .gumbel) {
        (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
      }
      let batch: Tensor<Float> = [[-0.6, 1.9, -0.2, 1.1, -1.0], [-0.6, 1.0, -0.2, 1.8, -1.0]]
      let estimate = try gradient(at: batch) {
        try softArgMax($0, key: RandomKey(0), batched: true).norm()
      }
      let exact = gradient(at: batch) { ($0 / 0.5).softmax().norm() }
      """)
    report.table(
      "Gradient of the norm, N = \(Digits.grouped(samples))",
      [
        "row, entry", "document", "perturbed", "s.e.", "of softmax",
        "difference / s.e.",
      ],
      exact.doubles.indices.map { index in
        let (value, theory) = (perturbed.doubles[index], exact.doubles[index])
        return [
          .text("\(index / 5), \(index % 5)"),
          .number(Self.printed[index / 5][index % 5], decimals: 4), .number(value, decimals: 4),
          .number(errors[index], decimals: 4), .number(theory, decimals: 4),
          .errors(value, from: theory, standardError: errors[index]),
        ]
      })
    report.values("gradient", perturbed)
    report.values("standard errors", errors)
    report.values("gradient of the softmax", exact)
    report.figure(
      "norm-gradient",
      Figure(
        "Gradient of the norm of the output", subtitle: "whiskers: two standard errors",
        columns: 2, sharedAxes: .y, width: 820, height: 330
      ) {
        for row in 0..<2 {
          let range = row * 5..<row * 5 + 5
          Panel("row \(row)", y: row == 0 ? "∂ norm / ∂ θ" : "") {
            Bars(
              range.map { "θ = " + Digits.label(theta.doubles[$0], 1) },
              [
                .init(
                  "perturbed argmax", perturbed.doubles[range],
                  errors: errors[range].map { 2 * $0 }),
                .init("softmax", exact.doubles[range]),
              ])
          }
        }
      },
      caption: "The estimate from the samples of the hard argmax, and the exact gradient.")
    return report
  }
}
