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
        + "whatever the command line says. Entries of an array stand one under the other.")
    report.code(
      """
      let (first, second) = RandomKey(1).split()
      let soft = try Perturbed(samples: 100, sigma: 0.5, noise: .gumbel, baseline: .point) {
        (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
      }
      try soft(values, key: first)                                    // 0.02 0.87 0.01 0.1 0
      try gradient(at: values) { square(target - (try soft($0, key: second))).sum() }
      """)
    report.table(
      "What the notebook prints, and ours",
      ["quantity", "entry", "notebook", "ours", "difference"],
      notebook.items.flatMap { item in
        zip(item.printed, item.computed).enumerated().map { entry, pair in
          [
            .text(entry == 0 ? item.name : ""), .count(entry),
            .number(pair.0, decimals: 7), .number(pair.1, decimals: 7),
            .number(pair.1 - pair.0, decimals: 7),
          ]
        }
      })
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

extension OptaxNotebook {
  /// Our numbers for one of the quantities.
  fileprivate func numbers(_ name: String) -> [Double] {
    items.first { $0.name == name }?.computed.map(Double.init) ?? []
  }
}
