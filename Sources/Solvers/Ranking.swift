internal import CKernels

/// The rank of each entry: 0 for the smallest, d − 1 for the largest, as argsort(argsort(x)).
///
/// Ascending ranks are the vertex of the permutahedron (all permutations of 0 … d − 1) that maximises
/// ⟨x, y⟩, descending ranks (0 for the largest) the one that minimises it. Of equal entries the
/// earlier has the lower rank in both directions (a stable sort, as JAX's argsort of x and of −x);
/// −0 equals 0. An entry that is not a number is an error. `Float` counts to 2²⁴ without a gap: longer
/// vectors are an error in that precision.
///
/// Input and output have shape [d], d ≥ 1.
///
/// - Complexity: O(d²) comparisons without a branch for short vectors, radix sort, O(d), beyond.
public struct Ranking: Solver {
  /// Whether rank 0 is the largest entry's instead of the smallest's.
  public let descending: Bool

  /// Ascending ranks maximise ⟨input, output⟩ over the permutations of 0 … d − 1; descending ones
  /// minimise it.
  public var sense: Sense? { descending ? .minimize : .maximize }

  /// A solver for vectors of any length.
  public init(descending: Bool = false) {
    self.descending = descending
  }

  /// The input's shape, which must be [d] with d ≥ 1.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    [try checkVector(shape, solver: "Ranking")]
  }

  /// Working memory of one thread for inputs of `inputCount` entries.
  public func makeScratch(inputCount: Int) -> RankScratch { RankScratch(count: inputCount) }

  /// Writes the rank of each entry, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout RankScratch
  ) throws(SolverError) {
    try writeRanks(
      input, into: &output, scratch: &scratch, descending: descending, solver: "Ranking")
  }

  /// Writes the rank of each entry, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout RankScratch
  ) throws(SolverError) {
    try writeRanks(
      input, into: &output, scratch: &scratch, descending: descending, solver: "Ranking")
  }

  /// Writes the rank of each entry of each input, all ordered together, in single precision.
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout RankScratch
  ) throws(SolverBlockError) {
    let isSolved = withOrder(
      of: inputs, rows: rows, outputs: outputs.count, descending: descending,
      memory: &scratch.order
    ) { order, count in
      outputs.withUnsafeMutableBufferPointer {
        ck_ranks_of_order_f32(order, rows, count, $0.baseAddress)
      }
    }
    if !isSolved {
      try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  /// Writes the rank of each entry of each input, all ordered together, in double precision.
  public func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout RankScratch
  ) throws(SolverBlockError) {
    let isSolved = withOrder(
      of: inputs, rows: rows, outputs: outputs.count, descending: descending,
      memory: &scratch.order
    ) { order, count in
      outputs.withUnsafeMutableBufferPointer {
        ck_ranks_of_order_f64(order, rows, count, $0.baseAddress)
      }
    }
    if !isSolved {
      try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }
}

/// The entries in order of size, the smallest first unless descending.
///
/// Equal entries keep their order (it shows for −0 and 0 only). An entry that is not a number is an
/// error.
///
/// Input and output have shape [d], d ≥ 1.
///
/// - Complexity: that of ``Ranking``.
public struct Sorting: Solver {
  /// Working memory of one thread.
  public struct Scratch: Sendable {
    fileprivate var ranks: RankScratch
    fileprivate var float: ContiguousArray<Float>
    fileprivate var double: ContiguousArray<Double>
  }

  /// Whether the largest entry comes first.
  public let descending: Bool

  /// Nil: the sorted entries maximise a linear function of the weights they are dotted with, not
  /// ⟨input, output⟩ over a set that does not depend on the input.
  public var sense: Sense? { nil }

  /// A solver for vectors of any length.
  public init(descending: Bool = false) {
    self.descending = descending
  }

  /// The input's shape, which must be [d] with d ≥ 1.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    [try checkVector(shape, solver: "Sorting")]
  }

  /// Working memory of one thread for inputs of `inputCount` entries.
  public func makeScratch(inputCount: Int) -> Scratch {
    Scratch(
      ranks: RankScratch(count: inputCount), float: .init(repeating: 0, count: inputCount),
      double: .init(repeating: 0, count: inputCount))
  }

  /// Writes the entries in order of size, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError) {
    try checkCounts(
      solver: "Sorting", input: input.count, output: output.count, expectedOutput: input.count)
    check(scratch, count: input.count)
    try rank(input, into: &scratch.float, scratch: &scratch.ranks)
    for i in input.indices { output[Int(scratch.float[i])] = input[i] }
  }

  /// Writes the entries in order of size, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    try checkCounts(
      solver: "Sorting", input: input.count, output: output.count, expectedOutput: input.count)
    check(scratch, count: input.count)
    try rank(input, into: &scratch.double, scratch: &scratch.ranks)
    for i in input.indices { output[Int(scratch.double[i])] = input[i] }
  }

  /// Writes the entries of each input in order of size, all ordered together, in single precision.
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    let isSolved = withOrder(
      of: inputs, rows: rows, outputs: outputs.count, descending: descending,
      memory: &scratch.ranks.order
    ) { order, count in
      inputs.withUnsafeBufferPointer { inputs in
        outputs.withUnsafeMutableBufferPointer {
          ck_sorted_by_order_f32(order, inputs.baseAddress, rows, count, $0.baseAddress)
        }
      }
    }
    if !isSolved {
      try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  /// Writes the entries of each input in order of size, all ordered together, in double precision.
  public func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    let isSolved = withOrder(
      of: inputs, rows: rows, outputs: outputs.count, descending: descending,
      memory: &scratch.ranks.order
    ) { order, count in
      inputs.withUnsafeBufferPointer { inputs in
        outputs.withUnsafeMutableBufferPointer {
          ck_sorted_by_order_f64(order, inputs.baseAddress, rows, count, $0.baseAddress)
        }
      }
    }
    if !isSolved {
      try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  private func rank(
    _ input: Span<Float>, into ranks: inout ContiguousArray<Float>, scratch: inout RankScratch
  ) throws(SolverError) {
    var span = ranks.mutableSpan
    try writeRanks(
      input, into: &span, scratch: &scratch, descending: descending, solver: "Sorting")
  }

  private func rank(
    _ input: Span<Double>, into ranks: inout ContiguousArray<Double>, scratch: inout RankScratch
  ) throws(SolverError) {
    var span = ranks.mutableSpan
    try writeRanks(
      input, into: &span, scratch: &scratch, descending: descending, solver: "Sorting")
  }

  private func check(_ scratch: borrowing Scratch, count: Int) {
    guard scratch.float.count == count else {
      programmerError(
        "Sorting: scratch made for \(scratch.float.count) entries, used for \(count)")
    }
  }
}
