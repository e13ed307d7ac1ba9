internal import CKernels

/// The k-hot indicator of the k largest entries: the vertex of the hypersimplex that maximises ⟨x, y⟩.
///
/// Of equal entries the earlier is marked first, as in JAX's `top_k`. An entry that is not a number is
/// an error.
///
/// Input and output have shape [d], d ≥ k.
///
/// - Complexity: up to k = 16 one pass that keeps the k best in order, O(d k) at worst and about
///   O(d + k² log(d/k)) for entries in random order; beyond that the ranks (``Ranking``).
public struct TopK: Solver {
  /// Working memory of one thread.
  public struct Scratch: Sendable {
    fileprivate var bestFloat: [Float]
    fileprivate var bestDouble: [Double]
    fileprivate var bestIndices: [Int]
    fileprivate var ranks: RankScratch
  }

  /// The number of entries to mark.
  public let k: Int

  /// The output maximises ⟨input, output⟩ over the 0/1 vectors with k ones.
  public var sense: Sense? { .maximize }

  /// k ones, the others zeros.
  public var output: SolverOutput { .indicator }

  /// A solver that marks the `k` largest entries.
  ///
  /// - Throws: `SolverError.badParameter` if k < 1.
  public init(_ k: Int) throws(SolverError) {
    guard k >= 1 else {
      throw .badParameter(name: "k", value: "\(k)", expected: "at least 1")
    }
    self.k = k
  }

  /// The input's shape, which must be [d] with d ≥ k.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    let count = try checkVector(shape, solver: "TopK")
    try check(count: count)
    return shape
  }

  /// Working memory of one thread for inputs of `inputCount` entries.
  public func makeScratch(inputCount: Int) -> Scratch {
    let kept = k <= Self.longestScan ? k : 0
    return Scratch(
      bestFloat: Array(repeating: 0, count: kept), bestDouble: Array(repeating: 0, count: kept),
      bestIndices: Array(repeating: 0, count: kept),
      ranks: RankScratch(count: kept > 0 ? 0 : inputCount))
  }

  /// Writes the indicator of the k largest entries, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError) {
    try checkCounts(
      solver: "TopK", input: input.count, output: output.count, expectedOutput: input.count)
    try check(count: input.count)
    if k <= Self.longestScan {
      check(scratch)
      try scan(
        input, into: &output, best: &scratch.bestFloat, indices: &scratch.bestIndices)
    } else {
      try writeRanks(
        input, into: &output, scratch: &scratch.ranks, descending: true, solver: "TopK")
      for i in output.indices { output[i] = output[i] < Float(k) ? 1 : 0 }
    }
  }

  /// Writes the indicator of the k largest entries, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    try checkCounts(
      solver: "TopK", input: input.count, output: output.count, expectedOutput: input.count)
    try check(count: input.count)
    if k <= Self.longestScan {
      check(scratch)
      try scan(
        input, into: &output, best: &scratch.bestDouble, indices: &scratch.bestIndices)
    } else {
      try writeRanks(
        input, into: &output, scratch: &scratch.ranks, descending: true, solver: "TopK")
      for i in output.indices { output[i] = output[i] < Double(k) ? 1 : 0 }
    }
  }

  /// Writes the indicators of the k largest entries of each input, in single precision.
  public func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    let isSolved =
      isOrdered(inputs.count, rows: rows)
      && withOrder(
        of: inputs, rows: rows, outputs: outputs.count, descending: true,
        memory: &scratch.ranks.order
      ) { order, count in
        outputs.withUnsafeMutableBufferPointer {
          ck_first_of_order_f32(order, rows, count, k, $0.baseAddress)
        }
      }
    if !isSolved {
      try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  /// Writes the indicators of the k largest entries of each input, in double precision.
  public func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout Scratch
  ) throws(SolverBlockError) {
    let isSolved =
      isOrdered(inputs.count, rows: rows)
      && withOrder(
        of: inputs, rows: rows, outputs: outputs.count, descending: true,
        memory: &scratch.ranks.order
      ) { order, count in
        outputs.withUnsafeMutableBufferPointer {
          ck_first_of_order_f64(order, rows, count, k, $0.baseAddress)
        }
      }
    if !isSolved {
      try solveRows(0..<rows, of: inputs, rows: rows, into: &outputs, scratch: &scratch)
    }
  }

  /// Whether ordering the inputs of a block together is faster than one pass over each (measured).
  private func isOrdered(_ entries: Int, rows: Int) -> Bool {
    guard rows > 0, k <= entries / rows else { return false }
    return k > Self.longestScan || (33...256).contains(entries / rows)
  }

  /// The largest k for which one pass keeps the best: beyond it the order of all entries is found.
  private static var longestScan: Int { 16 }

  private func check(count: Int) throws(SolverError) {
    guard k <= count else {
      throw .badParameter(name: "k", value: "\(k)", expected: "at most the \(count) entries given")
    }
  }

  private func check(_ scratch: borrowing Scratch) {
    guard scratch.bestIndices.count == k else {
      programmerError("TopK: scratch made for k = \(scratch.bestIndices.count), used for k = \(k)")
    }
  }

  /// `best` holds the largest entries so far in falling order, `indices` where they stand.
  @inline(__always)
  private func scan<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>,
    best: inout [Scalar], indices: inout [Int]
  ) throws(SolverError) {
    var isNumber = true
    for i in 0..<k {
      let value = input[i]
      isNumber = isNumber && value == value
      insert(value, at: i, filled: i, best: &best, indices: &indices)
      output[i] = 0
    }
    var least = best[k - 1]
    for i in k..<input.count {
      let value = input[i]
      isNumber = isNumber && value == value
      output[i] = 0
      if value > least {
        insert(value, at: i, filled: k - 1, best: &best, indices: &indices)
        least = best[k - 1]
      }
    }
    guard isNumber else { throw notANumber(input, solver: "TopK") }
    for j in 0..<k { output[indices[j]] = 1 }
  }

  @inline(__always)
  private func insert<Scalar: BinaryFloatingPoint>(
    _ value: Scalar, at index: Int, filled: Int,
    best: inout [Scalar], indices: inout [Int]
  ) {
    var place = filled
    while place > 0 && best[place - 1] < value {
      best[place] = best[place - 1]
      indices[place] = indices[place - 1]
      place -= 1
    }
    best[place] = value
    indices[place] = index
  }
}
