internal import Solvers
internal import Tensors

/// Evaluates a solver: one buffer for a block of inputs, one scratch, no allocation for a sample.
struct SolverEvaluator<Scalar: TensorFloatingPoint, S: Solver>: BlockEvaluator {
  let solver: S

  func knownOutput(for input: ExampleLayout) throws -> ExampleLayout? {
    let shape = try solver.outputShape(forInput: input.shapes[0].array)
    return ExampleLayout(shapes: [Shape(shape)], types: [Scalar.elementType])
  }

  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) -> any BlockWorkspace<Scalar> {
    SolverWorkspace(
      solver, sampler, samplesPerBlock: samplesPerBlock, isOneHot: isOneHot(sampler))
  }

  /// The argmax comes straight from the noise, without a buffer of inputs.
  func isOneHot(_ sampler: Sampler<Scalar>) -> Bool {
    solver is ArgMax && sampler.direct != nil
  }
}

private final class SolverWorkspace<Scalar: TensorFloatingPoint, S: Solver>: BlockWorkspace {
  let isOneHot: Bool
  private let solver: S
  private let sampler: Sampler<Scalar>
  private var scratch: S.Scratch
  private let count: Int
  private let inputs: UnsafeMutablePointer<Scalar>
  private let blockSolver: BlockSolver?
  private let order: UnsafeMutablePointer<Int32>

  init(_ solver: S, _ sampler: Sampler<Scalar>, samplesPerBlock: Int, isOneHot: Bool) {
    self.solver = solver
    self.sampler = sampler
    self.isOneHot = isOneHot
    count = sampler.width
    scratch = solver.makeScratch(inputCount: count)
    inputs = .allocate(capacity: (isOneHot ? 1 : samplesPerBlock) * count)
    blockSolver = BlockSolver(solver, count: count)
    order = .allocate(capacity: blockSolver?.isOrder == true ? samplesPerBlock * count : 0)
  }

  deinit {
    inputs.deallocate()
    order.deallocate()
  }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    guard let width = layout?.width else { trap("Perturbed", "a solver's output has no shape") }
    let outputs = output(width)
    sampler.perturb(leaf: 0, row: row, samples: samples, into: inputs)
    try solve(inputs, outputs, width, samples: samples)
  }

  func evaluateOneHot(
    row: Int, samples: Range<Int>, into index: UnsafeMutablePointer<Int32>
  ) throws {
    guard let distribution = sampler.direct else { return }
    withOrigin(row) { theta in
      Scalar.argmaxSamples(
        sampler.block(distribution, 0, row, samples), theta: theta, sigma: sampler.sigma,
        into: UnsafeMutableBufferPointer(start: index, count: samples.count))
    }
  }

  func evaluateOneHotScores(
    row: Int, samples: Range<Int>, into index: UnsafeMutablePointer<Int32>,
    sums: UnsafeMutablePointer<Double>
  ) throws {
    guard let distribution = sampler.direct else { return }
    withOrigin(row) { theta in
      Scalar.argmaxScores(
        sampler.block(distribution, 0, row, samples), theta: theta, sigma: sampler.sigma,
        into: UnsafeMutableBufferPointer(start: index, count: samples.count),
        sums: UnsafeMutableBufferPointer(start: sums, count: count * count))
    }
  }

  /// What the noise of a row is added to.
  private func withOrigin(_ row: Int, _ body: (UnsafeBufferPointer<Scalar>) -> Void) {
    sampler.origins[0].withElements { pointer in
      body(
        UnsafeBufferPointer(
          start: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count))
    }
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    guard let width = layout?.width else { trap("Perturbed", "a solver's output has no shape") }
    sampler.leaves[0].theta.withElements { pointer in
      inputs.update(from: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count)
    }
    try solve(inputs, output(width), width, samples: -1..<0)
  }

  /// Solves for the inputs of some samples; the type is settled once for all of them.
  private func solve(
    _ input: UnsafeMutablePointer<Scalar>, _ output: UnsafeMutablePointer<Scalar>, _ width: Int,
    samples: Range<Int>
  ) throws {
    var position = 0
    do {
      // The scratch is handed over once for all samples: each access to a stored property of a
      // class is checked for exclusivity at run time.
      if Scalar.self == Float.self {
        let input = UnsafeRawPointer(input).assumingMemoryBound(to: Float.self)
        let output = UnsafeMutableRawPointer(output).assumingMemoryBound(to: Float.self)
        if let blockSolver,
          blockSolver.solve(input, rows: samples.count, count: count, order: order, into: output)
        {
          return
        }
        try Self.solve(solver, input, count, output, width, samples.count, &scratch, &position)
      } else {
        let input = UnsafeRawPointer(input).assumingMemoryBound(to: Double.self)
        let output = UnsafeMutableRawPointer(output).assumingMemoryBound(to: Double.self)
        if let blockSolver,
          blockSolver.solve(input, rows: samples.count, count: count, order: order, into: output)
        {
          return
        }
        try Self.solve(solver, input, count, output, width, samples.count, &scratch, &position)
      }
    } catch {
      let sample = samples.lowerBound + position
      throw PerturbationError.functionFailed(
        sample: sample, key: sampler.key.child(UInt64(Swift.max(sample, 0))), error: error)
    }
  }

  /// Solves from `position` on, which is where it failed if it throws.
  private static func solve(
    _ solver: S, _ input: UnsafePointer<Float>, _ count: Int,
    _ output: UnsafeMutablePointer<Float>, _ width: Int, _ samples: Int, _ scratch: inout S.Scratch,
    _ position: inout Int
  ) throws(SolverError) {
    while position < samples {
      var result = MutableSpan(_unsafeStart: output + position * width, count: width)
      try solver.solve(
        Span(_unsafeStart: input + position * count, count: count), into: &result, scratch: &scratch
      )
      position += 1
    }
  }

  /// The same in double precision.
  private static func solve(
    _ solver: S, _ input: UnsafePointer<Double>, _ count: Int,
    _ output: UnsafeMutablePointer<Double>, _ width: Int, _ samples: Int,
    _ scratch: inout S.Scratch, _ position: inout Int
  ) throws(SolverError) {
    while position < samples {
      var result = MutableSpan(_unsafeStart: output + position * width, count: width)
      try solver.solve(
        Span(_unsafeStart: input + position * count, count: count), into: &result, scratch: &scratch
      )
      position += 1
    }
  }
}
