internal import Perturbations

/// One perturbed function at one θ: what `perturb evaluate` computes, without its arguments' syntax.
package struct Evaluation {
  package var function: EvaluatedFunction
  /// θ, or a batch of them; nil for the costs in the graph file.
  package var theta: NumberArray?
  package var samples: Int
  package var sigma: Double
  package var noise: String
  package var seed: UInt64
  package var baseline = "none"
  /// Row-major; the gradient is of ⟨cotangent, value⟩.
  package var cotangent: [Float]?
  package var k: Int?
  package var graph: GraphFile?
  package var negativeCosts: String?
  package var threads: Int?
  /// Whether to find the standard errors too, after the time is taken.
  package var findsStandardErrors = false

  package init(
    _ function: EvaluatedFunction, theta: NumberArray?, samples: Int, sigma: Double,
    noise: String = "normal", seed: UInt64 = 0
  ) {
    self.function = function
    self.theta = theta
    self.samples = samples
    self.sigma = sigma
    self.noise = noise
    self.seed = seed
  }

  /// What came out.
  package struct Outcome {
    package let theta: NumberArray
    package let unperturbed: NumberArray
    package let value: NumberArray
    /// The standard errors of the value, where they were asked for.
    package let valueError: NumberArray?
    package let gradient: NumberArray?
    /// The standard errors of the gradient, where they were asked for.
    package let gradientError: NumberArray?
    /// The time that value and gradient took.
    package let seconds: Double
    /// What to call the entries of θ, if not by their index.
    let names: [String]?
  }

  /// Evaluates the function.
  ///
  /// - Throws: ``CommandError``, `PerturbationError` or `SolverError`, each of one line.
  package func run() throws -> Outcome {
    try checkOptions()
    switch function {
    case .argmax: return try run(ArgMax())
    case .ranking: return try run(Ranking())
    case .sort: return try run(Sorting())
    case .topK:
      guard let k else { throw CommandError("top-k needs --k, the number of entries to choose") }
      return try run(TopK(k))
    case .or: return try run(LogicalOr())
    case .and: return try run(LogicalAnd())
    case .shortestPath:
      guard let graph else {
        throw CommandError("shortest-path needs --graph, a JSON file with nodes and edges")
      }
      return try run(
        ShortestPath(
          graph.graph, from: graph.from, to: graph.to,
          negativeCosts: NegativeCostsName.policy(negativeCosts ?? "allowed")),
        names: graph.edgeNames)
    }
  }

  /// An option that the function would not heed is a mistake, not a wish.
  private func checkOptions() throws(CommandError) {
    if k != nil, function != .topK {
      throw CommandError("--k is for top-k, not \(function.rawValue)")
    }
    guard function != .shortestPath else { return }
    if graph != nil {
      throw CommandError("--graph is for shortest-path, not \(function.rawValue)")
    }
    if negativeCosts != nil {
      throw CommandError("--negative-costs is for shortest-path, not \(function.rawValue)")
    }
  }

  private func input() throws(CommandError) -> NumberArray {
    if let theta { return theta }
    if let costs = graph?.costs { return NumberArray(costs) }
    throw CommandError(
      "theta is missing, expected numbers after --theta or in a --theta-file"
        + (function == .shortestPath ? ", or a cost on each edge of the graph file" : ""))
  }

  private func run(_ solver: some Solver, names: [String]? = nil) throws -> Outcome {
    let theta = try input()
    try theta.check("theta")
    let perturbed = try perturbed(solver, samples: samples)
    let isBatch = theta.shape.count == 2
    let rows = isBatch ? theta.shape[0] : 1
    let width = theta.values.count / rows
    let outputShape = try solver.outputShape(forInput: [width])
    let valueShape = isBatch ? [rows] + outputShape : outputShape
    let cotangent = try checkedCotangent(count: valueShape.reduce(1, *))
    let unperturbed = try (0..<rows).flatMap { row in
      try solver(Array(theta.values[row * width..<(row + 1) * width]))
    }

    let key = RandomKey(seed)
    let clock = ContinuousClock()
    let start = clock.now
    let value: Tensor<Float>
    var gradient: Tensor<Float>?
    if let cotangent {
      let (output, pullback) = try vjp(at: theta.tensor) {
        try perturbed($0, key: key, batched: isBatch)
      }
      value = output
      gradient = try pullback(Tensor(shape: Shape(valueShape), scalars: cotangent))
    } else {
      value = try perturbed(theta.tensor, key: key, batched: isBatch)
    }
    let seconds = (clock.now - start) / .seconds(1)
    let errors = try standardErrors(solver, theta, valueShape, cotangent)
    return Outcome(
      theta: theta, unperturbed: NumberArray(shape: valueShape, values: unperturbed),
      value: NumberArray(value), valueError: errors?.value,
      gradient: gradient.map { NumberArray($0) }, gradientError: errors?.gradient,
      seconds: seconds, names: names)
  }

  private func perturbed(
    _ solver: some Solver, samples: Int
  ) throws -> Perturbed<Tensor<Float>, Tensor<Float>> {
    try Perturbed(
      solver, samples: samples, sigma: sigma,
      noise: Noise.forCommand(noise, hasGradient: cotangent != nil),
      baseline: BaselineName.baseline(baseline), threads: threads)
  }

  /// The standard errors of value and gradient; one sample has none. They are known well enough from
  /// the first 200,000 samples, and fall with the root of the number.
  private func standardErrors(
    _ solver: some Solver, _ theta: NumberArray, _ valueShape: [Int], _ cotangent: [Float]?
  ) throws -> (value: NumberArray, gradient: NumberArray?)? {
    guard findsStandardErrors, samples > 1 else { return nil }
    let count = min(samples, 200_000)
    let perturbed = try perturbed(solver, samples: count)
    let factor = Float((Double(count) / Double(samples)).squareRoot())
    let (input, key, isBatch) = (theta.tensor, RandomKey(seed), theta.shape.count == 2)
    let value = try perturbed.estimate(at: input, key: key, batched: isBatch).standardError
    let gradient = try cotangent.map { cotangent in
      try perturbed.gradientEstimate(
        at: input, cotangent: Tensor(shape: Shape(valueShape), scalars: cotangent), key: key,
        batched: isBatch
      ).standardError
    }
    return (NumberArray(value * factor), gradient.map { NumberArray($0 * factor) })
  }

  private func checkedCotangent(count: Int) throws(CommandError) -> [Float]? {
    guard let cotangent else { return nil }
    try NumberArray(cotangent).check("the cotangent")
    guard cotangent.count == count else {
      throw CommandError(
        "the cotangent has \(cotangent.count) entries, expected \(count), one for each entry of "
          + "the value")
    }
    return cotangent
  }
}
