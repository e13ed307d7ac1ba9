internal import Perturbations
package import Platform

/// The expectation of a function of the library at one θ by formula, without a sample: what
/// `perturb evaluate --exact` computes.
package struct ExactEvaluation {
  package var problem: PerturbedProblem
  package var findsHessian = false
  /// Told, before the work begins, about how many seconds it takes, where it may be many.
  package var expecting: ((Double) -> Void)?

  package init(_ problem: PerturbedProblem) { self.problem = problem }

  /// What came out.
  package struct Outcome {
    package let theta: NumberArray
    package let unperturbed: NumberArray
    package let value: NumberArray
    package var gradient: NumberArray?
    /// [d, d] of one point.
    package var hessian: NumberArray?
    /// The largest estimated error of an entry of the value.
    package let errorBound: Double
    package let seconds: Double
  }

  /// Evaluates the formula and its derivatives.
  ///
  /// - Throws: ``CommandError``, `PerturbationError` or `SolverError`, each of one line; also for a
  ///   function or a noise without a formula.
  package func run() throws -> Outcome {
    switch problem.precision {
    case .single: try run(Float.self)
    case .double: try run(Double.self)
    }
  }

  private func run<Scalar: CommandScalar>(_ type: Scalar.Type) throws -> Outcome {
    let function = try problem.commandFunction()
    guard case .solver(let solver) = function else {
      throw CommandError("--exact is given with a program, which has no formula")
    }
    let theta = try problem.input()
    let isBatch = theta.shape.count == 2
    if findsHessian { try theta.checkSquare("--hessian") }
    if case .function(.sort) = problem.source { try theta.checkSquare("sort by its formula") }
    let unperturbed = try (0..<theta.rows).map {
      try problem.output(function, at: theta.row($0), type)
    }
    let shape = (isBatch ? [theta.rows] : []) + unperturbed[0].shape
    let cotangent: Tensor<Scalar>? = try problem.cotangent(shape)
    let input: Tensor<Scalar> = theta.tensor(of: type)
    let noise = try Noise.forCommand(problem.noise, hasGradient: false)
    if findsHessian {
      if isBatch { throw CommandError("--exact --hessian takes one point, not a batch") }
      if cotangent == nil, unperturbed[0].values.count > 1 {
        throw CommandError(
          "--hessian needs --cotangent, \(unperturbed[0].values.count) numbers, one for each entry of "
            + "the value")
      }
    }
    if let expecting, let seconds = expectedSeconds() { expecting(seconds) }

    let clock = ContinuousClock()
    let start = clock.now
    let exact = try Exact(solver, sigma: problem.sigma, noise: noise)
    let value = try exact(input, batched: isBatch)
    let weights = cotangent ?? .ones(Shape(shape))
    func loss(_ x: Tensor<Scalar>) throws -> Tensor<Scalar> {
      (try exact(x, batched: isBatch) * weights).sum()
    }
    var gradient: NumberArray?
    var hessian: NumberArray?
    if cotangent != nil { gradient = NumberArray(try Perturbations.gradient(at: input, of: loss)) }
    if findsHessian { hessian = NumberArray(try Perturbations.hessian(at: input, of: loss)) }
    let seconds = (clock.now - start) / .seconds(1)
    return Outcome(
      theta: theta,
      unperturbed: NumberArray(
        shape: shape, values: unperturbed.flatMap(\.values), precision: problem.precision),
      value: NumberArray(value), gradient: gradient, hessian: hessian,
      errorBound: try exact.errorBound(at: input, batched: isBatch), seconds: seconds)
  }

  /// The outcome as one JSON object on one line.
  package func json(_ outcome: Outcome) -> JSON {
    var members = [JSON.Member(name: "value", value: outcome.value.json)]
    for (name, numbers) in [("gradient", outcome.gradient), ("hessian", outcome.hessian)] {
      if let numbers { members.append(JSON.Member(name: name, value: numbers.json)) }
    }
    members.append(JSON.Member(name: "error_bound", value: JSON(outcome.errorBound)))
    return .object(members)
  }

  /// The outcome for people: what a sampled evaluation prints, without standard errors.
  package func text(_ outcome: Outcome) -> String {
    var sampled = Evaluation(problem)
    sampled.standardErrors = .none
    var printed = Evaluation.Outcome(
      theta: outcome.theta, unperturbed: outcome.unperturbed, samples: 0, value: outcome.value)
    printed.gradient = outcome.gradient
    printed.hessian = outcome.hessian
    return "\(sampled.title(printed)), expectation by formula\n"
      + "no samples, sigma \(problem.sigma), \(problem.noise) noise, "
      + (problem.precision == .double ? "double precision, " : "")
      + "\(Digits.seconds(outcome.seconds))\n\n"
      + sampled.tables(printed) + sampled.hessianTables(printed)
      + "\nEntries of the expectation are right to \(Digits.significant(outcome.errorBound, 1)).\n"
  }

  /// Whether there is a formula for the expectation of a function under its noise.
  static func hasFormula(_ problem: PerturbedProblem) -> Bool {
    guard case .solver(let solver)? = try? problem.commandFunction(),
      let noise = Noise.named(problem.noise)
    else { return false }
    return (try? Exact(solver, sigma: problem.sigma, noise: noise)) != nil
  }
}
