/// The gradient of a scalar function from its values alone, by random directions (an evolution
/// strategy).
///
/// For directions z of mean 0 and variance 1 in each of P parameters, with N samples:
///
/// | method | estimate | evaluations |
/// |---|---|---|
/// | ``Method/naive`` | (1/Nσ) Σ f(θ + σzᵢ) zᵢ | N |
/// | ``Method/forward`` | (1/Nσ) Σ (f(θ + σzᵢ) − f(θ)) zᵢ | N |
/// | ``Method/antithetic`` | (1/2Nσ) Σ (f(θ + σzᵢ) − f(θ − σzᵢ)) zᵢ | 2N |
///
/// and one evaluation more for the value, which is f(θ) itself. With normal directions the
/// expectation of each is the gradient of the smoothed function E[f(θ + σZ)]; with others it is
/// that of f up to O(σ²), or O(σ) where the distribution is skewed and the method not antithetic.
///
/// ```swift
/// let estimator = try ZeroOrder(.antithetic, samples: 100, sigma: 0.01)
/// let (loss, grads) = try estimator.valueAndGradient(at: model, key: key) {
///   meanSquaredError($0(x), y)
/// }
/// ```
///
/// The directions of sample i are drawn from child i of the key and made again when they are
/// needed, never kept: the working memory is a small multiple of P for each thread, whatever N is,
/// and a few numbers for each sample. The same key gives the same bits on any number of threads.
///
/// - SeeAlso: Salimans et al. 2017, "Evolution Strategies as a Scalable Alternative to Reinforcement
///   Learning", arXiv:1703.03864; Nesterov and Spokoiny 2017, "Random Gradient-Free Minimization of
///   Convex Functions", section 3; Malladi et al. 2023, "Fine-Tuning Language Models with Just
///   Forward Passes", arXiv:2305.17333, for the memory.
public struct ZeroOrder: Sendable {
  /// Which differences of values an estimate is made of.
  public enum Method: String, Sendable, CaseIterable {
    /// The values alone. Its variance grows with f(θ)²/σ².
    case naive
    /// Differences to f(θ).
    case forward
    /// Differences of the values in opposite directions: exact for what is quadratic along them.
    case antithetic
  }

  /// What an estimate takes in the place of the function's values.
  public enum Shaping: String, Sendable, CaseIterable {
    /// The values as they are.
    case none
    /// Their ranks among all evaluations, spread evenly over −½ … ½, equal values sharing theirs.
    ///
    /// The estimate then does not depend on the scale of the function, nor on outliers, and is a
    /// direction of ascent rather than the gradient.
    ///
    /// - SeeAlso: Salimans et al. 2017, arXiv:1703.03864, section 2.1.
    case centeredRanks
  }

  /// Which differences of values an estimate is made of.
  public let method: Method
  /// What directions are drawn from.
  public let distribution: DirectionDistribution
  /// What takes the place of the function's values.
  public let shaping: Shaping
  /// Whether the function is called for one sample at a time.
  public let sequential: Bool
  /// The number of directions, the length of a step and how they are run.
  var smoothing: Smoothing

  /// The number N of directions.
  public var samples: Int { smoothing.samples }
  /// The length σ of a step in each parameter, in units of the parameters.
  public var sigma: Double { smoothing.sigma }
  /// How many threads take part; nil for one per processor.
  public var threads: Int? { smoothing.threads }

  /// An estimator.
  ///
  /// - Parameters:
  ///   - method: Which differences of values it is made of.
  ///   - samples: The number N of directions.
  ///   - sigma: The length σ of a step in each parameter, in units of the parameters.
  ///   - distribution: What directions are drawn from. A mean other than 0 and a variance other
  ///     than 1 are corrected for where they are known, and refused where they are not.
  ///   - shaping: What takes the place of the function's values.
  ///   - sequential: Calls the function for one sample at a time, with plain tensors. Otherwise a
  ///     function of up to 8,192 parameters is evaluated for a block of samples at once, as by
  ///     `vmap`, and must not read elements.
  ///   - threads: How many threads take part; nil for one per processor. The numbers do not depend
  ///     on it.
  /// - Throws: ``PerturbationError`` for parameters out of range and for a distribution whose
  ///   variance is not known.
  public init(
    _ method: Method = .antithetic, samples: Int, sigma: Double,
    distribution: DirectionDistribution = .normal, shaping: Shaping = .none,
    sequential: Bool = false, threads: Int? = nil
  ) throws(PerturbationError) {
    try self.init(
      method, Smoothing(samples: samples, sigma: sigma, threads: threads), distribution, shaping,
      sequential)
  }

  /// An estimator of the gradient of what a ``Perturbed`` function would be, from the same settings:
  /// directions are the noise, moved to mean 0 and scaled to variance 1, or orthogonal.
  ///
  /// - Parameters:
  ///   - method: Which differences of values it is made of.
  ///   - smoothing: Samples, σ, noise, threads. The method stands for a baseline and for antithetic
  ///     pairs; scrambled points are not for parameters.
  ///   - shaping: What takes the place of the function's values.
  ///   - sequential: Calls the function for one sample at a time.
  /// - Throws: ``PerturbationError`` for parameters out of range, for noise whose variance is not known,
  ///   and for a baseline or a sampling that the method stands for.
  public init(
    _ method: Method = .antithetic, _ smoothing: Smoothing, shaping: Shaping = .none,
    sequential: Bool = false
  ) throws(PerturbationError) {
    if smoothing.baseline != .none {
      throw .invalidParameter(
        name: "baseline", value: smoothing.baseline.rawValue,
        expected: "none: the forward method subtracts f(θ), the antithetic one needs nothing")
    }
    switch smoothing.sampling {
    case .independent: break
    case .orthogonal where smoothing.noise.isNormal: break
    default:
      throw .invalidParameter(
        name: "sampling", value: smoothing.sampling.name,
        expected:
          "independent, or orthogonal with normal noise; the method says whether to take pairs")
    }
    try self.init(
      method, smoothing,
      smoothing.sampling == .orthogonal ? .orthogonal : DirectionDistribution(smoothing.noise),
      shaping, sequential)
  }

  private init(
    _ method: Method, _ smoothing: Smoothing, _ distribution: DirectionDistribution,
    _ shaping: Shaping, _ sequential: Bool
  ) throws(PerturbationError) {
    try smoothing.checkNumbers()
    if smoothing.samples > Smoothing.mostSamples / 2 - 1 {
      throw .invalidParameter(
        name: "samples", value: "\(smoothing.samples)",
        expected: "at most 2⁵² − 1, since each may take two evaluations")
    }
    try distribution.validate()
    self.method = method
    self.smoothing = smoothing
    self.distribution = distribution
    self.shaping = shaping
    self.sequential = sequential
  }

  /// How often an estimate calls the function, with the one call for its value.
  public var evaluations: Int { (method == .antithetic ? 2 : 1) * samples + 1 }

  /// The same estimator with another number of threads.
  package func with(threads: Int?) throws(PerturbationError) -> ZeroOrder {
    var smoothing = smoothing
    smoothing.threads = threads
    return try ZeroOrder(method, smoothing, distribution, shaping, sequential)
  }
}
