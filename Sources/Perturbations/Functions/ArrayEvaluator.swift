internal import Tensors

/// Evaluates a plain function of numbers or arrays, one sample after the other.
struct ArrayEvaluator<Input: PlainValue, Output: PlainValue>: BlockEvaluator
where Input.Scalar == Output.Scalar {
  typealias Scalar = Input.Scalar

  /// Gives the function of one thread, which no other calls.
  let makeFunction: @Sendable () throws -> (Input) throws -> Output

  init(_ function: @escaping @Sendable (Input) throws -> Output) { makeFunction = { function } }

  /// A function that works with something of which every thread has one of its own.
  init<State>(
    making makeState: @escaping @Sendable () throws -> State,
    _ function: @escaping @Sendable (inout State, Input) throws -> Output
  ) {
    makeFunction = {
      var state = try makeState()
      return { try function(&state, $0) }
    }
  }

  func knownOutput(for input: ExampleLayout) throws -> ExampleLayout? {
    try PlainShape.check(input.shapes[0], Input.self)
    return nil
  }

  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) throws -> any BlockWorkspace<Scalar> {
    try ArrayWorkspace(self, sampler, samplesPerBlock: samplesPerBlock)
  }
}

private final class ArrayWorkspace<Input: PlainValue, Output: PlainValue>: BlockWorkspace
where Input.Scalar == Output.Scalar {
  typealias Scalar = Input.Scalar

  /// One for each thread that has taken part; the first is this one's.
  private var functions: [(Input) throws -> Output]
  private let makeFunction: @Sendable () throws -> (Input) throws -> Output
  private let inputs: PlainInputs<Input>
  private var sampler: Sampler<Scalar> { inputs.sampler }

  init(
    _ evaluator: ArrayEvaluator<Input, Output>, _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) throws {
    makeFunction = evaluator.makeFunction
    functions = [try makeFunction()]
    inputs = PlainInputs(sampler, capacity: samplesPerBlock)
  }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?, _ context: EvaluationContext,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws -> [Int] {
    inputs.perturb(row: row, samples: samples)
    var start: UnsafeMutablePointer<Scalar>?
    var clock = SampleClock(threads: context.threads)
    for (position, sample) in samples.enumerated() {
      try context.check()
      try call(functions[0], position: position, sample: sample, &layout) { width in
        let memory = start ?? output(width)
        start = memory
        return memory + position * width
      }
      context.tell(position + 1)
      if let start, clock.isWorthSharing(remaining: samples.count - position - 1) {
        try share(samples, from: position + 1, into: start, layout, context)
        break
      }
    }
    return []
  }

  /// Evaluates the rest of a block on several threads: which of them has which sample is left to them,
  /// and where its output goes is not.
  private func share(
    _ samples: Range<Int>, from first: Int, into outputs: UnsafeMutablePointer<Scalar>,
    _ layout: ExampleLayout?, _ context: EvaluationContext
  ) throws {
    let workers = Swift.min(context.threads, samples.count - first)
    while functions.count < workers { functions.append(try makeFunction()) }
    let width = layout?.width ?? 0
    // Each function is one thread's, each sample's output has a place of its own.
    nonisolated(unsafe) let (functions, outputs) = (functions, outputs)
    nonisolated(unsafe) let this = self
    let queue = SampleQueue(first..<samples.count, context)
    let state = TraceContext.current
    concurrently(workers) {
      TraceContext.evaluating(for: state) {
        queue.work { worker, position in
          var layout = layout
          try this.call(
            functions[worker], position: position, sample: samples.lowerBound + position, &layout
          ) { _ in outputs + position * width }
        }
      }
    }
    if let error = queue.error { throw error }
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    inputs.load(row: row)
    try call(functions[0], position: 0, sample: -1, &layout, output: output)
  }

  private func call(
    _ function: (Input) throws -> Output, position: Int, sample: Int,
    _ layout: inout ExampleLayout?,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    let (result, extents) = try callingFunction(sample: sample, key: sampler.key) {
      let result = try function(inputs[position])
      return (result, try result.extents())
    }
    try ExampleLayout.check(
      &layout, ExampleLayout(shapes: [Shape(extents)], types: [Scalar.elementType]),
      sample: sample, key: sampler.key)
    var position = output(layout?.width ?? 0)
    result.write(to: &position)
  }
}

/// The inputs of a block of samples for plain functions, in memory of one thread.
final class PlainInputs<Input: PlainValue> where Input.Scalar: TensorFloatingPoint {
  typealias Scalar = Input.Scalar

  let sampler: Sampler<Scalar>
  /// Numbers of one input.
  let count: Int
  private let shape: [Int]
  private let memory: UnsafeMutablePointer<Scalar>

  init(_ sampler: Sampler<Scalar>, capacity: Int) {
    self.sampler = sampler
    count = sampler.width
    shape = PlainShape.of(sampler.leaves[0].theta.shape.removing(0), Input.self)
    memory = .allocate(capacity: capacity * count)
  }

  deinit { memory.deallocate() }

  /// The perturbed inputs of some samples of a row.
  func perturb(row: Int, samples: Range<Int>) {
    sampler.perturb(leaf: 0, row: row, samples: samples, into: memory)
  }

  /// θ itself, as the one input.
  func load(row: Int) {
    sampler.leaves[0].theta.withElements { pointer in
      memory.update(from: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count)
    }
  }

  subscript(position: Int) -> Input {
    Input(
      UnsafeBufferPointer(start: memory + position * count, count: count), shape: shape[...])
  }

  /// The first inputs.
  func values(_ samples: Int) -> [Input] {
    Input.values(
      UnsafeBufferPointer(start: memory, count: samples * count), count: samples, shape: shape[...])
  }
}

/// The shapes of inputs of plain functions.
enum PlainShape {
  /// The shape of an input as a function takes it: any in one array, and one number without axes.
  static func of<Input: PlainValue>(_ shape: Shape, _: Input.Type) -> [Int] {
    switch Input.rank {
    case 0: []
    case 1: [shape.elementCount]
    default: shape.array
    }
  }

  /// Refuses an input that the function doesn't take.
  static func check<Input: PlainValue>(_ shape: Shape, _: Input.Type) throws {
    let rank = Input.rank
    let isTaken = rank == 0 ? shape.elementCount == 1 : rank == 1 || shape.rank == rank
    guard isTaken else {
      throw PerturbationError.inconsistentInput(
        "an input of shape \(shape) for a function of \(Input.self), expected "
          + (rank == 0 ? "one number" : "\(rank) axes"))
    }
  }
}
