import Optimizers
import Tensors
import Testing

/// Each method against every step of PyTorch's or optax's on the same problem.
@Suite struct TrajectoryTests {
  static let optimizers: [(String, Optimizer)] = [
    ("sgd", .sgd(learningRate: 0.1)),
    ("sgd_momentum", .sgd(learningRate: 0.05, momentum: 0.9)),
    ("sgd_dampening", .sgd(learningRate: 0.1, momentum: 0.8, dampening: 0.3)),
    ("sgd_nesterov", .sgd(learningRate: 0.05, momentum: 0.9, nesterov: true)),
    ("sgd_weight_decay", .sgd(learningRate: 0.1, momentum: 0.5, weightDecay: 0.1)),
    ("adam", .adam(learningRate: 0.1)),
    (
      "adam_options",
      .adam(learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.05)
    ),
    ("adam_amsgrad", .adam(learningRate: 0.1, beta2: 0.9, amsgrad: true)),
    ("adamw", .adamW(learningRate: 0.1, weightDecay: 0.1)),
    ("adamw_amsgrad", .adamW(learningRate: 0.1, beta2: 0.9, amsgrad: true)),
    ("adamax", .adaMax(learningRate: 0.1)),
    (
      "adamax_weight_decay", .adaMax(learningRate: 0.1, beta1: 0.8, beta2: 0.9, weightDecay: 0.1)
    ),
    ("radam", .rAdam(learningRate: 0.1)),
    ("radam_short", .rAdam(learningRate: 0.1, beta1: 0.8, beta2: 0.9, weightDecay: 0.1)),
    ("rmsprop", .rmsProp(learningRate: 0.02)),
    ("rmsprop_centered", .rmsProp(learningRate: 0.02, decay: 0.9, epsilon: 1e-4, centered: true)),
    (
      "rmsprop_momentum",
      .rmsProp(learningRate: 0.01, decay: 0.9, centered: true, momentum: 0.7, weightDecay: 0.05)
    ),
    ("adagrad", .adagrad(learningRate: 0.3)),
    (
      "adagrad_options",
      .adagrad(
        learningRate: .inverseTime(0.5, decay: 0.01), initialSum: 0.1, weightDecay: 0.05)
    ),
    ("adadelta", .adadelta()),
    ("adadelta_options", .adadelta(learningRate: 0.5, decay: 0.8, epsilon: 1e-4, weightDecay: 0.1)),
    ("clip_by_value", Optimizer(ClipByValue(0.25), ScaleByLearningRate(0.1))),
    ("lion", .lion(learningRate: 0.01)),
    ("lion_weight_decay", .lion(learningRate: 0.02, beta1: 0.8, beta2: 0.9, weightDecay: 0.1)),
    ("clip_by_global_norm", Optimizer(ClipByGlobalNorm(0.5), ScaleByLearningRate(0.1))),
    ("adam_cosine", .adam(learningRate: .cosine(0.2, over: 40, finalFraction: 0.1))),
    ("accumulate", Optimizer(Accumulate(4, Optimizer.adam(learningRate: 0.1)))),
    (
      "masked_weight_decay",
      Optimizer(Masked(AddWeightDecay(0.3)) { $0 == "[1]" }, ScaleByLearningRate(0.1))
    ),
  ]

  @Test func `every case of the fixture is tested`() throws {
    let cases = try fixture("trajectories", as: Trajectories.self).cases
    #expect(Set(cases.keys) == Set(Self.optimizers.map(\.0)))
    #expect(cases.values.allSatisfy { $0.float64.count >= 50 && $0.float32.count >= 50 })
  }

  @Test(arguments: optimizers) func `in Double, to 1e-12`(name: String, optimizer: Optimizer) throws
  {
    let trajectories = try fixture("trajectories", as: Trajectories.self)
    let expected = try #require(trajectories.cases[name]).float64
    let deviation = deviation(
      optimizer, FixtureProblem<Double>(trajectories.start), expected)
    #expect(deviation < 1e-12, "largest relative deviation \(deviation)")
  }

  @Test(arguments: optimizers) func `in Float, to 1e-5`(name: String, optimizer: Optimizer) throws {
    let trajectories = try fixture("trajectories", as: Trajectories.self)
    let expected = try #require(trajectories.cases[name]).float32
    let deviation = deviation(
      optimizer, FixtureProblem<Float>(trajectories.start), expected)
    #expect(deviation < 1e-5, "largest relative deviation \(deviation)")
  }

  /// The largest ‖x − y‖ / ‖y‖ over all steps.
  private func deviation<Scalar>(
    _ optimizer: Optimizer, _ problem: FixtureProblem<Scalar>, _ expected: [[Double]]
  ) -> Double {
    var parameters = problem.start
    var state = optimizer.initialState(for: parameters)
    var largest = 0.0
    for step in expected {
      let gradients = gradient(at: parameters, of: problem.loss)
      optimizer.update(&parameters, gradients: gradients, state: &state)
      let present = parameters.flatMap { $0.scalars.map { Double($0) } }
      let difference = zip(present, step).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let size = step.reduce(0) { $0 + $1 * $1 }
      largest = max(largest, (difference / size).squareRoot())
    }
    return largest
  }
}
