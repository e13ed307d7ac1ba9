internal import Figures

/// Document 001, optax's notebook: every number that it prints, beside ours for the same keys.
struct OptaxExample: GalleryExample {
  let name = "optax"
  let title = "The optax notebook, number for number"

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let notebook = try OptaxNotebook()
    var report = GalleryReport()
    report.text(
      "optax's notebook on perturbed optimizers with its own keys, PRNGKey(1) and PRNGKey(0), and "
        + "its own splits: the same keys give the same numbers. Samples and seed are the notebook's, "
        + "whatever the command line says.")
    report.code(
      """
      import Perturbations

      let values: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
      let target: Tensor<Float> = Tensor([2, 3, 4, 5, 6]) / 20
      let (first, second) = RandomKey(1).split()
      let soft = try Perturbed(samples: 100, sigma: 0.5, noise: .gumbel, baseline: .point) {
        (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
      }
      let shares = try soft(values, key: first)  // 0.02 0.87 0.01 0.1 0
      let slopes = try gradient(at: values) { square(target - (try soft($0, key: second))).sum() }
      """)
    addTables(to: &report, notebook)
    for item in notebook.items { report.values(item.name, item.computed.map(Double.init)) }
    report.values("losses of the one-hot descent", notebook.oneHotLosses.map(Double.init))
    report.values("losses of the ranking descent", notebook.rankingLosses.map(Double.init))
    report.value(
      "largest difference over tolerance",
      notebook.items.map { $0.tolerance > 0 ? Double($0.difference / $0.tolerance) : 0 }.max() ?? 0)
    report.figure(
      "optax-descent",
      Figure("Gradient descent through perturbed functions", columns: 2, width: 820, height: 330) {
        Panel("argmax one-hot, 200 steps", x: "step", y: .logarithmic("loss")) {
          Line(y: notebook.oneHotLosses)
        }
        Panel("ranking, 20 steps", x: "step", y: .logarithmic("loss")) {
          Line(y: notebook.rankingLosses)
        }
      },
      caption: "The losses of both descents, at 100 samples and a new key in every step.")
    report.figure(
      "optax-ranks",
      Figure("Ranks before and after 20 steps", y: "perturbed rank", width: 640, height: 330) {
        Bars(
          (0..<6).map { "entry \($0)" },
          [
            .init("before", notebook.numbers("initial perturbed ranks")),
            .init("after", notebook.numbers("perturbed ranks after 20 steps")),
            .init("target", (0..<6).map(Double.init)),
          ])
      },
      caption:
        "The perturbed ranks of the six values; 20 steps do not bring all of them to their "
        + "targets, as in the notebook.")
    return report
  }
}

extension OptaxExample {
  /// A number that the notebook prints, and ours.
  private struct Pair {
    let item: OptaxNotebook.Item
    let entry: Int

    /// Of the numbers as they are printed.
    var difference: Float { item.rounded[entry] - item.printed[entry] }

    var name: String { item.printed.count == 1 ? item.name : "\(item.name), entry \(entry)" }

    /// The difference, and both with the digits that the notebook prints.
    var cells: [ResultTable.Cell] {
      let (printed, rounded) = (item.printed[entry], item.rounded[entry])
      let digits: [ResultTable.Cell] =
        item.decimals.map { [.number(printed, decimals: $0), .number(rounded, decimals: $0)] }
        ?? [.printed(printed), .printed(rounded)]
      let size = Digits.scientific(Double(difference))
      return [.printed(Double(difference), difference == 0 ? "0" : size)] + digits
    }
  }

  /// The largest differences, then all numbers.
  private func addTables(to report: inout GalleryReport, _ notebook: OptaxNotebook) {
    let pairs = notebook.items.flatMap { item in
      zip(item.printed, item.rounded).enumerated().map { Pair(item: item, entry: $0.offset) }
    }
    let largest = pairs.sorted { $0.difference.magnitude > $1.difference.magnitude }.prefix(5)
    let same = pairs.count { $0.difference == 0 }
    guard let first = largest.first else { return }
    report.text(
      "Of the \(pairs.count) numbers that the notebook prints, \(same) come out to the last digit "
        + "that it prints. The largest difference is "
        + "\(Digits.scientific(Double(first.difference.magnitude))), of \(first.name): optax adds "
        + "up in single precision. Numbers that the notebook rounds are compared rounded.")
    report.table(
      "The largest differences", ["quantity", "difference", "notebook", "ours"],
      largest.map { [.text($0.name)] + $0.cells })
    report.table(
      "All that the notebook prints, and ours, the largest difference "
        + Digits.scientific(Double(first.difference.magnitude)),
      ["quantity", "difference", "notebook", "ours"],
      pairs.map { [.text($0.name)] + $0.cells })
  }
}

extension OptaxNotebook {
  /// Our numbers for one of the quantities.
  fileprivate func numbers(_ name: String) -> [Double] {
    items.first { $0.name == name }?.computed.map(Double.init) ?? []
  }
}
