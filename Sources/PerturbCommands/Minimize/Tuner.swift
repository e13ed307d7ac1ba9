internal import Optimizers
internal import Perturbations
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
  var evaluations: Int
  var skipped: Int
}

/// A method at work. Its state is a few arrays of numbers, from which it goes on to the same bits.
protocol Tuner {
  /// What is to be written down for a resumption.
  var state: [[Double]] { get }
  /// Whether a run ends with an evaluation of the last point; a population has had its own.
  var endsWithEvaluation: Bool { get }
  /// Where the search stands, in coordinates.
  var point: [Double] { get }
  /// How far the search looks from there along each coordinate.
  var spread: [Double] { get }

  /// Takes up a state that was written down.
  mutating func restore(_ state: [[Double]])

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

/// Steps of an optimizer along estimated gradients: Adam, gradient descent, evolution strategies.
struct GradientTuner: Tuner {
  private let space: InputSpace
  private let estimator: ZeroOrder
  private let optimizer: Optimizer
  private var coordinates: [Double]
  private var optimizerState: TransformState
  private var gradient: Tensor<Double>?

  let endsWithEvaluation = true

  init(_ settings: TuningSettings, estimator: ZeroOrder) {
    space = settings.space
    self.estimator = estimator
    optimizer =
      settings.method == .sgd
      ? .sgd(learningRate: .constant(settings.learningRate), momentum: settings.momentum)
      : .adam(learningRate: .constant(settings.learningRate))
    coordinates = space.coordinates(of: settings.start)
    optimizerState = optimizer.initialState(for: ParameterList(Tensor(coordinates)))
  }

  var point: [Double] { coordinates }
  var spread: [Double] { [Double](repeating: estimator.sigma, count: coordinates.count) }
  var state: [[Double]] { [coordinates] + optimizerState.leaves.map(\.doubles) }

  mutating func restore(_ state: [[Double]]) {
    coordinates = state[0]
    optimizerState = optimizerState.restored(Array(state[1...]))
  }

  mutating func evaluate(
    _ objective: TunedObjective, key: RandomKey
  ) throws -> TuningEvaluation {
    let estimate = try objective.estimate(estimator, at: coordinates, key: key)
    gradient = estimate.gradient
    return TuningEvaluation(estimate, at: coordinates)
  }

  mutating func advance(_ objective: TunedObjective) -> String? {
    guard let gradient else { return nil }
    var parameters = Tensor(coordinates)
    optimizer.update(&parameters, gradients: gradient, state: &optimizerState)
    coordinates = space.clamped(parameters.scalars)
    return nil
  }
}

extension TuningEvaluation {
  init(_ estimate: ZeroOrderEstimate<Tensor<Double>>, at coordinates: [Double]) {
    self.init(
      value: estimate.value, mean: estimate.smoothedValue,
      standardError: estimate.smoothedValueError, signalToNoise: estimate.signalToNoise,
      valuePoint: coordinates, point: coordinates, evaluations: estimate.evaluations,
      skipped: estimate.skipped)
  }
}

extension TransformState {
  /// The same state with other numbers.
  func restored(_ numbers: [[Double]]) -> TransformState {
    withLeaves(
      zip(leaves, numbers).map { leaf, numbers in
        leaf.elementType == .int32
          ? Leaf(Tensor<Int32>(shape: leaf.shape, scalars: numbers.map { Int32($0) }))
          : Leaf(Tensor<Double>(shape: leaf.shape, scalars: numbers))
      })
  }
}

/// L-BFGS. Every estimate has the same directions, so that differences of gradients tell about the
/// function and not about the noise.
struct LineSearchTuner: Tuner {
  private let space: InputSpace
  private let estimator: ZeroOrder
  private let key: RandomKey
  private let minimizer = LBFGS(maximumEvaluations: 20)
  private var minimizerState: TransformState
  private var present: MinimizationPoint?
  private let start: [Double]
  /// What the next evaluation has to report.
  private var pending: TuningEvaluation?

  let endsWithEvaluation = true

  init(_ settings: TuningSettings, estimator: ZeroOrder, key: RandomKey) {
    space = settings.space
    self.estimator = estimator
    self.key = key
    start = space.coordinates(of: settings.start)
    minimizerState = minimizer.initialState(for: ParameterList(Tensor(start)))
  }

  var point: [Double] { space.mirrored(present?.leaves[0].doubles ?? start) }
  var spread: [Double] { [Double](repeating: estimator.sigma, count: start.count) }

  var state: [[Double]] {
    guard let present else { return [] }
    let report = pending.map {
      [
        $0.value, $0.mean, $0.standardError, $0.signalToNoise, Double($0.evaluations),
        Double($0.skipped),
      ]
    }
    return [present.leaves[0].doubles, [present.value], present.gradient[0].doubles, report ?? []]
      + minimizerState.leaves.map(\.doubles)
  }

  mutating func restore(_ state: [[Double]]) {
    guard state.count > 4 else { return }
    present = MinimizationPoint(
      leaves: [Leaf(Tensor(state[0]))], value: state[1][0], gradient: [Leaf(Tensor(state[2]))],
      precision: .ulpOfOne)
    let report = state[3]
    if report.count == 6 {
      pending = TuningEvaluation(
        value: report[0], mean: report[1], standardError: report[2], signalToNoise: report[3],
        valuePoint: point, point: point, evaluations: Int(report[4]), skipped: Int(report[5]))
    }
    minimizerState = minimizerState.restored(Array(state[4...]))
  }

  mutating func evaluate(
    _ objective: TunedObjective, key: RandomKey
  ) throws -> TuningEvaluation {
    if let pending { return pending }
    let estimate = try objective.estimate(estimator, at: start, key: self.key)
    present = Self.minimizationPoint(estimate, start)
    return TuningEvaluation(estimate, at: start)
  }

  mutating func advance(_ objective: TunedObjective) throws -> String? {
    guard var next = present else { return nil }
    var tried: [(point: [Double], estimate: ZeroOrderEstimate<Tensor<Double>>)] = []
    let isBetter = try minimizer.advance(&next, state: &minimizerState) { leaves in
      let coordinates = leaves[0].doubles
      let estimate = try objective.estimate(estimator, at: coordinates, key: key)
      tried.append((coordinates, estimate))
      return Self.minimizationPoint(estimate, coordinates)
    }
    guard isBetter else { return "the line search found no better point" }
    present = next
    let coordinates = next.leaves[0].doubles
    guard let found = tried.last(where: { $0.point == coordinates }) else { return nil }
    var report = TuningEvaluation(found.estimate, at: space.mirrored(coordinates))
    report.evaluations = tried.reduce(0) { $0 + $1.estimate.evaluations }
    report.skipped = tried.reduce(0) { $0 + $1.estimate.skipped }
    pending = report
    return nil
  }

  private static func minimizationPoint(
    _ estimate: ZeroOrderEstimate<Tensor<Double>>, _ coordinates: [Double]
  ) -> MinimizationPoint {
    MinimizationPoint(
      leaves: [Leaf(Tensor(coordinates))], value: estimate.value,
      gradient: [Leaf(estimate.gradient)], precision: .ulpOfOne)
  }
}

/// CMA-ES: a generation is a step.
struct PopulationTuner: Tuner {
  private let space: InputSpace
  private var search: CMAES
  private var values: [Double] = []

  let endsWithEvaluation = false

  init(_ settings: TuningSettings, key: RandomKey) {
    space = settings.space
    let bounds = (space.lowerCoordinates, space.upperCoordinates)
    search = CMAES(
      start: space.coordinates(of: settings.start), sigma: settings.sigma,
      population: settings.samples, lower: bounds.0, upper: bounds.1, key: key)
  }

  var point: [Double] { search.mean }
  var spread: [Double] { search.standardDeviations }
  var state: [[Double]] { search.leaves.map(\.doubles) }

  mutating func restore(_ state: [[Double]]) {
    search = search.withLeaves(state.map { Leaf(Tensor($0)) })
  }

  mutating func evaluate(
    _ objective: TunedObjective, key: RandomKey
  ) throws -> TuningEvaluation {
    let population = search.ask()
    values = try objective.values(
      at: population, key: search.key.child(UInt64(search.generation)))
    let present = values.filter { !$0.isNaN }
    let n = Double(present.count)
    let mean = present.reduce(0, +) / n
    let spread = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let least = values.indices.filter { !values[$0].isNaN }.min { values[$0] < values[$1] } ?? 0
    return TuningEvaluation(
      value: values[least], mean: mean, standardError: (spread / (n - 1) / n).squareRoot(),
      valuePoint: population[least], point: search.mean, evaluations: values.count,
      skipped: values.count - present.count)
  }

  mutating func advance(_ objective: TunedObjective) -> String? {
    search.tell(values)
    return search.status?.description
  }
}
