internal import Decisions
internal import Figures

/// PyEPO's notebook 03 in one command: every number that it prints beside ours, and its learning curves.
struct DecisionsExample: GalleryExample {
  let name = "decisions"
  let title = "Predict, then optimise: notebook 03 of PyEPO, number for number"

  func run(_ context: GalleryContext) throws -> GalleryReport {
    context.status("data")
    let notebook = try DecisionsNotebook()
    let curves = try notebook.curves(isDone: { context.status($0 + " is trained") })
    var report = GalleryReport()
    addText(to: &report)
    let pairs = PublishedCurve.all.compactMap { published in
      curves[published.method].map { Pair(published: published, ours: $0) }
    }
    addSummary(to: &report, pairs)
    for family in Self.families { addFigure(to: &report, family, pairs) }
    addNumbers(to: &report, pairs)
    for pair in pairs {
      report.values(
        pair.published.method,
        [("loss", pair.ours.losses), ("regret_percent", pair.ours.regrets)])
    }
    return report
  }

  /// A method's numbers as the notebook prints them, and ours.
  struct Pair {
    let published: PublishedCurve
    let ours: DecisionsNotebook.Curve

    /// How many of 20 losses, and of 20 regrets, come out to the last digit that is printed.
    var equal: (losses: Int, regrets: Int) {
      (
        Self.equal(ours.losses, published.losses), Self.equal(ours.regrets, published.regrets)
      )
    }

    /// The largest difference of regrets, in percentage points.
    var largestDifference: Double {
      zip(ours.regrets, published.regrets).map { abs($0 - $1) }.max() ?? .nan
    }

    private static func equal(_ ours: [Double], _ theirs: [Double]) -> Int {
      zip(ours, theirs).count { Digits.fixed($0, 4) == Digits.fixed($1, 4) }
    }
  }

  private func addText(to report: inout GalleryReport) {
    report.text(
      "A linear model predicts the 40 costs of a 5 × 5 grid from five features; the shortest path for the "
        + "predictions is taken, and what it costs too much, by the true costs, is the regret. Seventeen ways "
        + "to train the model through the solver, as in the notebook \"Training and Testing\" of "
        + "[PyEPO](https://github.com/khalil-research/PyEPO), with its draws: data of NumPy's generator, "
        + "models, orders and noise of PyTorch's. Seeds are the notebook's, whatever the command line says."
    )
    report.code(
      """
      import Decisions

      let data = ShortestPathData(
        count: 200, features: 5, rows: 5, columns: 5, degree: 4, noise: 0.5, seed: 42)
      let graph = try Graph.oneWayGrid(rows: 5, columns: 5)
      let solver = try ShortestPath(graph, from: 0, to: 24)
      let known = try SolvedCosts(data.costs, by: solver)
      let loss = try SPOPlusLoss(solver)

      var weight = Tensor<Float>.zeros([5, 40])
      for _ in 0..<100 {
        let slope = try gradient(at: weight) { weight in
          try loss(matmul(data.features, weight), known).mean()
        }
        weight = weight - slope * 0.1
      }
      let regret = try Regret(of: matmul(data.features, weight), against: known, by: solver)
      print(regret.normalized)
      """)
  }

  private func addSummary(to report: inout GalleryReport, _ pairs: [Pair]) {
    report.table(
      "All 17 methods: of 20 losses and 20 regrets so many come out to the last digit that the notebook "
        + "prints; the largest difference of regrets, in percentage points; the last regret, in percent; "
        + "seconds of training, there with Gurobi on two processes, here on one thread of several",
      [
        "method", "losses", "regrets", "largest", "regret there", "here", "seconds there", "here",
      ],
      pairs.map { pair in
        [
          .text(pair.published.method), .count(pair.equal.losses), .count(pair.equal.regrets),
          .number(pair.largestDifference, decimals: 4),
          .number(pair.published.regrets.last ?? .nan, decimals: 4),
          .number(pair.ours.regrets.last ?? .nan, decimals: 4),
          .number(pair.published.seconds, decimals: 2), .number(pair.ours.seconds, decimals: 2),
        ]
      }, isFolded: false)
    let exact = pairs.filter { $0.equal == (20, 20) }
    report.text(
      "\(exact.count) of the \(pairs.count) methods come out to the last digit in all 40 numbers. From the curves of "
        + "DBB, RFWO and RFYL PyTorch itself departs, with an exact solver in Gurobi's place and the same draws. DBB "
        + "follows rounding errors: for a right decision the difference of objectives is one, and its sign is a "
        + "gradient of full size. RFWO and RFYL stop after 20 steps of Frank and Wolfe's method, before they have "
        + "converged; that this is why they differ was not shown. "
        + "NCE, CMAP and the rankings compare with a pool of solutions, which grows at steps that PyEPO draws from a "
        + "generator without a seed; ours are those of one of some hundred seeds, whose curve stays with the "
        + "notebook's longest.")
  }

  private func addNumbers(to report: inout GalleryReport, _ pairs: [Pair]) {
    for pair in pairs {
      let (ours, published) = (pair.ours, pair.published)
      report.table(
        "\(published.method), `\(published.call)`",
        ["epoch", "loss there", "here", "regret there", "here"],
        ours.losses.indices.map { epoch in
          [
            .count(epoch + 1), .number(published.losses[epoch], decimals: 4),
            .number(ours.losses[epoch], decimals: 4),
            .number(published.regrets[epoch], decimals: 4),
            .number(ours.regrets[epoch], decimals: 4),
          ]
        }, isFolded: true)
    }
  }
}

extension DecisionsExample {
  /// Methods that are drawn together.
  private struct Family {
    let name: String
    let title: String
    let methods: [String]
  }

  private static let families = [
    Family(name: "surrogates", title: "Surrogate losses", methods: ["SPO+", "PG"]),
    Family(
      name: "perturbed", title: "Perturbed methods",
      methods: ["DPO", "DPOMul", "PFY", "PFYMul", "I-MLE", "AI-MLE"]),
    Family(name: "regularised", title: "Regularised methods", methods: ["RFWO", "RFYL"]),
    Family(name: "black-box", title: "Black-box methods", methods: ["DBB", "NID"]),
    Family(name: "contrastive", title: "Contrastive losses", methods: ["NCE", "CMAP"]),
    Family(
      name: "rankings", title: "Learning to rank",
      methods: ["LTR listwise", "LTR pairwise", "LTR pointwise"]),
  ]

  private func addFigure(to report: inout GalleryReport, _ family: Family, _ pairs: [Pair]) {
    let chosen = family.methods.compactMap { name in
      pairs.first { $0.published.method == name }
    }
    report.figure(
      "decisions-\(family.name)",
      Figure(
        family.title, subtitle: "lines: here; rings: the notebook", columns: 2, width: 900,
        height: 240 * Double(chosen.count)
      ) {
        for pair in chosen {
          Panel(pair.published.method, x: "step", y: "training loss") {
            Line(y: pair.ours.allLosses, ink: .series(0), width: 1)
            Scatter(
              x: (1...pair.published.losses.count).map { epoch in
                Double(epoch * pair.ours.allLosses.count / pair.published.losses.count - 1)
              }, y: pair.published.losses, ink: .series(1), marker: .ring)
          }
          Panel(
            pair.published.method, x: "epoch",
            y: Axis("test regret", unit: "%", range: 0...80)
          ) {
            Line(y: pair.ours.allRegrets, ink: .series(0))
            Scatter(
              x: 1...pair.published.regrets.count, y: pair.published.regrets, ink: .series(1),
              marker: .ring)
          }
        }
      },
      caption: family.title
        + ": the loss of each batch of the training, and the regret on the test set before the first "
        + "epoch and after each.")
  }
}
