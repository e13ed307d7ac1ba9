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
    SolverWorkspace(solver, sampler, samplesPerBlock: samplesPerBlock)
  }
}

private final class SolverWorkspace<Scalar: TensorFloatingPoint, S: Solver>: BlockWorkspace {
  private let solver: S
  private let sampler: Sampler<Scalar>
  private var scratch: S.Scratch
  private let count: Int
  private let inputs: UnsafeMutablePointer<Scalar>
  private let winners: UnsafeMutablePointer<Int32>

  init(_ solver: S, _ sampler: Sampler<Scalar>, samplesPerBlock: Int) {
    self.solver = solver
    self.sampler = sampler
    count = sampler.width
    scratch = solver.makeScratch(inputCount: count)
    inputs = .allocate(capacity: samplesPerBlock * count)
    winners = .allocate(capacity: samplesPerBlock)
  }

  deinit {
    inputs.deallocate()
    winners.deallocate()
  }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    guard let width = layout?.width else { trap("Perturbed", "a solver's output has no shape") }
    let outputs = output(width)
    if solver is ArgMax, case .standard(let distribution) = sampler.noise.kind {
      argMax(distribution, row: row, samples: samples, into: outputs)
      return
    }
    sampler.perturb(leaf: 0, row: row, samples: samples, into: inputs)
    for position in 0..<samples.count {
      try solve(
        inputs + position * count, outputs + position * width, width,
        sample: samples.lowerBound + position)
    }
  }

  /// The argmax of each sample straight from its noise.
  private func argMax(
    _ distribution: RandomDistribution, row: Int, samples: Range<Int>,
    into outputs: UnsafeMutablePointer<Scalar>
  ) {
    sampler.leaves[0].theta.withElements { pointer in
      let theta = UnsafeBufferPointer(
        start: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count)
      Scalar.argmaxSamples(
        sampler.block(distribution, 0, row, samples), theta: theta, sigma: sampler.sigma,
        into: UnsafeMutableBufferPointer(start: winners, count: samples.count))
    }
    outputs.update(repeating: 0, count: samples.count * count)
    for position in 0..<samples.count { outputs[position * count + Int(winners[position])] = 1 }
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    guard let width = layout?.width else { trap("Perturbed", "a solver's output has no shape") }
    sampler.leaves[0].theta.withElements { pointer in
      inputs.update(from: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count)
    }
    try solve(inputs, output(width), width, sample: -1)
  }

  private func solve(
    _ input: UnsafeMutablePointer<Scalar>, _ output: UnsafeMutablePointer<Scalar>, _ width: Int,
    sample: Int
  ) throws {
    do {
      if Scalar.self == Float.self {
        let span = Span(
          _unsafeStart: UnsafeRawPointer(input).assumingMemoryBound(to: Float.self), count: count)
        var result = MutableSpan(
          _unsafeStart: UnsafeMutableRawPointer(output).assumingMemoryBound(to: Float.self),
          count: width)
        try solver.solve(span, into: &result, scratch: &scratch)
      } else {
        let span = Span(
          _unsafeStart: UnsafeRawPointer(input).assumingMemoryBound(to: Double.self), count: count)
        var result = MutableSpan(
          _unsafeStart: UnsafeMutableRawPointer(output).assumingMemoryBound(to: Double.self),
          count: width)
        try solver.solve(span, into: &result, scratch: &scratch)
      }
    } catch {
      throw PerturbationError.functionFailed(
        sample: sample, key: sampler.key.child(UInt64(Swift.max(sample, 0))), error: error)
    }
  }
}
