import Solvers
import Testing

/// Adds 1 to each entry and counts how it was called. In double precision, written in `Double` alone.
private struct DoubleOnly: Solver {
  struct Scratch {
    var solves = 0
    var blocks = 0
    var resets = 0
  }

  let sense: Sense? = nil
  let precision = SolverPrecision.double

  func makeScratch(inputCount: Int) throws(SolverError) -> Scratch {
    guard inputCount < 100 else { throw .failed(reason: "no room") }
    return Scratch()
  }

  func reset(_ scratch: inout Scratch) { scratch.resets += 1 }

  func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    scratch.solves += 1
    for i in input.indices {
      guard input[i] >= 0 else { throw .failed(reason: "negative") }
      output[i] = input[i] + 1e-12
    }
  }
}

/// The same with a block form of its own.
private struct DoubleBlocks: Solver {
  let sense: Sense? = nil
  let precision = SolverPrecision.double

  func makeScratch(inputCount: Int) -> DoubleOnly.Scratch { DoubleOnly.Scratch() }

  func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>,
    scratch: inout DoubleOnly.Scratch
  ) throws(SolverError) {
    try DoubleOnly().solve(input, into: &output, scratch: &scratch)
  }

  func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout DoubleOnly.Scratch
  ) throws(SolverBlockError) {
    scratch.blocks += 1
    for i in inputs.indices { outputs[i] = inputs[i] + 1e-12 }
  }
}

/// In single precision, written in `Float` alone.
private struct FloatOnly: Solver {
  let sense: Sense? = nil
  let precision: SolverPrecision

  func makeScratch(inputCount: Int) -> Int { 0 }

  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Int
  ) throws(SolverError) {
    scratch += 1
    for i in input.indices {
      guard input[i] >= 0 else { throw .failed(reason: "negative") }
      output[i] = 2 * input[i]
    }
  }
}

struct NoForm: Solver {
  let sense: Sense? = nil
  let precision: SolverPrecision
}

@Suite struct SolverDefaultsTests {
  @Test func doubleIsNeverCalledThroughFloat() throws {
    #expect(try DoubleOnly()([1, 0.1] as [Double]) == [1 + 1e-12, 0.1 + 1e-12])
    #expect(try DoubleOnly()([1, 0.1] as [Float]) == [1, 0.1])
    var scratch = try DoubleOnly().makeScratch(inputCount: 2)
    let inputs: [[Double]] = [[1, 2], [3, 4], [5, 0.1]]
    let outputs = try solveBlock(DoubleOnly(), inputs, scratch: &scratch)
    #expect(outputs == inputs.map { $0.map { $0 + 1e-12 } })
    #expect(
      try solveBlock(DoubleOnly(), inputs.map { $0.map(Float.init) }, scratch: &scratch)
        == inputs.map { $0.map(Float.init) })
    #expect(scratch.solves == 6)
  }

  @Test func singlePrecisionBlocksAreWidenedAsAWhole() throws {
    var scratch = DoubleOnly.Scratch()
    let outputs = try solveBlock(
      DoubleBlocks(), [[1, 2], [3, 4], [5, 6]] as [[Float]], scratch: &scratch)
    #expect(outputs == [[1, 2], [3, 4], [5, 6]])
    #expect(scratch.blocks == 1 && scratch.solves == 0)
  }

  @Test(arguments: [SolverPrecision.either, .single])
  func doubleFormsComeFromTheFloatForm(precision: SolverPrecision) throws {
    let solver = FloatOnly(precision: precision)
    var solves = 0
    let outputs = try solveBlock(solver, [[1, 0.1], [3, 4]] as [[Double]], scratch: &solves)
    #expect(outputs == [[2, Double(2 * Float(0.1))], [6, 8]])
    #expect(solves == 2)
    #expect(try solver([0.1] as [Double]) == [Double(2 * Float(0.1))])
    #expect(try solver([] as [Double]) == [])
  }

  @Test func errorsNameTheRow() throws {
    let expected = SolverBlockError(row: 2, error: .failed(reason: "negative"))
    let inputs: [[Double]] = [[1], [2], [-1], [-1]]
    for precision in [SolverPrecision.either, .single] {
      var solves = 0
      #expect(throws: expected) {
        try solveBlock(FloatOnly(precision: precision), inputs, scratch: &solves)
      }
    }
    var scratch = DoubleOnly.Scratch()
    #expect(throws: expected) { try solveBlock(DoubleOnly(), inputs, scratch: &scratch) }
    #expect(throws: expected) {
      try solveBlock(DoubleOnly(), inputs.map { $0.map(Float.init) }, scratch: &scratch)
    }
  }

  @Test func scratchMayFailAndBeReset() throws {
    #expect(throws: SolverError.failed(reason: "no room")) {
      try DoubleOnly()([Double](repeating: 1, count: 100))
    }
    var scratch = try DoubleOnly().makeScratch(inputCount: 1)
    DoubleOnly().reset(&scratch)
    #expect(scratch.resets == 1)
    var solves = 3
    FloatOnly(precision: .single).reset(&solves)
    #expect(solves == 3)
  }

  /// A solver without the form that its precision asks for ends the program with one line, and does not
  /// call itself without end.
  @Test func missingFormIsNamed() async {
    let float = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try NoForm(precision: .either)([1] as [Float])
    }
    #expect(text(float).contains("NoForm: its precision is .either"))
    let double = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try NoForm(precision: .double)([1] as [Double])
    }
    #expect(text(double).contains("NoForm: its precision is .double"))
    await #expect(processExitsWith: .failure) {
      _ = try NoForm(precision: .single)([1] as [Double])
    }
    await #expect(processExitsWith: .failure) {
      _ = try NoForm(precision: .double)([1] as [Float])
    }
  }

  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }
}
