internal import Tensors

/// Evaluates a plain function of an array of numbers, one sample after the other.
struct ArrayEvaluator<Scalar: TensorFloatingPoint>: BlockEvaluator {
  let function: @Sendable ([Scalar]) throws -> [Scalar]

  func knownOutput(for input: ExampleLayout) -> ExampleLayout? { nil }

  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) -> any BlockWorkspace<Scalar> {
    ArrayWorkspace(function, sampler, samplesPerBlock: samplesPerBlock)
  }
}

private final class ArrayWorkspace<Scalar: TensorFloatingPoint>: BlockWorkspace {
  private let function: @Sendable ([Scalar]) throws -> [Scalar]
  private let sampler: Sampler<Scalar>
  private let count: Int
  private let inputs: UnsafeMutablePointer<Scalar>

  init(
    _ function: @escaping @Sendable ([Scalar]) throws -> [Scalar], _ sampler: Sampler<Scalar>,
    samplesPerBlock: Int
  ) {
    self.function = function
    self.sampler = sampler
    count = sampler.width
    inputs = .allocate(capacity: samplesPerBlock * count)
  }

  deinit { inputs.deallocate() }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws -> [Int] {
    sampler.perturb(leaf: 0, row: row, samples: samples, into: inputs)
    var start: UnsafeMutablePointer<Scalar>?
    for (position, sample) in samples.enumerated() {
      try call(inputs + position * count, sample: sample, &layout) { width in
        let memory = start ?? output(width)
        start = memory
        return memory + position * width
      }
    }
    return []
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    sampler.leaves[0].theta.withElements { pointer in
      inputs.update(from: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count)
    }
    try call(inputs, sample: -1, &layout, output: output)
  }

  private func call(
    _ input: UnsafeMutablePointer<Scalar>, sample: Int, _ layout: inout ExampleLayout?,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    let result = try callingFunction(sample: sample, key: sampler.key) {
      try function(Array(UnsafeBufferPointer(start: input, count: count)))
    }
    try ExampleLayout.check(
      &layout, ExampleLayout(shapes: [[result.count]], types: [Scalar.elementType]),
      sample: sample, key: sampler.key)
    result.withUnsafeBufferPointer { source in
      if let base = source.baseAddress {
        output(result.count).update(from: base, count: result.count)
      }
    }
  }
}
