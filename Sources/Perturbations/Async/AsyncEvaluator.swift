// Where a thread of its own can be started.
#if canImport(Darwin) || canImport(Glibc) || canImport(Musl)
  internal import Tensors

  /// Has an `async` function evaluated by the task that answers questions, a block of samples at a time.
  struct AsyncEvaluator<Input: PlainValue, Output: PlainValue>: BlockEvaluator
  where Input.Scalar == Output.Scalar {
    typealias Scalar = Input.Scalar

    let function: @Sendable (Input) async throws -> Output
    let concurrency: Int
    let questions: AsyncQuestions

    func knownOutput(for input: ExampleLayout) throws -> ExampleLayout? {
      try PlainShape.check(input.shapes[0], Input.self)
      return nil
    }

    func makeWorkspace(
      _ sampler: Sampler<Scalar>, samplesPerBlock: Int
    ) -> any BlockWorkspace<Scalar> {
      AsyncWorkspace(self, sampler, samplesPerBlock: samplesPerBlock)
    }

    /// Evaluates the function for some inputs, so many at a time.
    ///
    /// Inputs are begun in order, none any more after one has failed: the first of them that fails is the
    /// same every time.
    func evaluate(_ inputs: [Input]) async -> AsyncAnswer<Output> {
      let function = function
      return await withTaskGroup(of: (Int, Result<Output, any Error>).self) { group in
        var outputs = [Output?](repeating: nil, count: inputs.count)
        var failure: (position: Int, error: any Error)?
        var next = 0
        func begin() {
          guard next < inputs.count, failure == nil, !Task.isCancelled else { return }
          let (position, input) = (next, inputs[next])
          next += 1
          group.addTask {
            do { return (position, .success(try await function(input))) } catch {
              return (position, .failure(error))
            }
          }
        }
        for _ in 0..<Swift.min(concurrency, inputs.count) { begin() }
        for await (position, result) in group {
          switch result {
          case .success(let output): outputs[position] = output
          case .failure(let error):
            if position < failure?.position ?? .max { failure = (position, error) }
          }
          begin()
        }
        if Task.isCancelled { return .failed(0, CancellationError()) }
        if let failure { return .failed(failure.position, failure.error) }
        return .outputs(outputs.compactMap { $0 })
      }
    }
  }

  /// What came of a block of inputs.
  enum AsyncAnswer<Output: Sendable>: Sendable {
    case outputs([Output])
    /// The first input that failed, and why.
    case failed(Int, any Error)
  }

  private final class AsyncWorkspace<Input: PlainValue, Output: PlainValue>: BlockWorkspace
  where Input.Scalar == Output.Scalar {
    typealias Scalar = Input.Scalar

    private let evaluator: AsyncEvaluator<Input, Output>
    private let inputs: PlainInputs<Input>
    private var sampler: Sampler<Scalar> { inputs.sampler }

    init(
      _ evaluator: AsyncEvaluator<Input, Output>, _ sampler: Sampler<Scalar>, samplesPerBlock: Int
    ) {
      self.evaluator = evaluator
      inputs = PlainInputs(sampler, capacity: samplesPerBlock)
    }

    func evaluate(
      row: Int, samples: Range<Int>, layout: inout ExampleLayout?, _ context: EvaluationContext,
      output: (Int) -> UnsafeMutablePointer<Scalar>
    ) throws -> [Int] {
      inputs.perturb(row: row, samples: samples)
      try ask(samples, &layout, output: output)
      return []
    }

    func evaluateUnperturbed(
      row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
    ) throws {
      inputs.load(row: row)
      try ask(-1..<0, &layout, output: output)
    }

    private func ask(
      _ samples: Range<Int>, _ layout: inout ExampleLayout?,
      output: (Int) -> UnsafeMutablePointer<Scalar>
    ) throws {
      let arguments = inputs.values(samples.count)
      let answer = AsyncOutcome<AsyncAnswer<Output>>()
      let evaluator = evaluator
      evaluator.questions.ask(
        AsyncQuestion { answer.set(.success(await evaluator.evaluate(arguments))) })
      switch try answer.get() {
      case .failed(let position, let error):
        try callingFunction(sample: samples.lowerBound + position, key: sampler.key) { throw error }
      case .outputs(let outputs):
        var memory: UnsafeMutablePointer<Scalar>?
        for (sample, result) in zip(samples, outputs) {
          let extents = try callingFunction(sample: sample, key: sampler.key) {
            try result.extents()
          }
          try ExampleLayout.check(
            &layout, ExampleLayout(shapes: [Shape(extents)], types: [Scalar.elementType]),
            sample: sample, key: sampler.key)
          var position = memory ?? output(layout?.width ?? 0)
          result.write(to: &position)
          memory = position
        }
      }
    }
  }
#endif
