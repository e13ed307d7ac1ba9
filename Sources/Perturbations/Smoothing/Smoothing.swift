/// How a function is smoothed: all that a ``Perturbed`` function, a ``PerturbedMaximum`` and a
/// ``ZeroOrder`` estimate are made of besides the function itself.
///
/// ```swift
/// let smoothing = Smoothing(samples: 10_000, sigma: 0.5, noise: .gumbel, baseline: .leaveOneOut)
/// let soft = try Perturbed(ArgMax(), smoothing)
/// let loss = FenchelYoungLoss(try PerturbedMaximum(ArgMax(), smoothing))
/// ```
///
/// Its parameters are checked by what it is given to.
public struct Smoothing: Sendable {
  /// The number N of samples.
  public var samples: Int
  /// The scale σ of the noise, in units of the input; relative to it for noise that multiplies.
  public var sigma: Double
  /// The noise.
  public var noise: Noise
  /// What estimates of derivatives subtract from the outputs.
  public var baseline: Baseline
  /// How samples depend on one another.
  public var sampling: Sampling
  /// How many threads take part; nil for one per processor. No number depends on it.
  public var threads: Int?
  /// Bytes up to which the function's outputs are kept for a pullback; beyond, the pullback evaluates
  /// the function again. No number depends on it.
  public var outputBudget: Int
  /// Told how far the samples of a call are, see ``Progress``; nil for nobody. No number depends on it.
  public var progress: ProgressObserver?

  /// A way to smooth.
  ///
  /// - Parameters:
  ///   - samples: The number N of samples.
  ///   - sigma: The scale σ of the noise, in units of the input.
  ///   - noise: The noise, normal by default (optax takes Gumbel where none is given).
  ///   - baseline: What estimates of derivatives subtract from the outputs.
  ///   - sampling: How samples depend on one another.
  ///   - threads: How many threads take part; nil for one per processor.
  ///   - outputBudget: Bytes up to which outputs are kept for a pullback.
  ///   - progress: Told how far the samples of a call are.
  public init(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, threads: Int? = nil, outputBudget: Int = defaultOutputBudget,
    progress: ProgressObserver? = nil
  ) {
    self.samples = samples
    self.sigma = sigma
    self.noise = noise
    self.baseline = baseline
    self.sampling = sampling
    self.threads = threads
    self.outputBudget = outputBudget
    self.progress = progress
  }

  /// What runs the samples: threads of this process, with those who share the task's work, unless
  /// something else was given.
  package var execution: any Execution {
    get { other ?? SharedWork.execution(on: Threads(threads, progress: progress)) }
    set { other = newValue }
  }
  private var other: (any Execution)?
}

/// Bytes up to which a call keeps the function's outputs for its pullback: 256 MB. Beyond, the
/// pullback evaluates the function again.
public let defaultOutputBudget = 256 << 20

extension Smoothing {
  /// The most samples of a call: every count up to here is a number in double precision.
  public static let mostSamples = Int(clamping: Int64(1) << 53)

  /// Checks the parameters and the noise, for a function of which derivatives may be asked.
  func validate() throws(PerturbationError) {
    try checkNumbers()
    if !noise.hasScore && !noise.isValueOnly {
      throw .unusableNoise(
        "\(noise.name) noise has no score −d/dz log p(z), which derivatives need; "
          + "expected one of \(Noise.all.filter(\.hasScore).map(\.name).joined(separator: ", ")), "
          + "or noise.valueOnly for values alone")
    }
    if baseline.leavesOneOut && samples < 2 {
      throw .invalidParameter(
        name: "samples", value: "\(samples)", expected: "at least 2 for a leave-one-out baseline")
    }
    if baseline.leavesOneOut && sampling == .antithetic && samples < 4 {
      throw .invalidParameter(
        name: "samples", value: "\(samples)",
        expected: "at least 4 for antithetic pairs with a leave-one-out baseline")
    }
    try sampling.validate(self)
  }

  /// Checks what holds of any estimate: samples, σ and threads.
  func checkNumbers() throws(PerturbationError) {
    if samples < 1 { throw .invalidSampleCount(samples) }
    if samples > Self.mostSamples {
      throw .invalidParameter(
        name: "samples", value: "\(samples)", expected: "at most 2⁵³, \(Self.mostSamples)")
    }
    if !(sigma > 0 && sigma.isFinite) { throw .invalidSigma(sigma) }
    if let threads, threads < 1 {
      throw .invalidParameter(name: "threads", value: "\(threads)", expected: "at least 1")
    }
  }

  /// Checks that the noise has a score.
  func checkScore() throws(PerturbationError) {
    if !noise.hasScore {
      throw .unusableNoise(
        "\(noise.name) noise has no score −d/dz log p(z), which derivatives need, and was accepted "
          + "for values only")
    }
  }

  /// Checks that the noise has a score with a derivative.
  func checkScoreDerivative() throws(PerturbationError) {
    try checkScore()
    if !noise.hasScoreDerivative {
      throw .unsupportedDerivative(
        "the second derivative of a function perturbed with \(noise.name) noise is not supported: "
          + "it needs a score with a derivative, expected normal, gumbel or logistic noise")
    }
  }

  /// Checks that there are enough samples for a standard error: two units that don't depend on one
  /// another.
  ///
  /// - Parameter width: The numbers in an example.
  /// - Throws: `PerturbationError` where there are fewer.
  package func checkStandardError(width: Int) throws(PerturbationError) {
    if case .quasiMonteCarlo(let scramblings) = sampling {
      if scramblings < 2 {
        throw .invalidParameter(
          name: "scramblings", value: "\(scramblings)", expected: "at least 2 for a standard error")
      }
    }
    let unit = sampling.unit(width: width) ?? 1
    if samples <= unit {
      throw .invalidParameter(
        name: "samples", value: "\(samples)",
        expected: "at least \(unit == 1 ? 2 : 2 * unit) for a standard error")
    }
  }
}
