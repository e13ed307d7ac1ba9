public import Tensors

/// What ``Sampling/automatic`` takes at one input, and what it was compared with.
public struct SamplingChoice: Sendable {
  /// A way to sample, with what the pilot found.
  public struct Candidate: Sendable {
    /// How samples depend on one another.
    public let sampling: Sampling
    /// What is subtracted from the outputs.
    public let baseline: Baseline
    /// The number of samples of the pilot.
    public let samples: Int
    /// The variance of the gradient of ⟨g, value⟩ for a cotangent g of random signs, summed over its entries, times
    /// the number of samples; of the value where there is no gradient.
    public let variance: Double
    /// The stated time of a sample with its gradient over that of an independent one without a baseline.
    public let cost: Double

    /// What is compared: variance times cost, to which the time for a given accuracy is proportional.
    public var effort: Double { variance * cost }
  }

  /// Whether there is a formula, which a call takes then; statistics of samples take ``best``.
  public let hasExactForm: Bool
  /// In the order tried; one with a variance that is not known where the samples are too few for a pilot.
  public let candidates: [Candidate]
  /// The candidate of the least effort, the first of several.
  public let best: Candidate

  init(hasExactForm: Bool, candidates: [Candidate]) {
    self.hasExactForm = hasExactForm
    self.candidates = candidates
    var best = candidates[0]
    for candidate in candidates where candidate.effort < best.effort || best.effort.isNaN {
      best = candidate
    }
    self.best = best
  }
}

extension Sampling {
  /// The stated cost of a sample with its gradient, relative to an independent one, for functions
  /// that take about as long as their noise: what was measured, rounded.
  ///
  /// - Parameters:
  ///   - baseline: What is subtracted.
  ///   - width: The numbers in an example.
  ///   - isFused: Whether value and gradient take one pass over independent samples, as for an argmax.
  /// - Returns: The cost.
  func cost(_ baseline: Baseline, width: Int, isFused: Bool) -> Double {
    let drawn: Double
    switch self {
    case .independent, .automatic: drawn = 1
    case .antithetic: drawn = 0.8
    case .quasiMonteCarlo: drawn = isFused ? 3 : 1.3
    case .orthogonal: drawn = 1.2 + Double(width) / (isFused ? 100 : 200)
    }
    return drawn + (baseline == .linear ? (isFused ? 3 : 0.5) : 0)
  }
}

extension Perturbed {
  /// What ``Sampling/automatic`` takes at an input, whatever sampling the function has.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - key: The key of the call; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether leaves have a batch axis in front; the first row decides for all.
  /// - Returns: The choice.
  /// - Throws: ``PerturbationError``.
  /// - Complexity: Some 2,000 evaluations, more where an example has more than 64 numbers; none below 2,048
  ///   samples.
  public func choice(
    at input: Input, key: RandomKey? = nil, batched: Bool = false
  ) throws -> SamplingChoice {
    var copy = self
    copy.smoothing.sampling = .automatic
    let context = try copy.statistics(
      input, key: .resolve(key), batched: batched, keepingOutputs: true)
    guard let call = context.call as? any ChoosingCall else {
      trap("Perturbed.choice", "a call that is not automatic")
    }
    return try call.choice(context.theta)
  }
}
