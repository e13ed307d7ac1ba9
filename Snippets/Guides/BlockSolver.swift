// A solver of one's own that takes a whole block of inputs at a time.
import Perturbations

// snippet.solver
/// Marks the largest entry of each group of `size` entries.
struct BestOfEach: Solver {
  let size: Int
  let sense: Sense? = .maximize
  let output = SolverOutput.indicator
  let precision = SolverPrecision.single

  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>,
    scratch: inout Void
  ) throws(SolverError) {
    if let entry = mark(input, into: &output) { throw notANumber(entry) }
  }

  // One group after the other, whichever row it is in.
  func solve(
    block inputs: Span<Float>, rows: Int,
    into outputs: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverBlockError) {
    if let entry = mark(inputs, into: &outputs) {
      let count = inputs.count / rows
      throw SolverBlockError(
        row: entry / count, error: notANumber(entry % count))
    }
  }

  private func mark(
    _ input: Span<Float>, into output: inout MutableSpan<Float>
  ) -> Int? {
    for start in stride(from: 0, to: input.count, by: size) {
      var best = start
      for entry in start..<(start + size) {
        if input[entry].isNaN { return entry }
        if input[entry] > input[best] { best = entry }
        output[entry] = 0
      }
      output[best] = 1
    }
    return nil
  }

  private func notANumber(_ entry: Int) -> SolverError {
    .notANumber(solver: "BestOfEach", index: entry)
  }
}
// snippet.end

// snippet.use
let scores: Tensor<Float> = [1, 2, 0, 3, 0.5, 2.5]
let best = try Perturbed(
  BestOfEach(size: 3), samples: 20_000, sigma: 1, noise: .gumbel)
let shares = try best(scores, key: RandomKey(0))
// snippet.end
let exact = scores.reshaped([2, 3]).softmax(axis: 1).reshaped([6])
check(
  (shares - exact).norm().scalar < 0.02,
  "with Gumbel noise, the softmax of each group")

// snippet.test
func together(_ rows: [[Float]]) throws -> [Float] {
  let entries = ContiguousArray(rows.joined())
  var solutions = ContiguousArray<Float>(
    repeating: .nan, count: entries.count)
  var scratch: Void = ()
  var span = solutions.mutableSpan
  try BestOfEach(size: 3).solve(
    block: entries.span, rows: rows.count, into: &span, scratch: &scratch)
  return Array(solutions)
}
let rows = [scores.scalars, [0, 0, 1, 1, 1, 0]]
check(
  try together(rows) == rows.flatMap { try BestOfEach(size: 3)($0) },
  "a block has the bits of one solve for each")
// snippet.end

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
