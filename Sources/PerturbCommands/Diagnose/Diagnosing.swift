internal import Perturbations
internal import Platform

/// A perturbed function measured over a range of σ: what `perturb diagnose` computes, without its
/// arguments' syntax.
package struct Diagnosing {
  package var problem: PerturbedProblem
  /// The values of σ; nil for the problem's own times 1/16 … 16.
  package var sigmas: [Double]?

  package init(_ problem: PerturbedProblem) { self.problem = problem }

  /// What came out.
  package struct Outcome {
    let theta: NumberArray
    let diagnosis: Diagnosis
    /// What to sample with at the σ of the clearest gradient.
    let choice: SamplingChoice
    let choiceSigma: Double
    let seconds: Double
    /// What to say beside the result: that the least σ is close to the resolution of θ.
    let warning: String?
  }

  /// Measures the function.
  ///
  /// - Parameter observer: Gives who is told about the passes of one σ, which it is named.
  /// - Returns: A row for each σ.
  /// - Throws: ``CommandError``, `PerturbationError` or `SolverError`, each of one line.
  package func run(
    observer: (_ stage: String) -> PassObserver? = { _ in nil }
  ) throws -> Outcome {
    switch problem.precision {
    case .single: try run(Float.self, observer)
    case .double: try run(Double.self, observer)
    }
  }

  private func run<Scalar: CommandScalar>(
    _ type: Scalar.Type, _ observer: (_ stage: String) -> PassObserver?
  ) throws -> Outcome {
    let function = try problem.commandFunction()
    let theta = try problem.input()
    guard theta.shape.count == 1 else {
      throw CommandError(
        "theta is a batch of \(theta.shape[0]) rows, expected one point to diagnose")
    }
    if sigmas?.isEmpty == true {
      throw CommandError("sigmas is empty, expected at least one number")
    }
    func perturbed(_ sigma: Double) throws -> Perturbed<Tensor<Scalar>, Tensor<Scalar>> {
      try problem.perturbed(function, sigma: sigma, hasGradient: true)
    }
    let shape = try problem.output(function, at: theta.values, type).shape
    let cotangent: Tensor<Scalar>? = try problem.cotangent(shape)
    let sigmas = sigmas ?? (-4...4).map { problem.sigma * Elementary.pow(2, Double($0)) }
    let clock = ContinuousClock()
    let start = clock.now
    var rows: [Diagnosis.Row] = []
    for (index, sigma) in sigmas.enumerated() {
      let told = observer("sigma \(index + 1) of \(sigmas.count)")
      var report: ProgressObserver?
      if let told { report = { told($0.completed, $0.total) } }
      rows += try perturbed(sigma).reportingProgress(to: report).diagnose(
        at: theta.tensor(of: type), sigmas: [sigma], cotangent: cotangent, key: problem.key
      ).rows
    }
    let warning = try sigmas.min().flatMap {
      try perturbed($0).resolutionWarning(at: theta.tensor(of: type))
    }
    let diagnosis = Diagnosis(rows: rows, samples: problem.samples)
    let choiceSigma = Self.clearestGradient(diagnosis)?.sigma ?? problem.sigma
    return Outcome(
      theta: theta, diagnosis: diagnosis,
      choice: try perturbed(choiceSigma).choice(
        at: theta.tensor(of: type), key: problem.key),
      choiceSigma: choiceSigma,
      seconds: (clock.now - start) / .seconds(1), warning: warning)
  }
}
