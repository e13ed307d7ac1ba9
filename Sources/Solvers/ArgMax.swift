/// The one-hot indicator of the largest entry: the vertex of the simplex that maximises ⟨x, y⟩.
///
/// Of equal largest entries the first is marked, as in JAX. Infinities are compared as numbers; an
/// entry that is not a number is an error. −0 equals 0.
///
/// Input and output have shape [d], d ≥ 1.
///
/// - Complexity: O(d), no memory.
public struct ArgMax: Solver {
  /// The output maximises ⟨input, output⟩ over the one-hot vectors.
  public var sense: Sense? { .maximize }

  /// One-hot at the first largest entry.
  public var output: SolverOutput { .largest }

  /// A solver for vectors of any length.
  public init() {}

  /// The input's shape, which must be [d] with d ≥ 1.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    [try checkVector(shape, solver: "ArgMax")]
  }

  /// Writes the one-hot indicator of the largest entry, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverError) {
    try markExtreme(input, into: &output, solver: "ArgMax", largest: true)
  }

  /// Writes the one-hot indicator of the largest entry, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Void
  ) throws(SolverError) {
    try markExtreme(input, into: &output, solver: "ArgMax", largest: true)
  }
}

/// The one-hot indicator of the smallest entry: the vertex of the simplex that minimises ⟨x, y⟩.
///
/// Of equal smallest entries the first is marked, as in JAX. Infinities are compared as numbers; an
/// entry that is not a number is an error. −0 equals 0.
///
/// Input and output have shape [d], d ≥ 1.
///
/// - Complexity: O(d), no memory.
public struct ArgMin: Solver {
  /// The output minimises ⟨input, output⟩ over the one-hot vectors.
  public var sense: Sense? { .minimize }

  /// One-hot at the first smallest entry.
  public var output: SolverOutput { .smallest }

  /// A solver for vectors of any length.
  public init() {}

  /// The input's shape, which must be [d] with d ≥ 1.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    [try checkVector(shape, solver: "ArgMin")]
  }

  /// Writes the one-hot indicator of the smallest entry, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverError) {
    try markExtreme(input, into: &output, solver: "ArgMin", largest: false)
  }

  /// Writes the one-hot indicator of the smallest entry, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Void
  ) throws(SolverError) {
    try markExtreme(input, into: &output, solver: "ArgMin", largest: false)
  }
}

@inline(__always)
private func markExtreme<Scalar: BinaryFloatingPoint>(
  _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, solver: String, largest: Bool
) throws(SolverError) {
  try checkCounts(
    solver: solver, input: input.count, output: output.count, expectedOutput: input.count)
  var best = input[0]
  var index = 0
  var isNumber = best == best
  output[0] = 0
  for i in 1..<input.count {
    let value = input[i]
    output[i] = 0
    isNumber = isNumber && value == value
    if largest ? value > best : value < best {
      best = value
      index = i
    }
  }
  guard isNumber else { throw notANumber(input, solver: solver) }
  output[index] = 1
}
