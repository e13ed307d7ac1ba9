internal import Tensors

/// Reduces over the samples of every row of a call: the one loop behind all estimates.
struct SampleReduction<Scalar: TensorFloatingPoint> {
  let evaluator: any BlockEvaluator<Scalar>
  let sampler: Sampler<Scalar>
  let plan: SamplePlan
  let rows: Int
  let layout: ExampleLayout
  let executor: SampleExecutor
  /// Outputs that an earlier pass left, or that this pass is to leave.
  let kept: KeptOutputs<Scalar>?
  /// Outputs of the first samples of row 0, from finding out the output's shape.
  var probe: (samples: Int, outputs: [Scalar])?

  /// The same for later passes.
  var withoutProbe: SampleReduction {
    var copy = self
    copy.probe = nil
    return copy
  }

  /// Sums over the samples of each row: [rows, width].
  ///
  /// - Parameters:
  ///   - width: How many sums there are for each row.
  ///   - body: Adds the contributions of one block to its sums, which start from 0. Called from
  ///     several threads.
  /// - Returns: The sums.
  /// - Throws: What the evaluation of a block throws.
  func sums(
    width: Int, _ body: (BlockSums<Scalar>, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) throws -> [Double] {
    var totals = [Double](repeating: 0, count: rows * width)
    try forEachBlock { block in
      var partial = [Double](repeating: 0, count: width)
      partial.withUnsafeMutableBufferPointer { sums in
        if let start = sums.baseAddress { body(block, start) }
      }
      return partial
    } combine: { row, _, partial in
      for j in 0..<width { totals[row * width + j] += partial[j] }
    }
    try evaluator.absent?.rescale(&totals, width: width, samples: plan.samples)
    return totals
  }

  /// The most sums of scores over all rows that ``winnerSums()`` keeps.
  private static var mostScoreSums: Int { 1 << 22 }

  /// Whether one pass over the samples can give all that the first derivative needs, which depends
  /// on the problem's shape alone.
  static func sumsWinners(
    _ evaluator: any BlockEvaluator<Scalar>, _ sampler: Sampler<Scalar>, rows: Int
  ) -> Bool {
    evaluator.isOneHot(sampler) && sampler.noise.hasScore && sampler.width <= Scalar.mostWinners
      && rows * sampler.width * sampler.width <= mostScoreSums
  }

  /// How often each index w of a one-hot output has the one, [rows, width], and the sums of the
  /// scores s(zᵢₖ) of those samples, [rows, width (w), width (k)].
  ///
  /// The derivative of any function of the winner is made of them: Σᵢ ⟨g, yᵢ⟩ sᵢ = Σ_w g_w S_w.
  func winnerSums() throws -> (counts: [Double], scores: [Double]) {
    let width = sampler.width
    var counts = [Double](repeating: 0, count: rows * width)
    var scores = [Double](repeating: 0, count: rows * width * width)
    try forEachBlock { block, row, samples in
      var partial = [Double](repeating: 0, count: width + width * width)
      try partial.withUnsafeMutableBufferPointer {
        guard let start = $0.baseAddress else { return }
        try block.addWinners(row: row, samples: samples, counts: start, scores: start + width)
      }
      return partial
    } combine: { row, _, partial in
      for j in 0..<width { counts[row * width + j] += partial[j] }
      let start = row * width * width
      for j in 0..<width * width { scores[start + j] += partial[width + j] }
    }
    return (counts, scores)
  }

  /// Runs `body` on every block, loaded, and hands its results to `combine`, row by row in block
  /// order.
  ///
  /// - Parameters:
  ///   - range: The blocks of each row to run; nil for all.
  ///   - body: Computes the result of a block. Called from several threads.
  ///   - combine: Takes a result; called on this thread.
  /// - Throws: What the evaluation of a block, `body` or `combine` throws.
  func forEachBlock<Result>(
    blocks range: Range<Int>? = nil, _ body: (BlockSums<Scalar>) throws -> Result,
    combine: (_ row: Int, _ samples: Range<Int>, Result) throws -> Void
  ) throws {
    try forEachBlock(blocks: range) { (block, row, samples) in
      try block.load(row: row, samples: samples)
      return try body(block)
    } combine: {
      try combine($0, $1, $2)
    }
    if range == nil { kept?.isComplete = true }
  }

  private func forEachBlock<Result>(
    blocks range: Range<Int>? = nil,
    _ body: (_ block: BlockSums<Scalar>, _ row: Int, _ samples: Range<Int>) throws -> Result,
    combine: (_ row: Int, _ samples: Range<Int>, Result) throws -> Void
  ) throws {
    let blocks = range ?? 0..<plan.blockCount
    if blocks.isEmpty { return }
    func place(_ unit: Int) -> (row: Int, samples: Range<Int>) {
      (unit / blocks.count, plan.block(blocks.lowerBound + unit % blocks.count))
    }
    try executor.run(blocks: rows * blocks.count) {
      BlockSums(self)
    } body: { unit, block in
      let (row, samples) = place(unit)
      return try body(block, row, samples)
    } combine: { unit, result in
      let (row, samples) = place(unit)
      try combine(row, samples, result)
    }
  }
}

/// Outputs of all samples, for a pullback that follows: numbers, or for one-hot outputs the indices
/// of their ones.
final class KeptOutputs<Scalar: TensorFloatingPoint>: @unchecked Sendable {
  private let memory: UnsafeMutableRawPointer
  private let samples: Int
  private let bytesPerSample: Int
  /// Set once, when the pass that writes the outputs has ended.
  var isComplete = false

  /// Bytes for one sample.
  static func bytesPerSample(width: Int, oneHot: Bool) -> Int {
    oneHot ? MemoryLayout<Int32>.size : width * MemoryLayout<Scalar>.size
  }

  init(rows: Int, samples: Int, bytesPerSample: Int) {
    self.samples = samples
    self.bytesPerSample = bytesPerSample
    memory = .allocate(
      byteCount: Swift.max(rows * samples * bytesPerSample, 1), alignment: 64)
  }

  deinit { memory.deallocate() }

  func pointer(row: Int, sample: Int) -> UnsafeMutableRawPointer {
    memory + (row * samples + sample) * bytesPerSample
  }
}
