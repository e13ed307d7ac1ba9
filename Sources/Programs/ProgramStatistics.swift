/// What a program's workers have done so far.
public struct ProgramStatistics: Sendable, Equatable {
  /// Evaluations that gave an answer.
  public internal(set) var evaluations = 0
  /// Attempts that failed.
  public internal(set) var failures = 0
  /// Samples that were left out after all attempts had failed.
  public internal(set) var skipped = 0
  /// Processes that were started.
  public internal(set) var starts = 0
}
