internal import Tensors

/// A perturbed function at one input and key, ready for statistics: what turns trees into packed
/// numbers, [rows, width] in double precision, and back.
struct StatisticsContext<Input: Tree & Sendable, Output: Tree & Sendable> {
  let call: any StatisticsCall
  let theta: [Value]
  private let batch: PerturbedBatch
  private let input: Input
  private let type: ElementType
  private let makeOutput: ([Value]) -> Output

  var rows: Int { batch.rows }

  init(_ input: Input, _ bound: AnyFunction<Input, Output>.Bound, _ batch: PerturbedBatch) {
    call = bound.call
    self.batch = batch
    self.input = input
    makeOutput = bound.makeOutput
    theta = batch.theta
    type = batch.theta[0].type
  }

  /// [rows, output width] as the function's output.
  func output(_ packed: [Double]) -> Output {
    makeOutput(batch.unpacked(value(packed), call.outputLayout))
  }

  /// One example's output.
  func exampleOutput(_ packed: [Double]) -> Output {
    let layout = call.outputLayout ?? ExampleLayout(shapes: [], types: [])
    var start = 0
    return makeOutput(
      zip(layout.shapes, layout.types).map { shape, type in
        defer { start += shape.elementCount }
        return Value.doubles(Array(packed[start..<start + shape.elementCount]), shape, self.type)
          .cast(type)
      })
  }

  /// [rows, input width] as a derivative in the function's input.
  func input(_ packed: [Double]) -> Input {
    let width = packed.count / Swift.max(rows, 1)
    var start = 0
    return input.withGradient(
      zip(input.values, batch.theta).map { leaf, theta in
        let count = theta.count / Swift.max(rows, 1)
        defer { start += count }
        let elements = (0..<rows).flatMap { row in
          packed[row * width + start..<row * width + start + count]
        }
        return .doubles(elements, leaf.shape, type)
      })
  }

  /// θ, [rows, input width].
  var packedInput: [Double] { packed(theta) }

  /// A tree like the input, [rows, input width].
  func packed(_ tree: Input) -> [Double] {
    packed(tree.values.map { batch.isBatched ? $0 : $0.reshaped($0.shape.inserting(1, at: 0)) })
  }

  /// A cotangent of the output, [rows, output width].
  func packedCotangent(_ cotangent: Output, like expected: Output) throws -> [Double] {
    try expected.checkStructure(cotangent, "cotangent")
    return packed(cotangent.values)
  }

  private func packed(_ values: [Value]) -> [Double] {
    let leaves = values.map { value in
      value.concrete("statistics").cast(.double).withElements {
        Array(
          UnsafeBufferPointer(start: $0.assumingMemoryBound(to: Double.self), count: value.count))
      }
    }
    return (0..<rows).flatMap { row in
      leaves.flatMap { leaf in
        let count = leaf.count / Swift.max(rows, 1)
        return leaf[row * count..<(row + 1) * count]
      }
    }
  }

  private func value(_ packed: [Double]) -> Value {
    .doubles(packed, [rows, packed.count / Swift.max(rows, 1)], type)
  }
}

extension Perturbed {
  /// Gets statistics of the function at θ ready.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - key: The key of the noise.
  ///   - batched: Whether leaves have a batch axis in front.
  ///   - keepingOutputs: Whether several passes follow, so that it pays to keep the outputs.
  ///   - sigma: Another σ than the function's own.
  /// - Returns: The call, its inputs and what turns numbers into trees.
  /// - Throws: `PerturbationError`.
  func statistics(
    _ input: Input, key: RandomKey, batched: Bool, keepingOutputs: Bool, sigma: Double? = nil
  ) throws -> StatisticsContext<Input, Output> {
    let input = withoutGradient(input)
    var smoothing = smoothing
    if let sigma { smoothing.sigma = sigma }
    try smoothing.validate()
    _ = try input.scalarType()
    let batch = try PerturbedBatch(input, batched: batched)
    let bound = try function.bind(
      input,
      CallRequest(
        smoothing: smoothing, key: key, batch: batch, mayBeDifferentiated: keepingOutputs))
    return StatisticsContext(input, bound, batch)
  }
}
