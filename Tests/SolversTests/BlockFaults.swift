import Solvers

/// The solutions for a block of inputs of equal length, in single precision.
func solveBlock<S: Solver>(
  _ solver: S, _ inputs: [[Float]], scratch: inout S.Scratch
) throws -> [[Float]] {
  guard let count = inputs.first?.count else { return [] }
  let width = try solver.outputShape(forInput: [count]).reduce(1, *)
  var outputs = ContiguousArray<Float>(repeating: .nan, count: inputs.count * width)
  let entries = ContiguousArray(inputs.joined())
  var span = outputs.mutableSpan
  try solver.solve(block: entries.span, rows: inputs.count, into: &span, scratch: &scratch)
  return (0..<inputs.count).map { Array(outputs[($0 * width)..<(($0 + 1) * width)]) }
}

/// The solutions for a block of inputs of equal length, in double precision.
func solveBlock<S: Solver>(
  _ solver: S, _ inputs: [[Double]], scratch: inout S.Scratch
) throws -> [[Double]] {
  guard let count = inputs.first?.count else { return [] }
  let width = try solver.outputShape(forInput: [count]).reduce(1, *)
  var outputs = ContiguousArray<Double>(repeating: .nan, count: inputs.count * width)
  let entries = ContiguousArray(inputs.joined())
  var span = outputs.mutableSpan
  try solver.solve(block: entries.span, rows: inputs.count, into: &span, scratch: &scratch)
  return (0..<inputs.count).map { Array(outputs[($0 * width)..<(($0 + 1) * width)]) }
}

/// Where blocks of inputs, which must have solutions, do not have the bits of one solve for each; one
/// line a fault. One scratch serves blocks of many sizes, larger and smaller ones in turn.
func blockFaults<S: Solver>(_ solver: S, inputs: [[Double]]) throws -> [String] {
  guard let count = inputs.first?.count else { return ["no inputs"] }
  var faults: [String] = []
  var scratch = try solver.makeScratch(inputCount: count)
  let floats = inputs.map { $0.map(Float.init) }
  let single = try floats.map { try solver($0) }
  let double = try inputs.map { try solver($0) }
  for rows in [2, 17, 1, inputs.count, 3, 16] where rows <= inputs.count {
    let block = try solveBlock(solver, Array(floats[..<rows]), scratch: &scratch)
    for (row, output) in block.enumerated()
    where output.map(\.bitPattern) != single[row].map(\.bitPattern) {
      faults.append("\(floats[row]) in row \(row) of \(rows): \(output), alone \(single[row])")
    }
    let wide = try solveBlock(solver, Array(inputs[..<rows]), scratch: &scratch)
    for (row, output) in wide.enumerated()
    where output.map(\.bitPattern) != double[row].map(\.bitPattern) {
      faults.append("\(inputs[row]) in row \(row) of \(rows): \(output), alone \(double[row])")
    }
  }
  return faults
}

/// Where outputs are not of the kind that the solver states.
func outputFaults<S: Solver>(_ solver: S, inputs: [[Double]]) throws -> [String] {
  try inputs.compactMap { input in
    let output = try solver(input)
    let place = output.firstIndex(of: 1)
    let isHot = output.allSatisfy { $0 == 0 || $0 == 1 } && output.reduce(0, +) == 1
    let isRight =
      switch solver.output {
      case .dense: true
      case .indicator: output.allSatisfy { $0 == 0 || $0 == 1 }
      case .oneHot: isHot
      case .largest: isHot && place == input.max().flatMap { input.firstIndex(of: $0) }
      case .smallest: isHot && place == input.min().flatMap { input.firstIndex(of: $0) }
      }
    return isRight ? nil : "\(input) -> \(output) is not \(solver.output)"
  }
}
