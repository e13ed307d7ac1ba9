internal import Synchronization
internal import Tensors

/// One call of a perturbed function: a key, a function and the settings. It computes the mean of
/// the outputs and, from the same samples, the first and second derivatives.
///
/// Inputs are [rows] + the shape of one example, for each leaf; packed inputs and outputs are
/// [rows, width].
final class PerturbedCall<Scalar: TensorFloatingPoint>: @unchecked Sendable {
  let evaluator: any BlockEvaluator<Scalar>
  let settings: PerturbedSettings
  let key: RandomKey
  /// Rows whose noise differs.
  let noiseRows: Int
  /// The path of each leaf of the input, for messages.
  let paths: [String]
  /// Whether a pullback may follow, so that it pays to keep the outputs.
  let mayBeDifferentiated: Bool
  private let last = Mutex<Forward?>(nil)
  private let knownLayout = Mutex<ExampleLayout?>(nil)

  init(
    _ evaluator: any BlockEvaluator<Scalar>, _ settings: PerturbedSettings, key: RandomKey,
    noiseRows: Int, paths: [String], mayBeDifferentiated: Bool
  ) {
    self.evaluator = evaluator
    self.settings = settings
    self.key = key
    self.noiseRows = noiseRows
    self.paths = paths
    self.mayBeDifferentiated = mayBeDifferentiated
  }

  /// What the evaluation at one θ left.
  struct Forward: @unchecked Sendable {
    let theta: [Value]
    let reduction: SampleReduction<Scalar>
    /// Sums of the outputs, [rows, output width].
    var sums: [Double]
    /// f(θ), where the baseline asks for it.
    var unperturbed: [Double]?
    /// The scores of the samples that each index won, [rows, width, width], where outputs are
    /// one-hot: see ``SampleReduction/winnerSums()``.
    var winnerScores: [Double]?

    var rows: Int { reduction.rows }
    var outputWidth: Int { reduction.layout.width }
    var inputWidth: Int { reduction.sampler.width }
  }

  /// Evaluates the function on all samples, or returns what the last evaluation at θ left.
  func forward(_ theta: [Value]) throws -> Forward {
    if let last = last.withLock({ $0 }),
      zip(last.theta, theta).allSatisfy({ $0.sharesElements(with: $1) && $0.shape == $1.shape })
    {
      return last
    }
    let forward = try evaluate(theta)
    last.withLock { $0 = forward }
    return forward
  }

  /// The shapes of the output of one example; known after the first evaluation.
  var outputLayout: ExampleLayout? { knownLayout.withLock { $0 } }

  /// What evaluates the function on the samples, before any of it has run but a probe of the
  /// output's shape.
  ///
  /// - Parameters:
  ///   - theta: The leaves, [rows] + the shape of one example.
  ///   - keepingOutputs: Whether the first pass is to leave the outputs for others.
  /// - Returns: What runs passes over the samples.
  /// - Throws: `PerturbationError` for an input that is not finite or a function that fails.
  func reduction(_ theta: [Value], keepingOutputs: Bool) throws -> SampleReduction<Scalar> {
    let rows = theta[0].shape[0]
    try checkFinite(theta)
    let leaves = theta.map { Sampler<Scalar>.InputLeaf(theta: $0, count: $0.count / rows) }
    let sampler = Sampler(
      key: key, noise: settings.noise, sigma: settings.sigma, leaves: leaves,
      noiseRows: noiseRows, sampling: settings.sampling)
    try settings.sampling.validate(width: sampler.width)
    let input = ExampleLayout(
      shapes: theta.map { $0.shape.removing(0) }, types: theta.map(\.type))
    var layout = try evaluator.knownOutput(for: input)
    var probe: (samples: Int, outputs: [Scalar])?
    if layout == nil {
      // The shape of the output decides how samples are cut into blocks; some samples tell it.
      let count = Swift.min(16, settings.samples)
      var outputs: [Scalar] = []
      let workspace = evaluator.makeWorkspace(sampler, samplesPerBlock: count)
      try TraceContext.evaluating(for: TraceContext.current) {
        var memory: UnsafeMutablePointer<Scalar>?
        var width = 0
        defer { memory?.deallocate() }
        try workspace.evaluate(row: 0, samples: 0..<count, layout: &layout) {
          let allocated = UnsafeMutablePointer<Scalar>.allocate(capacity: Swift.max(count * $0, 1))
          memory = allocated
          width = $0
          return allocated
        }
        outputs = Array(UnsafeBufferPointer(start: memory, count: count * width))
      }
      probe = (count, outputs)
    }
    guard let layout else { trap("Perturbed", "the function gave no output") }
    knownLayout.withLock { $0 = layout }
    let sumsWinners = SampleReduction.sumsWinners(evaluator, sampler, rows: rows)
    let plan = SamplePlan(
      samples: settings.samples, width: Swift.max(sampler.width, layout.width),
      unit: settings.sampling.unit(width: sampler.width) ?? 1,
      sums: sumsWinners ? sampler.width * sampler.width : 0)
    let bytes = KeptOutputs<Scalar>.bytesPerSample(
      width: layout.width, oneHot: evaluator.isOneHot(sampler))
    let keeps = keepingOutputs && rows * settings.samples * bytes <= settings.outputBudget
    let kept =
      keeps
      ? KeptOutputs<Scalar>(rows: rows, samples: settings.samples, bytesPerSample: bytes) : nil
    return SampleReduction(
      evaluator: evaluator, sampler: sampler, plan: plan, rows: rows, layout: layout,
      executor: SampleExecutor(threads: settings.threads, progress: settings.progress), kept: kept,
      probe: probe)
  }

  private func evaluate(_ theta: [Value]) throws -> Forward {
    let reduction = try reduction(theta, keepingOutputs: mayBeDifferentiated)
    // Later passes evaluate all samples again where the outputs were not kept.
    var forward = Forward(theta: theta, reduction: reduction.withoutProbe, sums: [])
    if mayBeDifferentiated,
      SampleReduction.sumsWinners(evaluator, reduction.sampler, rows: reduction.rows)
    {
      let (counts, scores) = try reduction.winnerSums()
      forward.sums = counts
      forward.winnerScores = scores
    } else {
      forward.sums = try outputSums(reduction)
    }
    if mayBeDifferentiated, settings.baseline == .point {
      forward.unperturbed = try unperturbed(forward.reduction)
    }
    return forward
  }

  /// The sums of the outputs of each row.
  private func outputSums(_ reduction: SampleReduction<Scalar>) throws -> [Double] {
    let width = reduction.layout.width
    var sums = [Double](repeating: 0, count: reduction.rows * width)
    try reduction.forEachBlock { block in
      var partial = [Double](repeating: 0, count: width)
      try partial.withUnsafeMutableBufferPointer {
        if let start = $0.baseAddress { try block.addOutputs(to: start) }
      }
      return partial
    } combine: { row, _, partial in
      for j in partial.indices { sums[row * width + j] += partial[j] }
    }
    try evaluator.absent?.rescale(&sums, width: width, samples: settings.samples)
    return sums
  }

  private func checkFinite(_ theta: [Value]) throws {
    for (leaf, path) in zip(theta, paths) {
      try leaf.withElements { pointer in
        let elements = UnsafeBufferPointer(
          start: pointer.assumingMemoryBound(to: Scalar.self), count: leaf.count)
        for (index, element) in elements.enumerated() where !element.isFinite {
          throw PerturbationError.nonFiniteInput(
            path: path, index: index, value: Double(element))
        }
        if settings.noise.action == .multiplicative,
          let index = elements.firstIndex(where: { $0 == 0 })
        {
          throw PerturbationError.invalidParameter(
            name: "element \(index) of the input\(path.isEmpty ? "" : " at \(path)")", value: "0",
            expected: "a number other than 0, since \(settings.noise.name) noise multiplies it")
        }
      }
    }
  }

  /// f(θ) for each row.
  func unperturbed(_ reduction: SampleReduction<Scalar>) throws -> [Double] {
    let workspace = evaluator.makeWorkspace(reduction.sampler, samplesPerBlock: 1)
    let width = reduction.layout.width
    var layout: ExampleLayout? = reduction.layout
    var result: [Double] = []
    let memory = UnsafeMutablePointer<Scalar>.allocate(capacity: Swift.max(width, 1))
    defer { memory.deallocate() }
    try TraceContext.evaluating(for: TraceContext.current) {
      for row in 0..<reduction.rows {
        try workspace.evaluateUnperturbed(row: row, layout: &layout) { _ in memory }
        for j in 0..<width { result.append(Double(memory[j])) }
      }
    }
    return result
  }

  /// What is subtracted from the outputs, [rows, output width], and the factor of the difference.
  ///
  /// - Parameters:
  ///   - forward: What the evaluation at θ left.
  ///   - isEven: Whether the outputs' weights are those of second derivatives, which are the same at
  ///     z and −z where those of first derivatives change their sign.
  /// - Returns: b and the factor of y − b.
  /// - Throws: `PerturbationError` where f(θ) is needed and fails.
  func baseline(
    _ forward: Forward, isEven: Bool = false
  ) throws -> (values: [Double], factor: Double) {
    switch settings.baseline {
    case .none: return ([Double](repeating: 0, count: forward.sums.count), 1)
    case .point: return (try forward.unperturbed ?? unperturbed(forward.reduction), 1)
    case .leaveOneOut:
      let n = Double(settings.samples)
      return (forward.sums.map { $0 / n }, leaveOneOutFactor(n, isEven: isEven))
    }
  }
}

extension PerturbedCall {
  /// N/(N − c), where c is the number of samples j with E[y_j w_i] = E[y_i w_i] for a weight w_i of a
  /// derivative, less those with the opposite: so much of the derivative is in E[ȳ w_i].
  ///
  /// Independent samples: c = 1, and y_i − (Nȳ − y_i)/(N − 1) = N/(N − 1) (y_i − ȳ). In a pair the
  /// partner adds 1 where the weights are even and takes 1 away where they are odd. For orthogonal
  /// directions E[y_j s_i] = 0 by symmetry, but not with even weights: second derivatives keep a bias
  /// of relative order 1/N there. A scrambled sequence spreads ȳ so little that its
  /// covariance with the weights is of a smaller order than 1/N.
  private func leaveOneOutFactor(_ n: Double, isEven: Bool) -> Double {
    switch settings.sampling {
    case .independent, .orthogonal: n / (n - 1)
    case .antithetic: isEven ? n / (n - 2) : 1
    case .quasiMonteCarlo: 1
    }
  }
}

/// What a perturbed function is made of besides the function.
struct PerturbedSettings: Sendable {
  var samples: Int
  var sigma: Double
  var noise: Noise
  var baseline: Baseline
  /// Threads to use; nil for one per processor.
  var threads: Int?
  /// Bytes up to which the function's outputs are kept for the pullback.
  var outputBudget: Int
  /// How samples depend on one another.
  var sampling: Sampling
  /// Told how far a pass over the samples is, in blocks.
  var progress: (@Sendable (_ done: Int, _ count: Int) -> Void)?
}
