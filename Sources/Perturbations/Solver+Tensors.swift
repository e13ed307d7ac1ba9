public import Solvers
public import Tensors

extension Solver {
  /// Solves for a tensor of inputs.
  ///
  /// ```swift
  /// try ArgMax()(theta)                       // [d] gives [d], [..., d] gives [..., d]
  /// try ArgMax()(batch, batchAxes: 1)         // [B, d]: the first axis counts the examples
  /// ```
  ///
  /// Axes in front of those that the solver takes count examples, which are solved on all processors;
  /// an example's output does not depend on the others. The output is constant almost everywhere and
  /// carries no derivative: perturb the solver (``Perturbed``) for one. It is mapped by `vmap`.
  ///
  /// - Parameters:
  ///   - input: The inputs, [batch axes…] + the shape of one.
  ///   - batchAxes: How many axes count examples; nil for what the solver's
  ///     `outputShape(forInput:)` says, where it takes only one of the possible shapes.
  ///   - threads: How many threads take part; nil for one per processor. No number depends on it.
  /// - Returns: The outputs, [batch axes…] + the shape of one.
  /// - Throws: `SolverError` for a shape that the solver does not take, and for one input that has no
  ///   solution; `SolverBlockError` with the first of several that has none;
  ///   ``PerturbationError/inconsistentInput(_:)`` where the solver takes several of the possible shapes;
  ///   `CancellationError` where the task is cancelled.
  /// - Complexity: One solve for each example.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ input: Tensor<Scalar>, batchAxes: Int? = nil, threads: Int? = nil
  ) throws -> Tensor<Scalar> {
    let shape = input.shape
    if let batchAxes, !(0...shape.rank).contains(batchAxes) {
      throw PerturbationError.invalidParameter(
        name: "batchAxes", value: "\(batchAxes)", expected: "0 to the input's rank, \(shape.rank)")
    }
    if let threads, threads < 1 {
      throw PerturbationError.invalidParameter(
        name: "threads", value: "\(threads)", expected: "at least 1")
    }
    let axes = try batchAxes ?? self.batchAxes(of: shape)
    let (outer, inner) = (Array(shape.array[..<axes]), Array(shape.array[axes...]))
    let output = try outputShape(forInput: inner)
    let node = SolverNode<Self, Scalar>(
      solver: self, input: Shape(inner), output: Shape(output), threads: threads,
      isBatch: axes > 0)
    let rows = outer.reduce(1, *)
    let solutions = try apply(node, [input.value.reshaped(Shape([rows] + inner))])
    return Tensor(solutions.reshaped(Shape(outer + output)))
  }

  /// How many axes in front of those that the solver takes there are, if there is one answer.
  private func batchAxes(of shape: Shape) throws -> Int {
    var taken: [Int] = []
    var refusal: SolverError?
    for axes in 0..<Swift.max(shape.rank, 1) {
      do throws(SolverError) {
        _ = try outputShape(forInput: Array(shape.array[axes...]))
        taken.append(axes)
      } catch {
        // What it says of the whole input.
        if refusal == nil { refusal = error }
      }
    }
    if taken.count == 1 { return taken[0] }
    if taken.isEmpty, let refusal { throw refusal }
    let shapes = taken.map { "\(Shape(shape.array[$0...])) for batchAxes: \($0)" }
    throw PerturbationError.inconsistentInput(
      "\(Self.self) takes inputs of several shapes in one of shape \(shape), "
        + shapes.joined(separator: ", ") + ": say which")
  }
}

/// Solutions for inputs [rows] + the shape of one.
private struct SolverNode<S: Solver, Scalar: TensorFloatingPoint>: DifferentiableNode {
  let solver: S
  let input: Shape
  let output: Shape
  let threads: Int?
  /// Whether errors say which row they are of.
  let isBatch: Bool

  var name: String { "\(S.self)" }
  var isDifferentiable: Bool { false }

  func compute(_ inputs: [Value]) throws -> Value {
    let value = inputs[0]
    let rows = value.shape[0]
    let target = output.inserting(rows, at: 0)
    if rows == 0 { return .zeros(target, Scalar.elementType) }
    if input.elementCount == 0 { throw PerturbationError.emptyInput }
    var failure: (any Error)?
    let solutions: Value = value.withElements { pointer in
      .dense(target, Scalar.elementType) { out in
        let pass = SolutionPass<S, Scalar>(
          solver: solver, rows: rows, inputWidth: input.elementCount,
          outputWidth: output.elementCount,
          inputs: pointer.assumingMemoryBound(to: Scalar.self),
          outputs: out.assumingMemoryBound(to: Scalar.self))
        do { _ = try Threads(threads).run(pass, blocks: 0..<pass.blocks) } catch { failure = error }
      }
    }
    if !isBatch, let error = failure as? SolverBlockError { throw error.error }
    if let failure { throw failure }
    return solutions
  }

  func vjp(
    _ inputs: [Value], output: Value, cotangent: Value, needed: (Int) -> Bool
  ) throws -> [Value?] { [nil] }

  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    let value = physical[0]
    let rows = value.shape[0] * value.shape[1]
    let solutions = try apply(self, [value.reshaped(input.inserting(rows, at: 0))])
    return solutions.reshaped(output.inserting(value.shape[1], at: 0).inserting(count, at: 0))
  }
}

/// Solves blocks of rows, which threads share; there is nothing to sum.
private struct SolutionPass<S: Solver, Scalar: TensorFloatingPoint>: Pass, @unchecked Sendable {
  let solver: S
  let rows: Int
  let inputWidth: Int
  let outputWidth: Int
  /// [rows, input width], and [rows, output width], of which each block writes its own rows. Both are
  /// there as long as the pass is run.
  let inputs: UnsafePointer<Scalar>
  let outputs: UnsafeMutablePointer<Scalar>

  final class Worker {
    var scratch: S.Scratch
    init(_ scratch: S.Scratch) { self.scratch = scratch }
  }

  var segments: Int { 1 }
  var samples: Int { rows }
  /// Few rows of a slow solver are shared out too; many of a fast one come in blocks.
  var samplesPerBlock: Int { Swift.min(256, Swift.max(1, rows / 256)) }
  var blocks: Int { (rows - 1) / samplesPerBlock + 1 }
  var layout: PartialSums.Layout { PartialSums.Layout() }

  func makeWorker(_ context: EvaluationContext) throws -> Worker {
    Worker(try solver.makeScratch(inputCount: inputWidth))
  }

  func reduce(segment: Int, block: Int, _ worker: Worker, into sums: inout PartialSums) throws {
    let first = block * samplesPerBlock
    let count = Swift.min(first + samplesPerBlock, rows) - first
    solver.reset(&worker.scratch)
    do {
      try solver.solve(
        block: inputs + first * inputWidth, count: inputWidth,
        into: outputs + first * outputWidth, width: outputWidth, rows: count, &worker.scratch)
    } catch {
      throw SolverBlockError(row: first + error.row, error: error.error)
    }
  }
}

extension Solver {
  /// Solves for a block of inputs in memory, in the precision of its elements.
  func solve<Scalar: TensorFloatingPoint>(
    block inputs: UnsafePointer<Scalar>, count: Int, into outputs: UnsafeMutablePointer<Scalar>,
    width: Int, rows: Int, _ scratch: inout Scratch
  ) throws(SolverBlockError) {
    if Scalar.self == Float.self {
      let input = UnsafeRawPointer(inputs).assumingMemoryBound(to: Float.self)
      let output = UnsafeMutableRawPointer(outputs).assumingMemoryBound(to: Float.self)
      var solutions = MutableSpan(_unsafeStart: output, count: rows * width)
      try solve(
        block: Span(_unsafeStart: input, count: rows * count), rows: rows, into: &solutions,
        scratch: &scratch)
    } else {
      let input = UnsafeRawPointer(inputs).assumingMemoryBound(to: Double.self)
      let output = UnsafeMutableRawPointer(outputs).assumingMemoryBound(to: Double.self)
      var solutions = MutableSpan(_unsafeStart: output, count: rows * width)
      try solve(
        block: Span(_unsafeStart: input, count: rows * count), rows: rows, into: &solutions,
        scratch: &scratch)
    }
  }
}
