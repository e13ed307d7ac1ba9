import Perturbations
import Testing

/// Takes inputs of any shape.
private struct AnyShape: Solver {
  let sense: Sense? = nil
  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverError) {
    for i in input.indices { output[i] = input[i] > 0 ? 1 : 0 }
  }
}

/// Has no solution where an entry is negative.
private struct Picky: Solver {
  let sense: Sense? = nil
  func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    guard shape == [2] else { throw .wrongShape(solver: "Picky", shape: shape, expected: "[2]") }
    return []
  }
  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverError) {
    if input[0] < 0 { throw .failed(reason: "negative") }
    output[0] = input[0] + input[1]
  }
}

@Suite("Solvers called on tensors") struct SolverCallTests {
  private let key = RandomKey(2)

  @Test func oneInput() throws {
    #expect(try ArgMax()(Tensor<Float>([1, 3, 2])) == [0, 1, 0])
    #expect(try Ranking()(Tensor<Double>([0.1, 0.3, 0.2])) == [0, 2, 1])
    #expect(try LogicalOr()(Tensor<Float>([-1, 1])).shape == [])
  }

  @Test(arguments: [1, 2, 8]) func batchAxes(_ threads: Int) throws {
    let inputs: Tensor<Double> = key.normal([5, 7, 4])
    let outputs = try Ranking()(inputs, threads: threads)
    #expect(outputs.shape == [5, 7, 4])
    for i in 0..<5 {
      for j in 0..<7 { #expect(try outputs[i][j] == Ranking()(inputs[i][j])) }
    }
    #expect(try LogicalOr()(inputs, threads: threads).shape == [5, 7])
    #expect(try ArgMax()(Tensor<Float>.zeros([0, 3])).shape == [0, 3])
    // More rows than threads have at a time.
    let many: Tensor<Float> = key.normal([3, 50_000, 2])
    #expect(
      try ArgMax()(many, threads: threads)
        == select(many .>= many.max(axes: [2], keepingAxes: true), 1, 0))
  }

  @Test func shapesOfSeveralAxes() throws {
    let grid = try GridShortestPath(rows: 3, columns: 4)
    let costs: Tensor<Float> = key.uniform([2, 5, 3, 4], in: 0.1..<1)
    let paths = try grid(costs)
    #expect(paths.shape == [2, 5, 3, 4])
    #expect(try paths[1][2] == grid(costs[1][2]))
    let assignment: Tensor<Double> = key.normal([6, 3, 3])
    #expect(try LinearAssignment(rows: 3)(assignment).shape == [6, 3, 3])
  }

  @Test func shapesThatCouldBeEither() throws {
    let square: Tensor<Float> = [[1, -1], [-1, 1]]
    #expect(throws: PerturbationError.self) { try AnyShape()(square) }
    #expect(try AnyShape()(square, batchAxes: 0) == [[1, 0], [0, 1]])
    #expect(try AnyShape()(square, batchAxes: 1) == [[1, 0], [0, 1]])
    #expect(try AnyShape()(square[0]) == [1, 0])
    #expect(throws: PerturbationError.self) { try AnyShape()(square, batchAxes: 3) }
    #expect(throws: PerturbationError.self) { try AnyShape()(square, batchAxes: -1) }
  }

  @Test func errors() throws {
    #expect(
      throws: SolverError.wrongShape(solver: "Picky", shape: [3], expected: "[2]")
    ) { try Picky()(Tensor<Float>([1, 2, 3])) }
    #expect(throws: SolverError.failed(reason: "negative")) {
      try Picky()(Tensor<Float>([-1, 2]))
    }
    var inputs = [Float](repeating: 1, count: 2000)
    inputs[2 * 700] = -1
    inputs[2 * 990] = -1
    for threads in [1, 4] {
      #expect(
        throws: SolverBlockError(row: 700, error: .failed(reason: "negative"))
      ) { try Picky()(Tensor(shape: [10, 100, 2], scalars: inputs), threads: threads) }
    }
    #expect(throws: PerturbationError.self) {
      try Picky()(Tensor<Float>([1, 2]), threads: 0)
    }
    #expect(throws: SolverError.self) { try ArgMax()(Tensor<Float>(shape: [0], scalars: [])) }
  }

  /// Constant almost everywhere: no derivative, and no silent zero.
  @Test func transforms() throws {
    let x: Tensor<Double> = [0.3, 0.1, 0.2]
    let slope = try gradient(at: x) { try ($0 * Ranking()($0)).sum() }
    #expect(slope == [2, 0, 1])
    let batch: Tensor<Double> = key.normal([6, 2, 3])
    let mapped = try vmap { (row: Tensor<Double>) throws in try Ranking()(row) }(batch)
    #expect(try mapped == Ranking()(batch))
  }
}
