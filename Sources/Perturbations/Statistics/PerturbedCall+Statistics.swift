internal import Tensors

/// What statistics need of a call, whatever the type of its numbers.
protocol StatisticsCall {
  /// Moments of the outputs, [rows, output width], of the samples that a rule asks for.
  func outputMoments(
    _ theta: [Value], until isEnough: (_ samples: Int, _ standardErrors: [Double]) -> Int
  ) throws -> (moments: RowMoments, samples: Int)

  /// ȳ, [rows, output width].
  func mean(_ theta: [Value]) throws -> [Double]

  /// Moments of the outputs y, [rows, output width], and of the terms ⟨g, yᵢ − b⟩ s(zᵢ),
  /// [rows, input width], whose sums times `scale` are the gradient of ⟨g, ȳ⟩.
  func gradientMoments(
    _ theta: [Value], cotangent g: [Double]
  ) throws -> (outputs: RowMoments, terms: RowMoments, scale: Double)

  /// Moments of the terms of the Hessian of ⟨g, ȳ⟩ times u, [rows, input width].
  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], direction u: [Double]
  ) throws -> RowMoments

  /// Moments of the terms of the Hessian of ⟨g, ȳ⟩ that are in the upper triangle, in rows
  /// `lines` of it, [rows, entries].
  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], lines: Range<Int>
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
    var totals = [reduction.emptyMoments(width: reduction.layout.width)]
    var done = 0
    while done < reduction.plan.blockCount {
      let samples = Swift.min(done * reduction.plan.samplesPerBlock, settings.samples)
      let wanted = isEnough(samples, done == 0 ? [] : totals[0].standardErrors)
      if wanted <= samples { break }
      let end = (Swift.min(wanted, settings.samples) - 1) / reduction.plan.samplesPerBlock + 1
      let blocks = done..<Swift.max(end, done + 1)
      try reduction.addMoments(to: &totals, blocks: blocks) { [try reduction.outputPart($0)] }
      done = blocks.upperBound
    }
    return (totals[0], Swift.min(done * reduction.plan.samplesPerBlock, settings.samples))
  }

  func mean(_ theta: [Value]) throws -> [Double] {
    try forward(theta).sums.map { $0 / Double(settings.samples) }
  }

  func gradientMoments(
    _ theta: [Value], cotangent g: [Double]
  ) throws -> (outputs: RowMoments, terms: RowMoments, scale: Double) {
    try settings.checkScore()
    let forward = try forward(theta)
    let (baseline, factor) = try baseline(forward)
    let offsets = products(g, baseline, forward)
    let (width, reduction) = (forward.inputWidth, forward.reduction)
    var totals = [
      reduction.emptyMoments(width: forward.outputWidth), reduction.emptyMoments(width: width),
    ]
    try reduction.addMoments(to: &totals) { block in
      let weights = block.outputWeights(g, offset: offsets[block.row])
      let outputs = try reduction.outputPart(block)
      let scores = block.scores()
      var terms = widened(scores, count: weights.count * width)
      terms.withUnsafeMutableBufferPointer { terms in
        weights.withUnsafeBufferPointer { weights in
          for i in weights.indices {
            for k in i * width..<(i + 1) * width { terms[k] *= weights[i] }
          }
        }
      }
      return [
        outputs,
        reduction.part(
          block, width: width, sums: { $0.addRows(scores, weights: weights, to: $1) }, terms: terms),
      ]
    }
    return (totals[0], totals[1], factor / (Double(settings.samples) * settings.sigma))
  }

  /// What the terms of second derivatives are made of.
  private struct SecondOrder {
    let baseline: [Double]
    /// Of ss′ − ∇s, and of the first derivative that multiplicative noise adds.
    let (even, odd): (Double, Double)
    let offsets: [Double]
  }

  private func secondOrder(_ forward: Forward, _ g: [Double]) throws -> SecondOrder {
    try settings.checkScoreDerivative()
    let sigma = settings.sigma
    let (baseline, factor) = try baseline(forward, isEven: true)
    // d/dθ of the factor 1/θ that turns derivatives by log θ into those by θ.
    let odd =
      settings.noise.action == .multiplicative ? try self.baseline(forward).factor / sigma : 0
    return SecondOrder(
      baseline: baseline, even: factor / (sigma * sigma), odd: odd,
      offsets: products(g, baseline, forward))
  }

  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], direction u: [Double]
  ) throws -> RowMoments {
    let forward = try forward(theta)
    let order = try secondOrder(forward, g)
    let width = forward.inputWidth
    return try forward.reduction.moments(width: width) { block in
      let weights = block.outputWeights(g, offset: order.offsets[block.row])
      let count = weights.count * width
      let drawn = block.scoresAndDerivatives()
      let derivatives = widened(drawn.derivatives, count: count)
      let s = widened(drawn.scores, count: count)
      let u = Array(u[block.row * width..<(block.row + 1) * width])
      return [Double](unsafeUninitializedCapacity: count) { terms, initialized in
        for i in weights.indices {
          let first = i * width
          var along = 0.0
          for k in 0..<width { along += s[first + k] * u[k] }
          let (even, odd) = (weights[i] * order.even, weights[i] * order.odd)
          for k in 0..<width {
            terms[first + k] =
              even * (s[first + k] * along - derivatives[first + k] * u[k])
              - odd * s[first + k] * u[k]
          }
        }
        initialized = count
      }
    }
  }

  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], lines: Range<Int>
  ) throws -> RowMoments {
    let forward = try forward(theta)
    let order = try secondOrder(forward, g)
    let width = forward.inputWidth
    let entries = lines.reduce(0) { $0 + width - $1 }
    return try forward.reduction.moments(width: entries) { block in
      let weights = block.outputWeights(g, offset: order.offsets[block.row])
      let drawn = block.scoresAndDerivatives()
      let derivatives = widened(drawn.derivatives, count: weights.count * width)
      let scores = widened(drawn.scores, count: weights.count * width)
      let count = weights.count * entries
      return [Double](unsafeUninitializedCapacity: count) { terms, initialized in
        scores.withUnsafeBufferPointer { s in
          var place = 0
          for i in weights.indices {
            let (even, odd) = (weights[i] * order.even, weights[i] * order.odd)
            let first = i * width
            for k in lines {
              let factor = even * s[first + k]
              terms[place] =
                factor * s[first + k] - even * derivatives[first + k] - odd * s[first + k]
              for l in 1..<Swift.max(width - k, 1) { terms[place + l] = factor * s[first + k + l] }
              place += width - k
            }
          }
        }
        initialized = count
      }
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
      let z = widened(block.drawn(), count: weights.count * width)
      let scores = widened(block.scores(), count: weights.count * width)
      return weights.indices.map { i in
        var sum = -Double(width)
        for k in i * width..<(i + 1) * width {
          sum += ((z[k] - noise.offset) * noise.scale - drift) * scores[k]
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
