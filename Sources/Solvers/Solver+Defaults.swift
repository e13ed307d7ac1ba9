// Each form that a solver leaves out is made from one that it writes. The precision that it states
// decides which: a `Float` form from the `Double` form only where it is `.double`, a `Double` form from
// the `Float` form only where it is not, so that no two of them call each other without end.

extension Solver {
  /// Solves through the `Double` form, for a solver whose precision is `.double`.
  @inlinable
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError) {
    guard precision == .double else {
      missingForm("\(Self.self)", precision: precision, scalar: "Float")
    }
    try widened(input, into: &output) { (input, output) throws(SolverError) in
      try solve(input, into: &output, scratch: &scratch)
    }
  }

  /// Solves through the `Float` form, for a solver whose precision is not `.double`.
  @inlinable
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    guard precision != .double else {
      missingForm("\(Self.self)", precision: precision, scalar: "Double")
    }
    try rounded(input, into: &output) { (input, output) throws(SolverError) in
      try solve(input, into: &output, scratch: &scratch)
    }
  }

  /// Solves for one input after the other; through the `Double` form where the precision is `.double`.
  @inlinable
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    guard precision == .double else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    try widened(inputs, into: &outputs) { (inputs, outputs) throws(SolverBlockError) in
      try solve(block: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  /// Solves for one input after the other; through the `Float` form where the precision is `.single`.
  @inlinable
  public func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    guard precision == .single else {
      return try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
    try rounded(inputs, into: &outputs) { (inputs, outputs) throws(SolverBlockError) in
      try solve(block: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  /// Solves for the inputs of some rows of a block, one after the other, in single precision: what a
  /// block form does with the rows that it has no shorter way for.
  ///
  /// - Parameters:
  ///   - chosen: which rows.
  ///   - inputs: the entries of the whole block, [rows, entries of an input].
  ///   - rows: how many inputs the block has.
  ///   - outputs: the solutions, [rows, entries of an output]; only the chosen rows are written.
  ///   - scratch: what `makeScratch(inputCount:)` of this solver returned.
  /// - Throws: the error of the first input that has no solution.
  @inlinable
  public func solveRows(
    _ chosen: some Sequence<Int>, of inputs: Span<Float>, rows: Int,
    into outputs: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverBlockError) {
    guard rows > 0 else { return }
    let (count, width) = (inputs.count / rows, outputs.count / rows)
    guard inputs.count == rows * count, outputs.count == rows * width else {
      notRows("\(Self.self)", rows: rows, inputs: inputs.count, outputs: outputs.count)
    }
    try outputs.withUnsafeMutableBufferPointer { (outputs) throws(SolverBlockError) in
      for row in chosen {
        let end = (row + 1) * width
        var output = outputs.extracting((end - width)..<end).mutableSpan
        do throws(SolverError) {
          try solve(
            inputs.extracting((row * count)..<((row + 1) * count)), into: &output,
            scratch: &scratch)
        } catch {
          throw SolverBlockError(row: row, error: error)
        }
      }
    }
  }

  /// Solves for the inputs of some rows of a block, one after the other, in double precision.
  ///
  /// - Parameters:
  ///   - chosen: which rows.
  ///   - inputs: the entries of the whole block, [rows, entries of an input].
  ///   - rows: how many inputs the block has.
  ///   - outputs: the solutions, [rows, entries of an output]; only the chosen rows are written.
  ///   - scratch: what `makeScratch(inputCount:)` of this solver returned.
  /// - Throws: the error of the first input that has no solution.
  @inlinable
  public func solveRows(
    _ chosen: some Sequence<Int>, of inputs: Span<Double>, rows: Int,
    into outputs: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverBlockError) {
    guard rows > 0 else { return }
    let (count, width) = (inputs.count / rows, outputs.count / rows)
    guard inputs.count == rows * count, outputs.count == rows * width else {
      notRows("\(Self.self)", rows: rows, inputs: inputs.count, outputs: outputs.count)
    }
    try outputs.withUnsafeMutableBufferPointer { (outputs) throws(SolverBlockError) in
      for row in chosen {
        let end = (row + 1) * width
        var output = outputs.extracting((end - width)..<end).mutableSpan
        do throws(SolverError) {
          try solve(
            inputs.extracting((row * count)..<((row + 1) * count)), into: &output,
            scratch: &scratch)
        } catch {
          throw SolverBlockError(row: row, error: error)
        }
      }
    }
  }
}

/// Solves in double precision what is given in single. Memory: one allocation, none for small inputs.
@inlinable
func widened<Failure: Error>(
  _ inputs: Span<Float>, into outputs: inout MutableSpan<Float>,
  _ solve: (Span<Double>, inout MutableSpan<Double>) throws(Failure) -> Void
) throws(Failure) {
  let (inputCount, outputCount) = (inputs.count, outputs.count)
  var failure: Failure?
  withUnsafeTemporaryAllocation(of: Double.self, capacity: inputCount + outputCount) { memory in
    memory.initialize(repeating: 0)
    let before = memory.extracting(..<inputCount)
    let after = memory.extracting(inputCount...)
    for i in 0..<inputCount { before[i] = Double(inputs[i]) }
    var solutions = after.mutableSpan
    do throws(Failure) {
      try solve(before.span, &solutions)
      for i in 0..<outputCount { outputs[i] = Float(after[i]) }
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
}

/// Solves in single precision what is given in double. Memory: one allocation, none for small inputs.
@inlinable
func rounded<Failure: Error>(
  _ inputs: Span<Double>, into outputs: inout MutableSpan<Double>,
  _ solve: (Span<Float>, inout MutableSpan<Float>) throws(Failure) -> Void
) throws(Failure) {
  let (inputCount, outputCount) = (inputs.count, outputs.count)
  var failure: Failure?
  withUnsafeTemporaryAllocation(of: Float.self, capacity: inputCount + outputCount) { memory in
    memory.initialize(repeating: 0)
    let before = memory.extracting(..<inputCount)
    let after = memory.extracting(inputCount...)
    for i in 0..<inputCount { before[i] = Float(inputs[i]) }
    var solutions = after.mutableSpan
    do throws(Failure) {
      try solve(before.span, &solutions)
      for i in 0..<outputCount { outputs[i] = Double(after[i]) }
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
}

/// Ends the program: a solver writes neither form, or not the one of the precision that it states.
@usableFromInline
func missingForm(_ solver: String, precision: SolverPrecision, scalar: String) -> Never {
  programmerError(
    "\(solver): its precision is .\(precision), but it has no form of solve(_:into:scratch:) for "
      + "\(scalar); write that one"
      + (scalar == "Float" ? ", or state the precision .double and write the one for Double" : ""))
}

/// Ends the program: a block does not divide into its rows.
@usableFromInline
func notRows(_ solver: String, rows: Int, inputs: Int, outputs: Int) -> Never {
  programmerError(
    "\(solver): a block of \(rows) rows with \(inputs) entries in and \(outputs) out; expected as "
      + "many for each row")
}
