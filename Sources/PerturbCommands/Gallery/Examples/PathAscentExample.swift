internal import Figures
internal import Perturbations

/// Gradient ascent on four costs until the path takes the edge from 6 to 8.
struct PathAscentExample: GalleryExample {
  let name = "path-ascent"
  let title = "Thirty steps of gradient ascent"

  private static let steps = 30
  private static let rate: Float = 0.0009
  private static let printed = (before: 0.079, after: 0.989)

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let samples = context.samples(RoadMap.standardSamples)
    let paths = try RoadMap.perturbed(samples: samples)
    var costs = RoadMap.finalCosts
    var weights: [Double] = []
    var theory: [Double] = []
    for step in 0..<Self.steps {
      let (weight, slope) = try valueAndGradient(at: costs) { finalCosts in
        try paths(RoadMap.weights(finalCosts), key: context.key.child(UInt64(step)))[6, 8]
      }
      weights.append(weight.doubles[0])
      theory.append(RoadMap.probability(costs.doubles))
      costs += slope * Self.rate
      context.progress(Double(step + 1) / Double(Self.steps + 1))
    }
    let solution = try paths(
      RoadMap.weights(costs), key: context.key.child(UInt64(Self.steps)))
    weights.append(solution.doubles[6 * 9 + 8])
    theory.append(RoadMap.probability(costs.doubles))

    var report = GalleryReport()
    report.text(
      "The gradient tells how to change the four costs so that the edge from 6 to 8 is used more. "
        + "\(Self.steps) steps of gradient ascent, of \(Self.rate) times the gradient each, with "
        + "new noise in every step, make it part of nearly every path. With the hard solver this "
        + "could not begin: its gradient is zero.")
    report.code(
      RoadMap.program(samples: samples), foldedBehind: "The map and the perturbed solver")
    report.code(
      """
      var costs = finalCosts
      for step in 0..<\(Self.steps) {
        let key = RandomKey(0).child(UInt64(step))
        costs += \(Self.rate) * (try gradient(at: costs) { try paths(weights($0), key: key)[6, 8] })
      }
      """)
    report.table(
      "Weight of the edge from 6 to 8, N = \(Digits.grouped(samples))",
      ["", "document", "perturbed", "s.e.", "theory"],
      zip(["before", "after \(Self.steps) steps"], [0, Self.steps]).map { label, step in
        [
          .text(label),
          .number(step == 0 ? Self.printed.before : Self.printed.after, decimals: 3),
          .number(weights[step], decimals: 3),
          .number(Theory.frequencyError(weights[step], samples: samples), decimals: 4),
          .number(theory[step], decimals: 3),
        ]
      })
    report.table(
      "Costs of the last four edges", ["edge", "before", "after"],
      RoadMap.finalEdges.indices.map { index in
        let edge = RoadMap.finalEdges[index]
        return [
          .text("\(edge.0)–\(edge.1)"), .number(RoadMap.finalCosts.doubles[index], decimals: 3),
          .number(costs.doubles[index], decimals: 3),
        ]
      })
    report.values("weights by step", weights)
    report.values("theory by step", theory)
    report.values("costs", costs)
    report.values("solution", solution)
    report.figure(
      "path-ascent",
      Figure(
        "Gradient ascent on four costs", subtitle: "N = \(Digits.grouped(samples)) in each step",
        x: "step", y: Axis("weight of edge 6 → 8", range: 0...1)
      ) {
        Line(y: theory, label: "theory", ink: .series(2))
        Scatter(x: weights.indices, y: weights, label: "perturbed", ink: .series(1))
      },
      caption: "The weight of the edge in the perturbed solution before each step and at the end; "
        + "the line is the closed form at the same costs.")
    report.figure(
      "path-ascent-solution",
      Figure(
        "The new problem and its perturbed solution", columns: 2, width: 1000, height: 380
      ) {
        Panel("costs") { RoadMap.network(costs, weights: solution, labelsWeights: false) }
        Panel("weights") { RoadMap.network(costs, weights: solution, labelsWeights: true) }
      }, caption: "After the ascent: the new costs, and the new solution with them.")
    return report
  }
}
