internal import Figures
internal import Perturbations

/// The logical OR of two signs: two values, a cut, and the whole square with its gradients.
struct OrExample: GalleryExample {
  let name = "or"
  let title = "Perturbed OR"

  private static let sigma = 0.1
  private static let standardSamples = 1000
  private static let printed = [1.0, 0.8540]

  /// 1 if any entry is positive, −1 if none is; of one example.
  private static let hardOr: @Sendable (Tensor<Float>) -> Tensor<Float> = { x in
    (x .> 0).any().cast(to: Float.self) * 2 - 1
  }

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let samples = context.samples(Self.standardSamples)
    let perturbedOr = try Perturbed(
      samples: samples, sigma: Self.sigma, noise: .gumbel, Self.hardOr)
    let theta: Tensor<Float> = [[-5, 0.2], [-5, 0.1]]
    let hard = vmap(Self.hardOr)(theta)
    let perturbed = try perturbedOr(theta, key: context.key.child(0), batched: true)

    var report = GalleryReport()
    report.text(
      "The OR of the signs of two numbers is 1 if one of them is positive, −1 if none is. It "
        + "evaluates both inputs below as true; perturbed, with \(Digits.grouped(samples)) samples, "
        + "it tells how close they are to being false. With Gumbel noise the expectation is "
        + "`1 − 2 Π exp(−exp(θ/σ))`.")
    report.code(
      """
      import Perturbations

      let perturbedOr = try Perturbed(samples: \(samples), sigma: 0.1, noise: .gumbel) {
        (x: Tensor<Float>) in (x .> 0).any().cast(to: Float.self) * 2 - 1
      }
      let values = try perturbedOr([[-5, 0.2], [-5, 0.1]], key: RandomKey(0), batched: true)
      """)
    report.table(
      "OR of two signs, σ = \(Self.sigma), Gumbel noise",
      ["θ", "hard OR", "document", "perturbed", "theory", "difference / s.e."],
      (0..<2).map { row in
        let point = [-5, Double(row == 0 ? 0.2 : 0.1)]
        let exact = Theory.or(point, sigma: Self.sigma)
        let value = perturbed.doubles[row]
        return [
          .text("(−5, \(point[1]))"), .number(hard.doubles[row], decimals: 0),
          .number(Self.printed[row], decimals: 4), .number(value, decimals: 4),
          .number(exact, decimals: 4),
          .errors(
            value, from: exact,
            standardError: 2 * Theory.frequencyError((1 + exact) / 2, samples: samples)),
        ]
      })
    report.values("hard", hard)
    report.values("perturbed", perturbed)
    try addCut(to: &report, perturbedOr, context)
    try addSurface(to: &report, perturbedOr, context)
    return report
  }

  /// The value as the second input grows and the first stays at −5.
  private func addCut(
    to report: inout GalleryReport, _ perturbedOr: Perturbed<Tensor<Float>, Tensor<Float>>,
    _ context: GalleryContext
  ) throws {
    let inputs = (0...40).map { -0.6 + Double($0) * 0.03 }
    let points = Tensor(shape: [inputs.count, 2], scalars: inputs.flatMap { [-5, Float($0)] })
    let values = try perturbedOr(points, key: context.key.child(1), batched: true).doubles
    let count = Double(perturbedOr.samples)
    report.values("inputs of the cut", inputs)
    report.values("values of the cut", values)
    report.figure(
      "or-cut",
      Figure(
        "Perturbed OR of (−5, x)",
        subtitle: "σ = \(Self.sigma), N = \(Digits.grouped(perturbedOr.samples)); bars: 2 s.e.",
        x: "x", y: "OR of (−5, x)"
      ) {
        Line(
          x: [-0.6, 0, 0, 0.6], y: [-1, -1, 1, 1], label: "hard OR", ink: .muted,
          dash: .dashed)
        Line(over: -0.6...0.6, label: "theory") { Theory.or([-5, $0], sigma: Self.sigma) }
        Scatter(x: inputs, y: values, label: "perturbed OR").errorBars(
          y: values.map { 2 * (max(0, 1 - $0 * $0) / count).squareRoot() })
      },
      caption: "Between −1 and 1 the perturbed OR rises smoothly. The curve is not symmetric "
        + "because Gumbel noise is not: its mean is 0.58.")
  }

  /// The square [−1, 1]²: hard, perturbed, and the perturbed function's gradients.
  private func addSurface(
    to report: inout GalleryReport, _ perturbedOr: Perturbed<Tensor<Float>, Tensor<Float>>,
    _ context: GalleryContext
  ) throws {
    let fine = Self.centers(60)
    let surface = try perturbedOr(Self.grid(fine), key: context.key.child(2), batched: true)
    context.progress(0.5)
    report.text(
      "Its gradients at many points at once: one call for all values, one pullback for all slopes.")
    report.code(
      """
      let points: Tensor<Float> = [[-0.4, 0.02], [0.02, -0.4], [-0.02, -0.02]]
      let (truths, pullback) = try vjp(at: points) {
        try perturbedOr($0, key: RandomKey(1), batched: true)
      }
      let slopes = try pullback(.ones([3]))
      """)
    let coarse = Self.centers(15, in: Self.border)
    let points = Self.grid(coarse)
    let (_, pullback) = try vjp(at: points) {
      try perturbedOr($0, key: context.key.child(3), batched: true)
    }
    let gradients = try pullback(.ones([coarse.count * coarse.count])).doubles
    let hard = vmap(Self.hardOr)(Self.grid(fine))
    let size = fine.count
    func map(_ values: [Double]) -> HeatMap {
      HeatMap(
        fine.indices.map { row in Array(values[row * size..<(row + 1) * size]) }, x: -1...1,
        y: -1...1, colors: .diverging, range: -1...1)
    }
    let near = Self.centers(75, in: Self.border)
    let slopes = near.flatMap { y in
      near.map { x in
        let slope = Theory.orGradient([x, y], sigma: Self.sigma)
        return (slope[0] * slope[0] + slope[1] * slope[1]).squareRoot()
      }
    }
    let places = points.doubles
    let (even, odd) = (
      places.indices.filter { $0 % 2 == 0 }, places.indices.filter { $0 % 2 == 1 }
    )
    let quiver = Quiver(
      x: even.map { places[$0] }, y: odd.map { places[$0] }, u: even.map { gradients[$0] },
      v: odd.map { gradients[$0] }, label: "estimated gradient")
    report.values("surface on a 60 × 60 grid", surface)
    report.values("gradients on a 15 × 15 grid", gradients)
    let axes = (x: Axis("x₁", range: -1...1), y: Axis("x₂", range: -1...1))
    report.figure(
      "or-surface",
      Figure(
        "The OR of the signs of x₁ and x₂",
        subtitle: "σ = \(Self.sigma), Gumbel noise, "
          + "N = \(Digits.grouped(perturbedOr.samples)) at each point",
        width: 860, height: 420
      ) {
        Panel("hard OR", x: axes.x, y: axes.y, aspect: .equal) { map(hard.doubles) }
        Panel("perturbed OR", x: axes.x, y: axes.y, aspect: .equal) { map(surface.doubles) }
      },
      caption: "The hard OR has no slope to follow, the perturbed OR has one near the border "
        + "between false and true.")
    report.figure(
      "or-gradient",
      Figure(
        "The gradient of the perturbed OR, near the border",
        subtitle: "σ = \(Self.sigma), Gumbel noise, "
          + "N = \(Digits.grouped(perturbedOr.samples)) at each point",
        x: Axis("x₁", range: Self.border), y: Axis("x₂", range: Self.border), aspect: .equal,
        width: 640, height: 620
      ) {
        HeatMap(
          near.indices.map { row in Array(slopes[row * near.count..<(row + 1) * near.count]) },
          x: Self.border, y: Self.border, colors: .amount, range: 0...(slopes.max() ?? 1),
          label: "length in theory")
        quiver
      },
      caption: "The gradient points across the border between false and true, and is 0 where the "
        + "noise hardly ever leads over it: dots.")
    addGradientTable(to: &report, coarse, gradients, samples: perturbedOr.samples)
  }

  /// The estimated gradient beside the exact one where it is largest.
  private func addGradientTable(
    to report: inout GalleryReport, _ centers: [Double], _ gradients: [Double], samples: Int
  ) {
    let rows: [[ResultTable.Cell]] = [1, 4, 6, 7, 8, 9, 10].map { place in
      let point = [centers[place], centers[place]]
      let exact = Theory.orGradient(point, sigma: Self.sigma)
      let index = 2 * (place * centers.count + place)
      let text = Digits.label(point[0], 2)
      return [
        .text("(\(text), \(text))"), .number(gradients[index], decimals: 3),
        .number(gradients[index + 1], decimals: 3), .number(exact[0], decimals: 3),
      ]
    }
    report.table(
      "Gradient on the diagonal, N = \(Digits.grouped(samples))",
      ["x", "∂/∂x₁", "∂/∂x₂", "theory, both"], rows)
  }

  /// Where both inputs are when the perturbed OR has a slope.
  private static let border = -0.6...0.4

  /// The centres of so many cells of a range.
  private static func centers(
    _ count: Int, in range: ClosedRange<Double> = -1...1
  ) -> [Double] {
    let width = range.upperBound - range.lowerBound
    return (0..<count).map { range.lowerBound + width * (Double($0) + 0.5) / Double(count) }
  }

  /// All pairs of centres, x₁ changing fastest.
  private static func grid(_ centers: [Double]) -> Tensor<Float> {
    Tensor(
      shape: [centers.count * centers.count, 2],
      scalars: centers.flatMap { y in centers.flatMap { x in [Float(x), Float(y)] } })
  }
}
