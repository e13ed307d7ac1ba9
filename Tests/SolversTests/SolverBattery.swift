import Solvers

/// A tiny deterministic generator (SplitMix64), so that every run tests the same instances.
struct TestGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// Multiples of 1/1024, which `Float` holds exactly, so that both precisions have one answer.
  mutating func fine(_ count: Int, from low: Int, to high: Int) -> [Double] {
    (0..<count).map { _ in Double(Int.random(in: (1024 * low)...(1024 * high), using: &self)) / 1024
    }
  }

  /// Small integers, full of ties.
  mutating func coarse(_ count: Int, from low: Int, to high: Int) -> [Double] {
    (0..<count).map { _ in Double(Int.random(in: low...high, using: &self)) }
  }

  /// Both kinds in turn.
  mutating func inputs(_ instances: Int, count: Int, from low: Int, to high: Int) -> [[Double]] {
    (0..<instances).map {
      $0 % 2 == 0 ? fine(count, from: low, to: high) : coarse(count, from: low, to: high)
    }
  }
}

/// Checks a solver with a sense against brute force: each output is one of `feasible` and no other has
/// a better ⟨input, output⟩; both precisions agree; every entry of the output is written; and a scratch
/// that has seen other inputs changes nothing. Returns what is wrong, one line a fault.
///
/// `feasible` are all feasible outputs. `inputs` must be values that `Float` holds exactly, small
/// enough for sums to be exact.
///
/// Besides, whatever is checked: blocks have the bits of one solve for each input, and outputs are of
/// the kind that the solver states.
func checkSolver<S: Solver>(
  _ solver: S, feasible: [[Double]], inputs: [[Double]]
) -> [String] {
  guard let sense = solver.sense else { return ["no sense: check against a function instead"] }
  let candidates = Set(feasible)
  return checkSolver(solver, inputs: inputs) { input, output in
    guard candidates.contains(output) else { return "infeasible" }
    let value = dot(input, output)
    let values = feasible.map { dot(input, $0) }
    let best = sense == .maximize ? values.max() : values.min()
    return value == best ? nil : "value \(value), best is \(best ?? .nan)"
  }
}

/// Checks a solver against a function that gives its exact output, ties included.
func checkSolver<S: Solver>(
  _ solver: S, inputs: [[Double]], expected: ([Double]) -> [Double]
) -> [String] {
  checkSolver(solver, inputs: inputs) { input, output in
    let right = expected(input)
    return output == right ? nil : "expected \(right)"
  }
}

private func checkSolver<S: Solver>(
  _ solver: S, inputs: [[Double]], fault: (_ input: [Double], _ output: [Double]) -> String?
) -> [String] {
  guard let count = inputs.first?.count else { return ["no inputs"] }
  var faults: [String] = []
  do { faults += try blockFaults(solver, inputs: inputs) } catch { faults.append("\(error)") }
  do { faults += try outputFaults(solver, inputs: inputs) } catch { faults.append("\(error)") }
  guard var used = try? solver.makeScratch(inputCount: count) else { return ["no scratch"] }
  for input in inputs {
    do {
      let shape = try solver.outputShape(forInput: [count])
      let outputCount = shape.reduce(1, *)
      if solver.sense != nil && shape != [count] { faults.append("a sense, but shape \(shape)") }
      var fresh = try solver.makeScratch(inputCount: count)
      let outputs = [
        try single(solver, input, outputCount: outputCount, scratch: &used),
        try double(solver, input, outputCount: outputCount, scratch: &used),
        try single(solver, input, outputCount: outputCount, scratch: &fresh),
        try solver(input),
        try solver(input.map(Float.init)).map(Double.init),
      ]
      for output in outputs where output != outputs[0] {
        faults.append("\(input): \(outputs[0]) in one way and \(output) in another")
      }
      if let fault = fault(input, outputs[0]) {
        faults.append("\(input) -> \(outputs[0]): \(fault)")
      }
    } catch {
      faults.append("\(input): \(error)")
    }
  }
  return faults
}

private func single<S: Solver>(
  _ solver: S, _ input: [Double], outputCount: Int, scratch: inout S.Scratch
) throws -> [Double] {
  var output = ContiguousArray<Float>(repeating: .nan, count: outputCount)
  let input = ContiguousArray(input.map(Float.init))
  var span = output.mutableSpan
  try solver.solve(input.span, into: &span, scratch: &scratch)
  return output.map(Double.init)
}

private func double<S: Solver>(
  _ solver: S, _ input: [Double], outputCount: Int, scratch: inout S.Scratch
) throws -> [Double] {
  var output = ContiguousArray<Double>(repeating: .nan, count: outputCount)
  let input = ContiguousArray(input)
  var span = output.mutableSpan
  try solver.solve(input.span, into: &span, scratch: &scratch)
  return Array(output)
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).map(*).reduce(0, +)
}

/// All vectors of 0 and 1 with `ones` ones.
func indicators(count: Int, ones: Int) -> [[Double]] {
  (0..<(1 << count)).filter { $0.nonzeroBitCount == ones }
    .map { bits in (0..<count).map { Double(bits >> $0 & 1) } }
}

/// All orders of 0 … count − 1.
func permutations(count: Int) -> [[Double]] {
  guard count > 0 else { return [[]] }
  return permutations(count: count - 1).flatMap { shorter in
    (0..<count).map { place in
      var longer = shorter
      longer.insert(Double(count - 1), at: place)
      return longer
    }
  }
}
