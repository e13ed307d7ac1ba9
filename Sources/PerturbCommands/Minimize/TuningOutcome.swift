/// What the objective does when each input moves from the end point by the search's present spread.
struct Sensitivity {
  /// σ in units of each coordinate.
  var spread: [Double]
  /// The estimate of ∂f/∂vᵢ · σᵢ and its standard error.
  var change: [Double]
  var standardError: [Double]
}

/// What a run has come to.
struct TuningOutcome {
  var status: String
  var rows: [TuningRow]
  var steps: Int
  var evaluations: Int
  var skipped: Int
  var seconds: Double
  var bestInput: [Double]
  var bestValue: Double
  var finalInput: [Double]
  /// Not numbers where no evaluations were left for them.
  var finalValue = Double.nan
  var finalMean = Double.nan
  var finalError = Double.nan
  /// Nil where no evaluations were left for it.
  var sensitivity: Sensitivity?
}
