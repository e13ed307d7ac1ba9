/// A sum of variables with coefficients and a constant: 2 x + 3 y − 1.
///
/// A variable of a ``LinearModel`` is one, with the coefficient 1. Expressions add up, scale and compare:
///
/// ```swift
/// var model = LinearModel()
/// let (x, y) = (model.variable(), model.variable(.integer))
/// model.require(2 * x + y <= 4)
/// model.require([x, y].sum(weights: [0.5, 3]) >= 1)
/// ```
public struct LinearExpression: Sendable {
  /// A variable's number in its model, and what it is multiplied by; a variable may occur twice.
  var terms: [(variable: Int, coefficient: Double)]
  /// What is added.
  var constant: Double

  init(_ terms: [(variable: Int, coefficient: Double)] = [], constant: Double = 0) {
    self.terms = terms
    self.constant = constant
  }

  /// A constant.
  public init(_ constant: Double) { self.init(constant: constant) }
}

extension LinearExpression {
  /// The sum.
  public static func + (a: LinearExpression, b: LinearExpression) -> LinearExpression {
    LinearExpression(a.terms + b.terms, constant: a.constant + b.constant)
  }
  /// The difference.
  public static func - (a: LinearExpression, b: LinearExpression) -> LinearExpression { a + -1 * b }
  /// All coefficients with the other sign.
  public static prefix func - (a: LinearExpression) -> LinearExpression { -1 * a }
  /// Adds to a sum in place: in a loop this takes time for the new terms only.
  public static func += (a: inout LinearExpression, b: LinearExpression) {
    a.terms += b.terms
    a.constant += b.constant
  }
  /// All coefficients times a number.
  public static func * (factor: Double, a: LinearExpression) -> LinearExpression {
    LinearExpression(
      a.terms.map { ($0.variable, factor * $0.coefficient) }, constant: factor * a.constant)
  }
  /// All coefficients times a number.
  public static func * (a: LinearExpression, factor: Double) -> LinearExpression { factor * a }
  /// All coefficients divided by a number.
  public static func / (a: LinearExpression, divisor: Double) -> LinearExpression {
    LinearExpression(
      a.terms.map { ($0.variable, $0.coefficient / divisor) }, constant: a.constant / divisor)
  }
  /// The sum with a number.
  public static func + (a: LinearExpression, b: Double) -> LinearExpression {
    LinearExpression(a.terms, constant: a.constant + b)
  }
  /// The sum with a number.
  public static func + (a: Double, b: LinearExpression) -> LinearExpression { b + a }
  /// The difference to a number.
  public static func - (a: LinearExpression, b: Double) -> LinearExpression { a + -b }
  /// The difference from a number.
  public static func - (a: Double, b: LinearExpression) -> LinearExpression { -b + a }
}

extension Sequence where Element == LinearExpression {
  /// The sum of the expressions.
  ///
  /// - Complexity: O(number of terms).
  public func sum() -> LinearExpression { reduce(into: LinearExpression()) { $0 += $1 } }
}

extension Collection where Element == LinearExpression {
  /// The sum of the expressions, each times its weight.
  ///
  /// - Parameter weights: One for each expression.
  /// - Returns: Σ wᵢ xᵢ.
  /// - Precondition: as many weights as expressions.
  /// - Complexity: O(number of terms).
  public func sum(weights: some Collection<Double>) -> LinearExpression {
    guard weights.count == count else {
      stop("\(weights.count) weights for \(count) expressions")
    }
    return zip(weights, self).reduce(into: LinearExpression()) { $0 += $1.0 * $1.1 }
  }
}

/// What a model's variables must satisfy: lower ≤ expression ≤ upper.
public struct LinearConstraint: Sendable {
  var expression: LinearExpression
  var lower: Double
  var upper: Double
}

extension LinearExpression {
  /// At most.
  public static func <= (a: LinearExpression, b: LinearExpression) -> LinearConstraint {
    LinearConstraint(expression: a - b, lower: -.infinity, upper: 0)
  }
  /// At least.
  public static func >= (a: LinearExpression, b: LinearExpression) -> LinearConstraint { b <= a }
  /// Equal.
  public static func == (a: LinearExpression, b: LinearExpression) -> LinearConstraint {
    LinearConstraint(expression: a - b, lower: 0, upper: 0)
  }
  /// At most a number.
  public static func <= (a: LinearExpression, b: Double) -> LinearConstraint {
    LinearConstraint(expression: a, lower: -.infinity, upper: b)
  }
  /// At least a number.
  public static func >= (a: LinearExpression, b: Double) -> LinearConstraint {
    LinearConstraint(expression: a, lower: b, upper: .infinity)
  }
  /// Equal to a number.
  public static func == (a: LinearExpression, b: Double) -> LinearConstraint {
    LinearConstraint(expression: a, lower: b, upper: b)
  }
  /// Between two numbers.
  public func isWithin(_ range: ClosedRange<Double>) -> LinearConstraint {
    LinearConstraint(expression: self, lower: range.lowerBound, upper: range.upperBound)
  }
}

/// A programmer's error: ends the program with a message that release builds print too.
func stop(_ message: String) -> Never { fatalError("LinearModel: \(message)") }
