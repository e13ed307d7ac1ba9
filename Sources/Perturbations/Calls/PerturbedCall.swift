internal import Synchronization
internal import Tensors

/// One call of a perturbed function: a key, a function and how it is smoothed. It computes the mean of
/// the outputs and, from the same samples, the first and second derivatives.
///
/// Inputs are [rows] + the shape of one example, for each leaf; packed inputs and outputs are
/// [rows, width].
final class PerturbedCall<Scalar: TensorFloatingPoint>: EstimatedCall, @unchecked Sendable {
  let name: String
  let evaluator: any BlockEvaluator<Scalar>
  let smoothing: Smoothing
  let key: RandomKey
  /// Rows whose noise differs.
  let noiseRows: Int
  /// Gives the path of each leaf of the input, for messages.
  let paths: @Sendable () -> [String]
  /// What is made of the function's outputs.
  let transform: OutputTransform
  /// Whether a pullback may follow, so that it pays to keep the outputs.
  let mayBeDifferentiated: Bool
  /// Whether ⟨y, x⟩ is summed beside the outputs.
  let findsObjective: Bool
  /// The output of the function for one example, and the samples that told it, where another call has
  /// found them.
  private let known: (layout: ExampleLayout, probe: SampleSource<Scalar>.Probe?)?
  let merges = MergedLeaves()
  /// Evaluations are made under the lock, so that two pullbacks at a time make them once.
  private let last = Mutex<Forward?>(nil)
  private let knownLayout = Mutex<ExampleLayout?>(nil)

  init(
    _ evaluator: any BlockEvaluator<Scalar>, _ request: CallRequest,
    paths: @escaping @Sendable () -> [String]
  ) {
    name = request.name
    self.evaluator = evaluator
    smoothing = request.smoothing
    key = request.key
    noiseRows = request.batch.rows
    self.paths = paths
    transform = request.transform
    mayBeDifferentiated = request.mayBeDifferentiated
    findsObjective = request.findsObjective
    known = nil
  }

  /// The same function, smoothed in another way.
  ///
  /// - Parameters:
  ///   - other: The call.
  ///   - smoothing: Samples and the rest.
  ///   - key: Another key.
  ///   - mayBeDifferentiated: Whether several passes follow; by default as for the other.
  ///   - source: What evaluates the other call and has found out the output's shape, where it has the
  ///     same first 16 samples.
  init(
    _ other: PerturbedCall, _ smoothing: Smoothing, key: RandomKey? = nil,
    mayBeDifferentiated: Bool? = nil, knowing source: SampleSource<Scalar>? = nil
  ) {
    name = other.name
    evaluator = other.evaluator
    self.smoothing = smoothing
    self.key = key ?? other.key
    noiseRows = other.noiseRows
    paths = other.paths
    transform = other.transform
    self.mayBeDifferentiated = mayBeDifferentiated ?? other.mayBeDifferentiated
    findsObjective = other.findsObjective
    known = source.map { ($0.functionLayout, $0.probe) }
  }

  var subject: String { "a perturbed call" }

  /// What the evaluation at one θ left.
  final class Forward: @unchecked Sendable {
    let theta: [Value]
    let source: SampleSource<Scalar>
    /// How many samples of each row were taken.
    let samples: Int
    /// Sums of the outputs, [rows, output width].
    let sums: [Double]
    /// How many samples of each row have an output, and how many of these lack their partner.
    let present: [Int]
    let unpaired: [Int]
    /// Sums of ⟨y, x⟩ for each row, where they were asked for.
    let objectives: [Double]
    /// Sums of the outputs by scrambling, [rows, scramblings, output width], where they were needed.
    let strata: [Double]?
    /// The scores of the samples of each answer, [rows, answers, input width], where there are answers.
    let answerScores: [Double]?
    private let unperturbed = Mutex<[Double]?>(nil)

    init(
      theta: [Value], source: SampleSource<Scalar>, sums: [Double], totals: [PartialSums],
      objectives: [Double] = [], strata: [Double]? = nil, answerScores: [Double]? = nil
    ) {
      self.theta = theta
      self.source = source
      samples = totals.first?.samples ?? 0
      self.sums = sums
      present = totals.map(\.present)
      unpaired = totals.map(\.unpaired)
      self.objectives = objectives
      self.strata = strata
      self.answerScores = answerScores
    }

    var rows: Int { source.rows }
    var outputWidth: Int { source.outputWidth }
    var inputWidth: Int { source.inputWidth }

    /// The means of the outputs over the samples that have one, [rows, output width].
    var means: [Double] {
      var means = sums
      for (row, count) in present.enumerated() {
        let n = Double(count)
        for place in row * outputWidth..<(row + 1) * outputWidth { means[place] /= n }
      }
      return means
    }

    /// f(θ), [rows, output width].
    func pointValues(on execution: any Execution) throws -> [Double] {
      try unperturbed.withLock { known in
        if let known { return known }
        let found = try execution.single(source.unperturbed)
        guard found.count == rows * outputWidth else { throw PassPartError.damaged }
        known = found
        return found
      }
    }
  }

  /// Evaluates the function on all samples, or returns what the last evaluation at θ left.
  func forward(_ theta: [Value]) throws -> Forward {
    try last.withLock { last in
      if let last, last.theta.areSame(theta) { return last }
      let forward = try evaluate(theta)
      last = forward
      return forward
    }
  }

  /// The shapes of the output of one example; known after the first evaluation.
  var outputLayout: ExampleLayout? { knownLayout.withLock { $0 } }

  private func evaluate(_ theta: [Value]) throws -> Forward {
    let source = try source(theta, keepingOutputs: mayBeDifferentiated)
    let forward =
      mayBeDifferentiated && sumsAnswers(source)
      ? try answerForward(theta, source) : try plainForward(theta, source)
    if let kept = source.kept, !kept.isLost { kept.isComplete = true }
    if mayBeDifferentiated, smoothing.baseline == .point {
      _ = try forward.pointValues(on: smoothing.execution)
    }
    return forward
  }

  private func plainForward(_ theta: [Value], _ source: SampleSource<Scalar>) throws -> Forward {
    let width = source.outputWidth
    var terms: [any Term<Scalar>] = [OutputTerm<Scalar>(width: width)]
    if findsObjective {
      terms.append(ObjectiveTerm<Scalar>(isMultiplied: transform.isMultiplied))
    }
    let scramblings = smoothing.sampling.scramblings
    let isStratified = mayBeDifferentiated && smoothing.baseline.leavesOneOut && scramblings > 0
    if isStratified {
      terms.append(StratifiedOutputTerm<Scalar>(strata: scramblings, outputWidth: width))
    }
    var totals = try SamplePass(source, .terms(sums: terms, moments: [])).totals(
      on: smoothing.execution)
    try checkTotals(totals, width: width)
    let objective = width + (findsObjective ? 1 : 0)
    let objectives = findsObjective ? totals.map { $0.sums[width] } : []
    let strata =
      isStratified ? totals.sums(objective..<objective + scramblings * width) : nil
    return Forward(
      theta: theta, source: source, sums: totals.takeSums(0..<width), totals: totals,
      objectives: objectives, strata: strata)
  }

  private func answerForward(_ theta: [Value], _ source: SampleSource<Scalar>) throws -> Forward {
    let (width, answers) = (source.inputWidth, source.answers)
    let totals = try SamplePass(source, .answers).totals(on: smoothing.execution)
    var counts = totals.sums(0..<answers)
    if case .vote = source.form {
      counts = stride(from: 0, to: counts.count, by: 2).map { counts[$0 + 1] - counts[$0] }
    }
    return Forward(
      theta: theta, source: source, sums: counts, totals: totals,
      answerScores: totals.sums(answers..<answers * (width + 1)))
  }

  /// Refuses means that there are none of.
  private func checkTotals(_ totals: [PartialSums], width: Int) throws {
    for total in totals {
      if total.present == 0 {
        throw PerturbationError.invalidParameter(
          name: "the number of samples with an output", value: "0", expected: "at least one")
      }
      if let index = total.sums[..<width].firstIndex(where: { !$0.isFinite }) {
        throw PerturbationError.overflow(
          "the sum of output \(index) over \(total.samples) samples is larger than a number can be, "
            + "and so there is no mean: scale the function's output down")
      }
    }
  }

  // MARK: Sources

  /// The most sums of scores over all rows that one pass makes of winners.
  private static var mostScoreSums: Int { 1 << 22 }

  /// Whether one pass over the samples can give all that the first derivative needs, which depends
  /// on the problem's shape alone.
  private func sumsAnswers(_ source: SampleSource<Scalar>) -> Bool {
    sumsAnswers(source.sampler, source.form, rows: source.rows)
  }

  private func sumsAnswers(_ sampler: Sampler<Scalar>, _ form: OutputForm, rows: Int) -> Bool {
    // Leaving out a scrambling takes the sums of each.
    if smoothing.sampling.scramblings > 0, smoothing.baseline.leavesOneOut { return false }
    // A linear model takes the sums of each half.
    if smoothing.baseline == .linear { return false }
    return (form.isIndex || form.isVote) && sampler.noise.hasScore
      && sampler.width <= Scalar.mostWinners
      && rows * sampler.width * sampler.width <= Self.mostScoreSums
  }

  /// What makes the samples at θ, for a function of inputs [rows] + the shape of one example.
  func sampler(_ theta: [Value]) throws -> Sampler<Scalar> {
    try check(theta)
    let rows = theta[0].shape[0]
    let leaves = theta.map { Sampler<Scalar>.InputLeaf(theta: $0, count: $0.count / rows) }
    let sampler = Sampler(
      key: key, noise: smoothing.noise, sigma: smoothing.sigma, leaves: leaves,
      noiseRows: noiseRows, sampling: smoothing.sampling)
    try smoothing.sampling.validate(width: sampler.width)
    return sampler
  }

  /// What evaluates the function on the samples, before any of it has run but a probe of the
  /// output's shape.
  ///
  /// - Parameters:
  ///   - theta: The leaves, [rows] + the shape of one example.
  ///   - keepingOutputs: Whether the first pass is to leave the outputs for others.
  /// - Returns: What passes over the samples need.
  /// - Throws: `PerturbationError` for an input that is not finite or a function that fails.
  func source(_ theta: [Value], keepingOutputs: Bool) throws -> SampleSource<Scalar> {
    let rows = theta[0].shape[0]
    let sampler = try sampler(theta)
    let input = ExampleLayout(shapes: theta.map { $0.shape.removing(0) }, types: theta.map(\.type))
    var found = try evaluator.knownOutput(for: input) ?? known?.layout
    var probe = known?.probe
    // The shape of the output decides how samples are cut into blocks; some samples tell it.
    if found == nil, evaluator.runsOutside {
      let width = try smoothing.execution.single {
        probe = try self.probe(sampler, &found)
        return found.map { [Double($0.width)] } ?? []
      }
      guard let count = width.first.flatMap({ Int32(exactly: $0) }), count >= 0 else {
        throw PassPartError.damaged
      }
      found = ExampleLayout(shapes: [[Int(count)]], types: [Scalar.elementType])
    } else if found == nil {
      probe = try self.probe(sampler, &found)
    }
    guard let layout = found else { trap(name, "the function gave no output") }
    if transform.isObjective || transform.isMultiplied || findsObjective {
      try checkSolution(layout, input)
    }
    var form: OutputForm = transform.isIdentity ? evaluator.outputForm(sampler) : .dense
    let transformed = transform.layout(layout)
    knownLayout.withLock { $0 = transformed }
    let width = transformed.width
    try smoothing.sampling.validate(outputWidth: Swift.max(width, sampler.width))
    let sumsWinners = form.isIndex && sumsAnswers(sampler, form, rows: rows)
    let plan = SamplePlan(
      samples: smoothing.samples, width: Swift.max(sampler.width, layout.width),
      unit: smoothing.sampling.blockUnit(width: sampler.width),
      sums: sumsWinners ? sampler.width * sampler.width : 0,
      leastBlocks: evaluator.runsOutside ? 64 : 1)
    func fits(_ form: OutputForm) -> Bool {
      let bytes = KeptOutputs<Scalar>.bytesPerSample(width: width, form)
      let (size, overflow) = (rows * Swift.max(bytes, 1)).multipliedReportingOverflow(
        by: smoothing.samples)
      return !overflow && size <= smoothing.outputBudget
    }
    // Bits take time to pack: they are for outputs that would not fit otherwise, and for wide ones, which
    // take longer to find.
    if form.isBits, width < 4096, fits(.dense) { form = .dense }
    let keeps = keepingOutputs && fits(form)
    return SampleSource(
      evaluator: evaluator, sampler: sampler, plan: plan, rows: rows, functionLayout: layout,
      transform: transform, form: form,
      kept: keeps
        ? KeptOutputs(rows: rows, samples: smoothing.samples, width: width, form: form) : nil,
      mayFollowTotals: smoothing.baseline.leavesOneOut || evaluator.runsOutside, probe: probe)
  }

  private func probe(
    _ sampler: Sampler<Scalar>, _ layout: inout ExampleLayout?
  ) throws -> SampleSource<Scalar>.Probe {
    let unit = smoothing.sampling.unit(width: sampler.width) ?? 1
    let count = Swift.min(unit > 1 && unit <= 16 ? 16 / unit * unit : 16, smoothing.samples)
    let workspace = try evaluator.makeWorkspace(sampler, samplesPerBlock: count)
    return try TraceContext.evaluating(for: TraceContext.current) {
      var memory: UnsafeMutablePointer<Scalar>?
      var width = 0
      defer { memory?.deallocate() }
      let absent = try EvaluationContext.withCurrentTask(threads: smoothing.execution.threads) {
        context in
        try workspace.evaluate(row: 0, samples: 0..<count, layout: &layout, context) {
          let allocated = UnsafeMutablePointer<Scalar>.allocate(capacity: Swift.max(count * $0, 1))
          memory = allocated
          width = $0
          return allocated
        }
      }
      let outputs = Array(UnsafeBufferPointer(start: memory, count: count * width))
      return SampleSource<Scalar>.Probe(samples: count, outputs: outputs, absent: absent)
    }
  }

  private func checkSolution(_ solution: ExampleLayout, _ input: ExampleLayout) throws {
    guard solution.shapes == input.shapes else {
      throw PerturbationError.inconsistentInput(
        "the function gave \(solution), expected the shape of its input, "
          + "\(input.shapes.map(\.description).joined(separator: ", ")): ⟨y, θ⟩ is what it optimises"
      )
    }
  }

  /// Checks that θ is finite, can be perturbed, and is fine enough for σ to be seen.
  private func check(_ theta: [Value]) throws {
    let perturbation = smoothing.noise.perturbation
    for (position, leaf) in theta.enumerated() {
      if let (index, value) = leaf.firstNonFinite {
        throw PerturbationError.nonFiniteInput(
          path: paths()[position], index: index, value: value)
      }
      try leaf.withElements { pointer in
        let elements = UnsafeBufferPointer(
          start: pointer.assumingMemoryBound(to: Scalar.self), count: leaf.count)
        if let (index, expected) = perturbation.refusal(elements) {
          let path = paths()[position]
          throw PerturbationError.invalidParameter(
            name: "element \(index) of the input\(path.isEmpty ? "" : " at \(path)")", value: "0",
            expected: expected)
        }
        let magnitude = perturbation.magnitude(elements)
        if smoothing.sigma * smoothing.noise.scale < Resolution.of(magnitude) {
          throw PerturbationError.unresolvedSigma(
            sigma: smoothing.sigma, magnitude: magnitude.asDouble, type: Scalar.elementType)
        }
      }
    }
  }
}

extension [PartialSums] {
  /// A part of the sums of each segment, one after the other.
  func sums(_ range: Range<Int>) -> [Double] {
    var copy = self
    return copy.takeSums(range)
  }

  /// The same, and frees each segment's sums on the way.
  mutating func takeSums(_ range: Range<Int>) -> [Double] {
    if count == 1, self[0].sums.count == range.count {
      let sums = self[0].sums
      self[0].sums = []
      return sums
    }
    var result: [Double] = []
    result.reserveCapacity(count * range.count)
    for segment in indices {
      result.append(contentsOf: self[segment].sums[range])
      self[segment].sums = []
    }
    return result
  }
}

extension OutputTransform {
  var isIdentity: Bool { if case .identity = self { true } else { false } }
  var isMultiplied: Bool { if case .timesInput = self { true } else { false } }
  var isObjective: Bool { if case .objective = self { true } else { false } }
}
