internal import CKernels

/// Whether any entry is true, reading the signs of the entries as truth values: 1 if so, −1 if not.
///
/// An entry counts as true where x ≥ 0. So does the usual PyTorch form, which casts (sign(x) + 1) / 2
/// to a Boolean: at x = 0 that is 0.5, which casts to true (a form that asks x > 0 differs there, a
/// set that continuous noise hits with probability zero). An entry that is not a number is an error.
///
/// The input has shape [d], d ≥ 1; the output has shape [], one number.
///
/// - Complexity: O(d), no memory.
public struct LogicalOr: Solver {
  /// Nil: the output is no optimum of ⟨input, output⟩; the two have different shapes.
  public var sense: Sense? { nil }

  /// A solver for vectors of any length.
  public init() {}

  /// The shape [], for inputs of shape [d] with d ≥ 1.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    _ = try checkVector(shape, solver: "LogicalOr")
    return []
  }

  /// Writes 1 if any entry is true, −1 if none is, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverError) {
    output[0] = try countTrue(input, outputs: output.count, solver: "LogicalOr") > 0 ? 1 : -1
  }

  /// Writes 1 if any entry is true, −1 if none is, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Void
  ) throws(SolverError) {
    output[0] = try countTrue(input, outputs: output.count, solver: "LogicalOr") > 0 ? 1 : -1
  }

  /// Writes for each input 1 if any entry is true, −1 if none is, in single precision.
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout Void
  ) throws(SolverBlockError) {
    guard areNumbers(inputs, rows: rows, outputs: outputs.count) else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    let count = inputs.count / rows
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeMutableBufferPointer {
        ck_vote_f32(inputs.baseAddress, rows, count, 1, $0.baseAddress)
      }
    }
  }

  /// Writes for each input 1 if any entry is true, −1 if none is, in double precision.
  public func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout Void
  ) throws(SolverBlockError) {
    guard areNumbers(inputs, rows: rows, outputs: outputs.count) else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    let count = inputs.count / rows
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeMutableBufferPointer {
        ck_vote_f64(inputs.baseAddress, rows, count, 1, $0.baseAddress)
      }
    }
  }
}

/// Whether all entries are true, reading the signs of the entries as truth values: 1 if so, −1 if not.
///
/// An entry counts as true where x ≥ 0, as for ``LogicalOr``; because 0 is true, De Morgan's
/// and(x) = −or(−x) holds where no entry is 0. An entry that is not a number is an error.
///
/// The input has shape [d], d ≥ 1; the output has shape [], one number.
///
/// - Complexity: O(d), no memory.
public struct LogicalAnd: Solver {
  /// Nil: the output is no optimum of ⟨input, output⟩; the two have different shapes.
  public var sense: Sense? { nil }

  /// A solver for vectors of any length.
  public init() {}

  /// The shape [], for inputs of shape [d] with d ≥ 1.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    _ = try checkVector(shape, solver: "LogicalAnd")
    return []
  }

  /// Writes 1 if all entries are true, −1 if one is not, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverError) {
    let count = try countTrue(input, outputs: output.count, solver: "LogicalAnd")
    output[0] = count == input.count ? 1 : -1
  }

  /// Writes 1 if all entries are true, −1 if one is not, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Void
  ) throws(SolverError) {
    let count = try countTrue(input, outputs: output.count, solver: "LogicalAnd")
    output[0] = count == input.count ? 1 : -1
  }

  /// Writes for each input 1 if all entries are true, −1 if one is not, in single precision.
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout Void
  ) throws(SolverBlockError) {
    guard areNumbers(inputs, rows: rows, outputs: outputs.count) else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    let count = inputs.count / rows
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeMutableBufferPointer {
        ck_vote_f32(inputs.baseAddress, rows, count, count, $0.baseAddress)
      }
    }
  }

  /// Writes for each input 1 if all entries are true, −1 if one is not, in double precision.
  public func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout Void
  ) throws(SolverBlockError) {
    guard areNumbers(inputs, rows: rows, outputs: outputs.count) else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    let count = inputs.count / rows
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeMutableBufferPointer {
        ck_vote_f64(inputs.baseAddress, rows, count, count, $0.baseAddress)
      }
    }
  }
}

@inline(__always)
private func countTrue<Scalar: BinaryFloatingPoint>(
  _ input: Span<Scalar>, outputs: Int, solver: String
) throws(SolverError) -> Int {
  try checkCounts(solver: solver, input: input.count, output: outputs, expectedOutput: 1)
  var count = 0
  var isNumber = true
  for i in input.indices {
    let value = input[i]
    count += value >= 0 ? 1 : 0
    isNumber = isNumber && value == value
  }
  guard isNumber else { throw notANumber(input, solver: solver) }
  return count
}

/// Whether a block has the shape of inputs with one output each, and no entry is NaN.
private func areNumbers<Scalar: BlockScalar>(
  _ inputs: Span<Scalar>, rows: Int, outputs: Int
) -> Bool {
  rows > 0 && outputs == rows && inputs.count > 0 && inputs.count % rows == 0
    && Scalar.areNumbers(inputs)
}
