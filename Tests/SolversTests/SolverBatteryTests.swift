import Solvers
import Testing

/// Faults of many kinds, each of which the battery must find.
private struct Broken: Solver {
  enum Fault: CaseIterable {
    case last, notHot, unwritten, dirty, precision, shape, throwing, block, kind
  }

  struct Scratch { var solves = 0 }

  let fault: Fault
  var sense: Sense? { .maximize }
  var output: SolverOutput { fault == .kind ? .smallest : .largest }

  func outputShape(forInput shape: [Int]) -> [Int] {
    fault == .shape ? [shape[0], 1] : shape
  }

  func makeScratch(inputCount: Int) -> Scratch { Scratch() }

  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError) {
    try solve(input, into: &output, solves: &scratch.solves, isDouble: false)
  }

  func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    try solve(input, into: &output, solves: &scratch.solves, isDouble: true)
  }

  func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    if fault == .block { outputs[outputs.count - 1] = -0.0 }
  }

  private func solve<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, solves: inout Int,
    isDouble: Bool
  ) throws(SolverError) {
    var best = 0
    for i in input.indices where input[i] > input[best] { best = i }
    switch fault {
    case .last: best = input.count - 1
    case .dirty: best = solves > 3 ? 0 : best
    case .precision: best = isDouble ? 0 : best
    case .throwing: throw .failed(reason: "always")
    case .notHot, .unwritten, .shape, .block, .kind: break
    }
    solves += 1
    for i in output.indices where fault != .unwritten { output[i] = 0 }
    output[best] = fault == .notHot ? 2 : 1
  }
}

@Suite struct SolverBatteryTests {
  @Test(arguments: Broken.Fault.allCases)
  private func findsFault(fault: Broken.Fault) {
    var generator = TestGenerator(seed: 1)
    let inputs = generator.inputs(40, count: 4, from: -5, to: 5)
    let faults = checkSolver(
      Broken(fault: fault), feasible: indicators(count: 4, ones: 1), inputs: inputs)
    #expect(!faults.isEmpty)
  }

  @Test func findsWrongSense() {
    struct Upside: Solver {
      var sense: Sense? { .minimize }
      func solve(
        _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
      ) throws(SolverError) { try ArgMax().solve(input, into: &output, scratch: &scratch) }
    }
    let faults = checkSolver(
      Upside(), feasible: indicators(count: 3, ones: 1), inputs: [[1, 2, 3]])
    #expect(faults.count == 1)
  }

  @Test func findsWrongFunction() {
    #expect(!checkSolver(Sorting(), inputs: [[2, 1]], expected: { $0 }).isEmpty)
    #expect(!checkSolver(Sorting(), inputs: [], expected: { $0.sorted() }).isEmpty)
    #expect(!checkSolver(Sorting(), feasible: [[1, 2]], inputs: [[2, 1]]).isEmpty)
  }

  @Test func helpersEnumerateEverything() {
    #expect(indicators(count: 5, ones: 2).count == 10)
    #expect(Set(permutations(count: 4)).count == 24)
  }
}
