internal import Perturbations
internal import Platform
internal import Programs

/// A function, a point and how to perturb it: what `evaluate` and `diagnose` start from, without the
/// syntax of their arguments.
package struct PerturbedProblem {
  /// What is perturbed.
  enum Source {
    case function(EvaluatedFunction)
    case program(ExternalProgram)
  }

  var source: Source
  /// θ, or a batch of them; nil for the costs in the graph or model file.
  package var theta: NumberArray?
  package var samples: Int
  package var sigma: Double
  package var noise: String
  package var seed: UInt64
  package var precision = Precision.single
  /// A baseline, or the name of a sampling.
  package var baseline: String?
  package var sampling: String?
  /// Row-major; the gradient is of ⟨cotangent, value⟩.
  package var cotangent: [Double]?
  package var k: Int?
  package var graph: GraphFile?
  var model: ModelFile?
  package var negativeCosts: String?
  package var threads: Int?
  package var progress: PassObserver?

  init(
    _ source: Source, theta: NumberArray?, samples: Int, sigma: Double, noise: String, seed: UInt64
  ) {
    self.source = source
    self.theta = theta
    self.samples = samples
    self.sigma = sigma
    self.noise = noise
    self.seed = seed
  }

  package init(
    _ function: EvaluatedFunction, theta: NumberArray?, samples: Int, sigma: Double,
    noise: String = "normal", seed: UInt64 = 0
  ) {
    self.init(
      .function(function), theta: theta, samples: samples, sigma: sigma, noise: noise, seed: seed)
  }

  /// The function as one types it.
  var name: String {
    switch source {
    case .function(let function): function.rawValue
    case .program(let program): "\(program)"
    }
  }

  var program: ExternalProgram? {
    if case .program(let program) = source { program } else { nil }
  }

  /// What to call the entries of θ, if not by their index.
  var inputNames: [String]? { graph?.edgeNames ?? model?.variableNames }

  /// What an entry of θ is.
  var inputTitle: String { graph != nil ? "edge" : model != nil ? "variable" : "entry" }

  var key: RandomKey { RandomKey(seed) }

  /// θ, checked.
  func input() throws(CommandError) -> NumberArray {
    let costs = (graph?.costs(in: precision) ?? model?.costs(in: precision))
      .map { NumberArray($0, precision: precision) }
    guard let input = theta ?? costs else {
      var expected = "numbers after --theta or in a --theta-file"
      if case .function(.shortestPath) = source {
        expected += ", or a cost on each edge of the graph file"
      }
      throw CommandError("theta is missing, expected \(expected)")
    }
    try input.check("theta")
    return input
  }

  /// What is perturbed, ready to be called.
  ///
  /// - Throws: ``CommandError`` for options that are missing, and for those that the function would
  ///   not heed, which are a mistake and not a wish.
  func commandFunction() throws -> CommandFunction {
    switch source {
    case .program(let program): .batches(program)
    case .function(let function): .solver(try solver(function))
    }
  }

  private func solver(_ function: EvaluatedFunction) throws -> any Solver {
    let unheeded: [(name: String, isGiven: Bool, owner: EvaluatedFunction)] = [
      ("--k", k != nil, .topK), ("--graph", graph != nil, .shortestPath),
      ("--model", model != nil, .lp),
      ("--negative-costs", negativeCosts != nil, .shortestPath),
    ]
    if let other = unheeded.first(where: { $0.isGiven && $0.owner != function }) {
      throw CommandError(
        "\(other.name) is for \(other.owner.rawValue), not \(function.rawValue)")
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
    case .lp:
      guard let model else {
        throw CommandError("lp needs --model, an MPS or LP file")
      }
      return model.solver
    }
  }

  /// The output for one input, and its shape, without noise.
  func output<Scalar: CommandScalar>(
    _ function: CommandFunction, at input: [Double], _ type: Scalar.Type
  ) throws -> (shape: [Int], values: [Double]) {
    if case .solver(let solver) = function {
      return (try solver.outputShape(forInput: [input.count]), try Scalar.solve(solver, input))
    }
    let output = try SharedWork.single { try program?(input) ?? [] }
    return ([output.count], output.map { Scalar(nearest: $0).asDouble })
  }

  /// The function, perturbed.
  ///
  /// - Parameters:
  ///   - function: What ``commandFunction()`` gave.
  ///   - samples: How many; nil for as many as were asked for.
  ///   - sigma: The scale of the noise; nil for the one that was asked for.
  ///   - hasGradient: Whether a derivative will be taken, for which the noise needs a score.
  /// - Returns: The perturbed function.
  /// - Throws: ``CommandError`` or `PerturbationError`.
  func perturbed<Scalar: CommandScalar>(
    _ function: CommandFunction, samples: Int? = nil, sigma: Double? = nil, hasGradient: Bool
  ) throws -> Perturbed<Tensor<Scalar>, Tensor<Scalar>> {
    let reduction = try VarianceReduction(baseline: baseline, sampling: sampling)
    var smoothing = Smoothing(
      samples: samples ?? self.samples, sigma: sigma ?? self.sigma,
      noise: try Noise.forCommand(noise, hasGradient: hasGradient), baseline: reduction.baseline,
      sampling: reduction.sampling, threads: program?.feedingThreads ?? threads)
    if let progress { smoothing.progress = { progress($0.completed, $0.total) } }
    return try Scalar.perturbed(function, smoothing)
  }

  /// The cotangent for a value of this shape, checked: the one given, and ones where each value of a
  /// program is a single number; otherwise nil.
  func cotangent<Scalar: CommandScalar>(
    _ shape: [Int]
  ) throws(CommandError) -> Tensor<Scalar>? {
    guard let cotangent else {
      return program != nil && shape.last == 1 ? .ones(Shape(shape)) : nil
    }
    let count = shape.reduce(1, *)
    let numbers = NumberArray(shape: shape, values: cotangent, precision: precision)
    try numbers.check("the cotangent")
    guard cotangent.count == count else {
      throw CommandError(
        "the cotangent has \(cotangent.count) entries, expected \(count), one for each entry of "
          + "the value")
    }
    return numbers.tensor(of: Scalar.self)
  }
}
