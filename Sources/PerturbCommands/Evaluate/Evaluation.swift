internal import Perturbations

/// One perturbed function at one θ: what `perturb evaluate` computes, without its arguments' syntax.
package struct Evaluation {
  /// Which standard errors to find.
  package enum StandardErrors: Sendable {
    case none
    /// From the first 200,000 samples, after the time is taken.
    case rough
    /// From all samples.
    case exact
  }

  /// The most samples to take where a standard error says when to stop.
  package static let defaultMaximum = 100_000_000

  package var problem: PerturbedProblem
  package var standardErrors = StandardErrors.none
  package var findsHessian = false
  /// Where given, samples are taken until no entry of the value has a larger standard error.
  package var untilStandardError: Double?

  package init(_ problem: PerturbedProblem) { self.problem = problem }

  /// What came out.
  package struct Outcome {
    package let theta: NumberArray
    package let unperturbed: NumberArray
    /// How many samples were taken.
    package var samples: Int
    package var value: NumberArray
    package var valueError: NumberArray?
    package var gradient: NumberArray?
    package var gradientError: NumberArray?
    /// [d, d], or one for each row of a batch.
    package var hessian: NumberArray?
    package var hessianError: NumberArray?
    /// Whether every standard error is as small as was asked for.
    package var isPreciseEnough = true
    /// How many times smaller a leave-one-out baseline makes the gradient's variance, where none was
    /// asked for and rough errors were found.
    package var baselineGain: Double?
    /// The time that all but rough standard errors took.
    package var seconds = 0.0
  }

  private typealias Function = Perturbed<Tensor<Float>, Tensor<Float>>

  /// What is evaluated where.
  private struct Point {
    let theta: Tensor<Float>
    let cotangent: Tensor<Float>?
    let key: RandomKey
    let isBatch: Bool
  }

  /// Evaluates the function.
  ///
  /// - Throws: ``CommandError``, `PerturbationError` or `SolverError`, each of one line.
  package func run() throws -> Outcome {
    let solver = try problem.solver()
    let theta = try problem.input()
    let isBatch = theta.shape.count == 2
    let rows = isBatch ? theta.shape[0] : 1
    let width = theta.values.count / rows
    let outputShape = try solver.outputShape(forInput: [width])
    let valueShape = isBatch ? [rows] + outputShape : outputShape
    let point = Point(
      theta: theta.tensor, cotangent: try problem.cotangent(valueShape), key: problem.key,
      isBatch: isBatch)
    let second = try findsHessian ? hessianCotangent(point, rows, valueShape) : nil
    let hasGradient = point.cotangent != nil || second != nil
    var perturbed = try problem.perturbed(solver, hasGradient: hasGradient)
    var outcome = Outcome(
      theta: theta,
      unperturbed: NumberArray(
        shape: valueShape,
        values: try (0..<rows).flatMap { row in
          try solver(Array(theta.values[row * width..<(row + 1) * width]))
        }),
      samples: problem.samples, value: theta)

    let clock = ContinuousClock()
    let start = clock.now
    if let untilStandardError {
      let estimate = try perturbed.estimate(
        at: point.theta, untilStandardError: untilStandardError, key: point.key, batched: isBatch)
      outcome.samples = estimate.samples
      outcome.isPreciseEnough = estimate.reachedStandardError
      outcome.value = NumberArray(estimate.value)
      outcome.valueError = NumberArray(estimate.standardError)
      perturbed = try problem.perturbed(
        solver, samples: estimate.samples, hasGradient: hasGradient)
    }
    if untilStandardError == nil || point.cotangent != nil {
      try evaluate(perturbed, point, into: &outcome)
    }
    if let second {
      let estimate = try perturbed.hessianEstimate(
        at: point.theta, cotangent: second, key: point.key, batched: isBatch)
      outcome.hessian = NumberArray(estimate.value.cast(to: Float.self))
      if standardErrors == .exact {
        outcome.hessianError = NumberArray(estimate.standardError.cast(to: Float.self))
      }
    }
    outcome.seconds = (clock.now - start) / .seconds(1)
    if standardErrors == .rough { try addRoughErrors(solver, point, to: &outcome) }
    return outcome
  }

  /// Value and gradient, with their standard errors where all samples are to tell them.
  private func evaluate(
    _ perturbed: Function, _ point: Point, into outcome: inout Outcome
  ) throws {
    let (theta, key, isBatch) = (point.theta, point.key, point.isBatch)
    switch (point.cotangent, standardErrors) {
    case (let cotangent?, .exact):
      let estimate = try perturbed.gradientEstimate(
        at: theta, cotangent: cotangent, key: key, batched: isBatch)
      outcome.value = NumberArray(estimate.value)
      outcome.valueError = NumberArray(estimate.valueStandardError)
      outcome.gradient = NumberArray(estimate.gradient)
      outcome.gradientError = NumberArray(estimate.standardError)
    case (let cotangent?, _):
      let (value, pullback) = try vjp(at: theta) {
        try perturbed($0, key: key, batched: isBatch)
      }
      outcome.value = NumberArray(value)
      outcome.gradient = NumberArray(try pullback(cotangent))
    case (nil, .exact):
      let estimate = try perturbed.estimate(at: theta, key: key, batched: isBatch)
      outcome.value = NumberArray(estimate.value)
      outcome.valueError = NumberArray(estimate.standardError)
    default: outcome.value = NumberArray(try perturbed(theta, key: key, batched: isBatch))
    }
  }

  /// The cotangent of the Hessian: the one given, or 1 where the value is a single number.
  private func hessianCotangent(
    _ point: Point, _ rows: Int, _ valueShape: [Int]
  ) throws(CommandError) -> Tensor<Float> {
    if let cotangent = point.cotangent { return cotangent }
    let count = valueShape.reduce(1, *)
    guard count == rows else {
      throw CommandError(
        "--hessian needs --cotangent, \(count) numbers, one for each entry of the value: it is the "
          + "Hessian of their dot product")
    }
    return .ones(Shape(valueShape))
  }

  /// The standard errors of value and gradient; one sample has none. They are known well enough from
  /// the first 200,000 samples, and fall with the root of the number, but for quasi-Monte Carlo.
  private func addRoughErrors(
    _ solver: some Solver, _ point: Point, to outcome: inout Outcome
  ) throws {
    let hasGradient = point.cotangent != nil
    var perturbed = try problem.perturbed(
      solver, samples: outcome.samples, hasGradient: hasGradient)
    guard perturbed.hasStandardError(width: outcome.theta.shape.last ?? 1) else { return }
    var factor: Float = 1
    if outcome.samples > 200_000, perturbed.sampling.errorFallsWithTheRoot {
      perturbed = try problem.perturbed(solver, samples: 200_000, hasGradient: hasGradient)
      factor = Float((200_000 / Double(outcome.samples)).squareRoot())
    }
    let (theta, key, isBatch) = (point.theta, point.key, point.isBatch)
    if let cotangent = point.cotangent {
      let estimate = try perturbed.gradientEstimate(
        at: theta, cotangent: cotangent, key: key, batched: isBatch)
      outcome.valueError = outcome.valueError ?? NumberArray(estimate.valueStandardError * factor)
      outcome.gradientError = NumberArray(estimate.standardError * factor)
      if perturbed.baseline == .none, perturbed.sampling == .independent {
        var other = problem
        other.baseline = "leave-one-out"
        let better = try other.perturbed(
          solver, samples: min(perturbed.samples, 20_000), hasGradient: true
        ).gradientEstimate(at: theta, cotangent: cotangent, key: key, batched: isBatch)
        let few = Float(min(perturbed.samples, 20_000)) / Float(perturbed.samples)
        let variances = [estimate.standardError, better.standardError].map {
          Double(square($0).sum().scalar)
        }
        if variances[1] > 0 { outcome.baselineGain = variances[0] / (variances[1] * Double(few)) }
      }
    } else if outcome.valueError == nil {
      outcome.valueError = NumberArray(
        try perturbed.estimate(at: theta, key: key, batched: isBatch).standardError * factor)
    }
  }
}

extension Perturbed {
  /// Whether the samples are enough for a standard error, for so many numbers in an example.
  fileprivate func hasStandardError(width: Int) -> Bool {
    switch sampling {
    case .independent: samples > 1
    case .antithetic: samples > 2
    case .orthogonal: samples > width
    case .quasiMonteCarlo(let scramblings): scramblings > 1
    }
  }
}

extension Sampling {
  fileprivate var errorFallsWithTheRoot: Bool {
    if case .quasiMonteCarlo = self { false } else { true }
  }
}
