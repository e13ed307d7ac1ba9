/// A learning rate that depends on the number of the step, counted from 0.
///
/// A number written where a schedule is expected is a constant one.
///
/// ```swift
/// let rate = Schedule.warmupCosine(to: 0.1, warmup: 100, total: 1000)
/// let optimizer = Optimizer.sgd(learningRate: rate, momentum: 0.9)
/// rate(100)   // 0.1
/// ```
public struct Schedule: Sendable {
  private let rate: @Sendable (Int) -> Double

  /// A schedule by a function of the step's number.
  public init(_ rate: @escaping @Sendable (_ step: Int) -> Double) { self.rate = rate }

  /// The value at a step.
  public func callAsFunction(_ step: Int) -> Double { rate(step) }
}

extension Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The same value at every step.
  public init(floatLiteral value: Double) { self = .constant(value) }

  /// The same value at every step.
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension Schedule {
  /// The same value at every step.
  public static func constant(_ value: Double) -> Schedule { Schedule { _ in value } }
}
