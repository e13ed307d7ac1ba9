public import Solvers

/// The optimum of a ``LinearModel`` for given costs of its variables, by the system's HiGHS.
///
/// Input and output have shape [d], a cost and a value for each variable that the solver was made for,
/// all of the model's unless said otherwise. Only the costs differ from one solve to the next: within a
/// block a linear programme starts from the last basis, and each block starts afresh, so that the outputs
/// do not depend on threads.
///
/// A mixed-integer optimum is one within the relative gap, 0 unless said otherwise. Integers are rounded
/// to whole numbers; of several optima any is returned, the same for the same block.
///
/// One instance of HiGHS works in each thread, by itself and without a word on the standard output.
public struct HiGHSSolver: Solver {
  /// An instance of HiGHS with the model loaded.
  public final class Scratch {
    fileprivate let functions: Functions
    fileprivate let instance: Functions.Instance
    fileprivate var costs: [Double]
    fileprivate var values: [Double]

    fileprivate init(_ functions: Functions, _ instance: Functions.Instance, costs: [Double]) {
      self.functions = functions
      self.instance = instance
      self.costs = costs
      values = .init(repeating: 0, count: costs.count)
    }

    deinit { functions.destroy(instance) }
  }

  /// What is solved.
  public let model: LinearModel
  /// Whether costs are minimised or maximised.
  public let direction: Sense
  /// The relative gap at which a mixed-integer solve ends.
  public let relativeGap: Double
  /// How long one solve may take; nil for any time. A solve that takes longer throws.
  public let timeLimit: Duration?

  /// Whether the output is the optimum of ⟨input, output⟩: not where the model has costs besides.
  public let sense: Sense?
  /// False where a mixed-integer solve may end at a gap.
  public var isExact: Bool { relativeGap == 0 || !isInteger }
  /// Zeros and ones where every variable of the input is binary.
  public let output: SolverOutput
  /// HiGHS computes in double precision.
  public var precision: SolverPrecision { .double }

  private let functions: Functions
  private let isInteger: Bool
  /// The variables of the input.
  private let inputs: [Int]
  private let isWhole: [Bool]

  /// A solver for a model.
  ///
  /// - Parameters:
  ///   - model: Variables and constraints.
  ///   - sense: Whether costs are minimised or maximised.
  ///   - inputs: The variables whose costs are the input and whose values are the output, in their
  ///     order; the others keep the model's costs. All unless given.
  ///   - relativeGap: How far from the best bound, relative to it, a mixed-integer solve may end.
  ///   - timeLimit: How long one solve may take. What is found within it depends on the machine, so a
  ///     solve that reaches it throws.
  /// - Throws: `SolverError` with one line that says how to get HiGHS where it is missing; for a model
  ///   without variables, inputs that are not variables, and gaps that make no sense.
  public init(
    _ model: LinearModel, sense: Sense, inputs: [LinearExpression]? = nil, relativeGap: Double = 0,
    timeLimit: Duration? = nil
  ) throws(SolverError) {
    functions = try HiGHSLibrary.load().functions
    guard model.variableCount > 0 else {
      throw .badParameter(name: "the number of variables", value: "0", expected: "at least 1")
    }
    guard relativeGap >= 0, relativeGap < 1 else {
      throw .badParameter(
        name: "the relative gap", value: "\(relativeGap)", expected: "a number from 0 to 1")
    }
    if let timeLimit, timeLimit <= .zero {
      throw .badParameter(
        name: "the time limit", value: "\(timeLimit)", expected: "a positive time")
    }
    var numbers: [Int] = []
    for (position, expression) in (inputs ?? []).enumerated() {
      guard expression.terms.count == 1, expression.terms[0].coefficient == 1,
        expression.constant == 0, expression.terms[0].variable < model.variableCount,
        !numbers.contains(expression.terms[0].variable)
      else {
        throw .badParameter(
          name: "input \(position)", value: "no variable of its own",
          expected: "each input a variable of the model, named once")
      }
      numbers.append(expression.terms[0].variable)
    }
    let chosen = inputs == nil ? Array(0..<model.variableCount) : numbers
    self.inputs = chosen
    self.model = model
    direction = sense
    self.relativeGap = relativeGap
    self.timeLimit = timeLimit
    isInteger = model.isInteger
    isWhole = chosen.map { model.kinds[$0] != .continuous }
    output = chosen.allSatisfy { model.kinds[$0] == .binary } ? .indicator : .dense
    let isChosen = Set(chosen)
    let hasOtherCosts = model.costs.indices.contains {
      model.costs[$0] != 0 && !isChosen.contains($0)
    }
    self.sense = model.isQuadratic || hasOtherCosts ? nil : sense
    // Whatever else is wrong with the model is said here, not in the middle of a loop.
    _ = try makeScratch(inputCount: chosen.count)
  }

  /// The input's shape, which must be [d] for d variables.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    guard shape == [inputs.count] else {
      throw .wrongShape(
        solver: "HiGHS", shape: shape, expected: "[\(inputs.count)], one cost for each variable")
    }
    return shape
  }

  /// An instance of HiGHS with the model.
  ///
  /// - Throws: `SolverError.failed` where HiGHS does not take the model.
  public func makeScratch(inputCount: Int) throws(SolverError) -> Scratch {
    guard let instance = functions.create() else { throw .failed(reason: "HiGHS cannot start") }
    let scratch = Scratch(functions, instance, costs: model.costs)
    _ = functions.setBool(instance, "output_flag", 0)
    _ = functions.setInteger(instance, "threads", 1)
    _ = functions.setString(instance, "parallel", "off")
    _ = functions.setNumber(instance, "mip_rel_gap", relativeGap)
    if let timeLimit { _ = functions.setNumber(instance, "time_limit", timeLimit / .seconds(1)) }
    guard pass(to: instance) >= 0 else {
      throw .failed(
        reason: "HiGHS does not take the model: a bound or a coefficient is not a number")
    }
    return scratch
  }

  /// Forgets the basis of the last solve.
  public func reset(_ scratch: inout Scratch) { _ = functions.clearSolver(scratch.instance) }

  /// Writes an optimum for one vector of costs.
  ///
  /// - Parameters:
  ///   - input: The costs, one for each variable of the input.
  ///   - output: Their values at the optimum; as many.
  ///   - scratch: What `makeScratch(inputCount:)` of this solver returned.
  /// - Throws: `SolverError.infeasible` and `.unbounded` where there is none; `.notANumber` and
  ///   `.notFinite` for such costs; `.failed` where the time limit or HiGHS's arithmetic ends the solve.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    for (what, count) in [("input", input.count), ("output", output.count)]
    where count != inputs.count {
      throw .wrongCount(solver: "HiGHS", what: what, count: count, expected: inputs.count)
    }
    for i in input.indices {
      if input[i].isNaN { throw .notANumber(solver: "HiGHS", index: i) }
      if input[i].isInfinite { throw .notFinite(solver: "HiGHS", index: i, value: input[i]) }
      scratch.costs[inputs[i]] = input[i]
    }
    // A search over integers leaves no basis that the next could start from.
    if isInteger { reset(&scratch) }
    let instance = scratch.instance
    let count = Int32(model.variableCount)
    guard functions.changeCosts(instance, 0, count - 1, scratch.costs) == 0
    else { throw .failed(reason: "HiGHS does not take the costs") }
    if timeLimit != nil { _ = functions.zeroClocks(instance) }
    var status = run(instance)
    // The last basis may lead to a numerical dead end that a fresh start does not.
    if status == .unknown, !isInteger {
      reset(&scratch)
      status = run(instance)
    }
    try check(status)
    guard functions.solution(instance, &scratch.values, nil, nil, nil) == 0
    else { throw .failed(reason: "HiGHS gives no solution") }
    for i in output.indices {
      let value = scratch.values[inputs[i]]
      output[i] = isWhole[i] ? value.rounded() : value
    }
  }

  /// `kHighsModelStatus`, as far as it tells errors apart.
  private enum Status: Equatable {
    case optimal
    case infeasible
    case unbounded
    case unboundedOrInfeasible
    case timeLimit
    case unknown
  }

  private func run(_ instance: Functions.Instance) -> Status {
    _ = functions.run(instance)
    return switch functions.modelStatus(instance) {
    // An empty model, one without rows and columns that cost anything, is solved too.
    case 6, 7: .optimal
    case 8: .infeasible
    case 9: .unboundedOrInfeasible
    case 10: .unbounded
    case 13: .timeLimit
    default: .unknown
    }
  }

  private func check(_ status: Status) throws(SolverError) {
    switch status {
    case .optimal: return
    case .infeasible: throw .infeasible(solver: "HiGHS")
    case .unbounded: throw .unbounded(solver: "HiGHS")
    case .unboundedOrInfeasible:
      throw .failed(reason: "HiGHS: the model is infeasible or its costs unbounded")
    case .timeLimit:
      throw .failed(
        reason: "HiGHS: no optimum within the time limit of \(timeLimit ?? .zero)")
    case .unknown: throw .failed(reason: "HiGHS: no optimum was found, for numerical reasons")
    }
  }

  private func pass(to instance: Functions.Instance) -> Int32 {
    let order = model.quadratic.indices.sorted {
      let (a, b) = (model.quadratic[$0], model.quadratic[$1])
      return (a.column, a.row) < (b.column, b.row)
    }
    var starts = [Int32](repeating: 0, count: model.variableCount + 1)
    var (rows, values): ([Int32], [Double]) = ([], [])
    var last: (column: Int, row: Int)?
    for index in order {
      let entry = model.quadratic[index]
      if let last, last == (entry.column, entry.row) {
        values[values.count - 1] += entry.value
        continue
      }
      last = (entry.column, entry.row)
      rows.append(Int32(entry.row))
      values.append(entry.value)
      starts[entry.column + 1] += 1
    }
    for column in 0..<model.variableCount { starts[column + 1] += starts[column] }
    let kinds: [Int32] = model.kinds.map { $0 == .continuous ? 0 : 1 }
    return functions.passModel(
      instance, Int32(model.variableCount), Int32(model.rowCount), Int32(model.columns.count),
      Int32(values.count), 2, 1, direction == .maximize ? -1 : 1, 0, model.costs, model.lower,
      model.upper, model.rowLower, model.rowUpper, model.rowStarts, model.columns,
      model.coefficients, starts, rows, values, isInteger ? kinds : nil)
  }
}
