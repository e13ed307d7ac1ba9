/// A discrete function of a vector: numbers in, a solution in numbers out, no memory allocated
/// on the way.
///
/// The forms that solve come in `Float` and in `Double`, for one input and for a block of inputs. A
/// solver of one's own needs to write the `Float` form for one input and `sense` only:
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
/// One that states the ``precision`` `.double` writes the `Double` form instead. A form that is left
/// out is made from the other; a solver that writes neither ends the program at its first solve.
///
/// A solver is called from several threads at once, each with a scratch of its own. It gives the same
/// output for the same input whatever the scratch was used for before, or, if it continues from one
/// solve to the next, whatever it was used for before ``reset(_:)``.
public protocol Solver: Sendable {
  /// Working memory of one thread, made once and used for many solves. `Void` unless declared.
  associatedtype Scratch = Void

  /// Which optimum of ⟨input, output⟩ the output is, or nil where it is not the optimum of a linear
  /// objective (as for a logical OR). A solver with a sense has outputs of its input's shape.
  var sense: Sense? { get }

  /// Whether the output is that optimum for every input as it is given; false where the input is
  /// changed first, as clipped or shifted costs are. True unless stated; of no meaning without a sense.
  ///
  /// Where it is false, the mean output is not the gradient of the perturbed optimum.
  var isExact: Bool { get }

  /// What kind of output the solver has; any numbers unless stated.
  var output: SolverOutput { get }

  /// In which precision the solver works; either unless stated.
  var precision: SolverPrecision { get }

  /// The logical shape of the output for an input of the given logical shape.
  ///
  /// The default returns the input's shape.
  ///
  /// - Throws: `SolverError` where the solver takes no such input.
  func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int]

  /// Working memory for inputs of `inputCount` entries.
  ///
  /// - Throws: `SolverError` where it cannot be made, as for a model that does not load.
  func makeScratch(inputCount: Int) throws(SolverError) -> Scratch

  /// Forgets what earlier solves left in `scratch` and would show in later outputs, such as a basis to
  /// start from. Called at the start of each block, so that outputs depend on the block alone.
  ///
  /// The default does nothing.
  func reset(_ scratch: inout Scratch)

  /// Solves for one input in single precision and writes every entry of `output`.
  ///
  /// The default, for a solver whose precision is `.double`, widens the input, solves, and rounds the
  /// output.
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
  /// The default rounds the input to `Float`, solves, and widens the output.
  ///
  /// - Parameters:
  ///   - input: the entries of the input, row-major.
  ///   - output: as many entries as the output's shape has, row-major; what it held is not read.
  ///   - scratch: what `makeScratch(inputCount:)` of this solver returned, in whatever state.
  /// - Throws: `SolverError`; the output is then unspecified.
  func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError)

  /// Solves for a block of inputs in single precision, with the bits of one solve for each.
  ///
  /// The default solves for one after the other; where the precision is `.double` it widens the whole
  /// block first.
  ///
  /// - Parameters:
  ///   - inputs: the entries, [rows, entries of an input].
  ///   - rows: how many inputs there are.
  ///   - outputs: the solutions, [rows, entries of an output]; what it held is not read.
  ///   - scratch: what `makeScratch(inputCount:)` of this solver returned, in whatever state.
  /// - Throws: the error of the first input that has no solution; the outputs are then unspecified.
  func solve(
    block inputs: Span<Float>, rows: Int, into outputs: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) throws(SolverBlockError)

  /// Solves for a block of inputs in double precision, with the bits of one solve for each.
  ///
  /// The default solves for one after the other; where the precision is `.single` it rounds the whole
  /// block first.
  ///
  /// - Parameters:
  ///   - inputs: the entries, [rows, entries of an input].
  ///   - rows: how many inputs there are.
  ///   - outputs: the solutions, [rows, entries of an output]; what it held is not read.
  ///   - scratch: what `makeScratch(inputCount:)` of this solver returned, in whatever state.
  /// - Throws: the error of the first input that has no solution; the outputs are then unspecified.
  func solve(
    block inputs: Span<Double>, rows: Int, into outputs: inout MutableSpan<Double>,
    scratch: inout Scratch
  ) throws(SolverBlockError)
}

extension Solver {
  /// True: the input is solved as it is given.
  @inlinable public var isExact: Bool { true }

  /// Any numbers.
  @inlinable public var output: SolverOutput { .dense }

  /// Either precision.
  @inlinable public var precision: SolverPrecision { .either }

  /// The input's shape.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] { shape }

  /// Nothing: a solve leaves nothing behind that shows.
  @inlinable public func reset(_ scratch: inout Scratch) {}

  /// The solution for `input`, with memory of its own: for a look, not for a loop.
  ///
  /// - Parameter input: the entries, row-major where the solver's input has two axes.
  /// - Returns: the entries of the output, row-major.
  /// - Throws: `SolverError` where the solver takes no such input or has no solution for it.
  public func callAsFunction(_ input: [Float]) throws(SolverError) -> [Float] {
    let count = try outputShape(forInput: [input.count]).reduce(1, *)
    let input = ContiguousArray(input)
    var output = ContiguousArray<Float>(repeating: 0, count: count)
    var scratch = try makeScratch(inputCount: input.count)
    var span = output.mutableSpan
    try solve(input.span, into: &span, scratch: &scratch)
    return Array(output)
  }

  /// The solution for `input` in double precision, with memory of its own: for a look, not for a loop.
  ///
  /// - Parameter input: the entries, row-major where the solver's input has two axes.
  /// - Returns: the entries of the output, row-major.
  /// - Throws: `SolverError` where the solver takes no such input or has no solution for it.
  public func callAsFunction(_ input: [Double]) throws(SolverError) -> [Double] {
    let count = try outputShape(forInput: [input.count]).reduce(1, *)
    let input = ContiguousArray(input)
    var output = ContiguousArray<Double>(repeating: 0, count: count)
    var scratch = try makeScratch(inputCount: input.count)
    var span = output.mutableSpan
    try solve(input.span, into: &span, scratch: &scratch)
    return Array(output)
  }
}

extension Solver where Scratch == Void {
  /// No working memory.
  @inlinable public func makeScratch(inputCount: Int) {}
}
