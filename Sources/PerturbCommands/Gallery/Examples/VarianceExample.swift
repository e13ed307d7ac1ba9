internal import Figures
internal import Perturbations

/// How much less noisy each way to reduce the variance makes an estimate, on three functions.
struct VarianceExample: GalleryExample {
  let name = "variance"
  let title = "Variance: what each reduction is worth"

  /// Estimates at each point and number of samples, whose scatter is the variance.
  private static let repetitions = 128

  private typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>

  /// A function at a point, and the cotangent whose pullback is estimated.
  private struct Problem: Sendable {
    let name: String
    let theta: [Double]
    let cotangent: [Double]
    /// Another point close by, for differences.
    let step = 0.05
    let make: @Sendable (_ samples: Int, Baseline, Sampling) throws -> Function
  }

  private static let problems: [Problem] = [
    Problem(name: "argmax", theta: [0.2, 0.1, -0.3, 0.4, 0], cotangent: [1, -1, 2, 0, 0.5]) {
      try Perturbed(ArgMax(), samples: $0, sigma: 0.5, baseline: $1, sampling: $2)
    },
    Problem(
      name: "ranking", theta: [1.6, 2, -0.4, -0.1, 0.2, -1], cotangent: [1, 2, 3, 4, 5, 6]
    ) {
      try Perturbed(Ranking(), samples: $0, sigma: 0.5, baseline: $1, sampling: $2)
    },
    Problem(name: "smooth function", theta: [0.3, 0.4, 0.5], cotangent: [1]) {
      try Perturbed(samples: $0, sigma: 0.25, baseline: $1, sampling: $2) { (x: Tensor<Double>) in
        x[0] * square(x[1]) * sin(x[2] * x[1] - x[0]) + cos(x[0] * x[0] * x[0]) + x[2]
      }
    },
  ]

  private struct Reduction: Sendable {
    let name: String
    let baseline: Baseline
    let sampling: Sampling
  }

  private static let reductions: [Reduction] = [
    Reduction(name: "none", baseline: .none, sampling: .independent),
    Reduction(name: "f(θ)", baseline: .point, sampling: .independent),
    Reduction(name: "leave-one-out", baseline: .leaveOneOut, sampling: .independent),
    Reduction(name: "antithetic", baseline: .none, sampling: .antithetic),
    Reduction(
      name: "orthogonal, leave-one-out", baseline: .leaveOneOut, sampling: .orthogonal),
    Reduction(
      name: "quasi-Monte Carlo, leave-one-out", baseline: .leaveOneOut,
      sampling: .quasiMonteCarlo()),
  ]

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let sizes = Self.sizes(upTo: context.samples(8192))
    var report = GalleryReport()
    report.text(
      "All of these estimate the same gradient, by noise and outputs alone; they differ in how far "
        + "an estimate is from its mean. A baseline is subtracted from the outputs: `f(θ)`, or the "
        + "mean of all other outputs (leave-one-out, at no evaluation more). A sampling makes "
        + "samples depend on one another: antithetic pairs ±z, orthogonal directions, Sobol’ points "
        + "(quasi-Monte Carlo).")
    report.code(
      """
      import Perturbations

      let theta: Tensor<Float> = [1.6, 2, -0.4, -0.1, 0.2, -1]
      let ranks = try Perturbed(Ranking(), samples: 1024, sigma: 0.5, baseline: .leaveOneOut)
      let better = try Perturbed(
        Ranking(), samples: 1024, sigma: 0.5, baseline: .leaveOneOut, sampling: .quasiMonteCarlo())
      let slopes = try gradient(at: theta) { try better($0, key: RandomKey(0))[0] }
      """)
    report.values("numbers of samples", sizes.map(Double.init))
    try addGradients(to: &report, context, sizes)
    try addDifferences(to: &report, context, sizes)
    report.text(
      "Which to choose: take `.leaveOneOut` always: it costs nothing, and outputs that are far "
        + "from 0, as ranks and costs are, make a gradient without a baseline useless. Add "
        + "`.quasiMonteCarlo()` for up to some tens of numbers and from about a thousand samples on; "
        + "its gain grows with N. With fewer samples, normal noise and a function that costs more "
        + "than its noise, add `.orthogonal` instead. Antithetic pairs help values of nearly odd "
        + "functions; for gradients a baseline does better. Give what is to be compared the same "
        + "key, and every step of a training another one.")
    return report
  }

  /// Five numbers of samples, each four times the last, in multiples of 16.
  private static func sizes(upTo samples: Int) -> [Int] {
    (0..<5).reversed().reduce(into: []) { sizes, power in
      let size = max(16, (samples >> (2 * power)) / 16 * 16)
      if sizes.last != size { sizes.append(size) }
    }
  }

  // MARK: Gradients

  private func addGradients(
    to report: inout GalleryReport, _ context: GalleryContext, _ sizes: [Int]
  ) throws {
    var variances: [[[Double]]] = []
    let parts = Self.problems.count * Self.reductions.count
    for (index, problem) in Self.problems.enumerated() {
      variances.append([])
      for (place, reduction) in Self.reductions.enumerated() {
        variances[index].append(
          try sizes.map { samples in
            try Self.gradientVariance(
              problem, problem.make(samples, reduction.baseline, reduction.sampling),
              key: context.key.child(UInt64(index)).child(UInt64(samples)))
          })
        report.values(
          "gradient variance of \(problem.name), \(reduction.name)", variances[index][place])
        context.progress(
          0.9 * Double(index * Self.reductions.count + place + 1) / Double(parts))
      }
    }
    let largest = sizes[sizes.count - 1]
    report.figure(
      "variance-gradient",
      Figure(
        "Variance of the gradient against the number of samples",
        subtitle: "sum over the elements, from \(Self.repetitions) estimates each; normal noise",
        columns: 3, width: 1080, height: 400
      ) {
        for (problem, curves) in zip(Self.problems, variances) {
          Panel(
            problem.name, x: .logarithmic("samples"),
            y: .logarithmic("variance")
          ) {
            for (reduction, curve) in zip(Self.reductions, curves) {
              // Dashed, since it often lies on the line of f(θ).
              Line(
                x: sizes, y: curve, label: reduction.name,
                dash: reduction.name == "leave-one-out" ? .dashed : .solid, marker: .automatic)
            }
          }
        }
      },
      caption: "Independent samples halve the variance where their number doubles, whatever the "
        + "baseline; the baseline moves the line down, by a factor of hundreds for ranks. "
        + "Quasi-Monte Carlo points fall faster, the more so the smoother the function is.")
    report.table(
      "Samples that each does the work of: variance without reduction over variance, "
        + "N = \(Digits.grouped(largest))",
      ["reduction"] + Self.problems.map(\.name),
      Self.reductions.enumerated().map { place, reduction in
        [.text(reduction.name)]
          + variances.map { curves in
            let ratio = curves[0][sizes.count - 1] / curves[place][sizes.count - 1]
            return .number(ratio, decimals: ratio < 99.95 ? 1 : 0)
          }
      })
    report.text(
      "At the argmax `f(θ)` does nothing here, since its product with this cotangent is 0. Each "
        + "factor is right to about a sixth: it comes from \(Self.repetitions) estimates.")
  }

  /// The variance of the pullback, summed over its elements: rows of a batch are independent.
  private static func gradientVariance(
    _ problem: Problem, _ function: Function, key: RandomKey
  ) throws -> Double {
    let (rows, width) = (repetitions, problem.theta.count)
    let batch = Tensor(
      shape: [rows, width], scalars: (0..<rows).flatMap { _ in problem.theta })
    let (value, pullback) = try vjp(at: batch) { try function($0, key: key, batched: true) }
    let gradient = try pullback(
      Tensor(shape: value.shape, scalars: (0..<rows).flatMap { _ in problem.cotangent }))
    return variance(gradient.scalars, width: width)
  }

  /// The sum over the columns of the variance of [rows, width].
  private static func variance(_ numbers: [Double], width: Int) -> Double {
    let rows = numbers.count / width
    return (0..<width).reduce(0) { sum, column in
      let values = (0..<rows).map { numbers[$0 * width + column] }
      let mean = values.reduce(0, +) / Double(rows)
      return sum + values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows - 1)
    }
  }

  // MARK: Common random numbers

  private func addDifferences(
    to report: inout GalleryReport, _ context: GalleryContext, _ sizes: [Int]
  ) throws {
    var curves: [(one: [Double], two: [Double])] = []
    for (index, problem) in Self.problems.enumerated() {
      let (rows, width) = (Self.repetitions, problem.theta.count)
      func batch(_ step: Double) -> Tensor<Double> {
        let point = problem.theta.indices.map { problem.theta[$0] + ($0 == 0 ? step : 0) }
        return Tensor(shape: [rows, width], scalars: (0..<rows).flatMap { _ in point })
      }
      var curve: (one: [Double], two: [Double]) = ([], [])
      for samples in sizes {
        let function = try problem.make(samples, .none, .independent)
        let key = context.key.child(UInt64(100 + index)).child(UInt64(samples))
        let here = try function(batch(0), key: key, batched: true)
        for (isOne, other) in [(true, key), (false, key.child(1))] {
          let there = try function(batch(problem.step), key: other, batched: true)
          let result = Self.variance(
            (there - here).scalars, width: here.scalars.count / rows)
          if isOne { curve.one.append(result) } else { curve.two.append(result) }
        }
      }
      curves.append(curve)
      report.values("difference variance of \(problem.name), two keys", curve.two)
      report.values("difference variance of \(problem.name), one key", curve.one)
    }
    context.progress(1)
    report.text(
      "Common random numbers: calls with one key share their noise. The difference of a function's "
        + "values at two points is then far less noisy than with a key for each.")
    report.figure(
      "variance-difference",
      Figure(
        "Variance of f(θ + δ) − f(θ): one key or two",
        subtitle: "θ₀ moved by δ = \(Digits.label(Self.problems[0].step, 2)), independent samples",
        columns: 3, width: 1080, height: 350
      ) {
        for (problem, curve) in zip(Self.problems, curves) {
          Panel(
            problem.name, x: .logarithmic("samples"),
            y: .logarithmic("variance")
          ) {
            Line(x: sizes, y: curve.two, label: "two keys", marker: .automatic)
            Line(x: sizes, y: curve.one, label: "one key", marker: .automatic)
          }
        }
      },
      caption: "The closer the two points, the more a common key saves.")
    let last = sizes.count - 1
    report.table(
      "Variance of the difference with two keys over that with one, "
        + "N = \(Digits.grouped(sizes[last]))",
      Self.problems.map(\.name),
      [
        curves.map {
          .number($0.two[last] / $0.one[last], decimals: $0.two[last] > 100 * $0.one[last] ? 0 : 1)
        }
      ])
  }
}
