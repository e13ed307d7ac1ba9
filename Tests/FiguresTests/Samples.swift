import Figures

/// One figure of each kind that the project shows, on made-up data; the structure tests run over
/// all of them, and with `FIGURES_SAMPLES=<folder>` they are written there to be looked at.
enum Samples {
  /// A small generator, so that samples are the same in each run.
  struct Noise: RandomNumberGenerator {
    var state: UInt64 = 7

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }

    mutating func normal() -> Double {
      (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
    }
  }

  static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<abs(exponent)).reduce(1) { product, _ in exponent > 0 ? product * base : product / base }
  }

  /// 1/(1 + e^(−x)) to the accuracy of a picture.
  static func sigmoid(_ x: Double) -> Double {
    let e = power(1 + x / 1024, 1024)
    return e / (1 + e)
  }

  static func hardOr(_ x: Double, _ y: Double) -> Double { x > 0 || y > 0 ? 1 : 0 }

  static func softOr(_ x: Double, _ y: Double) -> Double {
    let (a, b) = (sigmoid(x * 4), sigmoid(y * 4))
    return a + b - a * b
  }

  static func gradient(_ f: (Double, Double) -> Double, _ x: Double, _ y: Double) -> (
    u: Double, v: Double
  ) {
    let h = 1e-4
    return ((f(x + h, y) - f(x - h, y)) / (2 * h), (f(x, y + h) - f(x, y - h)) / (2 * h))
  }

  static var losses: [Double] {
    var noise = Noise()
    return (0..<4000).map { step in
      let t = Double(step)
      return (2e-2 / (1 + t * t / 900) + 3e-7) * (1 + 0.06 * noise.normal().magnitude)
    }
  }

  static let logLoss = Figure(
    "Loss of the city map", subtitle: "gradient descent, step size 0.1",
    x: "step", y: .logarithmic("loss")
  ) {
    Line(y: losses)
  }

  static var fourCurves: [(name: String, values: [Double])] {
    [("exact", 0.86), ("antithetic", 0.865), ("forward", 0.875), ("naive", 0.93)].map {
      name, rate in
      (name, (0...25).map { 0.9 * power(rate, $0) + 0.01 })
    }
  }

  static let fourLosses = Figure("Four estimators", x: "step", y: "mean squared error") {
    for curve in fourCurves { Line(y: curve.values, label: curve.name) }
  }

  static let logicalOr = Figure(
    "OR of (θ, −0.5)", subtitle: "σ = 0.25, N = 10,000", columns: 2, width: 860, height: 320
  ) {
    Panel("Value", x: "θ", y: "probability") {
      Line(over: -1...1, label: "hard") { hardOr($0, -0.5) }
      Line(over: -1...1, label: "perturbed") { softOr($0, -0.5) }
    }
    Panel("Gradient", x: "θ", y: "derivative") {
      Line(over: -1...1, label: "perturbed", ink: .series(1)) { gradient(softOr, $0, -0.5).u }
        .band(
          lower: (0...400).map { gradient(softOr, Double($0) / 200 - 1, -0.5).u - 0.05 },
          upper: (0...400).map { gradient(softOr, Double($0) / 200 - 1, -0.5).u + 0.05 })
      Rule(x: 0, "threshold")
    }
  }

  static let surfaces = Figure(
    "The hard and the perturbed OR", columns: 3, width: 1020, height: 340
  ) {
    Panel("Hard", x: "θ₁", y: "θ₂", aspect: .equal) {
      HeatMap(x: -1...1, y: -1...1, range: 0...1, function: hardOr)
    }
    Panel("Perturbed", x: "θ₁", y: "θ₂", aspect: .equal) {
      HeatMap(x: -1...1, y: -1...1, range: 0...1, label: "value", function: softOr)
      Contours(x: -1...1, y: -1...1, levels: [0.25, 0.5, 0.75, 0.9], function: softOr)
    }
    Panel("Gradient", x: "θ₁", y: "θ₂", aspect: .equal) {
      HeatMap(x: -1...1, y: -1...1, range: 0...1, function: softOr)
      Quiver(x: -1...1, y: -1...1, columns: 13, rows: 13) { gradient(softOr, $0, $1) }
    }
  }

  static let graphNodes = [
    Network.Node("0", x: 0, y: 0, isHighlighted: true), .init("1", x: 1, y: 0.1),
    .init("2", x: 2, y: 0), .init("3", x: 0, y: 1), .init("4", x: 1, y: 1.1),
    .init("5", x: 2, y: 1),
    .init("6", x: 0, y: 2), .init("7", x: 1, y: 2.1),
    .init("8", x: 2, y: 2, isHighlighted: true),
  ]

  static let graphEdges: [(Int, Int, Double)] = [
    (0, 1, 0.4), (1, 2, 0.3), (0, 3, 0.2), (1, 4, 0.5), (2, 5, 0.4), (3, 4, 0.1), (4, 5, 0.6),
    (3, 6, 0.3), (4, 7, 0.2), (5, 8, 0.3), (6, 7, 0.4), (7, 8, 0.3), (6, 8, 0.9), (5, 4, 0.7),
    (0, 4, 0.65), (4, 8, 0.55), (3, 1, 0.8),
  ]

  static let networks = Figure(
    "The shortest path from 0 to 8", columns: 2, width: 900, height: 470
  ) {
    Panel("Hard solution, with the edges' costs") {
      Network(
        nodes: graphNodes,
        edges: graphEdges.map { a, b, cost in
          .init(
            a, b, label: "\(cost)",
            isHighlighted: [[0, 3], [3, 4], [4, 7], [7, 8]].contains([a, b]))
        })
    }
    Panel("Perturbed solution, widths by weight") {
      Network(
        nodes: graphNodes, edges: graphEdges.map { .init($0, $1, weight: $2 * $2) },
        maximumWeight: 1)
    }
  }

  static let argmax = Figure("Perturbed argmax and softmax", x: "class", y: "probability") {
    Bars(
      ["−0.6", "1.9", "−0.2", "1.1", "−1.0"],
      [
        .init(
          "perturbed", [0.0053, 0.8132, 0.0121, 0.1664, 0.0030],
          errors: [0.004, 0.012, 0.005, 0.011, 0.003]),
        .init("softmax", [0.0055, 0.8130, 0.0122, 0.1642, 0.0024]),
      ])
  }

  static let ranks = Figure("Ranks before and after", x: "item", y: "rank", width: 520) {
    Bars(
      (0..<7).map { "item \($0)" },
      [
        .init("before", [3, 1, 7, 2, 5, 4, 6]), .init("target", [1, 2, 3, 4, 5, 6, 7]),
        .init("after", [1, 2, 3, 4, 5.5, 5.5, 7]),
      ], showsValues: true)
  }

  static let methods = [
    "none", "point", "leave-one-out", "antithetic", "common numbers", "Sobol’", "orthogonal",
  ]

  static let variances = Figure(
    "Variance of the gradient", subtitle: "argmax, d = 5, 100 repetitions",
    x: .logarithmic("samples N"), y: .logarithmic("variance")
  ) {
    for (index, method) in methods.enumerated() {
      Line(
        x: [10, 30, 100, 300, 1000, 3000, 10000],
        y: [10.0, 30, 100, 300, 1000, 3000, 10000].map { n in
          3.0 / n / (1 + Double(index) * 0.9) * (index == 5 ? 30 / n : 1)
        }, label: method, marker: .automatic)
    }
  }

  static let cities: [(String, Double, Double)] = [
    ("Amsterdam", 4.9, 52.4), ("Athens", 23.7, 38), ("Barcelona", 2.2, 41.4),
    ("Belgrade", 20.5, 44.8), ("Berlin", 13.4, 52.5), ("Brussels", 4.4, 50.8),
    ("Bucharest", 26.1, 44.4), ("Budapest", 19, 47.5), ("Copenhagen", 12.6, 55.7),
    ("Dublin", -6.3, 53.3), ("Gibraltar", -5.4, 36.1), ("Helsinki", 24.9, 60.2),
    ("Istanbul", 29, 41), ("Kiev", 30.5, 50.4), ("Kiruna", 20.2, 67.9), ("Lisbon", -9.1, 38.7),
    ("London", -0.1, 51.5), ("Madrid", -3.7, 40.4), ("Milan", 9.2, 45.5), ("Moscow", 37.6, 55.8),
    ("Munich", 11.6, 48.1), ("Oslo", 10.8, 59.9), ("Paris", 2.3, 48.9), ("Prague", 14.4, 50.1),
    ("Reykjavik", -21.9, 64.1), ("Riga", 24.1, 56.9), ("Rome", 12.5, 41.9), ("Sofia", 23.3, 42.7),
    ("Stockholm", 18.1, 59.3), ("Tallinn", 24.8, 59.4), ("Toulouse", 1.4, 43.6),
    ("Trondheim", 10.4, 63.4), ("Warsaw", 21, 52.2), ("Vienna", 16.4, 48.2),
    ("Vilnius", 25.3, 54.7), ("Zurich", 8.5, 47.4),
  ]

  static let map = Figure(
    "36 cities from their distances", x: Axis("east", unit: "km"), y: Axis("north", unit: "km"),
    aspect: .equal, width: 760, height: 620
  ) {
    Scatter(
      x: cities.map { ($0.1 - 10) * 68 }, y: cities.map { ($0.2 - 50) * 111 },
      names: cities.map(\.0))
  }

  static let throughput = Figure(
    "Argmax, d = 5, N = 1,000,000", x: .logarithmic("time", unit: "ms"), width: 640, height: 260
  ) {
    Bars(
      ["swift-perturbations", "PyTorch", "optax, jitted"],
      [.init("value", [21.3, 74, 162]), .init("value and gradient", [27.9, 122, 175])],
      orientation: .horizontal, showsValues: true)
  }

  static let timing = Figure(
    "Time against N", x: .logarithmic("samples N"), y: .logarithmic("time", unit: "ms")
  ) {
    Line(
      x: [1e3, 1e4, 1e5, 1e6], y: [0.05, 0.31, 2.4, 22], label: "two threads", marker: .automatic
    ).errorBars([0.02, 0.05, 0.4, 2])
    Line(
      x: [1e3, 1e4, 1e5, 1e6], y: [0.04, 0.42, 4.3, 43], label: "one thread", marker: .automatic)
    Line(
      x: [1e3, 1e6], y: [0.02, 20], label: "∝ N", ink: .muted, width: 1.2, dash: .dashed)
  }

  static let field = Figure("A saddle and its gradient", x: "x", y: "y", width: 520, height: 420) {
    HeatMap(x: -2...2, y: -1...1, columns: 60, rows: 60, colors: .diverging, label: "x² − 3y²") {
      $0 * $0 - 3 * $1 * $1
    }
    Contours(x: -2...2, y: -1...1) { $0 * $0 - 3 * $1 * $1 }
    Quiver(x: -2...2, y: -1...1, columns: 11, rows: 9, label: "gradient") { (2 * $0, -6 * $1) }
  }

  static let edges = Figure(
    "Values at the edges: an <unusual> & “quoted” title that is long enough to need a second line",
    columns: 3, width: 900, height: 560
  ) {
    Panel("Nothing", x: "x", y: "y") {}
    Panel("An empty series", x: "x", y: "y") { Line(y: [Double](), label: "empty") }
    Panel("A constant") { Line(y: [5.0, 5, 5, 5], label: "constant") }
    Panel("Gaps", y: .logarithmic("y")) {
      Line(y: [1, .nan, 3, 4, .infinity, 2, 0, -1, 5, 6], marker: .circle)
    }
    Panel("Tiny and steps", y: Axis("y", unit: "m")) {
      Line(y: [1e-9, 3e-9, 2e-9], interpolation: .steps)
      Note("top", x: 1, y: 3e-9, pointsAt: true)
    }
    Panel("Huge, negative", x: "a long label along the axis") {
      Scatter(x: [-1e12, 5e11, 2e12], y: [-3e7, 2e7, 1e7], names: ["a", "b", "c"])
    }
  }

  static let small = Figure("Small", x: "step", y: "loss", width: 400, height: 300) {
    for curve in fourCurves { Line(y: curve.values.map { -$0 }, label: curve.name) }
    Rule(y: -0.2, "target")
  }

  static let signed = Figure("Sensitivity", width: 400, height: 300) {
    Bars(
      ["learning rate", "momentum", "weight decay", "batch size", "temperature"],
      [0.4, -0.25, 0.1, -0.05, 0.3], errors: [0.05, 0.1, 0.02, 0.02, 0.05], showsValues: true)
  }

  static let cloud = Figure("20,000 draws", x: "x", y: "y", aspect: .equal, width: 460, height: 400)
  {
    var noise = Noise()
    let points = (0..<20_000).map { _ in (noise.normal(), noise.normal()) }
    Scatter(x: points.map(\.0), y: points.map(\.1), label: "normal")
  }

  static let all: [(name: String, figure: Figure)] = [
    ("log-loss", logLoss), ("four-losses", fourLosses), ("or", logicalOr), ("surfaces", surfaces),
    ("networks", networks), ("argmax", argmax), ("ranks", ranks), ("variances", variances),
    ("map", map), ("throughput", throughput), ("timing", timing), ("field", field),
    ("edges", edges), ("small", small), ("signed", signed), ("cloud", cloud),
  ]
}
