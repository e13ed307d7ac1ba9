public import Tensors

/// How a perturbed function does at one input over a range of σ: what to look at to choose σ and the
/// number of samples.
public struct Diagnosis: Sendable {
  /// One σ.
  public struct Row: Sendable {
    /// σ.
    public let sigma: Double
    /// The fraction of samples whose output differs from f(θ). Close to 0, the gradient has nothing
    /// to go by; close to 1, little is left of the function.
    public let changed: Double
    /// ‖f_σ(θ) − f(θ)‖² over the outputs, less what the variance adds to it on average; not below 0.
    public let squaredBias: Double
    /// The sum of the squared standard errors of the value.
    public let variance: Double
    /// The norm of the gradient of ⟨cotangent, value⟩.
    public let gradientNorm: Double
    /// The root of the sum of the gradient's squared standard errors.
    public let gradientError: Double

    /// The signal-to-noise ratio of the gradient: its norm over its error. About 1 where there is
    /// nothing but noise; four times the samples double it.
    public var signalToNoise: Double { gradientNorm / gradientError }
  }

  /// By σ, in the order asked for.
  public let rows: [Row]
  /// The number of samples of each row.
  public let samples: Int

  package init(rows: [Row], samples: Int) {
    self.rows = rows
    self.samples = samples
  }

  /// The row with the smallest squared bias plus variance.
  public var smallestError: Row? {
    rows.min { $0.squaredBias + $0.variance < $1.squaredBias + $1.variance }
  }

  /// The columns' titles.
  public static let columns = [
    "sigma", "changed", "bias²", "variance", "gradient", "gradient error", "signal/noise",
  ]

  /// The numbers of each row, in the order of the columns.
  public var table: [[Double]] {
    rows.map {
      [
        $0.sigma, $0.changed, $0.squaredBias, $0.variance, $0.gradientNorm, $0.gradientError,
        $0.signalToNoise,
      ]
    }
  }
}

extension Perturbed {
  /// Measures the function at one input over a range of σ, each with the same key.
  ///
  /// - Parameters:
  ///   - input: θ; not a batch.
  ///   - sigmas: The values of σ; by default the function's own times ¼, ½, 1, 2 and 4.
  ///   - cotangent: What the gradient is the pullback of; by default a random sign for each output,
  ///     whose gradient has the norm of the Jacobian on average.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  /// - Returns: A row for each σ.
  /// - Throws: ``PerturbationError``.
  /// - Complexity: For each σ, `samples` evaluations and one more; twice as many where the outputs do
  ///   not fit the budget.
  public func diagnose(
    at input: Input, sigmas: [Double]? = nil, cotangent: Output? = nil, key: RandomKey? = nil
  ) throws -> Diagnosis {
    try smoothing.checkStandardError(width: input.exampleWidth(batched: false))
    let key = try RandomKey.resolve(key)
    let sigmas = sigmas ?? [0.25, 0.5, 1, 2, 4].map { $0 * sigma }
    let rows = try sigmas.map { sigma in
      let context = try statistics(
        input, key: key, batched: false, keepingOutputs: true, sigma: sigma)
      let mean = try context.call.mean(context.theta)
      let (unperturbed, changed) = try context.call.unperturbed(context.theta)
      let g: [Double]
      if let cotangent {
        g = try context.packedCotangent(cotangent, like: context.output(mean))
      } else {
        g = key.fold(in: .max).rademacher(mean.count)
      }
      let (outputs, terms, scales) = try context.call.gradientMoments(context.theta, cotangent: g)
      let variance = outputs[0].standardErrors.reduce(0) { $0 + $1 * $1 }
      let distance = zip(mean, unperturbed).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let chain = noise.perturbation.chainFactors(context.packedInput)
      func gradient(_ numbers: [Double]) -> [Double] {
        numbers.indices.map { numbers[$0] * scales[0] * (chain?[$0] ?? 1) }
      }
      return Diagnosis.Row(
        sigma: sigma, changed: Double(changed[0]) / Double(samples),
        squaredBias: Swift.max(0, distance - variance), variance: variance,
        gradientNorm: norm(gradient(terms[0].sum)),
        gradientError: norm(gradient(terms[0].standardErrors.map { $0 * Double(samples) })))
    }
    return Diagnosis(rows: rows, samples: samples)
  }

  private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
