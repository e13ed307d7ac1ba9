internal import Tensors

/// Reduces over the samples of every row of a call: the one loop behind all estimates.
struct SampleReduction<Scalar: TensorFloatingPoint> {
  let evaluator: any BlockEvaluator<Scalar>
  let sampler: Sampler<Scalar>
  let plan: SamplePlan
  let rows: Int
  let layout: ExampleLayout
  let executor: SampleExecutor
  /// Outputs [rows, samples, width] that earlier passes left, or that this pass is to leave.
  let kept: KeptOutputs<Scalar>?
  /// Outputs of the first samples of row 0, from finding out the output's shape.
  let probe: (samples: Int, outputs: [Scalar])?

  /// What is known of the samples of one block when they are reduced.
  struct Block {
    let row: Int
    let samples: Range<Int>
    /// y: [samples, width].
    let outputs: UnsafePointer<Scalar>
    /// z: [samples, input width], where asked for.
    let noise: UnsafeMutablePointer<Scalar>
    /// Room for as many numbers as `noise` has.
    let room: UnsafeMutablePointer<Scalar>
    let room2: UnsafeMutablePointer<Scalar>
  }

  /// Sums over the samples of each row: [rows, width].
  ///
  /// - Parameters:
  ///   - width: How many sums there are for each row.
  ///   - needsNoise: Whether `body` reads the noise.
  ///   - body: Adds the contributions of one block to its sums, which start from 0. Called from
  ///     several threads.
  func sums(
    width: Int, needsNoise: Bool, _ body: (Block, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) throws -> [Double] {
    var totals = [Double](repeating: 0, count: rows * width)
    try forEachBlock(needsNoise: needsNoise) { block in
      var partial = [Double](repeating: 0, count: width)
      partial.withUnsafeMutableBufferPointer { sums in
        if let start = sums.baseAddress { body(block, start) }
      }
      return partial
    } combine: { row, _, partial in
      for j in 0..<width { totals[row * width + j] += partial[j] }
    }
    return totals
  }

  /// Runs `body` on every block and hands its results to `combine`, row by row in block order.
  func forEachBlock<Result>(
    needsNoise: Bool, _ body: (Block) -> Result,
    combine: (_ row: Int, _ samples: Range<Int>, Result) throws -> Void
  ) throws {
    let blocks = plan.blockCount
    try executor.run(blocks: rows * blocks) {
      Worker(self)
    } body: { unit, worker in
      let row = unit / blocks
      let samples = plan.block(unit % blocks)
      let outputs = try worker.outputs(row: row, samples: samples)
      try checkFinite(outputs, samples: samples)
      if needsNoise { sampler.draw(row: row, samples: samples, into: worker.noise) }
      return body(
        Block(
          row: row, samples: samples, outputs: outputs, noise: worker.noise, room: worker.room,
          room2: worker.room2))
    } combine: { unit, result in
      try combine(unit / blocks, plan.block(unit % blocks), result)
    }
  }

  private func checkFinite(_ outputs: UnsafePointer<Scalar>, samples: Range<Int>) throws {
    let width = layout.width
    // One sum tells whether there is anything to look for: x − x is 0 for finite x only.
    var sum: Scalar = 0
    for i in 0..<samples.count * width { sum += outputs[i] - outputs[i] }
    if sum == 0 { return }
    for i in 0..<samples.count * width where !outputs[i].isFinite {
      let sample = samples.lowerBound + i / width
      throw PerturbationError.nonFiniteOutput(
        sample: sample, key: sampler.key.child(UInt64(sample)), index: i % width,
        value: outputs[i].asDouble)
    }
  }

  /// One thread's memory.
  private final class Worker {
    private let reduction: SampleReduction
    private let workspace: any BlockWorkspace<Scalar>
    private let buffer: UnsafeMutablePointer<Scalar>
    let noise: UnsafeMutablePointer<Scalar>
    let room: UnsafeMutablePointer<Scalar>
    let room2: UnsafeMutablePointer<Scalar>

    init(_ reduction: SampleReduction) {
      self.reduction = reduction
      let samples = reduction.plan.samplesPerBlock
      workspace = reduction.evaluator.makeWorkspace(reduction.sampler, samplesPerBlock: samples)
      buffer = .allocate(capacity: samples * reduction.layout.width)
      noise = .allocate(capacity: samples * reduction.sampler.width)
      room = .allocate(capacity: samples * reduction.sampler.width)
      room2 = .allocate(capacity: samples * reduction.sampler.width)
    }

    deinit {
      buffer.deallocate()
      noise.deallocate()
      room.deallocate()
      room2.deallocate()
    }

    func outputs(row: Int, samples: Range<Int>) throws -> UnsafePointer<Scalar> {
      if let kept = reduction.kept, kept.isComplete {
        return UnsafePointer(kept.pointer(row: row, sample: samples.lowerBound))
      }
      let memory =
        reduction.kept?.pointer(row: row, sample: samples.lowerBound) ?? buffer
      var remaining = samples
      var start = memory
      if row == 0, samples.lowerBound == 0, let probe = reduction.probe {
        start.update(from: probe.outputs, count: probe.outputs.count)
        start += probe.outputs.count
        remaining = probe.samples..<samples.upperBound
      }
      if !remaining.isEmpty {
        var layout: ExampleLayout? = reduction.layout
        let target = start
        try workspace.evaluate(row: row, samples: remaining, layout: &layout) { _ in target }
      }
      return UnsafePointer(memory)
    }
  }
}

/// Outputs of all samples, for a pullback that follows.
final class KeptOutputs<Scalar: TensorFloatingPoint>: @unchecked Sendable {
  private let memory: UnsafeMutablePointer<Scalar>
  private let samples: Int
  private let width: Int
  /// Set once, when the pass that writes the outputs has ended.
  var isComplete = false

  init(rows: Int, samples: Int, width: Int) {
    self.samples = samples
    self.width = width
    memory = .allocate(capacity: Swift.max(rows * samples * width, 1))
  }

  deinit { memory.deallocate() }

  func pointer(row: Int, sample: Int) -> UnsafeMutablePointer<Scalar> {
    memory + (row * samples + sample) * width
  }
}
