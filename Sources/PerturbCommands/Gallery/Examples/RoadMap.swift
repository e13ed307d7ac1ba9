internal import Figures
internal import Perturbations

/// The problem that the three examples of shortest paths share: nine nodes, from 0 to 8.
///
/// The document gives the last four costs, 6–8, 5–6, 4–5 and 4–8, and the perturbed solution as a
/// matrix. The edges are those to which the matrix gives weight. The other costs, which the document
/// shows in a picture only, are chosen here so that the solution comes out as printed.
enum RoadMap {
  static let sigma = 0.05
  static let standardSamples = 100_000
  static let start = 0
  static let end = 8

  /// The last four edges, in the order of the vector of their costs.
  static let finalEdges = [(6, 8), (5, 6), (4, 5), (4, 8)]
  static let finalCosts: Tensor<Float> = [0.4, 0.1, 0.1, 0.1]

  private static let fixedCosts: [(from: Int, to: Int, cost: Float)] = [
    (0, 2, 0.11), (0, 3, 0.07), (2, 3, 0.095), (2, 7, 0.1), (3, 7, 0.195), (2, 5, 0.55),
    (6, 7, 0.15), (1, 4, 0.07),
  ]

  private static let places = [
    (0.0, 0.5), (3.7, 3.9), (1.0, 1.5), (1.3, 0.0), (4.6, 3.1), (3.3, 2.6), (3.9, 1.2), (2.6, 0.8),
    (5.6, 2.0),
  ]

  /// All edges, the final ones last.
  static let edges: [(from: Int, to: Int)] =
    fixedCosts.map { ($0.from, $0.to) } + finalEdges.map { ($0.0, $0.1) }

  /// The problem as a program: the map, the matrix of costs as a function of the last four, and the
  /// perturbed solver.
  static func program(samples: Int) -> String {
    let pairs = edges.map { "(\($0.from), \($0.to))" }
    let fixed = fixedCosts.map { "\($0.cost)" }.joined(separator: ", ")
    let final = finalCosts.scalars.map { "\($0)" }.joined(separator: ", ")
    return """
      import Perturbations

      let edges = [
        \(pairs.prefix(8).joined(separator: ", ")),
        \(pairs.dropFirst(8).joined(separator: ", ")),
      ]
      let fixedCosts: Tensor<Float> = [\(fixed)]
      let finalCosts: Tensor<Float> = [\(final)]

      // An edge has two entries in the matrix of costs, one for each way.
      let entries = edges.map { from, to in [9 * from + to, 9 * to + from] }
      let places = Tensor<Float>(
        shape: [12, 81],
        scalars: entries.flatMap { both in (0..<81).map { both.contains($0) ? 1 : 0 } })
      func weights(_ finalCosts: Tensor<Float>) -> Tensor<Float> {
        let costs = concatenate([fixedCosts, finalCosts])
        return matmul(costs.reshaped([1, 12]), places).reshaped([9, 9])
      }

      let solver = try ShortestPath(
        Graph(nodeCount: 9, edges: edges, directed: false), from: 0, to: 8,
        negativeCosts: .clipped(to: 0), layout: .matrix)
      // One sample at a time, since the solver reads numbers. An edge costs the mean of its two entries.
      let paths = try Perturbed(samples: \(samples), sigma: \(sigma), sequential: true) {
        (costs: Tensor<Float>) in
        let means = (costs + costs.transposed()) / 2
        return Tensor<Float>(shape: [9, 9], scalars: try solver(means.scalars))
      }
      """
  }

  static func costs(_ final: Tensor<Float>) -> [Float] { fixedCosts.map(\.cost) + final.scalars }

  /// The matrix of costs, [9, 9] and symmetric, as a function of the final four: differentiable, as
  /// it is made of a constant plus a product of matrices.
  static func weights(_ final: Tensor<Float>) -> Tensor<Float> {
    var constant = [Float](repeating: 0, count: 81)
    for edge in fixedCosts {
      constant[edge.from * 9 + edge.to] = edge.cost
      constant[edge.to * 9 + edge.from] = edge.cost
    }
    var places = [Float](repeating: 0, count: 4 * 81)
    for (index, edge) in finalEdges.enumerated() {
      places[index * 81 + edge.0 * 9 + edge.1] = 1
      places[index * 81 + edge.1 * 9 + edge.0] = 1
    }
    let spread = matmul(final.reshaped([1, 4]), Tensor(shape: [4, 81], scalars: places))
    return spread.reshaped([9, 9]) + Tensor(shape: [9, 9], scalars: constant)
  }

  static func solver() throws -> RoadMapSolver {
    try RoadMapSolver(Graph(nodeCount: 9, edges: edges.map { ($0.from, $0.to) }, directed: false))
  }

  static func perturbed(samples: Int) throws -> Perturbed<Tensor<Float>, Tensor<Float>> {
    try Perturbed(solver(), samples: samples, sigma: sigma)
  }

  /// P(6 → 8) where only the two ways from 6 to 8 count and costs may be negative: their difference
  /// is normal, and has the variance of four edges, each the mean of two perturbed entries.
  static func probability(_ final: [Double]) -> Double {
    Theory.normalProbability(advantage(final) / spread)
  }

  /// Its gradient with respect to the four costs.
  static func probabilityGradient(_ final: [Double]) -> [Double] {
    let slope = Theory.normalDensity(advantage(final) / spread) / spread
    return [-slope, slope, slope, slope]
  }

  private static let spread = sigma * 2.0.squareRoot()
  private static func advantage(_ final: [Double]) -> Double {
    final[1] + final[2] + final[3] - final[0]
  }

  /// The map with the final costs, its edges as wide as `weights` says: [9, 9], from row to column.
  static func network(
    _ final: Tensor<Float>, weights: Tensor<Float>, labelsWeights: Bool,
    highlighted: Set<Int> = []
  ) -> Network {
    let weights = weights.doubles
    let costs = costs(final)
    return Network(
      nodes: places.enumerated().map { index, place in
        .init(
          String(index), x: place.0, y: place.1, isHighlighted: index == start || index == end)
      },
      edges: edges.enumerated().map { index, edge in
        let weight = weights[edge.from * 9 + edge.to] + weights[edge.to * 9 + edge.from]
        let isUsed = weight >= 0.0005
        let label =
          labelsWeights ? (isUsed ? Digits.fixed(weight, 3) : "") : shortCost(costs[index])
        return .init(
          edge.from, edge.to, weight: labelsWeights ? weight : nil, label: label,
          isHighlighted: highlighted.contains(index) || (labelsWeights && isUsed))
      }, isDirected: false, maximumWeight: 1)
  }

  private static func shortCost(_ cost: Float) -> String {
    let text = Digits.fixed(Double(cost), 3)
    return text.hasSuffix("0") ? String(text.dropLast()) : text
  }
}

/// The shortest path over a symmetric map whose matrix of costs has noise in both of an edge's
/// entries: an edge costs the mean of the two, and no less than nothing. The path comes out as a
/// matrix with 1 at [i, j] for a step from i to j.
struct RoadMapSolver: Solver {
  private let paths: ShortestPath

  struct Scratch {
    var symmetric: ContiguousArray<Float>
    var paths: PathScratch
  }

  /// The path does not minimise the product with the matrix as it is given, but with its symmetric
  /// part.
  var sense: Sense? { nil }

  init(_ graph: Graph) throws(SolverError) {
    paths = try ShortestPath(
      graph, from: RoadMap.start, to: RoadMap.end, negativeCosts: .clipped(to: 0), layout: .matrix)
  }

  func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    try paths.outputShape(forInput: shape)
  }

  func makeScratch(inputCount: Int) -> Scratch {
    Scratch(
      symmetric: ContiguousArray(repeating: 0, count: inputCount),
      paths: paths.makeScratch(inputCount: inputCount))
  }

  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError) {
    let count = paths.graph.nodeCount
    // Only entries of edges are read, and all of them are written here.
    for edge in paths.graph.edges {
      let (forth, back) = (edge.source * count + edge.target, edge.target * count + edge.source)
      let mean = (input[forth] + input[back]) / 2
      scratch.symmetric[forth] = mean
      scratch.symmetric[back] = mean
    }
    let symmetric = scratch.symmetric
    try paths.solve(symmetric.span, into: &output, scratch: &scratch.paths)
  }
}
