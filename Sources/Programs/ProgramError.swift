/// What is wrong with an external program or with the way it was asked for; `description` is one
/// line.
public enum ProgramError: Error, Sendable, CustomStringConvertible {
  /// A parameter has a value that makes no sense.
  case invalidParameter(name: String, value: String, expected: String)
  /// The program could not be started at all.
  case cannotStart(program: String, reason: String)
  /// The program failed on one input, as often as it may.
  case sampleFailed(SampleFailure)
  /// The program was stopped while evaluations were under way.
  case stopped

  /// One line.
  public var description: String {
    switch self {
    case .invalidParameter(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    case .cannotStart(let program, let reason): "cannot start '\(program)': \(reason)"
    case .sampleFailed(let failure): failure.description
    case .stopped: "the program was stopped before all evaluations were done"
    }
  }
}
