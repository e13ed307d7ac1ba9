internal import Tensors

/// What statistics need of a call, whatever the type of its numbers.
protocol StatisticsCall {
  /// Moments of the outputs, [rows, output width], of the samples that a rule asks for.
  func outputMoments(
    _ theta: [Value], until isEnough: (_ samples: Int, _ standardErrors: [Double]) -> Int
  ) throws -> (moments: RowMoments, samples: Int)

  /// ȳ, [rows, output width].
  func mean(_ theta: [Value]) throws -> [Double]

  /// Moments of the outputs that ``mean(_:)`` evaluated.
  func keptMoments(_ theta: [Value]) throws -> RowMoments

  /// ȳ and the moments of the terms of (1/σ) Σ ⟨g, yᵢ − b⟩ s(zᵢ), [rows, input width].
  func gradientMoments(
    _ theta: [Value], cotangent g: [Double]
  ) throws -> (mean: [Double], moments: RowMoments)

  /// Moments of the terms of the Hessian of ⟨g, ȳ⟩ times u, [rows, input width].
  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], direction u: [Double]
  ) throws -> RowMoments

  /// Moments of the terms of d⟨g, ȳ⟩/dσ, [rows].
  func sigmaMoments(_ theta: [Value], cotangent g: [Double]) throws -> RowMoments

  /// f(θ), and in how many samples the output differs from it, for each row.
  func unperturbed(_ theta: [Value]) throws -> (outputs: [Double], changed: [Int])

  /// Distinct outputs of each row in the order of their first sample, with their counts.
  func solutions(_ theta: [Value], limit: Int) throws -> [(outputs: [Double], counts: [Int])]

  /// The shapes of the output of one example; known after the first evaluation.
  var outputLayout: ExampleLayout? { get }
}

extension PerturbedCall: StatisticsCall {
  func outputMoments(
    _ theta: [Value], until isEnough: (_ samples: Int, _ standardErrors: [Double]) -> Int
  ) throws -> (moments: RowMoments, samples: Int) {
    let reduction = try reduction(theta, keepingOutputs: false)
    let width = reduction.layout.width
    var total = RowMoments(rows: reduction.rows, width: width, sampling: settings.sampling)
    var done = 0
    while done < reduction.plan.blockCount {
      let samples = Swift.min(done * reduction.plan.samplesPerBlock, settings.samples)
      let wanted = isEnough(samples, done == 0 ? [] : total.standardErrors)
      if wanted <= samples { break }
      let end = (Swift.min(wanted, settings.samples) - 1) / reduction.plan.samplesPerBlock + 1
      let blocks = done..<Swift.max(end, done + 1)
      try reduction.addMoments(to: &total, blocks: blocks) { block, sums in
        try block.addOutputs(to: sums)
      } terms: {
        outputTerms($0, width)
      }
      done = blocks.upperBound
    }
    return (total, Swift.min(done * reduction.plan.samplesPerBlock, settings.samples))
  }

  func keptMoments(_ theta: [Value]) throws -> RowMoments {
    let reduction = try forward(theta).reduction
    let width = reduction.layout.width
    return try reduction.moments(width: width) { outputTerms($0, width) }
  }

  /// y as terms.
  private func outputTerms(_ block: BlockSums<Scalar>, _ width: Int) -> [Double] {
    UnsafeBufferPointer(start: block.outputRows, count: block.samples.count * width)
      .map(\.asDouble)
  }

  func mean(_ theta: [Value]) throws -> [Double] {
    try forward(theta).sums.map { $0 / Double(settings.samples) }
  }

  func gradientMoments(
    _ theta: [Value], cotangent g: [Double]
  ) throws -> (mean: [Double], moments: RowMoments) {
    try settings.checkScore()
    let forward = try forward(theta)
    let (baseline, factor) = try baseline(forward)
    let offsets = products(g, baseline, forward)
    let width = forward.inputWidth
    let scale = factor / settings.sigma
    let moments = try forward.reduction.moments(width: width) { block in
      let weights = block.outputWeights(g, offset: offsets[block.row])
      let scores = block.scores()
      var terms = [Double](repeating: 0, count: weights.count * width)
      for i in weights.indices {
        let weight = weights[i] * scale
        for k in 0..<width { terms[i * width + k] = weight * scores[i * width + k].asDouble }
      }
      return terms
    }
    return (try mean(theta), moments)
  }

  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], direction u: [Double]
  ) throws -> RowMoments {
    try settings.checkScoreDerivative()
    let forward = try forward(theta)
    let (baseline, even) = try baseline(forward, isEven: true)
    let odd = try self.baseline(forward).factor
    let offsets = products(g, baseline, forward)
    let width = forward.inputWidth
    let sigma = settings.sigma
    let isMultiplicative = settings.noise.action == .multiplicative
    return try forward.reduction.moments(width: width) { block in
      let weights = block.outputWeights(g, offset: offsets[block.row])
      let count = weights.count * width
      let derivatives = UnsafeBufferPointer(start: block.derivatives(), count: count)
        .map(\.asDouble)
      let s = block.scores()
      let u = Array(u[block.row * width..<(block.row + 1) * width])
      var terms = [Double](repeating: 0, count: count)
      for i in weights.indices {
        let first = i * width
        var along = 0.0
        for k in 0..<width { along += s[first + k].asDouble * u[k] }
        let scale = weights[i] * even / (sigma * sigma)
        for k in 0..<width {
          terms[first + k] = scale * (s[first + k].asDouble * along - derivatives[first + k] * u[k])
        }
        if isMultiplicative {
          // d/dθ of the factor 1/θ that turns derivatives by log θ into those by θ.
          let scale = weights[i] * odd / sigma
          for k in 0..<width { terms[first + k] -= scale * s[first + k].asDouble * u[k] }
        }
      }
      return terms
    }
  }

  func sigmaMoments(_ theta: [Value], cotangent g: [Double]) throws -> RowMoments {
    try settings.checkScore()
    let forward = try forward(theta)
    let (baseline, factor) = try baseline(forward, isEven: true)
    let offsets = products(g, baseline, forward)
    let width = forward.inputWidth
    let noise = settings.noise
    let scale = factor / settings.sigma
    // log(θ e^(σz − σ²/2)) moves by z − σ with σ.
    let drift = noise.action == .multiplicative ? settings.sigma : 0
    return try forward.reduction.moments(width: 1) { block in
      let weights = block.outputWeights(g, offset: offsets[block.row])
      let drawn = block.drawn()
      let z = UnsafeBufferPointer(start: drawn, count: weights.count * width).map(\.asDouble)
      let scores = block.scores()
      return weights.indices.map { i in
        var sum = -Double(width)
        for k in i * width..<(i + 1) * width {
          sum += ((z[k] - noise.offset) * noise.scale - drift) * scores[k].asDouble
        }
        return weights[i] * scale * sum
      }
    }
  }

  func unperturbed(_ theta: [Value]) throws -> (outputs: [Double], changed: [Int]) {
    let forward = try forward(theta)
    let outputs = try unperturbed(forward.reduction)
    let width = forward.outputWidth
    var changed = [Int](repeating: 0, count: forward.rows)
    try forward.reduction.forEachBlock { block in
      let rows = block.outputRows
      return (0..<block.samples.count).count { i in
        (0..<width).contains { rows[i * width + $0].asDouble != outputs[block.row * width + $0] }
      }
    } combine: { row, _, count in
      changed[row] += count
    }
    try evaluator.absent?.checkEmpty()
    return (outputs, changed)
  }

  func solutions(_ theta: [Value], limit: Int) throws -> [(outputs: [Double], counts: [Int])] {
    let reduction = try reduction(theta, keepingOutputs: false)
    let width = reduction.layout.width
    var tables = (0..<reduction.rows).map { _ in SolutionTable<Scalar>(width: width) }
    try reduction.forEachBlock { block in
      // Checks that outputs are finite.
      var ignored = [Double](repeating: 0, count: width)
      try ignored.withUnsafeMutableBufferPointer {
        if let start = $0.baseAddress { try block.addOutputs(to: start) }
      }
      var table = SolutionTable<Scalar>(width: width)
      let rows = block.outputRows
      for i in 0..<block.samples.count { table.add(rows + i * width, count: 1) }
      return table
    } combine: { row, samples, table in
      tables[row].merge(table)
      if tables[row].counts.count > limit {
        throw PerturbationError.tooManySolutions(limit: limit, samples: samples.upperBound)
      }
    }
    try evaluator.absent?.checkEmpty()
    return tables.map { ($0.outputs.map(\.asDouble), $0.counts) }
  }

  /// ⟨g, b⟩ for each row.
  private func products(_ g: [Double], _ baseline: [Double], _ forward: Forward) -> [Double] {
    let width = forward.outputWidth
    return (0..<forward.rows).map { row in
      (row * width..<(row + 1) * width).reduce(0) { $0 + g[$1] * baseline[$1] }
    }
  }
}
