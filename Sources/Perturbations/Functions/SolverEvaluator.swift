internal import CKernels
internal import Solvers
internal import Tensors

/// Evaluates a solver: one buffer for a block of inputs, one scratch, no allocation for a sample.
struct SolverEvaluator<Scalar: TensorFloatingPoint, S: Solver>: BlockEvaluator {
  let solver: S

  func knownOutput(for input: ExampleLayout) throws -> ExampleLayout? {
    let shape = try solver.outputShape(forInput: input.shapes[0].array)
    return ExampleLayout(shapes: [Shape(shape)], types: [Scalar.elementType])
  }

  func expectation(under noise: Noise) -> (any ExactExpectation)? {
    (solver as? any ExactSolver).flatMap { try? $0.expectation(under: noise) }
  }

  var isQuick: Bool { solver is any ExactSolver || solver is ShortestPath }

  /// An extreme entry comes straight from the noise, without a buffer of inputs.
  func outputForm(_ sampler: Sampler<Scalar>) -> OutputForm {
    switch solver.output {
    case .dense where solver is LogicalOr && sampler.direct != nil: .vote(least: 1)
    case .dense where solver is LogicalAnd && sampler.direct != nil: .vote(least: sampler.width)
    case .dense: .dense
    case .indicator, .oneHot: .bits
    case .largest: sampler.direct == nil ? .bits : .index(ofLargest: true)
    case .smallest: sampler.direct == nil ? .bits : .index(ofLargest: false)
    }
  }

  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) throws -> any BlockWorkspace<Scalar> {
    try SolverWorkspace(
      solver, sampler,
      samplesPerBlock: outputForm(sampler).isIndex ? 1 : samplesPerBlock)
  }
}

private final class SolverWorkspace<Scalar: TensorFloatingPoint, S: Solver>: BlockWorkspace {
  private static var samplesAtOnce: Int { 256 }

  private let solver: S
  private let sampler: Sampler<Scalar>
  private var scratch: S.Scratch
  private let count: Int
  private var capacity: Int
  private var inputs: UnsafeMutablePointer<Scalar>

  init(_ solver: S, _ sampler: Sampler<Scalar>, samplesPerBlock: Int) throws {
    self.solver = solver
    self.sampler = sampler
    count = sampler.width
    scratch = try solver.makeScratch(inputCount: count)
    capacity = samplesPerBlock
    inputs = .allocate(capacity: samplesPerBlock * count)
  }

  deinit { inputs.deallocate() }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?, _ context: EvaluationContext,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws -> [Int] {
    guard let width = layout?.width else { trap("Perturbed", "a solver's output has no shape") }
    if samples.count > capacity {
      inputs.deallocate()
      capacity = samples.count
      inputs = .allocate(capacity: capacity * count)
    }
    sampler.perturb(leaf: 0, row: row, samples: samples, into: inputs)
    solver.reset(&scratch)
    // Between runs of samples a task may be cancelled; within a block nothing is reset.
    let outputs = output(width)
    for first in stride(from: samples.lowerBound, to: samples.upperBound, by: Self.samplesAtOnce) {
      try context.check()
      let own = first..<Swift.min(first + Self.samplesAtOnce, samples.upperBound)
      try solve(outputs, width, samples: own, from: first - samples.lowerBound)
      context.tell(own.upperBound - samples.lowerBound)
    }
    return []
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    guard let width = layout?.width else { trap("Perturbed", "a solver's output has no shape") }
    sampler.leaves[0].theta.withElements { pointer in
      inputs.update(from: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count)
    }
    solver.reset(&scratch)
    try solve(output(width), width, samples: -1..<0)
  }

  /// Solves for the inputs of some samples, from a position of the block on.
  private func solve(
    _ outputs: UnsafeMutablePointer<Scalar>, _ width: Int, samples: Range<Int>,
    from position: Int = 0
  ) throws {
    do {
      try solver.solve(
        block: UnsafePointer(inputs) + position * count, count: count,
        into: outputs + position * width, width: width, rows: samples.count, &scratch)
    } catch {
      let sample = samples.lowerBound + error.row
      throw PerturbationError.functionFailed(
        sample: sample, key: sampler.key.child(UInt64(Swift.max(sample, 0))), error: error.error)
    }
  }
}
