public import Tensors

/// A mean over samples with its standard error.
public struct Estimate<Output: Tree> {
  /// The mean.
  public let value: Output
  /// The standard deviation of the mean, element by element, as estimated from the same samples. Not a
  /// number where the samples show that there is no variance: a single one carries more than a twentieth
  /// of the sum of squares, as under Cauchy noise for a function without bounds.
  public let standardError: Output
  /// The number of samples that were taken, for each row of a batch.
  public let samples: Int
  /// Whether every standard error is as small as was asked for; true where nothing was. An output that
  /// was the same in all samples counts as one whose error is ``noSpreadError``.
  public let reachedStandardError: Bool
  /// How many independent pieces the standard errors are made of, less one: N − 1 samples, fewer pairs,
  /// runs of orthogonal directions, or scramblings.
  public let degreesOfFreedom: Int
  /// What is known of an output that was the same in all samples: its error is hardly above this. An
  /// event that n samples have not shown has a probability below 3/n in 95 of 100 cases; it is taken to
  /// move the output by twice the largest mean: 2 max|ȳ| √3/n.
  public let noSpreadError: Double
}

extension Estimate: Sendable where Output: Sendable {}

extension Estimate {
  /// The half width of an interval around the value that holds the expectation, in standard errors:
  /// Student's t with the estimate's degrees of freedom, 1.96 for many and 95 %, 2.36 for 8 scramblings.
  ///
  /// - Parameter level: The probability that it does, between 0 and 1.
  /// - Returns: The half width over the standard error.
  /// - Precondition: 0 < `level` < 1.
  public func halfWidth(level: Double = 0.95) -> Double {
    require(level > 0 && level < 1, "Estimate.halfWidth", "a level of \(level), expected 0 to 1")
    return StudentDistribution.halfWidth(level: level, degreesOfFreedom: degreesOfFreedom)
  }

  /// An interval around the value that holds the expectation.
  ///
  /// - Parameter level: The probability that it does, between 0 and 1.
  /// - Returns: Its ends, element by element.
  /// - Precondition: 0 < `level` < 1.
  public func interval(level: Double = 0.95) -> (lower: Output, upper: Output) {
    let margin = halfWidth(level: level)
    return (
      value.adding(standardError, scaledBy: -margin), value.adding(standardError, scaledBy: margin)
    )
  }
}

extension Perturbed {
  /// The mean of the function's outputs and its standard error, from the same evaluations.
  ///
  /// The value is the one that calling the function gives. Standard errors respect the dependence
  /// between samples: pairs count as one, runs of orthogonal directions count as one, and for
  /// quasi-Monte Carlo each scrambling counts as one; intervals allow for how few these are.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
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
  /// alone, until every output's standard error is small enough or `samples` are reached. An output that
  /// has been the same in all samples so far is not taken to be exact: see
  /// ``Estimate/noSpreadError``. What comes out is what a function with that fixed number of samples
  /// gives. Stopping by the same samples that are averaged makes the standard error look slightly too
  /// small.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - standardError: What every standard error is to be at most; positive.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The mean, its standard error, the number of samples, and whether they were enough.
  /// - Throws: ``PerturbationError``.
  public func estimate(
    at input: Input, untilStandardError standardError: Double, key: RandomKey? = nil,
    batched: Bool = false
  ) throws -> Estimate<Output> {
    try Smoothing.check(standardError: standardError)
    return try estimate(input, .resolve(key), batched, until: standardError)
  }

  private func estimate(
    _ input: Input, _ key: RandomKey, _ batched: Bool, until target: Double?
  ) throws -> Estimate<Output> {
    try smoothing.checkStandardError(width: input.exampleWidth(batched: batched))
    let context = try statistics(input, key: key, batched: batched, keepingOutputs: false)
    let moments = try context.call.outputMoments(context.theta) { samples, moments in
      guard let target else { return smoothing.samples }
      guard let largest = moments.map(\.largestError).max() else { return 1 }
      return smoothing.samplesWanted(after: samples, error: largest, target: target)
    }
    let largest = moments.map(\.largestError).max() ?? 0
    return Estimate(
      value: context.output(moments.flatMap(\.means)),
      standardError: context.output(moments.flatMap(\.standardErrors)),
      samples: moments[0].samples,
      reachedStandardError: target.map { largest <= $0 } ?? true,
      degreesOfFreedom: moments[0].degreesOfFreedom,
      noSpreadError: moments.map(\.noSpreadError).max() ?? 0)
  }
}

extension Smoothing {
  /// Checks what a standard error is to be at most.
  static func check(standardError: Double) throws(PerturbationError) {
    guard standardError > 0 else {
      throw .invalidParameter(
        name: "the standard error", value: "\(standardError)", expected: "a positive number")
    }
  }

  /// How many samples to have next, after some that have left the largest standard error `error`: as
  /// many as there are where it is small enough, and at most four times as many.
  func samplesWanted(after samples: Int, error: Double, target: Double) -> Int {
    if error <= target { return samples }
    let ratio = error / target
    // Where nothing has been seen the error falls as 1/n, not as its root.
    let wanted = ratio < 2 ? Double(samples) * ratio * ratio : 4 * Double(samples)
    return wanted < Double(self.samples) ? Int(wanted.rounded(.up)) : self.samples
  }
}

extension Moments {
  /// The mean of each term.
  var means: [Double] { sum.map { $0 / Double(samples) } }

  /// How large the error of a mean may be whose terms were all the same.
  var noSpreadError: Double {
    let size = means.reduce(0) { Swift.max($0, abs($1)) }
    return 2 * size * 3.0.squareRoot() / Double(samples)
  }

  /// The largest standard error, where terms without spread count by ``noSpreadError``.
  fileprivate var largestError: Double {
    let least = noSpreadError
    var largest = 0.0
    for error in standardErrors {
      if error.isNaN { return .infinity }
      largest = Swift.max(largest, error > 0 ? error : least)
    }
    return largest
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
