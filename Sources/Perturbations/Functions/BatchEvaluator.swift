internal import Tensors

/// Evaluates a function of many inputs: a block at a time.
struct BatchEvaluator<Scalar: TensorFloatingPoint>: BlockEvaluator {
  let function: any BatchFunction

  var runsOutside: Bool { true }

  func knownOutput(for input: ExampleLayout) -> ExampleLayout? {
    function.outputWidth.map { ExampleLayout(shapes: [[$0]], types: [Scalar.elementType]) }
  }

  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) -> any BlockWorkspace<Scalar> {
    BatchWorkspace(function, sampler, samplesPerBlock: samplesPerBlock)
  }
}

private final class BatchWorkspace<Scalar: TensorFloatingPoint>: BlockWorkspace {
  private let function: any BatchFunction
  private let sampler: Sampler<Scalar>
  private let count: Int
  private let inputs: UnsafeMutablePointer<Scalar>

  init(
    _ function: any BatchFunction, _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) {
    self.function = function
    self.sampler = sampler
    count = sampler.width
    inputs = .allocate(capacity: samplesPerBlock * count)
  }

  deinit { inputs.deallocate() }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?, _ context: EvaluationContext,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws -> [Int] {
    sampler.perturb(leaf: 0, row: row, samples: samples, into: inputs)
    let answer = try call(samples, &layout)
    write(answer, to: output(answer.width))
    return answer.absent
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
    answer.outputs.withUnsafeBufferPointer {
      guard let start = $0.baseAddress else { return }
      RowSums<Scalar>.narrow(start, count: answer.outputs.count, into: memory)
    }
  }
}
