internal import CKernels
internal import Tensors

/// One block of samples with its outputs, and what terms are made of.
///
/// One thread at a time has it, with all the memory that it needs, and loads it with one block after the
/// other.
final class LoadedBlock<Scalar: TensorFloatingPoint>: @unchecked Sendable {
  // What it belongs to has it in its pool.
  private unowned let source: SampleSource<Scalar>
  private let workspace: any BlockWorkspace<Scalar>
  let inputWidth: Int
  let outputWidth: Int
  private let capacity: Int

  /// The row and the samples that are loaded.
  private(set) var row = 0
  private(set) var samples = 0..<0
  /// The positions of samples without an output: their outputs are zeros, and so are their weights.
  private(set) var absent: [Int] = []
  /// Of the pass that it is loaded for.
  var context = EvaluationContext.never

  private var outputs: UnsafeMutableRawPointer
  private let buffer: UnsafeMutableRawPointer
  private let lanes: UnsafeMutablePointer<Double>
  private var memory: [Part: UnsafeMutablePointer<Scalar>] = [:]
  private var weightMemory: [UnsafeMutablePointer<Double>?] = [nil, nil, nil, nil]
  /// The keys of the samples, where the block is the only one and rows differ in their counters.
  private var keys: SampleKeys?
  /// What has been made since the block was loaded.
  private var ready: Set<Part> = []

  private enum Part { case dense, raw, inputs, noise, scores, derivatives }

  init(_ source: SampleSource<Scalar>) throws {
    self.source = source
    capacity = Swift.min(source.plan.samplesPerBlock, source.plan.samples)
    outputWidth = source.outputWidth
    inputWidth = source.inputWidth
    workspace = try source.evaluator.makeWorkspace(source.sampler, samplesPerBlock: capacity)
    let bytes =
      source.isIndex ? MemoryLayout<Int32>.size : outputWidth * MemoryLayout<Scalar>.size
    // Dense outputs that are kept are written where they stay.
    let isKeptInPlace = source.kept != nil && !source.form.isBits
    buffer = .allocate(
      byteCount: Swift.max(isKeptInPlace ? outputWidth * 8 : capacity * bytes, 1), alignment: 64)
    outputs = buffer
    lanes = .allocate(
      capacity: RowSums<Scalar>.laneCount(width: Swift.max(outputWidth, inputWidth)))
  }

  deinit {
    buffer.deallocate()
    lanes.deallocate()
    for part in memory.values { part.deallocate() }
    for weights in weightMemory { weights?.deallocate() }
  }

  private func allocated(_ part: Part, width: Int) -> UnsafeMutablePointer<Scalar> {
    if let found = memory[part] { return found }
    let made = UnsafeMutablePointer<Scalar>.allocate(capacity: Swift.max(capacity * width, 1))
    memory[part] = made
    return made
  }

  // MARK: Loading

  var count: Int { samples.count }
  var isIndex: Bool { source.isIndex }
  var sampling: Sampling { source.sampler.sampling }
  var unit: Int { source.unit }

  private var index: UnsafeMutablePointer<Int32> { outputs.assumingMemoryBound(to: Int32.self) }
  private var numbers: UnsafeMutablePointer<Scalar> {
    outputs.assumingMemoryBound(to: Scalar.self)
  }

  /// Evaluates a block, or finds the outputs that were kept of it.
  func load(row: Int, samples: Range<Int>) throws {
    start(row, samples)
    let kept = source.kept
    if let kept, !source.form.isBits {
      outputs = kept.pointer(row: row, sample: samples.lowerBound)
    }
    if let kept, kept.isComplete {
      absent = kept.absent(row: row, sample: samples.lowerBound)
      if source.form.isBits {
        kept.unpack(row: row, sample: samples.lowerBound, count: count, into: numbers)
      }
      return
    }
    switch source.transform {
    case .identity where source.isIndex: findIndex()
    case .identity: try evaluate(into: numbers)
    case .timesInput:
      try evaluate(into: numbers)
      RowSums<Scalar>.multiply(numbers, by: inputs(), count: count * outputWidth)
    case .objective:
      let raw = allocated(.raw, width: source.functionLayout.width)
      try evaluate(into: raw)
      let values = weights(0)
      RowSums<Scalar>.dot(raw, inputs(), rows: count, width: inputWidth, into: values)
      RowSums<Scalar>.narrow(values, count: count, into: numbers)
    }
    if let kept {
      kept.setAbsent(absent, row: row, sample: samples.lowerBound)
      if source.form.isBits {
        kept.pack(numbers, count: count, row: row, sample: samples.lowerBound)
      }
    }
  }

  private func start(_ row: Int, _ samples: Range<Int>) {
    self.row = row
    self.samples = samples
    absent = []
    ready.removeAll(keepingCapacity: true)
  }

  private func evaluate(into target: UnsafeMutablePointer<Scalar>) throws {
    var remaining = samples
    var start = target
    if row == 0, samples.lowerBound == 0, let probe = source.probe {
      start.update(from: probe.outputs, count: probe.outputs.count)
      start += probe.outputs.count
      absent = probe.absent
      remaining = probe.samples..<samples.upperBound
    }
    if remaining.isEmpty { return }
    var layout: ExampleLayout? = source.functionLayout
    let missing = try workspace.evaluate(
      row: row, samples: remaining, layout: &layout, context
    ) { _ in start }
    let first = remaining.lowerBound - samples.lowerBound
    absent += missing.map { first + $0 }
  }

  /// f(θ), transformed.
  func unperturbed(row: Int) throws -> [Double] {
    let width = source.functionLayout.width
    var layout: ExampleLayout? = source.functionLayout
    let memory = UnsafeMutablePointer<Scalar>.allocate(capacity: Swift.max(width, 1))
    defer { memory.deallocate() }
    try workspace.evaluateUnperturbed(row: row, layout: &layout) { _ in memory }
    let outputs = (0..<width).map { memory[$0].asDouble }
    if case .identity = source.transform { return outputs }
    let theta = source.sampler.leaves.flatMap { leaf in
      leaf.theta.withElements { pointer in
        let start = pointer.assumingMemoryBound(to: Scalar.self) + row * leaf.count
        return (0..<leaf.count).map { start[$0].asDouble }
      }
    }
    let products = zip(outputs, theta).map { $0 * $1 }
    if case .timesInput = source.transform { return products }
    return [products.reduce(0, +)]
  }

  // MARK: Indices

  /// What the noise of a row is added to by the kernels that find an answer while they draw.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func withOrigin(
    _ body: (SampleBlock, UnsafeBufferPointer<Scalar>, _ sigma: Scalar) -> Void
  ) {
    guard let distribution = source.sampler.direct, let origin = source.origin else {
      trap("Perturbed", "this form of outputs needs noise that kernels draw")
    }
    var block = source.sampler.block(distribution, 0, row, samples)
    if source.rows > 1, source.plan.blockCount == 1, source.sampler.sampling.drawsChildren {
      let known = keys ?? SampleKeys(block)
      keys = known
      block.keys = known
    }
    let width = inputWidth
    origin.theta.withElements { pointer in
      let start = pointer.assumingMemoryBound(to: Scalar.self) + row * width
      body(block, UnsafeBufferPointer(start: start, count: width), origin.sigma)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func findIndex() {
    withOrigin { block, theta, sigma in
      Scalar.argmaxSamples(
        block, theta: theta, sigma: sigma,
        into: UnsafeMutableBufferPointer(start: index, count: count))
    }
  }

  /// counts[w] += the samples of answer w, scores[w][k] += the sum of their scores s(zᵢₖ), for outputs
  /// that are indices or votes: evaluates the block.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addAnswers(
    row: Int, samples: Range<Int>, counts: UnsafeMutablePointer<Double>,
    scores: UnsafeMutablePointer<Double>
  ) {
    start(row, samples)
    if let kept = source.kept { outputs = kept.pointer(row: row, sample: samples.lowerBound) }
    let width = inputWidth
    withOrigin { block, theta, sigma in
      if case .vote(let least) = source.form {
        let won = Scalar.voteScores(
          block, theta: theta, sigma: sigma, least: least,
          into: UnsafeMutableBufferPointer(start: numbers, count: count),
          sums: UnsafeMutableBufferPointer(start: scores, count: 2 * width))
        counts[0] += Double(count - won)
        counts[1] += Double(won)
        return
      }
      Scalar.argmaxScores(
        block, theta: theta, sigma: sigma,
        into: UnsafeMutableBufferPointer(start: index, count: count),
        sums: UnsafeMutableBufferPointer(start: scores, count: width * width))
      ck_count(index, count, width, counts)
    }
  }

  // MARK: Rows

  /// y: [samples, output width].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func outputRows() -> UnsafePointer<Scalar> {
    guard isIndex else { return UnsafePointer(numbers) }
    let rows = allocated(.dense, width: outputWidth)
    if ready.insert(.dense).inserted {
      rows.update(repeating: 0, count: count * outputWidth)
      for i in 0..<count { rows[i * outputWidth + Int(index[i])] = 1 }
    }
    return UnsafePointer(rows)
  }

  /// The perturbed inputs, made again: [samples, input width].
  func inputs() -> UnsafePointer<Scalar> {
    let rows = allocated(.inputs, width: inputWidth)
    if ready.insert(.inputs).inserted {
      source.sampler.perturb(row: row, samples: samples, into: rows)
    }
    return UnsafePointer(rows)
  }

  /// zᵢ as drawn, made again: [samples, input width].
  func noise() -> UnsafePointer<Scalar> {
    let rows = allocated(.noise, width: inputWidth)
    if ready.insert(.noise).inserted {
      source.sampler.draw(row: row, samples: samples, into: rows)
    }
    return UnsafePointer(rows)
  }

  /// s(zᵢ): [samples, input width].
  func scores() -> UnsafePointer<Scalar> {
    made(.scores) { source.sampler.score($0, into: $1, count: count * inputWidth) }
  }

  /// s′(zᵢ): [samples, input width].
  func scoreDerivatives() -> UnsafePointer<Scalar> {
    made(.derivatives) { source.sampler.scoreDerivative($0, into: $1, count: count * inputWidth) }
  }

  /// What is made of the noise, which is drawn in its place where nothing else has asked for it.
  private func made(
    _ part: Part,
    _ transform: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  ) -> UnsafePointer<Scalar> {
    let rows = allocated(part, width: inputWidth)
    if ready.insert(part).inserted {
      if ready.contains(.noise), let noise = memory[.noise] {
        transform(noise, rows)
      } else {
        source.sampler.draw(row: row, samples: samples, into: rows)
        transform(rows, rows)
      }
    }
    return UnsafePointer(rows)
  }

  /// Memory for a number of each sample.
  func weights(_ slot: Int) -> UnsafeMutablePointer<Double> {
    if let found = weightMemory[slot] { return found }
    let made = UnsafeMutablePointer<Double>.allocate(capacity: Swift.max(capacity, 1))
    weightMemory[slot] = made
    return made
  }

  /// Sets the weights of samples without an output to 0.
  func clearAbsent(_ weights: UnsafeMutablePointer<Double>) {
    for position in absent { weights[position] = 0 }
  }

  // MARK: Sums

  /// sums[j] += Σᵢ yᵢⱼ; an output that is not finite is an error.
  func addOutputs(to sums: UnsafeMutablePointer<Double>) throws {
    if isIndex {
      ck_count(index, count, outputWidth, sums)
      return
    }
    RowSums.add(UnsafePointer(numbers), rows: count, width: outputWidth, lanes: lanes, to: sums)
    for j in 0..<outputWidth where !sums[j].isFinite {
      try findNonFinite()
      break
    }
  }

  private func findNonFinite() throws {
    for i in 0..<count * outputWidth where !numbers[i].isFinite {
      let sample = samples.lowerBound + i / outputWidth
      throw PerturbationError.nonFiniteOutput(
        sample: sample, key: source.sampler.key.child(UInt64(sample)), index: i % outputWidth,
        value: numbers[i].asDouble)
    }
  }

  /// sums[j] += Σᵢ wᵢ yᵢⱼ
  func addOutputs(weights: UnsafePointer<Double>, to sums: UnsafeMutablePointer<Double>) {
    if isIndex {
      RowSums<Scalar>.add(
        oneHot: index, weights: weights, rows: count, width: outputWidth, lanes: lanes, to: sums)
    } else {
      add(UnsafePointer(numbers), outputWidth, weights, to: sums)
    }
  }

  /// sums[k] += Σᵢ wᵢ s(zᵢₖ), without storing the scores where a kernel does that.
  func addScores(weights: UnsafePointer<Double>, to sums: UnsafeMutablePointer<Double>) {
    if !ready.contains(.scores),
      source.sampler.addScores(row: row, samples: samples, weights: weights, lanes: lanes, to: sums)
    {
      return
    }
    add(scores(), inputWidth, weights, to: sums)
  }

  /// sums[k] += Σᵢ wᵢ rᵢₖ for some columns of rows [samples, width].
  func add(
    _ rows: UnsafePointer<Scalar>, _ width: Int, columns: Range<Int>? = nil,
    _ weights: UnsafePointer<Double>, to sums: UnsafeMutablePointer<Double>
  ) {
    let columns = columns ?? 0..<width
    RowSums.add(
      rows + columns.lowerBound, weights: weights, stride: width, rows: count,
      width: columns.count, lanes: lanes, to: sums)
  }

  /// w[i] = g[index[i]] − offset for outputs that are indices.
  func weightsOfIndex(
    _ g: UnsafePointer<Double>, offset: Double, _ rows: Range<Int>,
    into weights: UnsafeMutablePointer<Double>
  ) {
    ck_weights_of_index(
      index + rows.lowerBound, g, offset, rows.count, weights + rows.lowerBound)
  }
}

extension OutputForm {
  var isBits: Bool { if case .bits = self { true } else { false } }
  var isVote: Bool { if case .vote = self { true } else { false } }
}
