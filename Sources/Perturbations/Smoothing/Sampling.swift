/// How the samples of a call depend on one another. Each sample has the same distribution under
/// all of them, so that the estimates have the same expectation; their variance differs.
///
/// Composes with any ``Baseline``. The noise of any sample can be made again at any time from the
/// key and the sample's number, for all of them.
public enum Sampling: Sendable, Hashable {
  /// Independent samples, the numbers of optax.
  case independent

  /// Pairs z, −z: samples 2p and 2p + 1 are the noise of child p of the key, and its mirror image.
  ///
  /// For symmetric noise and an even number of samples. The odd part of the function drops out of
  /// the value's variance, the even part out of the gradient's: a baseline has nothing left to do
  /// for the gradient.
  case antithetic

  /// Points of Sobol' sequences in place of independent ones: sample i is point ⌊i/R⌋ of
  /// scrambling i mod R, of R = `scramblings`.
  ///
  /// For noise that is a function of one uniform number, and up to 1,024 numbers in an example.
  /// Each scrambling is a random linear one with a digital shift, from child i mod R of child r of
  /// the key for row r of a batch. It makes every point uniform, so that estimates
  /// are unbiased (a leave-one-out baseline leaves out whole scramblings); standard errors come from
  /// the spread between scramblings and need two of them. Best where the number of samples is R times a power of 2.
  ///
  /// - SeeAlso: Sobol' 1967; Joe and Kuo 2008, "Constructing Sobol sequences with better
  ///   two-dimensional projections"; Matoušek 1998, "On the L2-discrepancy for anchored boxes", for
  ///   the scrambling.
  case quasiMonteCarlo(scramblings: Int = 8)

  /// Directions that are orthogonal within every run of d samples, for d numbers in an example, with
  /// the lengths of the independent samples: the columns of a uniformly distributed orthogonal matrix
  /// of its own for each run, a product of reflections that the first d − i entries of its independent
  /// sample i give. Each sample is normal, and runs are independent.
  ///
  /// For normal noise, and d up to 1,024. Costs O(d) operations for each number drawn: up to d = 100
  /// about twice the time of an independent number.
  ///
  /// - SeeAlso: Choromanski et al. 2018, "Structured Evolution with Compact Architectures for
  ///   Scalable Policy Optimization", section 3.
  case orthogonal

  /// The expectation by its formula where there is one (``Exact``), else the sampling that a pilot
  /// finds best: some 256 samples of each, of keys of their own that follow from the call's, compared
  /// by the variance of the gradient along a random cotangent times a stated cost of a sample
  /// (``SamplingChoice``). Without a baseline it also chooses one of ``Baseline/leaveOneOut`` and
  /// ``Baseline/linear``; a named one stays.
  ///
  /// What it takes depends on the function, the input, the key and the settings alone, never on the clock.
  /// Below 2,048 samples a pilot would not pay: they are independent, with a leave-one-out baseline.
  /// Standard errors and other statistics are always those of samples. ``Perturbed/choice(at:key:batched:)``
  /// tells what it takes.
  case automatic

  /// Numbers in an example up to which ``quasiMonteCarlo(scramblings:)`` and ``orthogonal`` go.
  public static let maximumWidth = 1024

  /// The sampling of that name, or nil: `independent`, `antithetic`, `quasi-monte-carlo`,
  /// `orthogonal`, `automatic`.
  public static func named(_ name: String) -> Sampling? {
    (all + [.automatic]).first { $0.name == name }
  }

  /// One of each but ``automatic``, which takes one of them.
  public static let all: [Sampling] = [.independent, .antithetic, .quasiMonteCarlo(), .orthogonal]

  /// What messages and the command line call it.
  public var name: String {
    switch self {
    case .independent: "independent"
    case .antithetic: "antithetic"
    case .quasiMonteCarlo: "quasi-monte-carlo"
    case .orthogonal: "orthogonal"
    case .automatic: "automatic"
    }
  }
}

extension Sampling {
  /// Consecutive samples that depend on one another, for `width` numbers in an example; nil where
  /// dependent samples are not consecutive.
  func unit(width: Int) -> Int? {
    switch self {
    case .independent, .automatic: 1
    case .antithetic: 2
    case .orthogonal: width
    case .quasiMonteCarlo: nil
    }
  }

  /// How many scramblings there are; 0 where samples aren't scrambled.
  var scramblings: Int { if case .quasiMonteCarlo(let count) = self { count } else { 0 } }

  /// Checks that a call can be sampled so.
  func validate(_ settings: Smoothing) throws(PerturbationError) {
    switch self {
    case .independent, .automatic: return
    case .antithetic:
      if !settings.noise.isSymmetric {
        throw .unusableNoise(
          "antithetic sampling pairs z with −z, and \(settings.noise.name) noise is not symmetric")
      }
      if settings.samples % 2 != 0 {
        throw .invalidParameter(
          name: "samples", value: "\(settings.samples)",
          expected: "an even number for antithetic pairs")
      }
    case .quasiMonteCarlo(let scramblings):
      if !settings.noise.hasQuantile {
        throw .unusableNoise(
          "quasi-Monte Carlo sampling makes each number from one uniform number by the inverse of "
            + "the distribution function, which \(settings.noise.name) noise does not have here")
      }
      if scramblings < 1 || scramblings > settings.samples {
        throw .invalidParameter(
          name: "scramblings", value: "\(scramblings)",
          expected: "at least 1 and at most the \(settings.samples) samples")
      }
      if scramblings == 1, settings.baseline.leavesOneOut {
        throw .invalidParameter(
          name: "scramblings", value: "1",
          expected: "at least 2 for a leave-one-out baseline, which leaves out a whole scrambling")
      }
      if (settings.samples - 1) / scramblings >= 1 << SobolSequence.digits {
        throw .invalidParameter(
          name: "samples", value: "\(settings.samples)",
          expected: "at most 2³² points of each of the \(scramblings) scramblings")
      }
    case .orthogonal:
      if !settings.noise.isNormal {
        throw .unusableNoise(
          "orthogonal sampling needs noise whose directions are uniform, which is normal noise, "
            + "not \(settings.noise.name)")
      }
    }
  }

  /// Checks the numbers in an example's output.
  func validate(outputWidth: Int) throws(PerturbationError) {
    // Each scrambling has sums of its own.
    if scramblings > 1 << 24 / Swift.max(outputWidth, 1) {
      throw .invalidParameter(
        name: "scramblings", value: "\(scramblings)",
        expected: "at most \(1 << 24 / Swift.max(outputWidth, 1)) for \(outputWidth) outputs")
    }
  }

  /// Checks the numbers in an example.
  func validate(width: Int) throws(PerturbationError) {
    switch self {
    case .independent, .antithetic, .automatic: return
    case .quasiMonteCarlo, .orthogonal:
      if width > Self.maximumWidth {
        throw .invalidParameter(
          name: "the input's size", value: "\(width)",
          expected: "at most \(Self.maximumWidth) for \(name) sampling")
      }
      // Each scrambling has 32 direction numbers for each number of an example.
      if scramblings > 1 << 20 / Swift.max(width, 1) {
        throw .invalidParameter(
          name: "scramblings", value: "\(scramblings)",
          expected: "at most \(1 << 20 / Swift.max(width, 1)) for \(width) numbers")
      }
    }
  }
}
