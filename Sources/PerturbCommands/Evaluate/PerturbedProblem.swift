internal import Perturbations
internal import Platform

/// A function, a point and how to perturb it: what `evaluate` and `diagnose` start from, without the
/// syntax of their arguments.
package struct PerturbedProblem {
  package var function: EvaluatedFunction
  /// θ, or a batch of them; nil for the costs in the graph file.
  package var theta: NumberArray?
  package var samples: Int
  package var sigma: Double
  package var noise: String
  package var seed: UInt64
  /// A baseline, or the name of a sampling.
  package var baseline: String?
  package var sampling: String?
  /// Row-major; the gradient is of ⟨cotangent, value⟩.
  package var cotangent: [Float]?
  package var k: Int?
  package var graph: GraphFile?
  package var negativeCosts: String?
  package var threads: Int?
  package var progress: PassObserver?

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

  /// What to call the entries of θ, if not by their index.
  var inputNames: [String]? { graph?.edgeNames }

  var key: RandomKey { RandomKey(seed) }

  /// θ, checked.
  func input() throws(CommandError) -> NumberArray {
    guard let input = theta ?? graph?.costs.map({ NumberArray($0) }) else {
      throw CommandError(
        "theta is missing, expected numbers after --theta or in a --theta-file"
          + (function == .shortestPath ? ", or a cost on each edge of the graph file" : ""))
    }
    try input.check("theta")
    return input
  }

  /// The function itself.
  ///
  /// - Throws: ``CommandError`` for options that are missing, and for those that the function would
  ///   not heed, which are a mistake and not a wish.
  func solver() throws -> any Solver {
    if k != nil, function != .topK {
      throw CommandError("--k is for top-k, not \(function.rawValue)")
    }
    if function != .shortestPath {
      if graph != nil {
        throw CommandError("--graph is for shortest-path, not \(function.rawValue)")
      }
      if negativeCosts != nil {
        throw CommandError("--negative-costs is for shortest-path, not \(function.rawValue)")
      }
    }
    switch function {
    case .argmax: return ArgMax()
    case .ranking: return Ranking()
    case .sort: return Sorting()
    case .topK:
      guard let k else { throw CommandError("top-k needs --k, the number of entries to choose") }
      return try TopK(k)
    case .or: return LogicalOr()
    case .and: return LogicalAnd()
    case .shortestPath:
      guard let graph else {
        throw CommandError("shortest-path needs --graph, a JSON file with nodes and edges")
      }
      return try ShortestPath(
        graph.graph, from: graph.from, to: graph.to,
        negativeCosts: NegativeCostsName.policy(negativeCosts ?? "allowed"))
    }
  }

  /// The function, perturbed.
  ///
  /// - Parameters:
  ///   - solver: What ``solver()`` gave.
  ///   - samples: How many; nil for as many as were asked for.
  ///   - hasGradient: Whether a derivative will be taken, for which the noise needs a score.
  /// - Returns: The perturbed function.
  /// - Throws: ``CommandError`` or `PerturbationError`.
  func perturbed(
    _ solver: some Solver, samples: Int? = nil, hasGradient: Bool
  ) throws -> Perturbed<Tensor<Float>, Tensor<Float>> {
    let reduction = try VarianceReduction(baseline: baseline, sampling: sampling)
    return try Perturbed(
      solver, samples: samples ?? self.samples, sigma: sigma,
      noise: Noise.forCommand(noise, hasGradient: hasGradient),
      baseline: reduction.baseline, sampling: reduction.sampling, threads: threads
    ).reportingProgress(to: progress)
  }

  /// The cotangent for a value of this shape, checked; nil where none was given.
  func cotangent(_ shape: [Int]) throws(CommandError) -> Tensor<Float>? {
    guard let cotangent else { return nil }
    let count = shape.reduce(1, *)
    try NumberArray(cotangent).check("the cotangent")
    guard cotangent.count == count else {
      throw CommandError(
        "the cotangent has \(cotangent.count) entries, expected \(count), one for each entry of "
          + "the value")
    }
    return Tensor(shape: Shape(shape), scalars: cotangent)
  }
}

/// How the variance is brought down, from the names on the command line.
struct VarianceReduction {
  static let baselines: [(name: String, baseline: Baseline)] = [
    ("none", .none), ("point", .point), ("leave-one-out", .leaveOneOut),
  ]

  let baseline: Baseline
  let sampling: Sampling

  /// - Parameters:
  ///   - name: A baseline, or a sampling, which then goes without a baseline; nil for none.
  ///   - sampling: A sampling, which goes with a baseline; nil for independent samples.
  /// - Throws: ``CommandError`` for unknown names, and where each of the two names a sampling.
  init(baseline name: String?, sampling: String?) throws(CommandError) {
    let found = sampling.flatMap { Sampling.named($0) }
    if let sampling, found == nil {
      throw .unknown("sampling", sampling, expected: Sampling.all.map(\.name))
    }
    guard let name, let other = Sampling.named(name), other != .independent else {
      let name = name ?? "none"
      guard let baseline = Self.baselines.first(where: { $0.name == name }) else {
        throw .unknown(
          "baseline", name,
          expected: Self.baselines.map(\.name)
            + Sampling.all.filter { $0 != .independent }.map(\.name))
      }
      self.baseline = baseline.baseline
      self.sampling = found ?? .independent
      return
    }
    if let found, found != other {
      throw CommandError(
        "--baseline \(name) and --sampling \(found.name) are two samplings, expected one of them")
    }
    baseline = .none
    self.sampling = other
  }
}
