internal import Optimizers
internal import Perturbations
internal import Platform
internal import Tensors

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
  var nextEvaluations: Int { pending == nil ? estimator.evaluations : 0 }

  init(_ settings: TuningSettings, estimator: ZeroOrder, key: RandomKey) {
    space = settings.space
    self.estimator = estimator
    self.key = key
    start = space.coordinates(of: settings.start)
    minimizerState = minimizer.initialState(for: ParameterList(Tensor(start)))
  }

  var point: [Double] { space.mirrored(present?.leaves[0].doubles ?? start) }
  var spread: [Double] { [Double](repeating: estimator.sigma, count: start.count) }

  var state: JSON {
    guard let present else { return ["point": .null] }
    let report = pending.map { report -> JSON in
      [
        "value": .exactly(report.value), "mean": .exactly(report.mean),
        "standard_error": .exactly(report.standardError),
        "signal_to_noise": .exactly(report.signalToNoise), "skipped": JSON(report.skipped),
      ]
    }
    return [
      "point": [
        "coordinates": .exactly(present.leaves[0].doubles), "value": .exactly(present.value),
        "gradient": .exactly(present.gradient[0].doubles),
      ],
      "report": report ?? .null, "minimizer": minimizerState.stateJSON,
    ]
  }

  mutating func restore(_ state: StateReader, step: Int) throws(CommandError) {
    guard let saved = try state.optional("point") else { return }
    present = MinimizationPoint(
      leaves: [Leaf(Tensor(try saved.member("coordinates").numbers(space.count)))],
      value: try saved.member("value").number(),
      gradient: [Leaf(Tensor(try saved.member("gradient").numbers(space.count)))],
      precision: .ulpOfOne)
    if let report = try state.optional("report") {
      pending = TuningEvaluation(
        value: try report.member("value").number(),
        mean: try report.member("mean").number(finite: false),
        standardError: try report.member("standard_error").number(finite: false),
        signalToNoise: try report.member("signal_to_noise").number(finite: false),
        valuePoint: point, point: point,
        skipped: try report.member("skipped").integer(in: 0...Int.max))
    }
    minimizerState = try state.member("minimizer").tree(like: minimizerState)
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
    var state = minimizerState
    let isBetter = try minimizer.advance(&next, state: &state) { leaves in
      try objective.budget.checkRoom(for: estimator.evaluations)
      let coordinates = leaves[0].doubles
      let estimate = try objective.estimate(estimator, at: coordinates, key: key)
      tried.append((coordinates, estimate))
      return Self.minimizationPoint(estimate, coordinates)
    }
    minimizerState = state
    guard isBetter else { return "the line search found no better point" }
    present = next
    let coordinates = next.leaves[0].doubles
    guard let found = tried.last(where: { $0.point == coordinates }) else { return nil }
    var report = TuningEvaluation(found.estimate, at: space.mirrored(coordinates))
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
