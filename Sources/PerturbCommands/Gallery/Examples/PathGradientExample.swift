internal import Figures
internal import Perturbations

/// The gradient of one edge's weight with respect to four costs.
struct PathGradientExample: GalleryExample {
  let name = "path-gradient"
  let title = "Gradient of the weight of edge 6 → 8"

  private static let printed = [-2.0993764, 2.076386, 2.042395, 2.0411625]
  private static let printedWeight = 0.079

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let samples = context.samples(RoadMap.standardSamples)
    func estimate(_ samples: Int, _ key: RandomKey) throws -> (Tensor<Float>, Tensor<Float>) {
      let paths = try RoadMap.perturbed(samples: samples)
      let (weight, gradient) = try valueAndGradient(at: RoadMap.finalCosts) { finalCosts in
        try paths(RoadMap.weights(finalCosts), key: key)[6, 8]
      }
      return (weight, gradient)
    }
    let (weight, gradient) = try estimate(samples, context.key.child(0))
    context.progress(0.5)
    let errors = try measuredErrors(samples: samples, key: context.key.child(1)) { samples, key in
      try estimate(samples, key).1
    }
    let costs = RoadMap.finalCosts.doubles
    let (exactWeight, exact) = (RoadMap.probability(costs), RoadMap.probabilityGradient(costs))

    var report = GalleryReport()
    report.text(
      "The weight of the edge from 6 to 8 in the perturbed solution is a smooth function of the "
        + "costs of the last four edges. The gradient passes through the function that builds the "
        + "matrix of costs from these four, and through the solver, which is never differentiated.")
    report.code(
      RoadMap.program(samples: samples), foldedBehind: "The map and the perturbed solver")
    report.code(
      """
      // Entry [6, 8] is the step from 6 to 8.
      let (weight, slopes) = try valueAndGradient(at: finalCosts) {
        try paths(weights($0), key: RandomKey(0))[6, 8]
      }
      """)
    report.table(
      "Weight of 6 → 8 and its gradient, σ = \(RoadMap.sigma), N = \(Digits.grouped(samples))",
      ["", "document", "perturbed", "s.e.", "theory", "difference / s.e."],
      [
        [
          .text("weight"), .number(Self.printedWeight, decimals: 3),
          .number(weight.doubles[0], decimals: 4),
          .number(Theory.frequencyError(exactWeight, samples: samples), decimals: 4),
          .number(exactWeight, decimals: 4),
          .errors(
            weight.doubles[0], from: exactWeight,
            standardError: Theory.frequencyError(exactWeight, samples: samples)),
        ]
      ]
        + exact.indices.map { index in
          let edge = RoadMap.finalEdges[index]
          let value = gradient.doubles[index]
          return [
            .text("∂ / ∂ cost \(edge.0)–\(edge.1)"), .printed(Self.printed[index]),
            .number(value, decimals: 4), .number(errors[index], decimals: 4),
            .number(exact[index], decimals: 4),
            .errors(value, from: exact[index], standardError: errors[index]),
          ]
        })
    report.text(
      "Theory takes only the two ways from 6 to 8 into account: one edge of 0.4, or three of 0.1. "
        + "Their difference is normal with standard deviation `σ√2`, so the weight is Φ(−√2) and "
        + "the slope φ(√2)/(σ√2).")
    report.values("weight", weight)
    report.values("gradient", gradient)
    report.values("standard errors of the gradient", errors)
    report.values("gradient in theory", exact)
    return report
  }
}
