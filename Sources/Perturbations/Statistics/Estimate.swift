public import Tensors

/// A mean over samples with its standard error.
public struct Estimate<Output: Tree> {
  /// The mean.
  public let value: Output
  /// The standard deviation of the mean, element by element, as estimated from the same samples.
  public let standardError: Output
  /// The number of samples that were taken, for each row of a batch.
  public let samples: Int
  /// Whether every standard error is as small as was asked for; true where nothing was.
  public let reachedStandardError: Bool
}

extension Estimate: Sendable where Output: Sendable {}

extension Perturbed {
  /// The mean of the function's outputs and its standard error, from the same evaluations.
  ///
  /// The value is the one that calling the function gives. Standard errors respect the dependence
  /// between samples: pairs count as one, runs of orthogonal directions count as one, and for
  /// quasi-Monte Carlo each scrambling counts as one (few, so the error is itself rough).
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - key: The key of the noise; by default the next of the task-local default.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The mean and its standard error, both in the structure of the function's output.
  /// - Throws: ``PerturbationError``; also where the samples are too few for a standard error.
  public func estimate(
    at input: Input, key: RandomKey? = nil, batched: Bool = false
  ) throws -> Estimate<Output> {
    try estimate(input, .resolve(key), batched, until: nil)
  }

  /// The mean of the function's outputs, from as many samples as a standard error takes.
  ///
  /// Samples are added in whole blocks, of a size that depends on the widths of input and output
  /// alone, until every output's standard error is small enough or `samples` are reached. What comes
  /// out is what a function with that fixed number of samples gives. Stopping by the same samples
  /// that are averaged makes the standard error look slightly too small.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - standardError: What every standard error is to be at most; positive.
  ///   - key: The key of the noise; by default the next of the task-local default.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The mean, its standard error, the number of samples, and whether they were enough.
  /// - Throws: ``PerturbationError``.
  public func estimate(
    at input: Input, untilStandardError standardError: Double, key: RandomKey? = nil,
    batched: Bool = false
  ) throws -> Estimate<Output> {
    guard standardError > 0 else {
      throw PerturbationError.invalidParameter(
        name: "the standard error", value: "\(standardError)", expected: "a positive number")
    }
    return try estimate(input, .resolve(key), batched, until: standardError)
  }

  private func estimate(
    _ input: Input, _ key: RandomKey, _ batched: Bool, until target: Double?
  ) throws -> Estimate<Output> {
    try settings.checkStandardError(width: input.exampleWidth(batched: batched))
    let context = try statistics(input, key: key, batched: batched, keepingOutputs: false)
    let (moments, samples) = try context.call.outputMoments(context.theta) { samples, errors in
      guard let target else { return settings.samples }
      guard let largest = errors.max() else { return 1 }
      // A standard error that is not a number has too few samples behind it.
      if largest <= target { return samples }
      let ratio = largest / target
      return ratio < 2 ? Int((Double(samples) * ratio * ratio).rounded(.up)) : 4 * samples
    }
    let errors = moments.standardErrors
    return Estimate(
      value: context.output(moments.sums.map { $0 / Double(samples) }),
      standardError: context.output(errors), samples: samples,
      reachedStandardError: target.map { target in errors.allSatisfy { $0 <= target } } ?? true)
  }
}

extension PerturbedSettings {
  /// Checks that there are two units of samples.
  func checkStandardError(width: Int) throws(PerturbationError) {
    switch sampling {
    case .quasiMonteCarlo(let scramblings):
      if scramblings < 2 {
        throw .invalidParameter(
          name: "scramblings", value: "\(scramblings)", expected: "at least 2 for a standard error")
      }
    case .independent, .antithetic, .orthogonal:
      let unit = sampling.unit(width: width) ?? 1
      if samples <= unit {
        throw .invalidParameter(
          name: "samples", value: "\(samples)",
          expected: "at least \(unit == 1 ? 2 : 2 * unit) for a standard error")
      }
    }
  }
}

extension Tree {
  /// The numbers in one example.
  func exampleWidth(batched: Bool) -> Int {
    leaves.reduce(0) {
      $0 + $1.shape.elementCount / (batched ? Swift.max($1.shape.first ?? 1, 1) : 1)
    }
  }
}
