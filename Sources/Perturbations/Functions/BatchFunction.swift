internal import Synchronization
package import Tensors

/// A function that takes many inputs at a time, such as a pool of processes.
///
/// It answers each input by itself: how inputs are put together must not change an answer.
package protocol BatchFunction: Sendable {
  /// Evaluates some inputs; called from several threads.
  func evaluate(_ request: BatchRequest) throws -> BatchAnswer
}

/// Inputs for a ``BatchFunction``.
package struct BatchRequest: Sendable {
  /// [count, width].
  package let inputs: [Double]
  package let width: Int
  package let count: Int
  /// The sample of the first input; -1 for none.
  package let firstSample: Int
  /// After how many inputs the samples begin again, where there are several inputs for each.
  package let period: Int
  /// The key of the call.
  package let key: RandomKey
  /// The number of entries of an answer where it is known.
  package let outputWidth: Int?

  package init(
    inputs: [Double], width: Int, count: Int, firstSample: Int, period: Int? = nil,
    key: RandomKey, outputWidth: Int?
  ) {
    self.inputs = inputs
    self.width = width
    self.count = count
    self.firstSample = firstSample
    self.period = period ?? count
    self.key = key
    self.outputWidth = outputWidth
  }
}

/// What a ``BatchFunction`` answers.
package struct BatchAnswer: Sendable {
  /// [count, width]; zeros for inputs without an answer.
  package let outputs: [Double]
  package let width: Int
  /// The positions of inputs without an answer, which the estimate is to do without.
  package let absent: [Int]
  /// Why the first of them has none.
  package let reason: (any Error)?

  package init(outputs: [Double], width: Int, absent: [Int] = [], reason: (any Error)? = nil) {
    self.outputs = outputs
    self.width = width
    self.absent = absent
    self.reason = reason
  }
}

/// The samples of a call that have no output. Estimates are then means over the others.
final class AbsentSamples: Sendable {
  private let rows = Mutex<[Int: Set<Int>]>([:])

  var isEmpty: Bool { rows.withLock { $0.isEmpty } }

  func insert(_ sample: Int, row: Int) {
    rows.withLock { _ = $0[row, default: []].insert(sample) }
  }

  /// Positions of absent samples in a range.
  func positions(row: Int, samples: Range<Int>) -> [Int] {
    rows.withLock { rows in
      guard let absent = rows[row] else { return [] }
      return samples.filter(absent.contains).map { $0 - samples.lowerBound }
    }
  }

  /// Makes sums over the samples that are there ready to be divided by the number of all samples.
  func rescale(_ sums: inout [Double], width: Int, samples: Int) throws {
    for (row, absent) in rows.withLock({ $0 }) {
      guard absent.count < samples else {
        throw PerturbationError.invalidParameter(
          name: "the number of samples with an output", value: "0", expected: "at least one")
      }
      let factor = Double(samples) / Double(samples - absent.count)
      for j in row * width..<(row + 1) * width { sums[j] *= factor }
    }
  }

  /// Refuses statistics that take all samples to be there.
  func checkEmpty() throws {
    let count = rows.withLock { $0.values.reduce(0) { $0 + $1.count } }
    if count > 0 {
      throw PerturbationError.invalidParameter(
        name: "the number of skipped samples", value: "\(count)",
        expected: "none: standard errors and other statistics need all samples")
    }
  }
}

/// Evaluates a function of many inputs: a block at a time.
struct BatchEvaluator<Scalar: TensorFloatingPoint>: BlockEvaluator {
  let function: any BatchFunction
  let absent: AbsentSamples? = AbsentSamples()

  func knownOutput(for input: ExampleLayout) -> ExampleLayout? { nil }

  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) -> any BlockWorkspace<Scalar> {
    BatchWorkspace(function, sampler, absent, samplesPerBlock: samplesPerBlock)
  }
}

private final class BatchWorkspace<Scalar: TensorFloatingPoint>: BlockWorkspace {
  private let function: any BatchFunction
  private let sampler: Sampler<Scalar>
  private let absent: AbsentSamples?
  private let count: Int
  private let inputs: UnsafeMutablePointer<Scalar>

  init(
    _ function: any BatchFunction, _ sampler: Sampler<Scalar>, _ absent: AbsentSamples?,
    samplesPerBlock: Int
  ) {
    self.function = function
    self.sampler = sampler
    self.absent = absent
    count = sampler.width
    inputs = .allocate(capacity: samplesPerBlock * count)
  }

  deinit { inputs.deallocate() }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    sampler.perturb(leaf: 0, row: row, samples: samples, into: inputs)
    let answer = try call(samples, &layout)
    for position in answer.absent {
      absent?.insert(samples.lowerBound + position, row: row)
    }
    write(answer, to: output(answer.width))
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    sampler.leaves[0].theta.withElements { pointer in
      inputs.update(from: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count)
    }
    let answer = try call(-1..<0, &layout)
    if let reason = answer.reason { throw reason }
    write(answer, to: output(answer.width))
  }

  private func call(_ samples: Range<Int>, _ layout: inout ExampleLayout?) throws -> BatchAnswer {
    let numbers = UnsafeBufferPointer(start: inputs, count: samples.count * count)
    let answer = try function.evaluate(
      BatchRequest(
        inputs: numbers.map(\.asDouble), width: count, count: samples.count,
        firstSample: samples.lowerBound, key: sampler.key, outputWidth: layout?.width))
    // Where every input of the first block lacks an answer, there is nothing to go on with.
    if answer.absent.count == samples.count, layout == nil, let reason = answer.reason {
      throw reason
    }
    try ExampleLayout.check(
      &layout, ExampleLayout(shapes: [[answer.width]], types: [Scalar.elementType]),
      sample: samples.lowerBound, key: sampler.key)
    return answer
  }

  private func write(_ answer: BatchAnswer, to memory: UnsafeMutablePointer<Scalar>) {
    for (index, value) in answer.outputs.enumerated() { memory[index] = Scalar(nearest: value) }
  }
}

extension Perturbed where Input == Tensor<Float>, Output == Tensor<Float> {
  /// Perturbs a function of many inputs.
  package init(
    batchFunction function: some BatchFunction, samples: Int, sigma: Double, noise: Noise,
    baseline: Baseline, sampling: Sampling, threads: Int?, outputBudget: Int
  ) throws(PerturbationError) {
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: outputBudget, sampling: sampling),
      Evaluators(
        float: { _ in (BatchEvaluator<Float>(function: function), { Tensor($0[0]) }) },
        double: nil))
  }
}

extension Perturbed where Input == Tensor<Double>, Output == Tensor<Double> {
  /// Perturbs a function of many inputs in double precision.
  package init(
    batchFunction function: some BatchFunction, samples: Int, sigma: Double, noise: Noise,
    baseline: Baseline, sampling: Sampling, threads: Int?, outputBudget: Int
  ) throws(PerturbationError) {
    try self.init(
      PerturbedSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, threads: threads,
        outputBudget: outputBudget, sampling: sampling),
      Evaluators(
        float: nil,
        double: { _ in (BatchEvaluator<Double>(function: function), { Tensor($0[0]) }) }))
  }
}
