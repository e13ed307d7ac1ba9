/// Which optimum of ⟨input, output⟩ a solver returns.
public enum Sense: Sendable, Hashable {
  /// The output y maximises ⟨input, y⟩ over the feasible outputs.
  case maximize
  /// The output y minimises ⟨input, y⟩ over the feasible outputs.
  case minimize
}

/// A discrete function of a vector: numbers in, a solution in numbers out, no memory allocated
/// on the way.
///
/// The requirements come in `Float` and in `Double`. A solver of one's own needs to write the `Float`
/// form and `sense` only:
///
/// ```swift
/// struct Largest: Solver {
///   let sense: Sense? = nil
///   func outputShape(forInput shape: [Int]) -> [Int] { [] }
///   func solve(
///     _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
///   ) throws(SolverError) {
///     var largest = -Float.infinity
///     for i in input.indices { largest = max(largest, input[i]) }
///     output[0] = largest
///   }
/// }
/// ```
///
/// A solver is called from several threads at once, each with a scratch of its own. It gives the same
/// output for the same input whatever the scratch was used for before.
public protocol Solver: Sendable {
  /// Working memory of one thread, made once and used for many solves. `Void` unless declared.
  associatedtype Scratch = Void

  /// Which optimum of ⟨input, output⟩ the output is, or nil where it is not the optimum of a linear
  /// objective (as for a logical OR). A solver with a sense has outputs of its input's shape.
  var sense: Sense? { get }

  /// The logical shape of the output for an input of the given logical shape.
  ///
  /// The default returns the input's shape.
  ///
  /// - Throws: `SolverError` where the solver takes no such input.
  func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int]

  /// Working memory for inputs of `inputCount` entries.
  func makeScratch(inputCount: Int) -> Scratch

  /// Solves for one input in single precision and writes every entry of `output`.
  ///
  /// - Parameters:
  ///   - input: the entries of the input, row-major.
  ///   - output: as many entries as the output's shape has, row-major; what it held is not read.
  ///   - scratch: what `makeScratch(inputCount:)` of this solver returned, in whatever state.
  /// - Throws: `SolverError`; the output is then unspecified.
  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError)

  /// Solves for one input in double precision and writes every entry of `output`.
  ///
  /// The default rounds the input to `Float`, solves, and widens the output; it allocates two arrays.
  ///
  /// - Parameters:
  ///   - input: the entries of the input, row-major.
  ///   - output: as many entries as the output's shape has, row-major; what it held is not read.
  ///   - scratch: what `makeScratch(inputCount:)` of this solver returned, in whatever state.
  /// - Throws: `SolverError`; the output is then unspecified.
  func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError)
}

extension Solver {
  /// The input's shape.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] { shape }

  /// Solves through the `Float` form; allocates two arrays.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    var single = [Float](repeating: 0, count: input.count)
    for i in input.indices { single[i] = Float(input[i]) }
    var solution = [Float](repeating: 0, count: output.count)
    var span = solution.mutableSpan
    try solve(single.span, into: &span, scratch: &scratch)
    for i in output.indices { output[i] = Double(solution[i]) }
  }

  /// The solution for `input`, with memory of its own: for a look, not for a loop.
  ///
  /// - Parameter input: the entries, row-major where the solver's input has two axes.
  /// - Returns: the entries of the output, row-major.
  /// - Throws: `SolverError` where the solver takes no such input or has no solution for it.
  public func callAsFunction(_ input: [Float]) throws(SolverError) -> [Float] {
    let count = try outputShape(forInput: [input.count]).reduce(1, *)
    var output = [Float](repeating: 0, count: count)
    var scratch = makeScratch(inputCount: input.count)
    var span = output.mutableSpan
    try solve(input.span, into: &span, scratch: &scratch)
    return output
  }

  /// The solution for `input` in double precision, with memory of its own: for a look, not for a loop.
  ///
  /// - Parameter input: the entries, row-major where the solver's input has two axes.
  /// - Returns: the entries of the output, row-major.
  /// - Throws: `SolverError` where the solver takes no such input or has no solution for it.
  public func callAsFunction(_ input: [Double]) throws(SolverError) -> [Double] {
    let count = try outputShape(forInput: [input.count]).reduce(1, *)
    var output = [Double](repeating: 0, count: count)
    var scratch = makeScratch(inputCount: input.count)
    var span = output.mutableSpan
    try solve(input.span, into: &span, scratch: &scratch)
    return output
  }
}

extension Solver where Scratch == Void {
  /// No working memory.
  public func makeScratch(inputCount: Int) {}
}
