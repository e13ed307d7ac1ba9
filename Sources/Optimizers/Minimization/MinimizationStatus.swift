/// Why a minimization ended. The case says it all; ``description`` says it in a sentence.
public enum MinimizationStatus: String, Sendable, CaseIterable, CustomStringConvertible {
  /// Every element of the gradient is within the tolerance.
  case gradientWithinTolerance
  /// The value changed by no more than the tolerance.
  case valueChangeWithinTolerance
  /// No parameter changed by more than the tolerance.
  case stepWithinTolerance
  /// The largest number of steps was taken.
  case reachedMaximumSteps
  /// The minimizer found no better point along its direction.
  case foundNoBetterPoint
  /// The function's value is not a finite number.
  case valueNotFinite
  /// The progress report asked to stop.
  case stoppedByCaller

  /// Whether a tolerance was met.
  public var hasConverged: Bool {
    switch self {
    case .gradientWithinTolerance, .valueChangeWithinTolerance, .stepWithinTolerance: true
    case .reachedMaximumSteps, .foundNoBetterPoint, .valueNotFinite, .stoppedByCaller: false
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .gradientWithinTolerance: "every element of the gradient is within the tolerance"
    case .valueChangeWithinTolerance: "the value changed by no more than the tolerance"
    case .stepWithinTolerance: "no parameter changed by more than the tolerance"
    case .reachedMaximumSteps: "the largest number of steps was taken"
    case .foundNoBetterPoint: "no better point was found along the search direction"
    case .valueNotFinite: "the function's value is not a finite number"
    case .stoppedByCaller: "the progress report asked to stop"
    }
  }
}

/// When a minimization ends. A rule that is nil is not checked.
public struct StoppingRules: Sendable {
  /// The largest number of steps.
  public var maximumSteps: Int
  /// Ends where no element of the gradient is larger than this in size (SciPy's `gtol`).
  public var gradientTolerance: Double?
  /// Ends where a step changes the value by no more than this times the value's size, or 1 where
  /// that is larger.
  public var valueTolerance: Double?
  /// Ends where a step changes no parameter by more than this.
  public var stepTolerance: Double?

  /// Rules; by default, at most 1000 steps and a gradient of at most 10⁻⁵.
  public init(
    maximumSteps: Int = 1000, gradientTolerance: Double? = 1e-5, valueTolerance: Double? = nil,
    stepTolerance: Double? = nil
  ) {
    self.maximumSteps = maximumSteps
    self.gradientTolerance = gradientTolerance
    self.valueTolerance = valueTolerance
    self.stepTolerance = stepTolerance
  }

  /// A number of steps, whatever happens.
  public static func steps(_ count: Int) -> StoppingRules {
    StoppingRules(maximumSteps: count, gradientTolerance: nil)
  }
}
