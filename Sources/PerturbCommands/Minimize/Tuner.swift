internal import Perturbations
internal import Platform
internal import Tensors

/// One step of a run, as the history keeps it.
struct TuningRow: Sendable, Equatable {
  var step: Int
  /// How many evaluations the run has asked for so far.
  var evaluations: Int
  /// The objective at `input`; for a population, the least one in it.
  var value: Double
  /// The mean of the objective over the samples or the population, and its standard error.
  var mean: Double
  var standardError: Double
  /// The least value so far.
  var best: Double
  /// The length of the gradient over that of its standard error; not a number where there is none.
  var signalToNoise: Double
  var input: [Double]
}

/// What an evaluation of the present point found.
struct TuningEvaluation {
  var value: Double
  var mean: Double
  var standardError: Double
  var signalToNoise = Double.nan
  /// Where `value` was found, in coordinates.
  var valuePoint: [Double]
  /// Where the search stands, in coordinates.
  var point: [Double]
  var skipped: Int
}

/// A method at work. From its state it goes on to the same bits.
protocol Tuner {
  /// What is to be written down for a resumption.
  var state: JSON { get }
  /// Whether a run ends with an evaluation of the last point; a population has had its own.
  var endsWithEvaluation: Bool { get }
  /// Where the search stands, in coordinates.
  var point: [Double] { get }
  /// How far the search looks from there along each coordinate.
  var spread: [Double] { get }
  /// How many evaluations ``evaluate(_:key:)`` will ask for.
  var nextEvaluations: Int { get }

  /// Takes up a state that was written down after so many steps.
  ///
  /// - Throws: ``CommandError`` that names the part which is not one of this method.
  mutating func restore(_ state: StateReader, step: Int) throws(CommandError)

  /// Evaluates the present point.
  mutating func evaluate(_ objective: TunedObjective, key: RandomKey) throws -> TuningEvaluation

  /// Goes on from what was evaluated.
  ///
  /// - Returns: Why the search has come to its end; nil while it has not.
  mutating func advance(_ objective: TunedObjective) throws -> String?
}

extension ZeroOrderEstimate<Tensor<Double>> {
  /// ‖g‖ over the length of its standard errors.
  var signalToNoise: Double {
    func length(_ x: Tensor<Double>) -> Double {
      x.scalars.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    return length(gradient) / length(standardError)
  }
}

extension TuningEvaluation {
  init(_ estimate: ZeroOrderEstimate<Tensor<Double>>, at coordinates: [Double]) {
    self.init(
      value: estimate.value, mean: estimate.smoothedValue,
      standardError: estimate.smoothedValueError, signalToNoise: estimate.signalToNoise,
      valuePoint: coordinates, point: coordinates, skipped: estimate.skipped)
  }
}
