public import Solvers

/// Variables with bounds and rows of constraints over them, with linear costs and, if wanted, a convex
/// quadratic term: the feasible set of a linear, mixed-integer or quadratic programme.
///
/// ```swift
/// var model = LinearModel()
/// let items = model.variables(4, .binary)
/// model.require(items.sum(weights: [3, 4, 5, 6]) <= 10)
/// let solver = try HiGHSSolver(model, sense: .maximize)
/// let chosen = try solver([4.0, 5, 6, 7])  // [0, 1, 0, 1]
/// ```
public struct LinearModel: Sendable {
  /// What values a variable takes.
  public enum Kind: Sendable, Hashable {
    /// Any number between the bounds.
    case continuous
    /// Whole numbers between the bounds.
    case integer
    /// 0 or 1.
    case binary
  }

  var kinds: [Kind] = []
  var lower: [Double] = []
  var upper: [Double] = []
  /// What each variable costs where nobody gives its cost.
  public internal(set) var costs: [Double] = []
  /// The variables' names, where they have any.
  public internal(set) var names: [String?] = []
  var rowLower: [Double] = []
  var rowUpper: [Double] = []
  /// The rows one after the other: row r holds the entries from rowStarts[r] on.
  var rowStarts: [Int32] = [0]
  var columns: [Int32] = []
  var coefficients: [Double] = []
  /// Entries (i, j, q) of ½ xᵀ Q x with i ≥ j: the lower triangle of Q.
  var quadratic: [(row: Int, column: Int, value: Double)] = []

  /// A model without variables.
  public init() {}

  /// How many variables there are.
  public var variableCount: Int { kinds.count }
  /// How many rows there are.
  public var rowCount: Int { rowLower.count }
  /// Whether some variable takes whole numbers only.
  public var isInteger: Bool { kinds.contains { $0 != .continuous } }
  /// Whether there is a quadratic term.
  public var isQuadratic: Bool { !quadratic.isEmpty }

  /// Adds a variable.
  ///
  /// - Parameters:
  ///   - kind: What values it takes.
  ///   - lower: The least, 0 unless given; −∞ for none.
  ///   - upper: The greatest, none unless given; 1 for a binary one.
  ///   - cost: What it costs where nobody gives its cost.
  ///   - name: What to call it.
  /// - Returns: The variable as an expression.
  /// - Precondition: `lower ≤ upper`, neither NaN.
  public mutating func variable(
    _ kind: Kind = .continuous, lower: Double = 0, upper: Double = .infinity, cost: Double = 0,
    name: String? = nil
  ) -> LinearExpression {
    let upper = kind == .binary ? min(upper, 1) : upper
    guard lower <= upper else { stop("a variable from \(lower) to \(upper)") }
    kinds.append(kind)
    self.lower.append(kind == .binary ? max(lower, 0) : lower)
    self.upper.append(upper)
    costs.append(cost)
    names.append(name)
    return LinearExpression([(kinds.count - 1, 1)])
  }

  /// Adds variables of one kind, without names.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - kind: What values they take.
  ///   - lower: The least, 0 unless given; −∞ for none.
  ///   - upper: The greatest, none unless given; 1 for binary ones.
  ///   - cost: What each costs where nobody gives its cost.
  /// - Returns: The variables as expressions.
  /// - Precondition: `lower ≤ upper`, neither NaN.
  public mutating func variables(
    _ count: Int, _ kind: Kind = .continuous, lower: Double = 0, upper: Double = .infinity,
    cost: Double = 0
  ) -> [LinearExpression] {
    (0..<count).map { _ in variable(kind, lower: lower, upper: upper, cost: cost) }
  }

  /// Adds a row.
  ///
  /// - Precondition: the constraint is over variables of this model.
  public mutating func require(_ constraint: LinearConstraint) {
    var row: [Int: Double] = [:]
    var order: [Int] = []
    for term in constraint.expression.terms {
      guard term.variable < variableCount else { stop("a variable of another model") }
      if row[term.variable] == nil { order.append(term.variable) }
      row[term.variable, default: 0] += term.coefficient
    }
    for variable in order {
      guard let coefficient = row[variable], coefficient != 0 else { continue }
      columns.append(Int32(variable))
      coefficients.append(coefficient)
    }
    rowStarts.append(Int32(columns.count))
    rowLower.append(constraint.lower - constraint.expression.constant)
    rowUpper.append(constraint.upper - constraint.expression.constant)
  }

  /// Adds `coefficient` x y to the costs, whatever linear costs a solver is given. What is minimised must
  /// stay convex, what is maximised concave.
  ///
  /// - Parameters:
  ///   - coefficient: What the product is multiplied by.
  ///   - x: A variable.
  ///   - y: A variable; the same for a square.
  /// - Precondition: each is one variable of this model, as ``variable(_:lower:upper:cost:name:)`` gave it.
  public mutating func addCost(
    _ coefficient: Double, _ x: LinearExpression, _ y: LinearExpression
  ) {
    guard x.terms.count == 1, y.terms.count == 1 else { stop("a product of two variables") }
    let (i, j) = (x.terms[0].variable, y.terms[0].variable)
    // ½ xᵀ Q x: a square has half its entry, a product occurs twice.
    quadratic.append((max(i, j), min(i, j), i == j ? 2 * coefficient : coefficient))
  }

  /// An optimum for the model's own costs, with memory of its own: for a look, not for a loop.
  ///
  /// - Parameter sense: Whether costs are minimised or maximised.
  /// - Returns: The value of each variable, in the order in which they were added.
  /// - Throws: `SolverError` where there is none, or no HiGHS.
  public func optimum(_ sense: Sense = .minimize) throws(SolverError) -> [Double] {
    try HiGHSSolver(self, sense: sense)(costs)
  }
}
