internal import Figures
internal import Optimizers
internal import Perturbations

/// Document 003: automatic differentiation, and a map of Europe from distances alone.
struct CitiesExample: GalleryExample {
  let name = "cities"
  let title = "A map of 36 cities from their distances"

  /// What SciPy's BFGS makes of the same start: `Scripts/make_city_fixture.py`.
  private static let sciPy = (iterations: 57, evaluations: 59, loss: 1.223_686_303_741_080_7e-08)
  private static let documentSteps = 4000
  private static let standardSamples = 100
  private static let zeroOrderSteps = 250

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let map = CityMap()
    var report = GalleryReport()
    addBasics(to: &report, map)

    let loop = map.documentLoop(steps: Self.documentSteps) { done, seconds in
      let rate = Digits.grouped(Int(Double(done) / seconds))
      context.status("gradient descent \(done)/\(Self.documentSteps), \(rate) steps/s")
    }
    addDescent(to: &report, map, loop)
    report.figure("cities-map", mapFigure(map, loop.points), caption: Self.mapCaption)
    report.values("loss of gradient descent", loop.losses)

    context.status("Adam, BFGS and L-BFGS")
    let samples = context.samples(Self.standardSamples)
    let ways = [
      map.way("gradient descent", .sgd(learningRate: 0.1), steps: Self.documentSteps),
      map.way("Adam", .adam(learningRate: 1e-3), steps: Self.documentSteps),
      map.way("BFGS", .bfgs(), steps: 1000),
      map.way("L-BFGS", .lbfgs(), steps: 1000),
    ]
    context.status("zero-order gradients")
    let zeroOrder = try map.zeroOrderWay(
      samples: samples, steps: Self.zeroOrderSteps, key: context.key)
    addWays(to: &report, map, ways)
    addZeroOrder(to: &report, map, zeroOrder, exact: loop.points, samples: samples)
    report.figure("cities-methods", methodsFigure(ways + [zeroOrder]), caption: Self.methodsCaption)
    for way in ways + [zeroOrder] {
      report.values("losses of \(way.name)", way.losses)
      report.value("steps of \(way.name)", Double(way.result.steps))
    }
    return report
  }

  private func addBasics(to report: inout GalleryReport, _ map: CityMap) {
    let one: Tensor<Double> = [1]
    let (value, first) = valueAndGradient(at: one) { square($0).sum() }
    let second = gradient(at: one) { x in gradient(at: x) { square($0).sum() }.sum() }
    let (loss, slopes) = valueAndGradient(at: map.start, of: map.criterion)
    report.text(
      "Tensors compute values, and derivatives with them: x² at x = 1 has the derivative 2x = 2, as "
        + "the document asks its reader to confirm. Gradients are functions like others, so a gradient "
        + "of a gradient is written in the same way.")
    report.code(
      """
      import Optimizers
      import Perturbations

      let one: Tensor<Double> = [1]
      let (value, slope) = valueAndGradient(at: one) { square($0).sum() }  // 1, [2]
      let second = gradient(at: one) { x in gradient(at: x) { square($0).sum() }.sum() }  // [2]
      """)
    report.table(
      "x² at x = 1", ["", "document", "ours"],
      [
        [.text("value"), .empty, .number(value.scalar, decimals: 1)],
        [.text("derivative"), .number(2.0, decimals: 1), .number(first.scalars[0], decimals: 1)],
        [.text("second derivative"), .empty, .number(second.scalars[0], decimals: 1)],
      ])
    report.text(
      "Where do 36 cities lie, when nothing is known but the great-circle distances dᵢⱼ between "
        + "them? The criterion ½ Σ (|xᵢ − xⱼ|² − dᵢⱼ²)² measures how wrong a map is. Distances and "
        + "start are scaled to a norm of 1, as in the document; the start is a seeded one, NumPy's "
        + "`RandomState(1)`, since the document does not state its own, whose loss prints as 0.0007. "
        + "The distances come from the data of the same course (github.com/xoolive/optim4ai).")
    report.code(
      """
      // Six of the 36 cities.
      let kilometres: Tensor<Double> = [
      \(Self.someDistances)
      ]
      let distances = kilometres / kilometres.norm()
      let random: Tensor<Double> = RandomKey(1).normal([6, 2])
      let start = random / cdist(random, random).norm()

      func criterion(_ x: Tensor<Double>) -> Tensor<Double> {
        let delta = square(cdist(x, x)) - square(distances)
        return square(delta).sum() / 2
      }
      let (loss, slopes) = valueAndGradient(at: start, of: criterion)
      """)
    let rows = [0, 1] + (CityMap.names.count - 4..<CityMap.names.count)
    report.table(
      "The gradient at the start, where the loss is \(Digits.fixed(loss.scalar, 6)), times 1000",
      ["city", "∂/∂x", "∂/∂y"],
      rows.map { row in
        [
          .text(CityMap.names[row]), .number(1000 * slopes.scalars[2 * row], decimals: 5),
          .number(1000 * slopes.scalars[2 * row + 1], decimals: 5),
        ]
      })
    report.value("loss at the start", loss.scalar)
    report.values("start", map.start.scalars)
    report.values("gradient at the start", slopes.scalars)
  }

  /// Rows of the table of distances, of six cities.
  private static let someDistances: String = {
    let some = ["Berlin", "London", "Madrid", "Moscow", "Oslo", "Rome"].compactMap {
      CityMap.names.firstIndex(of: $0)
    }
    return some.map { row in
      let numbers = some.map { Digits.fixed(CityDistances.kilometres[row][$0], 1) }
      return "  [" + numbers.joined(separator: ", ") + "],"
    }.joined(separator: "\n")
  }()

  private func addDescent(
    to report: inout GalleryReport, _ map: CityMap,
    _ loop: (losses: [Double], points: CityMap.Points, seconds: Double, processorSeconds: Double)
  ) {
    let steps = Double(loop.losses.count)
    let errors = map.errors(loop.points)
    let loss = map.criterion(loop.points).scalar
    report.text(
      "Gradient descent with \(Digits.grouped(loop.losses.count)) steps of size 0.1, as in the "
        + "document. It reports 726 steps a second on a GPU; here one thread took "
        + "\(Digits.grouped(Int(steps / loop.seconds))) a second by the clock, "
        + "\(Digits.grouped(Int(steps / loop.processorSeconds))) a second of processor time, in "
        + "double precision. Both are measured in this very run.")
    report.code(
      """
      var x = start
      var losses: [Double] = []
      for _ in 0..<\(Self.documentSteps) {
        let (loss, slopes) = valueAndGradient(at: x, of: criterion)
        losses.append(loss.scalar)
        x -= 0.1 * slopes
      }
      """)
    report.figure(
      "cities-loss",
      Figure(
        "Gradient descent on the map",
        subtitle: "\(Digits.grouped(loop.losses.count)) steps of 0.1",
        x: "step", y: .logarithmic("loss")
      ) {
        Line(y: loop.losses, ink: .series(1))
      },
      caption:
        "The loss before each step. It does not go to 0: distances on a globe do not fit into "
        + "a plane.")
    report.text(
      "At the end the map's distances differ from those on the globe by "
        + "\(Digits.fixed(errors.rootMeanSquare, 0)) km in the root mean square and "
        + "\(Digits.fixed(errors.largest, 0)) km at most.")
    report.value("loss after gradient descent", loss)
    report.value("steps per second", steps / loop.seconds)
    report.value("steps per second of processor time", steps / loop.processorSeconds)
    report.values("map", loop.points.scalars)
  }

  private func mapFigure(_ map: CityMap, _ points: CityMap.Points) -> Figure {
    let places = map.oriented(points)
    return Figure(
      "Europe from distances alone", x: Axis("east", unit: "km"), y: Axis("north", unit: "km"),
      aspect: .equal, width: 820, height: 860
    ) {
      Scatter(x: places.east, y: places.north, names: CityMap.names, ink: .series(1))
    }
  }

  private static let mapCaption =
    "A map can be turned and mirrored without changing a distance: here it is turned so that "
    + "Copenhagen lies north of Rome, and mirrored so that Moscow lies east of Reykjavik."

  private func addWays(to report: inout GalleryReport, _ map: CityMap, _ ways: [CityMap.Way]) {
    report.text(
      "Other methods from the same start. They end where no element of the gradient is larger than "
        + "10⁻⁹, or after \(Digits.grouped(Self.documentSteps)) steps. The document remembers 34 "
        + "iterations of SciPy's BFGS from a start of its own; the last row is SciPy's from this one."
    )
    report.code(
      """
      let result = minimize(
        criterion, from: start, using: .bfgs(), stopping: StoppingRules(gradientTolerance: 1e-9))
      """)
    report.table(
      "From the same start",
      [
        "method", "iterations", "evaluations", "loss × 10⁸", "largest slope", "ms", "converged",
      ],
      ways.map { way in
        [
          .text(way.name), .count(way.result.steps), .count(way.result.evaluations),
          .number(way.result.value * 1e8, decimals: 6),
          .text(Digits.scientific(largestSize(way.result.gradient))),
          .number(way.seconds * 1000, decimals: 1),
          .text(way.result.status.hasConverged ? "yes" : "no"),
        ]
      } + [
        [
          .text("SciPy's BFGS"), .count(Self.sciPy.iterations), .count(Self.sciPy.evaluations),
          .number(Self.sciPy.loss * 1e8, decimals: 6), .text("< 1e-09"), .empty, .text("yes"),
        ]
      ])
  }

  private func addZeroOrder(
    to report: inout GalleryReport, _ map: CityMap, _ way: CityMap.Way, exact: CityMap.Points,
    samples: Int
  ) {
    let errors = map.errors(way.result.parameters)
    report.text(
      "The same map from values of the criterion alone, without a derivative: antithetic "
        + "zero-order gradients in all \(way.result.parameters.count) coordinates, "
        + "\(Digits.grouped(samples)) directions in each step, \(way.result.steps) steps with "
        + "momentum. The loss ends at \(Digits.fixed(way.result.value * 1e8, 4)) × 10⁻⁸ and the "
        + "distances are wrong by \(Digits.fixed(errors.rootMeanSquare, 0)) km in the root mean "
        + "square.")
    report.code(
      """
      let estimator = try ZeroOrder(.antithetic, samples: \(samples), sigma: 1e-4)
      var step: UInt64 = 0
      let byValues = try minimize(
        valueAndGradient: { (x: Tensor<Double>) in
          step += 1
          return try estimator.valueAndGradient(at: x, key: RandomKey(2).child(step), of: criterion)
        },
        from: start, using: .sgd(learningRate: \(CityMap.zeroOrderRate(samples: samples)), momentum: 0.9),
        stopping: .steps(\(Self.zeroOrderSteps)))
      """)
    let (known, found) = (map.oriented(exact), map.oriented(way.result.parameters))
    let shifts = known.east.indices.map { city in
      let (dx, dy) = (found.east[city] - known.east[city], found.north[city] - known.north[city])
      return (dx * dx + dy * dy).squareRoot()
    }
    report.value("largest distance of the two maps in km", shifts.max() ?? 0)
    report.figure(
      "cities-zero-order",
      Figure(
        "Exact gradients and values alone", x: Axis("east", unit: "km"),
        y: Axis("north", unit: "km"), aspect: .equal, legend: .top, width: 820, height: 880
      ) {
        Scatter(
          x: known.east, y: known.north, names: CityMap.names, label: "exact gradients",
          ink: .series(0), marker: .ring, radius: 6)
        Scatter(
          x: found.east, y: found.north, label: "values alone", ink: .series(1), radius: 3)
      },
      caption: "Both maps, turned and mirrored alike: a dot inside its ring is a city that both "
        + "put in the same place. The largest distance between the two is "
        + "\(Digits.twoDigits(shifts.max() ?? 0)) km.")
    report.value("loss after the zero-order descent", way.result.value)
    report.values("map by values alone", way.result.parameters.scalars)
  }

  private func methodsFigure(_ ways: [CityMap.Way]) -> Figure {
    Figure(
      "Five methods from one start", x: .logarithmic("iterations"), y: .logarithmic("loss")
    ) {
      for (index, way) in ways.enumerated() {
        Line(
          x: 1..<way.losses.count, y: way.losses.dropFirst(), label: way.name,
          ink: .series(index + 1))
      }
    }
  }

  private static let methodsCaption =
    "The loss after each iteration. An iteration of BFGS or L-BFGS takes a little more than one "
    + "evaluation with gradient, one of the zero-order descent two evaluations for each direction."

  private func largestSize(_ x: CityMap.Points) -> Double {
    x.scalars.map { abs($0) }.max() ?? 0
  }
}
