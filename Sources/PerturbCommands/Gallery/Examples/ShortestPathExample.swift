internal import Figures
internal import Perturbations

/// The hard and the perturbed shortest path of the map.
struct ShortestPathExample: GalleryExample {
  let name = "shortest-path"
  let title = "Perturbed shortest path"

  /// The document's matrix: row by node that a step leads to, column by node it comes from.
  private static let printed: [[Double]] = [
    [0, 0, 0.001, 0.025, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0.023, 0, 0, 0, 0],
    [0.679, 0, 0, 0.119, 0, 0, 0, 0, 0],
    [0.304, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0.023, 0, 0, 0, 0.898, 0, 0, 0],
    [0, 0, 0.001, 0, 0, 0, 0.896, 0, 0],
    [0, 0, 0, 0, 0, 0.001, 0, 0.974, 0],
    [0, 0, 0.797, 0.178, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0.921, 0, 0.079, 0, 0],
  ]

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let samples = context.samples(RoadMap.standardSamples)
    let weights = RoadMap.weights(RoadMap.finalCosts)
    let hard = Tensor(shape: [9, 9], scalars: try RoadMap.solver()(weights.scalars))
    let perturbed = try RoadMap.perturbed(samples: samples)(weights, key: context.key)

    var report = GalleryReport()
    report.text(
      "Nine nodes, twelve edges, a shortest path from 0 to 8. The solver is a black box: costs go "
        + "in, a path comes out. The document prints the last four costs, between 4, 5, 6 and 8; "
        + "the others stand in its picture only, and are chosen here so that its solution comes "
        + "out.")
    let onPath = Set(
      RoadMap.edges.indices.filter { index in
        let edge = RoadMap.edges[index]
        return hard.doubles[edge.from * 9 + edge.to] + hard.doubles[edge.to * 9 + edge.from] > 0
      })
    report.figure(
      "shortest-path-hard",
      Figure(
        "The shortest path", subtitle: "costs on the edges", width: 640, height: 420
      ) {
        RoadMap.network(
          RoadMap.finalCosts, weights: hard, labelsWeights: false, highlighted: onPath)
      }, caption: "The cheapest way avoids the edge from 6 to 8, which costs 0.4.")
    report.text(
      "Perturbed with normal noise, σ = \(RoadMap.sigma), the solution is an average over "
        + "\(Digits.grouped(samples)) paths. Each of the two entries of an edge in the matrix of "
        + "costs has noise of its own, and the edge costs their mean.")
    report.code(
      RoadMap.program(samples: samples) + """


        let solution = try paths(weights(finalCosts), key: RandomKey(0))
        let likely = solution[4, 8]  // of the step from 4 to 8
        """)
    report.matrix(
      "Perturbed solution: row by node that a step comes from, column by node that it leads to; the "
        + "document prints the transpose of it",
      perturbed)
    report.values("hard", hard)
    report.values("perturbed", perturbed)
    addTable(to: &report, perturbed.doubles, samples: samples)
    report.text(
      "The document's matrix is not quite a flow: 0.983 leaves node 0 where 1 should, and 4 and 1 "
        + "pass 0.023 to each other, as if in one sample of twenty a negative cost had sent the walk "
        + "back from 8 round in a circle. Here a perturbed cost below 0 counts as 0 "
        + "(`negativeCosts: .clipped(to: 0)`), so that every sample is a path from 0 to 8 and every "
        + "weight upstream is a little larger.")
    report.figure(
      "shortest-path-perturbed",
      Figure(
        "The perturbed solution", subtitle: "width and label: how often an edge is used",
        width: 640, height: 420
      ) { RoadMap.network(RoadMap.finalCosts, weights: perturbed, labelsWeights: true) },
      caption: "An average of paths, each edge as wide as its weight.")
    return report
  }

  private func addTable(to report: inout GalleryReport, _ perturbed: [Double], samples: Int) {
    var rows: [[ResultTable.Cell]] = []
    for edge in RoadMap.edges {
      for (from, to) in [(edge.from, edge.to), (edge.to, edge.from)] {
        let (value, printed) = (perturbed[from * 9 + to], Self.printed[to][from])
        guard value >= 0.0005 || printed > 0 else { continue }
        rows.append([
          .text("\(from) → \(to)"), .number(printed, decimals: 3), .number(value, decimals: 3),
          .number(Theory.frequencyError(value, samples: samples), decimals: 4),
        ])
      }
    }
    report.table(
      "Weights of the steps, N = \(Digits.grouped(samples))",
      ["step", "document", "perturbed", "s.e."], rows)
  }
}
