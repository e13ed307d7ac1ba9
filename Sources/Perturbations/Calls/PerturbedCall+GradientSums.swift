internal import Platform
internal import Tensors

/// The gradient of ⟨g, ȳ⟩ in the noise's location over some samples, [rows, input width], with what its
/// standard errors take.
struct GradientSums {
  /// Of each row.
  let samples: Int
  /// Moments of the outputs, for each row.
  let outputs: [Moments]
  let gradient: [Double]
  let standardErrors: [Double]
  /// How large the error of an entry may be whose samples were all 0.
  let noSpreadError: Double
}

extension PerturbedCall {
  /// The first samples, whose outputs are kept, give a baseline; terms are compared with that one
  /// throughout, and their sums moved to the baseline of all samples at the end:
  /// Σ (⟨g, yᵢ⟩ − b′) sᵢ = Σ (⟨g, yᵢ⟩ − b) sᵢ − (b′ − b) Σ sᵢ.
  func gradientSums(
    _ theta: [Value], cotangent: (_ mean: [Double]) throws -> [Double],
    until isEnough: (GradientSums) -> Int
  ) throws -> GradientSums {
    try smoothing.checkScore()
    let source = try source(theta, keepingOutputs: false)
    let perBlock = source.plan.samplesPerBlock
    // Variances of few units say little, and each scrambling needs samples for its baseline.
    let least = Swift.max(64, 16 * source.unit, 4 * smoothing.sampling.scramblings)
    var few = smoothing
    few.samples = Swift.min((least + perBlock - 1) / perBlock * perBlock, smoothing.samples)
    let first = PerturbedCall(self, few, mayBeDifferentiated: true, knowing: source)
    let start = try first.forward(theta)
    let g = try cotangent(start.means)
    let baseline = try first.baseline(start)
    let model = try first.controlVariates(start, [g[...]], baseline)[0]
    let scores = try start.source.meanSquareScore()
    var part = PassPart(segments: start.rows)
    func add(_ source: SampleSource<Scalar>, _ blocks: Range<Int>) throws -> GradientSums {
      let pass = gradientPass(source, g, baseline, model)
      try part.merge(smoothing.execution.run(pass, blocks: blocks))
      let totals = try part.totals(blocks: blocks.upperBound)
      try checkWhole(totals)
      return try gradientSums(totals, of: start, g, baseline, meanSquareScore: scores)
    }
    var done = start.source.plan.blockCount
    var sums = try add(start.source, 0..<done)
    while done < source.plan.blockCount {
      let wanted = isEnough(sums)
      if wanted <= sums.samples { break }
      let end = (Swift.min(wanted, smoothing.samples) - 1) / perBlock + 1
      sums = try add(source, done..<Swift.max(end, done + 1))
      done = Swift.max(end, done + 1)
    }
    return sums
  }

  /// Whether the baseline changes with the number of samples.
  private var baselineMoves: Bool { smoothing.baseline.leavesOneOut }

  private func gradientPass(
    _ source: SampleSource<Scalar>, _ g: [Double], _ baseline: BaselineValues,
    _ model: LinearControlVariate?
  ) -> SamplePass<Scalar> {
    var sums: [any Term<Scalar>] = []
    if baselineMoves {
      let strata = baseline.values.strata
      sums.append(ScoreTerm<Scalar>(strata: strata, inputWidth: source.inputWidth))
      if strata > 1 {
        sums.append(
          StratifiedOutputTerm<Scalar>(strata: strata, outputWidth: source.outputWidth))
      }
    }
    return SamplePass(
      source,
      .terms(
        sums: sums,
        moments: [
          OutputTerm<Scalar>(width: source.outputWidth),
          CotangentTerm<Scalar>(
            g: g[...], offsets: baseline.values.products(g[...]), width: source.inputWidth,
            model: model),
        ]))
  }

  /// What the totals of a pass say of the gradient.
  private func gradientSums(
    _ totals: [PartialSums], of first: Forward, _ g: [Double], _ baseline: BaselineValues,
    meanSquareScore: Double
  ) throws -> GradientSums {
    let (width, outputWidth) = (first.inputWidth, first.outputWidth)
    let strata = baseline.values.strata
    let samples = totals[0].samples
    let n = Double(samples)
    var factors = baseline.odd
    // ⟨g, b′ − b⟩ for each row and stratum.
    var shifts: [Double]?
    if baselineMoves {
      let moved = try self.baseline(
        Forward(
          theta: first.theta, source: first.source,
          sums: totals.flatMap { $0.moments[0].sum }, totals: totals,
          strata: strata > 1
            ? totals.sums(strata * width..<strata * (width + outputWidth)) : nil))
      factors = moved.odd
      shifts = zip(moved.values.products(g[...]).values, baseline.values.products(g[...]).values)
        .map { $0 - $1 }
    }
    var (gradient, errors): ([Double], [Double]) = ([], [])
    var noSpreadError = 0.0
    for (row, total) in totals.enumerated() {
      let scale = factors[row] / (n * smoothing.sigma)
      for k in 0..<width {
        var sum = total.moments[1].sum[k]
        if let shifts {
          for stratum in 0..<strata {
            sum -= shifts[row * strata + stratum] * total.sums[stratum * width + k]
          }
        }
        gradient.append(sum * scale)
      }
      errors += total.moments[1].standardErrors.map { $0 * n * scale }
      let weight = g[row * outputWidth..<(row + 1) * outputWidth].reduce(0) { $0 + abs($1) }
      let size = 1 + Swift.max(0, Elementary.log(n / 3))
      noSpreadError = Swift.max(
        noSpreadError,
        total.moments[0].noSpreadError * weight * size * meanSquareScore.squareRoot()
          / smoothing.sigma)
    }
    return GradientSums(
      samples: samples, outputs: totals.map { $0.moments[0] }, gradient: gradient,
      standardErrors: errors, noSpreadError: noSpreadError)
  }
}

extension SampleSource {
  /// E s², from some 1,024 numbers of row 0 or one sample of it.
  fileprivate func meanSquareScore() throws -> Double {
    let samples = Swift.min(Swift.max(1024 / Swift.max(inputWidth, 1), 1), plan.samples)
    let count = samples * inputWidth
    let scores = UnsafeMutablePointer<Scalar>.allocate(capacity: Swift.max(count, 1))
    defer { scores.deallocate() }
    sampler.draw(row: 0, samples: 0..<samples, into: scores)
    sampler.score(scores, into: scores, count: count)
    return (0..<count).reduce(0.0) { $0 + scores[$1].asDouble * scores[$1].asDouble }
      / Double(Swift.max(count, 1))
  }
}
