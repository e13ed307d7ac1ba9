internal import Tensors

/// What statistics need of a call, whatever the type of its numbers.
protocol StatisticsCall {
  /// Moments of the outputs, one for each row, of the samples that a rule asks for.
  ///
  /// - Parameters:
  ///   - theta: The leaves.
  ///   - isEnough: How many samples are wanted, after some or none of them.
  /// - Returns: The moments, over as many samples as were taken.
  /// - Throws: `PerturbationError` for an input or a function that fails.
  func outputMoments(
    _ theta: [Value], until isEnough: (_ samples: Int, _ moments: [Moments]) -> Int
  ) throws -> [Moments]

  /// ȳ, [rows, output width].
  func mean(_ theta: [Value]) throws -> [Double]

  /// Moments of the outputs y and of the terms ⟨g, yᵢ − b⟩ s(zᵢ), for each row, and what the second are
  /// multiplied by to be the gradient of ⟨g, ȳ⟩ in the noise's location.
  func gradientMoments(
    _ theta: [Value], cotangent g: [Double]
  ) throws -> (outputs: [Moments], terms: [Moments], scales: [Double])

  /// The same sums over the samples that a rule asks for.
  ///
  /// - Parameters:
  ///   - theta: The leaves.
  ///   - cotangent: g, [rows, output width], for the structure of a mean.
  ///   - isEnough: How many samples are wanted, after some of them.
  /// - Returns: The sums over as many samples as were taken.
  /// - Throws: `PerturbationError` for an input or a function that fails.
  func gradientSums(
    _ theta: [Value], cotangent: (_ mean: [Double]) throws -> [Double],
    until isEnough: (GradientSums) -> Int
  ) throws -> GradientSums

  /// Moments of the terms of the Hessian of ⟨g, ȳ⟩ times u.
  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], direction u: [Double]
  ) throws -> [Moments]

  /// Moments of the terms of the Hessian of ⟨g, ȳ⟩ that are in the upper triangle, in rows `lines` of
  /// it.
  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], lines: Range<Int>
  ) throws -> [Moments]

  /// Moments of the terms of d⟨g, ȳ⟩/dσ.
  func sigmaMoments(_ theta: [Value], cotangent g: [Double]) throws -> [Moments]

  /// f(θ), and in how many samples the output differs from it, for each row.
  func unperturbed(_ theta: [Value]) throws -> (outputs: [Double], changed: [Int])

  /// Distinct outputs of each row in the order of their first sample, with their counts.
  func solutions(_ theta: [Value], limit: Int) throws -> [SolutionTable]

  /// The perturbed inputs of one sample: a leaf [rows] + the shape of one example each.
  func inputs(_ theta: [Value], sample: Int) throws -> [Value]

  /// The shapes of the output of one example; known after the first evaluation.
  var outputLayout: ExampleLayout? { get }
}

extension PerturbedCall: StatisticsCall {
  func outputMoments(
    _ theta: [Value], until isEnough: (_ samples: Int, _ moments: [Moments]) -> Int
  ) throws -> [Moments] {
    let source = try source(theta, keepingOutputs: false)
    let (plan, n) = (source.plan, smoothing.samples)
    let pass = SamplePass(
      source, .terms(sums: [], moments: [OutputTerm(width: source.outputWidth)]))
    var part = PassPart(segments: pass.segments)
    var totals: [PartialSums] = []
    var done = 0
    while done < plan.blockCount {
      let samples = Swift.min(done * plan.samplesPerBlock, n)
      let wanted = isEnough(samples, totals.map { $0.moments[0] })
      if wanted <= samples { break }
      let end = Swift.max((Swift.min(wanted, n) - 1) / plan.samplesPerBlock + 1, done + 1)
      try part.merge(smoothing.execution.run(pass, blocks: done..<end))
      totals = try part.totals(blocks: end)
      try checkWhole(totals)
      done = end
    }
    return totals.map { $0.moments[0] }
  }

  func mean(_ theta: [Value]) throws -> [Double] {
    try forward(theta).means
  }

  func gradientMoments(
    _ theta: [Value], cotangent g: [Double]
  ) throws -> (outputs: [Moments], terms: [Moments], scales: [Double]) {
    try smoothing.checkScore()
    let forward = try forward(theta)
    let baseline = try baseline(forward)
    let model = try controlVariates(forward, [g[...]], baseline)[0]
    let totals = try moments(
      forward, baseline.followsTotals,
      [
        OutputTerm<Scalar>(width: forward.outputWidth),
        CotangentTerm<Scalar>(
          g: g[...], offsets: baseline.values.products(g[...]), width: forward.inputWidth,
          model: model),
      ])
    let scale = Double(smoothing.samples) * smoothing.sigma
    return (
      totals.map { $0.moments[0] }, totals.map { $0.moments[1] }, baseline.odd.map { $0 / scale }
    )
  }

  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], direction u: [Double]
  ) throws -> [Moments] {
    let forward = try forward(theta)
    let order = try secondOrder(forward, g)
    return try moments(
      forward, order.followsTotals,
      [
        SecondCotangentTerm<Scalar>(
          g: g[...], u: u[...], offsets: order.offsets, width: forward.inputWidth,
          even: order.even, odd: order.odd)
      ]
    ).map { $0.moments[0] }
  }

  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], lines: Range<Int>
  ) throws -> [Moments] {
    let forward = try forward(theta)
    let order = try secondOrder(forward, g)
    return try moments(
      forward, order.followsTotals,
      [
        HessianTerm<Scalar>(
          g: g[...], offsets: order.offsets, inputWidth: forward.inputWidth, lines: lines,
          even: order.even, odd: order.odd)
      ]
    ).map { $0.moments[0] }
  }

  func sigmaMoments(_ theta: [Value], cotangent g: [Double]) throws -> [Moments] {
    try smoothing.checkScore()
    let forward = try forward(theta)
    let baseline = try baseline(forward)
    let sigma = smoothing.sigma
    return try moments(
      forward, baseline.followsTotals,
      [
        SigmaTerm<Scalar>(
          g: g[...], offsets: baseline.values.products(g[...]), inputWidth: forward.inputWidth,
          noise: smoothing.noise, drift: smoothing.noise.perturbation.drift(sigma: sigma),
          even: baseline.even.map { $0 / sigma }, odd: baseline.odd.map { $0 / sigma })
      ]
    ).map { $0.moments[0] }
  }

  func unperturbed(_ theta: [Value]) throws -> (outputs: [Double], changed: [Int]) {
    let forward = try forward(theta)
    let outputs = try forward.pointValues(on: smoothing.execution)
    let totals = try SamplePass(
      forward.source, .terms(sums: [ChangedTerm(unperturbed: outputs)], moments: [])
    ).totals(on: smoothing.execution)
    try checkWhole(totals)
    // Sums that another process made may be any numbers.
    let changed = totals.compactMap { Int(exactly: $0.sums[0]) }
    guard changed.count == totals.count else { throw PassPartError.damaged }
    return (outputs, changed)
  }

  func solutions(_ theta: [Value], limit: Int) throws -> [SolutionTable] {
    let source = try source(theta, keepingOutputs: false)
    let totals = try SamplePass(source, .solutions(limit: limit)).totals(on: smoothing.execution)
    try checkWhole(totals)
    return totals.compactMap(\.solutions)
  }

  func inputs(_ theta: [Value], sample: Int) throws -> [Value] {
    let sampler = try sampler(theta)
    let rows = (0..<theta[0].shape[0]).map { row in
      sampler.perturbed(row: row, samples: sample..<sample + 1)
    }
    return theta.indices.map { leaf in
      let parts = rows.map { $0[leaf] }
      return parts.count == 1 ? parts[0] : Value.pack(parts).reshaped(theta[leaf].shape)
    }
  }

  func moments(
    _ forward: Forward, _ followsTotals: Bool, _ terms: [any Term<Scalar>]
  ) throws -> [PartialSums] {
    let totals = try SamplePass(
      forward.source, .terms(sums: [], moments: terms), followsTotals: followsTotals
    ).totals(on: smoothing.execution)
    try checkWhole(totals)
    return totals
  }

  /// Refuses statistics that take all samples to be there.
  func checkWhole(_ totals: [PartialSums]) throws {
    let absent = totals.reduce(0) { $0 + $1.samples - $1.present }
    if absent > 0 {
      throw PerturbationError.invalidParameter(
        name: "the number of skipped samples", value: "\(absent)",
        expected: "none: standard errors and other statistics need all samples")
    }
  }

  /// What the terms of second derivatives in θ take, for each row.
  private func secondOrder(
    _ forward: Forward, _ g: [Double]
  ) throws -> (offsets: SampleOffsets, even: [Double], odd: [Double], followsTotals: Bool) {
    try smoothing.checkScoreDerivative()
    let baseline = try baseline(forward)
    let sigma = smoothing.sigma
    let first = smoothing.noise.perturbation.firstInSecond
    return (
      baseline.values.products(g[...]), baseline.even.map { $0 / (sigma * sigma) },
      baseline.odd.map { first * $0 / sigma }, baseline.followsTotals
    )
  }
}
