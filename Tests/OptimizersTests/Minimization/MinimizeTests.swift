import Optimizers
import Tensors
import Testing

@Suite struct MinimizeTests {
  private let square = { (x: Tensor<Double>) in Tensors.square(x - 3).sum() }

  @Test func `each rule stops with its status`() {
    let start: Tensor<Double> = [0, 1]
    func run(_ rules: StoppingRules, rate: Schedule = 0.25) -> Minimization<Tensor<Double>> {
      minimize(square, from: start, using: .sgd(learningRate: rate), stopping: rules)
    }
    let byGradient = run(StoppingRules(gradientTolerance: 1e-6))
    #expect(byGradient.status == .gradientWithinTolerance)
    #expect(byGradient.status.hasConverged)
    // The deviation of 3 halves with each step, and the gradient is twice as large.
    #expect(byGradient.steps == 23)
    #expect(byGradient.evaluations == 24)
    #expect(byGradient.values.count == 24)
    #expect(byGradient.values[0] == 13)
    #expect(abs(byGradient.parameters - 3).max().scalar <= 0.5e-6)
    let bySteps = run(StoppingRules(maximumSteps: 5))
    #expect(bySteps.status == .reachedMaximumSteps)
    #expect(!bySteps.status.hasConverged)
    #expect(bySteps.steps == 5)
    #expect(bySteps.state.step == 5)
    let byValue = run(StoppingRules(gradientTolerance: nil, valueTolerance: 1e-3))
    #expect(byValue.status == .valueChangeWithinTolerance)
    #expect(byValue.values[byValue.steps - 1] - byValue.value <= 1e-3)
    #expect(byValue.values[byValue.steps - 2] - byValue.values[byValue.steps - 1] > 1e-3)
    let byStep = run(StoppingRules(gradientTolerance: nil, stepTolerance: 1e-3))
    #expect(byStep.status == .stepWithinTolerance)
    #expect(byStep.steps == 12)
    #expect(run(.steps(0)).evaluations == 1)
    let atOnce = minimize(square, from: [3, 3], using: .bfgs())
    #expect(atOnce.status == .gradientWithinTolerance)
    #expect(atOnce.steps == 0)
  }

  @Test func `a value that is no number ends at the last good point`() {
    let result = minimize(
      square, from: [1e10], using: .sgd(learningRate: 1e300), stopping: .steps(50))
    #expect(result.status == .valueNotFinite)
    #expect(result.value.isFinite)
    #expect(square(result.parameters).scalar == result.value)
    let fromStart = minimize(
      { (x: Tensor<Double>) in log(x).sum() }, from: [-1], using: .bfgs())
    #expect(fromStart.status == .valueNotFinite)
    #expect(fromStart.steps == 0)
  }

  @Test func `without a better point BFGS ends where it is`() {
    // The gradient points the wrong way.
    for result in [
      minimize(
        valueAndGradient: { (x: Tensor<Double>) in (square(x), gradient(at: x, of: square) * -1) },
        from: [0], using: BFGS()),
      minimize(
        valueAndGradient: { (x: Tensor<Double>) in (square(x), gradient(at: x, of: square) * -1) },
        from: [0], using: LBFGS()),
    ] {
      #expect(result.status == .foundNoBetterPoint)
      #expect(result.parameters == [0])
    }
  }

  @Test func `a progress report sees each step and can stop`() {
    var seen: [(Int, Double)] = []
    let result = minimize(square, from: [0], using: .sgd(learningRate: 0.25)) { progress in
      seen.append((progress.step, progress.value))
      #expect(square(progress.parameters).scalar == progress.value)
      #expect(progress.gradientMaximum == 2 * (3 - progress.parameters.scalar))
      #expect(progress.evaluations == progress.step + 1)
      return progress.step == 4 ? .stop : .proceed
    }
    #expect(result.status == .stoppedByCaller)
    #expect(seen.map(\.0) == [1, 2, 3, 4])
    #expect(seen.map(\.1) == Array(result.values.dropFirst()))
  }

  @Test func `errors of the function come out`() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      _ = try minimize(
        { (x: Tensor<Double>) throws(Failure) -> Tensor<Double> in throw Failure() }, from: [0],
        using: .bfgs())
    }
    var calls = 0
    #expect(throws: Failure.self) {
      _ = try minimize(
        { (x: Tensor<Double>) throws(Failure) -> Tensor<Double> in
          calls += 1
          if calls == 3 { throw Failure() }
          return square(x)
        }, from: [0], using: .sgd(learningRate: 0.1))
    }
    #expect(calls == 3)
  }

  @Test func `each status says what it is`() {
    #expect(Set(MinimizationStatus.allCases.map(\.description)).count == 7)
  }

  struct Model: TreeStruct {
    var weight: Tensor<Float>
    var offsets: [Tensor<Double>]
    var count: Tensor<Int32>
    static var children: [Child<Model>] { [Child(\.weight), Child(\.offsets), Child(\.count)] }
  }

  @Test func `trees of both precisions, whose integers stay`() {
    let start = Model(weight: [4, -2], offsets: [[1], 2], count: [5])
    let loss = { (m: Model) in
      (Tensors.square(m.weight - 1).sum().cast(to: Double.self)
        + Tensors.square(m.offsets[0] + 2).sum() + Tensors.square(m.offsets[1] - m.offsets[0][0]))
    }
    func check(_ result: Minimization<Model>) {
      #expect(result.parameters.weight.isClose(to: [1, 1] as Tensor<Float>, absolute: 1e-4))
      #expect(result.parameters.offsets[0].isClose(to: [-2] as Tensor<Double>, absolute: 1e-4))
      #expect(result.parameters.offsets[1].isClose(to: -2 as Tensor<Double>, absolute: 1e-4))
      #expect(result.parameters.count == [5])
    }
    check(minimize(loss, from: start, using: .bfgs()))
    check(minimize(loss, from: start, using: .lbfgs()))
    check(minimize(loss, from: start, using: .sgd(learningRate: 0.1), stopping: .steps(200)))
    check(minimize(loss, from: start, using: .adam(learningRate: 0.1), stopping: .steps(600)))
  }

  @Test func `L-BFGS equals BFGS on a quadratic while it remembers all`() {
    // With exact curvature pairs both make the same steps up to rounding.
    let loss = Problem.quadratic.loss
    let bfgs = minimize(loss, from: Problem.quadratic.start, using: .bfgs(), stopping: .steps(6))
    let lbfgs = minimize(loss, from: Problem.quadratic.start, using: .lbfgs(), stopping: .steps(1))
    #expect(abs(bfgs.values[1] - lbfgs.values[1]) <= 1e-12 * lbfgs.values[1])
  }
}
