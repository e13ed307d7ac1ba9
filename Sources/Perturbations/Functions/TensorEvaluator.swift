internal import Tensors

/// Evaluates a function of one example, on trees of tensors: a block of samples at once as mapped
/// tensors, or one sample after the other.
struct TensorEvaluator<
  Scalar: TensorFloatingPoint, Input: Tree & Sendable, Output: Tree & Sendable
>: BlockEvaluator {
  /// An input of the right structure.
  let input: Input
  /// Evaluates one sample at a time.
  let sequential: Bool
  let function: @Sendable (Input) throws -> Output
  /// Where the structure of the output goes.
  let output: OutputTemplate<Output>

  func knownOutput(for input: ExampleLayout) -> ExampleLayout? { nil }

  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) -> any BlockWorkspace<Scalar> {
    TensorWorkspace(self, sampler)
  }
}

private final class TensorWorkspace<
  Scalar: TensorFloatingPoint, Input: Tree & Sendable, Output: Tree & Sendable
>: BlockWorkspace {
  private let evaluator: TensorEvaluator<Scalar, Input, Output>
  private let sampler: Sampler<Scalar>

  init(_ evaluator: TensorEvaluator<Scalar, Input, Output>, _ sampler: Sampler<Scalar>) {
    self.evaluator = evaluator
    self.sampler = sampler
  }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?, _ context: EvaluationContext,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws -> [Int] {
    try evaluate(
      sampler.perturbed(row: row, samples: samples), samples: samples, layout: &layout,
      context, output: output)
    return []
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    let inputs = sampler.leaves.map { $0.theta.sliced(axis: 0, start: row, count: 1) }
    try evaluate(inputs, samples: -1..<0, layout: &layout, .never, output: output)
  }

  private func evaluate(
    _ inputs: [Value], samples: Range<Int>, layout: inout ExampleLayout?,
    _ context: EvaluationContext, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    if evaluator.sequential {
      var start: UnsafeMutablePointer<Scalar>?
      for (position, sample) in samples.enumerated() {
        try context.check()
        let one = inputs.map {
          $0.sliced(axis: 0, start: position, count: 1).reshaped($0.shape.removing(0))
        }
        let result = try callingFunction(sample: sample, key: sampler.key) {
          try evaluator.function(evaluator.input.withValues(one))
        }
        let values = result.values.map { $0.reshaped($0.shape.inserting(1, at: 0)) }
        let width = try check(result, values, &layout, sample: sample)
        let memory = start ?? output(width)
        start = memory
        context.tell(position + 1)
        write(values, rows: 1, width: width, to: memory + position * width)
      }
      return
    }
    let count = samples.count
    let (result, values) = try callingFunction(sample: samples.lowerBound, key: sampler.key) {
      var template: Output?
      let values = try MapScope.run(inputs, count: count) { mapped in
        let result = try evaluator.function(evaluator.input.withValues(mapped))
        template = result
        return result.values
      }
      guard let template else { trap("Perturbed", "the function was not called") }
      return (template, values)
    }
    let width = try check(result, values, &layout, sample: samples.lowerBound)
    write(values, rows: count, width: width, to: output(width))
  }

  /// Checks the output of one example and returns its width.
  private func check(
    _ result: Output, _ values: [Value], _ layout: inout ExampleLayout?, sample: Int
  ) throws -> Int {
    for (position, value) in values.enumerated() where !value.type.isFloatingPoint {
      throw PerturbationError.outputNotFloatingPoint(
        path: result.leafPaths[position], type: value.type)
    }
    if layout == nil { evaluator.output.learn(result) }
    let found = ExampleLayout(
      shapes: values.map { $0.shape.removing(0) }, types: values.map(\.type))
    try ExampleLayout.check(&layout, found, sample: sample, key: sampler.key)
    return found.width
  }

  /// Writes leaves [rows, …] one beside the other: [rows, width].
  private func write(
    _ values: [Value], rows: Int, width: Int, to output: UnsafeMutablePointer<Scalar>
  ) {
    var start = 0
    for value in values {
      let count = value.count / Swift.max(rows, 1)
      value.cast(Scalar.elementType).withElements("Perturbed") { pointer in
        let source = pointer.assumingMemoryBound(to: Scalar.self)
        if count == width {
          output.update(from: source, count: rows * width)
        } else {
          for row in 0..<rows {
            (output + row * width + start).update(from: source + row * count, count: count)
          }
        }
      }
      start += count
    }
  }
}
