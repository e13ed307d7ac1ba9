public import Tensors

extension Perturbed {
  /// The gradient of ⟨cotangent, value⟩, from as many samples as its standard error takes.
  ///
  /// Samples are added in whole blocks, of a size that depends on the widths of input and output alone,
  /// until every entry of the gradient has a standard error that is small enough or `samples` are
  /// reached. Value and gradient are those of a function with that fixed number of samples, up to
  /// rounding; standard errors are those around the baseline that the first samples give.
  ///
  /// A gradient whose samples were all 0, since the output never differed from the baseline, is not taken to
  /// be exact. An event that n samples have not shown has a probability below 3/n in 95 of 100 cases; it is
  /// taken to move outputs by 2 max|ȳ|, where scores are (1 + ln n/3) root mean squares large, which is about
  /// the largest of n/3 draws under exponential tails. So each error counts as
  /// 2 max|ȳ| Σ|g| (1 + ln n/3) √(3 E s²)/(n σ). Stopping by the same samples that are averaged makes
  /// standard errors look slightly too small.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - cotangent: g, in the structure of the output.
  ///   - standardError: What every standard error of the gradient is to be at most; positive.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The value, the gradient, their standard errors, the number of samples, and whether they
  ///   were enough.
  /// - Throws: ``PerturbationError``; `TreeMismatch` where the cotangent is no cotangent.
  public func gradientEstimate(
    at input: Input, cotangent: Output, untilStandardError standardError: Double,
    key: RandomKey? = nil, batched: Bool = false
  ) throws -> GradientEstimate<Input, Output> {
    try Smoothing.check(standardError: standardError)
    try smoothing.checkStandardError(width: input.exampleWidth(batched: batched))
    let context = try statistics(
      input, key: .resolve(key), batched: batched, keepingOutputs: false)
    let chain = noise.perturbation.chainFactors(context.packedInput)
    func chained(_ numbers: [Double]) -> [Double] {
      chain.map { zip(numbers, $0).map { $0 * $1 } } ?? numbers
    }
    func largestError(_ sums: GradientSums) -> Double {
      let errors = chained(sums.standardErrors).map { abs($0) }
      if errors.contains(where: \.isNaN) { return .infinity }
      return errors.reduce(0) { Swift.max($0, $1 > 0 ? $1 : sums.noSpreadError) }
    }
    let sums = try context.call.gradientSums(context.theta) { mean in
      try context.packedCotangent(cotangent, like: context.output(mean))
    } until: { sums in
      smoothing.samplesWanted(
        after: sums.samples, error: largestError(sums), target: standardError)
    }
    let outputs = sums.outputs
    return GradientEstimate(
      value: context.output(outputs.flatMap(\.means)),
      valueStandardError: context.output(outputs.flatMap(\.standardErrors)),
      gradient: context.input(chained(sums.gradient)),
      standardError: context.input(chained(sums.standardErrors).map { abs($0) }),
      samples: sums.samples, reachedStandardError: largestError(sums) <= standardError,
      degreesOfFreedom: outputs[0].degreesOfFreedom,
      noSpreadError: outputs.map(\.noSpreadError).max() ?? 0)
  }
}
