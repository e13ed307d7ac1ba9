internal import Figures
internal import Perturbations

/// The same function on a batch.
struct ArgMaxBatchExample: GalleryExample {
  let name = "argmax-batch"
  let title = "Batched argmax"

  static let theta: Tensor<Float> = [[-0.6, 1.9, -0.2, 1.1, -1.0], [-0.6, 1.0, -0.2, 1.8, -1.0]]
  private static let printed = [
    [0.0055, 0.8158, 0.0122, 0.1640, 0.0025], [0.0066, 0.1637, 0.0147, 0.8121, 0.0030],
  ]

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let samples = context.samples(ArgMaxExample.standardSamples)
    let softArgMax = try Perturbed(
      samples: samples, sigma: ArgMaxExample.sigma, noise: .gumbel
    ) { (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5) }
    let perturbed = try softArgMax(Self.theta, key: context.key, batched: true)

    var report = GalleryReport()
    report.text(
      "The function is written for one example. With `batched: true` it is applied to every row of "
        + "a batch, each with noise of its own.")
    report.code(
      """
      import Perturbations

      let softArgMax = try Perturbed(samples: \(samples), sigma: 0.5, noise: .gumbel) {
        (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
      }
      let batch: Tensor<Float> = [[-0.6, 1.9, -0.2, 1.1, -1.0], [-0.6, 1.0, -0.2, 1.8, -1.0]]
      let shares = try softArgMax(batch, key: RandomKey(0), batched: true)
      """)
    Self.addTable(to: &report, perturbed, printed: Self.printed, samples: samples)
    return report
  }

  /// The rows beside the document's and the softmax, as a table and as bars.
  static func addTable(
    to report: inout GalleryReport, _ perturbed: Tensor<Float>, printed: [[Double]], samples: Int
  ) {
    let softmax = softmaxRows
    let values = perturbed.doubles
    var rows: [[ResultTable.Cell]] = []
    for row in 0..<2 {
      for entry in 0..<5 {
        let (value, theory) = (values[row * 5 + entry], softmax[row][entry])
        rows.append([
          .text("\(row), \(entry)"), .number(printed[row][entry], decimals: 4),
          .number(value, decimals: 4), .number(theory, decimals: 4),
          .errors(
            value, from: theory,
            standardError: Theory.frequencyError(theory, samples: samples)),
        ])
      }
    }
    report.table(
      "Two rows of five numbers, σ = \(ArgMaxExample.sigma), Gumbel noise, "
        + "N = \(Digits.grouped(samples))",
      ["row, entry", "document", "perturbed", "softmax", "difference / s.e."], rows)
    report.values("perturbed", perturbed)
    report.values("softmax", softmax.flatMap(\.self))
  }

  static var softmaxRows: [[Double]] {
    let theta = theta.doubles
    return (0..<2).map { row in
      Theory.softmax(Array(theta[row * 5..<row * 5 + 5]), sigma: ArgMaxExample.sigma)
    }
  }
}
