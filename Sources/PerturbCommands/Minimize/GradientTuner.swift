internal import Optimizers
internal import Perturbations
internal import Platform
internal import Tensors

/// Steps of an optimizer along estimated gradients: Adam, gradient descent, evolution strategies.
struct GradientTuner: Tuner {
  private let space: InputSpace
  private let estimator: ZeroOrder
  private let optimizer: Optimizer
  private var coordinates: [Double]
  private var optimizerState: TransformState
  private var gradient: Tensor<Double>?

  let endsWithEvaluation = true
  var nextEvaluations: Int { estimator.evaluations }

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

  var state: JSON {
    ["coordinates": .exactly(coordinates), "optimizer": optimizerState.stateJSON]
  }

  mutating func restore(_ state: StateReader, step: Int) throws(CommandError) {
    coordinates = try state.member("coordinates").numbers(space.count)
    optimizerState = try state.member("optimizer").tree(like: optimizerState)
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
