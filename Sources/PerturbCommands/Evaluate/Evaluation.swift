internal import Perturbations
internal import Programs

/// A function of the library or a program, perturbed at one θ: what `perturb evaluate` computes,
/// without its arguments' syntax.
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
  /// Where given, samples are taken until the standard errors are small enough.
  package var stop: Stop?

  /// What it is where it is cut into parts; nil where it is not.
  package var part: PartRole?

  package init(_ problem: PerturbedProblem) { self.problem = problem }

  /// Which standard errors are to be at most how large, entry by entry.
  package enum Stop: Sendable {
    case value(Double)
    case gradient(Double)

    var target: Double {
      switch self {
      case .value(let error), .gradient(let error): error
      }
    }

    var isOfGradient: Bool { if case .gradient = self { true } else { false } }

    var option: String {
      switch self {
      case .value: "--until-standard-error"
      case .gradient: "--until-gradient-standard-error"
      }
    }
  }

  /// What came out.
  package struct Outcome {
    package let theta: NumberArray
    package let unperturbed: NumberArray
    /// How many samples were taken.
    package var samples: Int
    /// How many of them a program gave no answer for, of whose values the mean does without.
    package var skipped = 0
    package var value: NumberArray
    package var valueError: NumberArray?
    package var gradient: NumberArray?
    package var gradientError: NumberArray?
    /// [d, d], or one for each row of a batch.
    package var hessian: NumberArray?
    package var hessianError: NumberArray?
    /// What the standard errors are worth.
    package var spread: Spread?
    /// Whether every standard error is as small as was asked for.
    package var isPreciseEnough = true
    /// How samples were taken, where that was left open.
    var choice: SamplingChoice?
    /// How many times smaller a leave-one-out baseline makes the gradient's variance, where none was
    /// asked for and rough errors were found.
    package var baselineGain: Double?
    /// The time that all but rough standard errors took.
    package var seconds = 0.0
    /// What to say beside the result: that σ is close to the resolution of θ.
    package var warning: String?
  }

  /// What standard errors are worth.
  package struct Spread {
    /// How many samples they come from.
    package let samples: Int
    package let degreesOfFreedom: Int
    /// The half width of an interval that holds the expectation in 95 of 100 cases, in standard
    /// errors.
    package let margin: Double
    /// What is known of the error of an output that was the same in all samples.
    package let noSpreadError: Double

    init<Output>(_ estimate: Estimate<Output>) {
      samples = estimate.samples
      degreesOfFreedom = estimate.degreesOfFreedom
      margin = estimate.halfWidth(level: 0.95)
      noSpreadError = estimate.noSpreadError
    }

    init<Input, Output>(_ estimate: GradientEstimate<Input, Output>) {
      samples = estimate.samples
      degreesOfFreedom = estimate.degreesOfFreedom
      margin = estimate.halfWidth(level: 0.95)
      noSpreadError = estimate.noSpreadError
    }
  }

  /// What is evaluated where.
  private struct Point<Scalar: CommandScalar> {
    let theta: Tensor<Scalar>
    let cotangent: Tensor<Scalar>?
    let key: RandomKey
    let isBatch: Bool
  }

  private typealias Function<Scalar: CommandScalar> = Perturbed<Tensor<Scalar>, Tensor<Scalar>>

  /// Evaluates the function.
  ///
  /// - Throws: ``CommandError``, `PerturbationError` or `SolverError`, each of one line.
  package func run() throws -> Outcome {
    switch problem.precision {
    case .single: try run(Float.self)
    case .double: try run(Double.self)
    }
  }

  private func run<Scalar: CommandScalar>(_ type: Scalar.Type) throws -> Outcome {
    var function = try problem.commandFunction()
    let theta = try problem.input()
    let isBatch = theta.shape.count == 2
    let unperturbed = try (0..<theta.rows).map {
      try problem.output(function, at: theta.row($0), type)
    }
    if let part = part ?? (SharedWork.sharing == nil ? nil : .computed),
      let program = problem.program
    {
      function = .batches(
        PartProgram(program: program, outputWidth: unperturbed[0].shape.last, role: part))
    }
    let valueShape = (isBatch ? [theta.rows] : []) + unperturbed[0].shape
    let point = Point<Scalar>(
      theta: theta.tensor(of: type), cotangent: try problem.cotangent(valueShape),
      key: problem.key, isBatch: isBatch)
    if findsHessian { try theta.checkSquare("--hessian") }
    let second = try findsHessian ? hessianCotangent(point, theta.rows, valueShape) : nil
    let hasGradient = point.cotangent != nil || second != nil
    var perturbed: Function<Scalar> = try problem.perturbed(function, hasGradient: hasGradient)
    var outcome = Outcome(
      theta: theta,
      unperturbed: NumberArray(
        shape: valueShape, values: unperturbed.flatMap(\.values), precision: problem.precision),
      samples: problem.samples, value: theta)
    outcome.warning = perturbed.resolutionWarning(at: point.theta)

    let clock = ContinuousClock()
    let start = clock.now
    switch stop {
    case nil: try evaluate(perturbed, point, into: &outcome)
    case .value(let error):
      let estimate = try perturbed.estimate(
        at: point.theta, untilStandardError: error, key: point.key, batched: isBatch)
      outcome.samples = estimate.samples
      outcome.isPreciseEnough = estimate.reachedStandardError
      outcome.value = NumberArray(estimate.value)
      outcome.valueError = NumberArray(estimate.standardError)
      outcome.spread = Spread(estimate)
      perturbed = try problem.perturbed(
        function, samples: estimate.samples, hasGradient: hasGradient)
      if point.cotangent != nil { try evaluate(perturbed, point, into: &outcome) }
    case .gradient(let error):
      let estimate = try gradient(perturbed, point, until: error)
      outcome.samples = estimate.samples
      outcome.isPreciseEnough = estimate.reachedStandardError
      outcome.set(estimate)
      perturbed = try problem.perturbed(
        function, samples: estimate.samples, hasGradient: hasGradient)
    }
    if let second {
      let estimate = try perturbed.hessianEstimate(
        at: point.theta, cotangent: second, key: point.key, batched: isBatch)
      outcome.hessian = NumberArray(estimate.value.cast(to: type))
      if standardErrors == .exact {
        outcome.hessianError = NumberArray(estimate.standardError.cast(to: type))
      }
    }
    if perturbed.sampling == .automatic {
      outcome.choice = try perturbed.choice(at: point.theta, key: point.key, batched: isBatch)
    }
    try checkFinite(outcome)
    outcome.skipped = try SharedWork.total(problem.program?.statistics.skipped ?? 0)
    outcome.seconds = (clock.now - start) / .seconds(1)
    if standardErrors == .rough { try addRoughErrors(function, point, to: &outcome) }
    return outcome
  }

  /// Value and gradient, with their standard errors where all samples are to tell them. A program
  /// tells them where it can: one of which samples may be skipped, or that has too few, cannot.
  private func evaluate<Scalar: CommandScalar>(
    _ perturbed: Function<Scalar>, _ point: Point<Scalar>, into outcome: inout Outcome
  ) throws {
    let (theta, key, isBatch) = (point.theta, point.key, point.isBatch)
    let program = problem.program
    let isExact =
      standardErrors == .exact
      && (program == nil
        || program?.onFailure == .stop
          && perturbed.hasStandardError(width: outcome.theta.shape.last ?? 1))
    switch (point.cotangent, isExact) {
    case (let cotangent?, true):
      let estimate = try perturbed.gradientEstimate(
        at: theta, cotangent: cotangent, key: key, batched: isBatch)
      outcome.set(estimate)
    case (let cotangent?, false):
      let (value, pullback) = try vjp(at: theta) {
        try perturbed($0, key: key, batched: isBatch)
      }
      outcome.value = NumberArray(value)
      outcome.gradient = NumberArray(try pullback(cotangent))
    case (nil, true):
      let estimate = try perturbed.estimate(at: theta, key: key, batched: isBatch)
      outcome.value = NumberArray(estimate.value)
      outcome.valueError = NumberArray(estimate.standardError)
      outcome.spread = Spread(estimate)
    case (nil, false):
      outcome.value = NumberArray(try perturbed(theta, key: key, batched: isBatch))
    }
  }

  private func gradient<Scalar: CommandScalar>(
    _ perturbed: Function<Scalar>, _ point: Point<Scalar>, until error: Double
  ) throws -> GradientEstimate<Tensor<Scalar>, Tensor<Scalar>> {
    guard let cotangent = point.cotangent else {
      throw CommandError(
        "--until-gradient-standard-error needs --cotangent, what the gradient is the pullback of")
    }
    return try perturbed.gradientEstimate(
      at: point.theta, cotangent: cotangent, untilStandardError: error, key: point.key,
      batched: point.isBatch)
  }

  /// A derivative that is no number, where the noise's score overflows, is no result.
  private func checkFinite(_ outcome: Outcome) throws(CommandError) {
    for (name, numbers) in [
      ("value", outcome.value), ("gradient", outcome.gradient), ("Hessian", outcome.hessian),
    ] {
      guard let numbers, let index = numbers.values.firstIndex(where: { !$0.isFinite }) else {
        continue
      }
      throw CommandError(
        "the \(name) has \(numbers.values[index]) at index \(index) in \(problem.precision.rawValue) "
          + "precision, expected finite numbers: another sigma, noise or --precision may have them")
    }
  }

  /// The cotangent of the Hessian: the one given, or 1 where the value is a single number.
  private func hessianCotangent<Scalar: CommandScalar>(
    _ point: Point<Scalar>, _ rows: Int, _ valueShape: [Int]
  ) throws(CommandError) -> Tensor<Scalar> {
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
  private func addRoughErrors<Scalar: CommandScalar>(
    _ function: CommandFunction, _ point: Point<Scalar>, to outcome: inout Outcome
  ) throws {
    let hasGradient = point.cotangent != nil
    var perturbed: Function<Scalar> = try problem.perturbed(
      function, samples: outcome.samples, hasGradient: hasGradient)
    guard perturbed.hasStandardError(width: outcome.theta.shape.last ?? 1) else { return }
    var factor: Scalar = 1
    let sampling = outcome.choice?.best.sampling ?? perturbed.sampling
    if outcome.samples > 200_000, sampling.errorFallsWithTheRoot {
      perturbed = try problem.perturbed(function, samples: 200_000, hasGradient: hasGradient)
      factor = Scalar(nearest: (200_000 / Double(outcome.samples)).squareRoot())
    }
    let (theta, key, isBatch) = (point.theta, point.key, point.isBatch)
    if case .gradient = stop { return }
    guard let cotangent = point.cotangent else {
      if outcome.valueError == nil {
        let estimate = try perturbed.estimate(at: theta, key: key, batched: isBatch)
        outcome.valueError = NumberArray(estimate.standardError * factor)
        outcome.spread = Spread(estimate)
      }
      return
    }
    let estimate = try perturbed.gradientEstimate(
      at: theta, cotangent: cotangent, key: key, batched: isBatch)
    outcome.valueError = outcome.valueError ?? NumberArray(estimate.valueStandardError * factor)
    outcome.gradientError = NumberArray(estimate.standardError * factor)
    outcome.spread = outcome.spread ?? Spread(estimate)
    guard part == nil, perturbed.baseline == .none, perturbed.sampling == .independent else {
      return
    }
    var other = problem
    other.baseline = "leave-one-out"
    let few = min(perturbed.samples, 20_000)
    let better: Function<Scalar> = try other.perturbed(function, samples: few, hasGradient: true)
    let variances = try [
      estimate.standardError,
      better.gradientEstimate(at: theta, cotangent: cotangent, key: key, batched: isBatch)
        .standardError,
    ].map { square($0).sum().scalar.asDouble }
    if variances[1] > 0 {
      let share = Float(few) / Float(perturbed.samples)
      outcome.baselineGain = variances[0] / (variances[1] * Double(share))
    }
  }
}

extension Evaluation.Outcome {
  /// Value, gradient and their standard errors.
  fileprivate mutating func set<Scalar: CommandScalar>(
    _ estimate: GradientEstimate<Tensor<Scalar>, Tensor<Scalar>>
  ) {
    value = NumberArray(estimate.value)
    valueError = NumberArray(estimate.valueStandardError)
    gradient = NumberArray(estimate.gradient)
    gradientError = NumberArray(estimate.standardError)
    spread = Evaluation.Spread(estimate)
  }
}

extension Perturbed {
  /// Whether the samples are enough for a standard error, for so many numbers in an example.
  fileprivate func hasStandardError(width: Int) -> Bool {
    (try? smoothing.checkStandardError(width: width)) != nil
  }
}

extension Sampling {
  fileprivate var errorFallsWithTheRoot: Bool {
    if case .quasiMonteCarlo = self { false } else { true }
  }
}
