import Optimizers
import Tensors
import Testing

/// Every method on every problem.
@Suite struct BatteryTests {
  static let methods: [(String, @Sendable (_ onRosenbrock: Bool) -> Optimizer)] = [
    ("sgd", { .sgd(learningRate: $0 ? 0.002 : 0.05) }),
    ("momentum", { .sgd(learningRate: $0 ? 0.0005 : 0.02, momentum: 0.95) }),
    ("nesterov", { .sgd(learningRate: $0 ? 0.0005 : 0.02, momentum: 0.95, nesterov: true) }),
    ("adam", { .adam(learningRate: $0 ? 0.1 : 0.05) }),
    ("amsgrad", { .adam(learningRate: $0 ? 0.3 : 0.1, amsgrad: true) }),
    ("adamW", { .adamW(learningRate: $0 ? 0.1 : 0.05, weightDecay: 0) }),
    ("adaMax", { .adaMax(learningRate: $0 ? 0.1 : 0.05) }),
    (
      // The first steps are not scaled by the gradient's size, which is large.
      "rAdam", { _ in .rAdam(learningRate: Schedule { $0 < 6 ? 1e-4 : 0.05 }) }
    ),
    ("rmsProp", { _ in .rmsProp(learningRate: .exponential(0.05, factor: 0.5, every: 250)) }),
    ("adagrad", { _ in .adagrad(learningRate: 0.5) }),
    (
      "adadelta",
      { _ in .adadelta(learningRate: .exponential(1, factor: 0.5, every: 300), epsilon: 1e-4) }
    ),
    ("lion", { _ in .lion(learningRate: .exponential(0.02, factor: 0.5, every: 250)) }),
  ]

  @Test(arguments: methods) func `first-order methods solve the problems`(
    name: String, make: @Sendable (Bool) -> Optimizer
  ) {
    let failures = checkOptimizer(tolerance: 0.02) { (make($0.name == "Rosenbrock"), 2000) }
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test func `quasi-Newton methods solve the problems to the last digits`() {
    let bfgs = checkOptimizer(tolerance: 1e-12) { _ in (BFGS(), 60) }
    #expect(bfgs.isEmpty, "\(bfgs)")
    let lbfgs = checkOptimizer(tolerance: 1e-12) { _ in (LBFGS(), 60) }
    #expect(lbfgs.isEmpty, "\(lbfgs)")
    let short = checkOptimizer(tolerance: 1e-10) { _ in (LBFGS(memory: 1), 200) }
    #expect(short.isEmpty, "\(short)")
  }

  @Test func `the battery notices an optimizer that climbs`() {
    let failures = checkOptimizer(tolerance: 0.02) { _ in (Optimizer(Scale(1e-3)), 100) }
    #expect(Set(failures.map(\.problem)) == ["quadratic", "Rosenbrock", "logistic"])
  }

  @Test func `the battery notices an optimizer that forgets a leaf`() {
    let failures = checkOptimizer(tolerance: 0.02) { _ in
      (
        Optimizer(Masked(SetToZero()) { $0 == "[1]" }, ScaleByLearningRate(0.001)), 2000
      )
    }
    #expect(failures.contains { $0.problem == "quadratic" })
  }

  /// Counts its steps where no one sees it: a second run is another one.
  private final class Moody: Minimizer {
    nonisolated(unsafe) private var steps = 0.0
    func initialState(for parameters: ParameterList) -> TransformState { TransformState() }
    func advance<E: Error>(
      _ point: inout MinimizationPoint, state: inout TransformState,
      evaluate: ([Leaf]) throws(E) -> MinimizationPoint
    ) throws(E) -> Bool {
      steps += 1
      let step = Optimizer.sgd(learningRate: .constant(0.001 / steps))
      var inner = step.initialState(
        for: ParameterList(point.leaves.map { $0.tensor(of: Double.self) }))
      return try step.advance(&point, state: &inner, evaluate: evaluate)
    }
  }

  @Test func `the battery notices hidden state`() {
    let failures = checkOptimizer(tolerance: .infinity) { _ in (Moody(), 10) }
    #expect(failures.contains { $0.reason == "a second run gave other values" })
  }

  @Test func `the logistic problem's least value is where its gradient vanishes`() {
    let result = minimize(
      Problem.logistic.loss, from: Problem.logistic.start, using: .bfgs(),
      stopping: StoppingRules(gradientTolerance: 1e-12))
    #expect(result.gradient.globalNorm().scalar < 1e-11)
    #expect(abs(result.value - Problem.logistic.minimum) < 1e-12, "\(result.value)")
  }
}
