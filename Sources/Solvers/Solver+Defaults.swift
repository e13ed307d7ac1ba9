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
    let memory = ConversionMemory<Double>(inputs: input.count, outputs: output.count)
    defer { memory.deallocate() }
    for i in 0..<input.count { memory.inputs[i] = Double(input[i]) }
    var solution = memory.outputs.mutableSpan
    try solve(memory.inputs.span, into: &solution, scratch: &scratch)
    for i in 0..<output.count { output[i] = Float(memory.outputs[i]) }
  }

  /// Solves through the `Float` form, for a solver whose precision is not `.double`.
  @inlinable
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    guard precision != .double else {
      missingForm("\(Self.self)", precision: precision, scalar: "Double")
    }
    let memory = ConversionMemory<Float>(inputs: input.count, outputs: output.count)
    defer { memory.deallocate() }
    for i in 0..<input.count { memory.inputs[i] = Float(input[i]) }
    var solution = memory.outputs.mutableSpan
    try solve(memory.inputs.span, into: &solution, scratch: &scratch)
    for i in 0..<output.count { output[i] = Double(memory.outputs[i]) }
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
    let memory = ConversionMemory<Double>(inputs: inputs.count, outputs: outputs.count)
    defer { memory.deallocate() }
    for i in 0..<inputs.count { memory.inputs[i] = Double(inputs[i]) }
    var solutions = memory.outputs.mutableSpan
    try solve(block: memory.inputs.span, rows: rows, into: &solutions, scratch: &scratch)
    for i in 0..<outputs.count { outputs[i] = Float(memory.outputs[i]) }
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
    let memory = ConversionMemory<Float>(inputs: inputs.count, outputs: outputs.count)
    defer { memory.deallocate() }
    for i in 0..<inputs.count { memory.inputs[i] = Float(inputs[i]) }
    var solutions = memory.outputs.mutableSpan
    try solve(block: memory.inputs.span, rows: rows, into: &solutions, scratch: &scratch)
    for i in 0..<outputs.count { outputs[i] = Double(memory.outputs[i]) }
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

/// Inputs and outputs in the other precision: one allocation for both.
@usableFromInline
struct ConversionMemory<Scalar: BinaryFloatingPoint & BitwiseCopyable> {
  @usableFromInline let inputs: UnsafeMutableBufferPointer<Scalar>
  @usableFromInline let outputs: UnsafeMutableBufferPointer<Scalar>

  @inlinable
  init(inputs: Int, outputs: Int) {
    let all = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: inputs + outputs)
    all.initialize(repeating: 0)
    self.inputs = .init(rebasing: all[..<inputs])
    self.outputs = .init(rebasing: all[inputs...])
  }

  @inlinable
  func deallocate() {
    // The inputs come first, so that theirs is the allocation's address.
    inputs.baseAddress?.deallocate()
  }
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
