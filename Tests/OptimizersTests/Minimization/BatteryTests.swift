import Optimizers
import Tensors
import Testing

/// Every method on every problem.
@Suite struct BatteryTests {
  static let methods: [(String, @Sendable (_ onRosenbrock: Bool) -> Optimizer, steps: Int)] = [
    ("sgd", { .sgd(learningRate: $0 ? 0.001 : 0.05) }, 8000),
    ("momentum", { .sgd(learningRate: $0 ? 0.0005 : 0.02, momentum: 0.9) }, 6000),
    ("nesterov", { .sgd(learningRate: $0 ? 0.0005 : 0.02, momentum: 0.9, nesterov: true) }, 6000),
    ("adam", { _ in .adam(learningRate: 0.02) }, 6000),
    ("amsgrad", { _ in .adam(learningRate: 0.02, amsgrad: true) }, 6000),
    ("adamW", { _ in .adamW(learningRate: 0.02, weightDecay: 0) }, 6000),
    ("adaMax", { _ in .adaMax(learningRate: 0.02) }, 6000),
    ("rAdam", { _ in .rAdam(learningRate: 0.02) }, 6000),
    ("rmsProp", { _ in .rmsProp(learningRate: .exponential(0.02, factor: 0.5, every: 800)) }, 6000),
    ("adagrad", { _ in .adagrad(learningRate: 0.5) }, 6000),
    ("adadelta", { _ in .adadelta(learningRate: 2, decay: 0.95) }, 8000),
    ("lion", { _ in .lion(learningRate: .exponential(0.01, factor: 0.5, every: 800)) }, 8000),
  ]

  @Test(arguments: methods) func `first-order methods solve the problems`(
    name: String, make: @Sendable (Bool) -> Optimizer, steps: Int
  ) {
    let failures = checkOptimizer(tolerance: 1e-3) { (make($0.name == "Rosenbrock"), steps) }
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
    let failures = checkOptimizer(tolerance: 1e-3) { _ in (Optimizer(Scale(1e-3)), 100) }
    #expect(Set(failures.map(\.problem)) == ["quadratic", "Rosenbrock", "logistic"])
  }

  @Test func `the battery notices an optimizer that forgets a leaf`() {
    let failures = checkOptimizer(tolerance: 1e-3) { _ in
      (
        Optimizer(Masked(SetToZero()) { $0 == "[1]" }, ScaleByLearningRate(0.05)), 8000
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
