/// A number that depends on the number of the step, counted from 0: a learning rate.
///
/// ```swift
/// let rate = Schedule.warmupCosine(to: 0.1, warmup: 100, total: 1000)
/// let optimizer = Optimizer.sgd(learningRate: rate, momentum: 0.9)
/// rate(100)   // 0.1
/// ```
///
/// Where a learning rate is expected, a number stands for a constant one: see ``LearningRate``.
public struct Schedule: Sendable {
  private let rate: @Sendable (Int) -> Double

  /// A schedule by a function of the step's number.
  public init(_ rate: @escaping @Sendable (_ step: Int) -> Double) { self.rate = rate }

  /// The value at a step, given as an integer of any type.
  public func callAsFunction<Step: BinaryInteger>(_ step: Step) -> Double {
    rate(Int(clamping: step))
  }
}

extension Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The same value at every step.
  public init(floatLiteral value: Double) { self = .constant(value) }

  /// The same value at every step.
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

/// What can be given as a learning rate: a number, or a ``Schedule``.
///
/// ```swift
/// let eta = 0.01
/// Optimizer.adam(learningRate: eta)
/// Optimizer.adam(learningRate: .cosine(eta, over: 1000))
/// ```
public protocol LearningRate: Sendable {
  /// The rate at each step.
  var schedule: Schedule { get }
}

extension Schedule: LearningRate {
  /// This schedule.
  public var schedule: Schedule { self }
}

extension Double: LearningRate {
  /// This number at every step.
  public var schedule: Schedule { .constant(self) }
}

extension Float: LearningRate {
  /// This number at every step.
  public var schedule: Schedule { .constant(Double(self)) }
}

extension Int: LearningRate {
  /// This number at every step.
  public var schedule: Schedule { .constant(Double(self)) }
}

extension LearningRate where Self == Schedule {
  /// The same value at every step.
  public static func constant(_ value: Double) -> Schedule { Schedule { _ in value } }
}
