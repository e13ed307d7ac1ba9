internal import CKernels
internal import Tensors

/// One block of samples with its outputs, and the sums over it that estimates are made of.
///
/// Each thread has one, with all the memory that it needs, and loads it with one block after the
/// other.
final class BlockSums<Scalar: TensorFloatingPoint> {
  private let reduction: SampleReduction<Scalar>
  private let workspace: any BlockWorkspace<Scalar>
  let isOneHot: Bool
  private let outputWidth: Int
  private let inputWidth: Int

  /// The row and the samples that are loaded.
  private(set) var row = 0
  private(set) var samples = 0..<0
  /// The positions of samples without an output: their outputs are zeros, and so are their weights.
  private var absent: [Int] = []

  private let buffer: UnsafeMutableRawPointer
  private var outputs: UnsafeMutableRawPointer
  private let lanes: UnsafeMutablePointer<Double>
  private var noise: UnsafeMutablePointer<Scalar>?
  private var slopes: UnsafeMutablePointer<Scalar>?

  private var dense: UnsafeMutablePointer<Scalar>?
  private let samplesPerBlock: Int

  init(_ reduction: SampleReduction<Scalar>) {
    self.reduction = reduction
    samplesPerBlock = reduction.plan.samplesPerBlock
    outputWidth = reduction.layout.width
    inputWidth = reduction.sampler.width
    workspace = reduction.evaluator.makeWorkspace(
      reduction.sampler, samplesPerBlock: samplesPerBlock)
    isOneHot = workspace.isOneHot
    let bytes = KeptOutputs<Scalar>.bytesPerSample(width: outputWidth, oneHot: isOneHot)
    buffer = .allocate(byteCount: Swift.max(samplesPerBlock * bytes, 1), alignment: 64)
    outputs = buffer
    lanes = .allocate(capacity: 8 * Swift.max(outputWidth, inputWidth, 1))
  }

  deinit {
    buffer.deallocate()
    lanes.deallocate()
    noise?.deallocate()
    slopes?.deallocate()
    dense?.deallocate()
  }

  /// Evaluates a block, or finds the outputs that were kept of it.
  func load(row: Int, samples: Range<Int>) throws {
    self.row = row
    self.samples = samples
    defer { absent = reduction.evaluator.absent?.positions(row: row, samples: samples) ?? [] }
    if let kept = reduction.kept {
      outputs = kept.pointer(row: row, sample: samples.lowerBound)
      if kept.isComplete { return }
    }
    if isOneHot {
      try workspace.evaluateOneHot(
        row: row, samples: samples, into: outputs.assumingMemoryBound(to: Int32.self))
      return
    }
    var remaining = samples
    var target = outputs.assumingMemoryBound(to: Scalar.self)
    if row == 0, samples.lowerBound == 0, let probe = reduction.probe {
      target.update(from: probe.outputs, count: probe.outputs.count)
      target += probe.outputs.count
      remaining = probe.samples..<samples.upperBound
    }
    if remaining.isEmpty { return }
    var layout: ExampleLayout? = reduction.layout
    try workspace.evaluate(row: row, samples: remaining, layout: &layout) { _ in target }
  }

  /// counts[w] += the samples whose one is at w, scores[w][k] += the sum of their scores s(zᵢₖ), for
  /// one-hot outputs: evaluates the block and leaves nothing loaded.
  func addWinners(
    row: Int, samples: Range<Int>, counts: UnsafeMutablePointer<Double>,
    scores: UnsafeMutablePointer<Double>
  ) throws {
    let index = buffer.assumingMemoryBound(to: Int32.self)
    try workspace.evaluateOneHotScores(row: row, samples: samples, into: index, sums: scores)
    ck_count(index, samples.count, inputWidth, counts)
  }

  // MARK: Outputs

  /// y: [samples, output width].
  var outputRows: UnsafePointer<Scalar> {
    guard isOneHot else { return UnsafePointer(outputs.assumingMemoryBound(to: Scalar.self)) }
    let rows = dense ?? .allocate(capacity: samplesPerBlock * outputWidth)
    dense = rows
    rows.update(repeating: 0, count: samples.count * outputWidth)
    let index = outputs.assumingMemoryBound(to: Int32.self)
    for i in 0..<samples.count { rows[i * outputWidth + Int(index[i])] = 1 }
    return UnsafePointer(rows)
  }

  /// sums[j] += Σᵢ yᵢⱼ; an output that is not finite is an error.
  func addOutputs(to sums: UnsafeMutablePointer<Double>) throws {
    if isOneHot {
      ck_count(outputs.assumingMemoryBound(to: Int32.self), samples.count, outputWidth, sums)
      return
    }
    RowSums.add(
      UnsafePointer(outputs.assumingMemoryBound(to: Scalar.self)), rows: samples.count,
      width: outputWidth, lanes: lanes, to: sums)
    for j in 0..<outputWidth where !sums[j].isFinite { try findNonFinite() }
  }

  private func findNonFinite() throws {
    let values = outputs.assumingMemoryBound(to: Scalar.self)
    for i in 0..<samples.count * outputWidth where !values[i].isFinite {
      let sample = samples.lowerBound + i / outputWidth
      throw PerturbationError.nonFiniteOutput(
        sample: sample, key: reduction.sampler.key.child(UInt64(sample)), index: i % outputWidth,
        value: Double(values[i]))
    }
  }

  /// ⟨g, yᵢ⟩ − offset for each sample, with the row's part of `g` [rows, output width].
  func outputWeights(_ g: [Double], offset: Double) -> [Double] {
    weights { weights in
      g.withUnsafeBufferPointer { g in
        guard let start = g.baseAddress else { return }
        if isOneHot {
          ck_weights_of_index(
            outputs.assumingMemoryBound(to: Int32.self), start + row * outputWidth, offset,
            samples.count, weights)
        } else {
          RowSums.dot(
            UnsafePointer(outputs.assumingMemoryBound(to: Scalar.self)), start + row * outputWidth,
            offset: offset, rows: samples.count, width: outputWidth, into: weights)
        }
      }
    }
  }

  /// sums[j] += Σᵢ wᵢ yᵢⱼ
  func addOutputs(weights: [Double], to sums: UnsafeMutablePointer<Double>) {
    RowSums.add(
      outputRows, weights: weights, rows: samples.count, width: outputWidth, lanes: lanes, to: sums)
  }

  // MARK: Scores

  /// sums[k] += Σᵢ wᵢ s(zᵢₖ)
  func addScores(weights: [Double], to sums: UnsafeMutablePointer<Double>) {
    if reduction.sampler.addScores(
      row: row, samples: samples, weights: weights, lanes: lanes, to: sums)
    {
      return
    }
    RowSums.add(
      UnsafePointer(scores()), weights: weights, rows: samples.count, width: inputWidth,
      lanes: lanes, to: sums)
  }

  /// ⟨s(zᵢ), u⟩ for each sample, with the row's part of `u` [rows, input width].
  func scoreWeights(_ u: [Double]) -> [Double] { dot(scores(), u) }

  /// ⟨s′(zᵢ), u⟩ for each sample.
  func derivativeWeights(_ u: [Double]) -> [Double] { dot(derivatives(), u) }

  /// sums[k] −= uₖ Σᵢ wᵢ s′(zᵢₖ)
  func subtractDerivatives(
    weights: [Double], times u: [Double], from sums: UnsafeMutablePointer<Double>
  ) {
    var own = [Double](repeating: 0, count: inputWidth)
    own.withUnsafeMutableBufferPointer {
      guard let start = $0.baseAddress else { return }
      RowSums.add(
        UnsafePointer(derivatives()), weights: weights, rows: samples.count, width: inputWidth,
        lanes: lanes, to: start)
    }
    for k in 0..<inputWidth { sums[k] -= u[row * inputWidth + k] * own[k] }
  }

  /// s(zᵢ): [samples, input width].
  func scores() -> UnsafeMutablePointer<Scalar> {
    let noise = drawn()
    reduction.sampler.score(noise, into: noise, count: samples.count * inputWidth)
    return noise
  }

  func derivatives() -> UnsafeMutablePointer<Scalar> {
    let noise = drawn()
    reduction.sampler.scoreDerivative(noise, into: noise, count: samples.count * inputWidth)
    return noise
  }

  /// s(zᵢ) and s′(zᵢ) from one draw: [samples, input width] each.
  func scoresAndDerivatives() -> (
    scores: UnsafeMutablePointer<Scalar>, derivatives: UnsafeMutablePointer<Scalar>
  ) {
    let noise = drawn()
    let derivatives = slopes ?? .allocate(capacity: samplesPerBlock * inputWidth)
    slopes = derivatives
    let count = samples.count * inputWidth
    reduction.sampler.scoreDerivative(noise, into: derivatives, count: count)
    reduction.sampler.score(noise, into: noise, count: count)
    return (noise, derivatives)
  }

  /// sums[k] += Σᵢ wᵢ rᵢₖ for rows [samples, input width], with the bits of ``addScores(weights:to:)``.
  func addRows(
    _ rows: UnsafePointer<Scalar>, weights: [Double], to sums: UnsafeMutablePointer<Double>
  ) {
    RowSums.add(
      rows, weights: weights, rows: samples.count, width: inputWidth, lanes: lanes, to: sums)
  }

  /// zᵢ, made again: [samples, input width].
  func drawn() -> UnsafeMutablePointer<Scalar> {
    let memory = noise ?? .allocate(capacity: samplesPerBlock * inputWidth)
    noise = memory
    reduction.sampler.draw(row: row, samples: samples, into: memory)
    return memory
  }

  private func dot(_ rows: UnsafeMutablePointer<Scalar>, _ u: [Double]) -> [Double] {
    weights { weights in
      u.withUnsafeBufferPointer { u in
        guard let start = u.baseAddress else { return }
        RowSums.dot(
          UnsafePointer(rows), start + row * inputWidth, offset: 0, rows: samples.count,
          width: inputWidth, into: weights)
      }
    }
  }

  private func weights(_ fill: (UnsafeMutablePointer<Double>) -> Void) -> [Double] {
    [Double](unsafeUninitializedCapacity: samples.count) { buffer, count in
      if let start = buffer.baseAddress { fill(start) }
      for i in absent { buffer[i] = 0 }
      count = samples.count
    }
  }
}
