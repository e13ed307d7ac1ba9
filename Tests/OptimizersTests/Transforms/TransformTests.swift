import Foundation
import Layers
import Optimizers
import Tensors
import Testing

@Suite struct TransformTests {
  static let methods = TrajectoryTests.optimizers.map(\.1)

  private struct Model: TreeStruct {
    var weight: Tensor<Float>
    var bias: Tensor<Double>
    var single: Tensor<Float>
    var empty: Tensor<Float>
    var count: Tensor<Int32>
    static var children: [Child<Model>] {
      [Child(\.weight), Child(\.bias), Child(\.single), Child(\.empty), Child(\.count)]
    }
  }

  private func model(_ key: RandomKey) -> Model {
    // 37 elements: whole lanes and a rest.
    Model(
      weight: key.normal([37]), bias: key.child(1).normal([3, 3]), single: key.child(2).normal([]),
      empty: .zeros([0]), count: [7])
  }

  @Test(arguments: methods) func `the pass over elements and the tensors give the same bits`(
    optimizer: Optimizer
  ) {
    var (plain, followed) = (model(RandomKey(1)), model(RandomKey(1)))
    var (state, followedState) = (
      optimizer.initialState(for: plain), optimizer.initialState(for: plain)
    )
    for step in 0..<7 {
      let gradients = model(RandomKey(UInt64(100 + step)))
      optimizer.update(&plain, gradients: gradients, state: &state)
      // Inside a gradient, the same update is made of recorded operations.
      _ = gradient(at: gradients) { gradients in
        var parameters = followed
        optimizer.update(&parameters, gradients: gradients, state: &followedState)
        let sum = parameters.globalSquaredNorm(as: Double.self) + gradients.globalSquaredNorm()
        followed = withoutGradient(parameters)
        followedState = withoutGradient(followedState)
        return sum
      }
    }
    #expect(plain.isClose(to: followed, relative: 0, absolute: 0))
    #expect(state.isClose(to: followedState, relative: 0, absolute: 0))
    #expect(plain.count == [7])
    #expect(!plain.isClose(to: model(RandomKey(1))))
  }

  @Test(arguments: methods) func `a saved run continues to the same bits`(
    optimizer: Optimizer
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("run.safetensors").path
    func go(_ parameters: inout Model, _ state: inout TransformState, _ steps: Range<UInt64>) {
      for step in steps {
        optimizer.update(&parameters, gradients: model(RandomKey(step)), state: &state)
      }
    }
    var parameters = model(RandomKey(0))
    var state = optimizer.initialState(for: parameters)
    go(&parameters, &state, 10..<15)
    try saveTensors(Tuple(parameters, state), to: path)
    go(&parameters, &state, 15..<25)
    let fresh = model(RandomKey(99))
    let saved = try loadTensors(
      like: Tuple(fresh, optimizer.initialState(for: fresh)), from: path)
    var (resumed, resumedState) = saved.elements
    #expect(resumedState.step == 5)
    go(&resumed, &resumedState, 15..<25)
    #expect(resumed.isClose(to: parameters, relative: 0, absolute: 0))
    #expect(resumedState.isClose(to: state, relative: 0, absolute: 0))
  }

  @Test func `quasi-Newton runs continue to the same bits`() throws {
    func check(_ minimizer: some Minimizer) throws {
      let whole = minimize(
        Problem.rosenbrock.loss, from: Problem.rosenbrock.start, using: minimizer,
        stopping: .steps(20))
      let first = minimize(
        Problem.rosenbrock.loss, from: Problem.rosenbrock.start, using: minimizer,
        stopping: .steps(8))
      let bytes = try SafetensorsFile(first.state).bytes
      let template = minimizer.initialState(for: ParameterList(Problem.rosenbrock.start))
      let rest = minimize(
        Problem.rosenbrock.loss, from: first.parameters, using: minimizer, stopping: .steps(12),
        resuming: try SafetensorsFile(bytes: bytes).tree(like: template))
      #expect(rest.parameters == whole.parameters)
      #expect(rest.state.step == 20)
      #expect(first.values + rest.values.dropFirst() == whole.values)
    }
    try check(BFGS())
    try check(LBFGS(memory: 3))
    try check(Optimizer.adam(learningRate: 0.1))
  }

  @Test func `the learning of a step can itself be differentiated`() {
    // One step of gradient descent on k x²/2: x ← x (1 − η k), and dx/dk = −η x.
    let slope = gradient(at: Tensor<Double>(3)) { k in
      let optimizer = Optimizer.sgd(learningRate: 0.1)
      var x: Tensor<Double> = 2
      var state = optimizer.initialState(for: x)
      let g = gradient(at: x) { k * square($0) * 0.5 }
      optimizer.update(&x, gradients: g, state: &state)
      return x
    }
    #expect(abs(slope.scalar + 0.2) < 1e-15)
    // And through Adam, against a finite difference.
    func end(_ k: Tensor<Double>) -> Tensor<Double> {
      let optimizer = Optimizer.adam(learningRate: 0.1, epsilon: 1e-2)
      var x: Tensor<Double> = [2, -1]
      var state = optimizer.initialState(for: x)
      for _ in 0..<4 {
        let g = gradient(at: x) { (k * square($0)).sum() }
        optimizer.update(&x, gradients: g, state: &state)
      }
      return square(x).sum()
    }
    let exact = gradient(at: Tensor<Double>(0.03), of: end).scalar
    let difference = (end(Tensor(0.03 + 1e-6)) - end(Tensor(0.03 - 1e-6))).scalar / 2e-6
    #expect(abs(exact - difference) < 1e-7 * abs(difference))
  }

  @Test func `updates under a map`() {
    let optimizer = Optimizer.adam(learningRate: 0.1)
    let gradients: Tensor<Double> = [[1, -2], [0.5, 3]]
    let rows = vmap { (g: Tensor<Double>) in
      var x = Tensor<Double>.zeros([2])
      var state = optimizer.initialState(for: x)
      optimizer.update(&x, gradients: g, state: &state)
      return x
    }(gradients)
    var x = Tensor<Double>.zeros([2, 2])
    var state = optimizer.initialState(for: x)
    optimizer.update(&x, gradients: gradients, state: &state)
    #expect(rows == x)
  }

  @Test func `clipping by value and by global norm`() {
    let g: [Tensor<Double>] = [[3, -0.5], [-4]]
    func updates(_ transform: some GradientTransform) -> [Tensor<Double>] {
      var state = transform.initialState(for: g)
      return transform.updates(from: g, state: &state, parameters: g)
    }
    #expect(updates(ClipByValue(1)) == [[1, -0.5], [-1]])
    let norm = 25.25.squareRoot()
    #expect(updates(ClipByGlobalNorm(100)) == g)
    let clipped = updates(ClipByGlobalNorm(1))
    #expect(abs(clipped.globalNorm().scalar - 1) < 1e-15)
    #expect(abs(clipped[0].scalars[0] - 3 / norm) < 1e-15)
    let zero = zeros(like: g)
    var state = ClipByGlobalNorm(1).initialState(for: zero)
    #expect(ClipByGlobalNorm(1).updates(from: zero, state: &state, parameters: g) == zero)
  }

  @Test func `a transform of one's own`() {
    struct HeavyBall: TensorTransform {
      var beta = 0.9
      var slotNames: [String] { ["velocity"] }
      func update<Scalar: TensorFloatingPoint>(
        _ gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>], parameter: Tensor<Scalar>,
        step: Int
      ) -> Tensor<Scalar> {
        slots[0] = slots[0] * Tensor(Scalar(beta)) + gradient
        return slots[0]
      }
    }
    let own = minimize(
      Problem.rosenbrock.loss, from: Problem.rosenbrock.start,
      using: chain(HeavyBall(), ScaleByLearningRate(0.0005)), stopping: .steps(100))
    let known = minimize(
      Problem.rosenbrock.loss, from: Problem.rosenbrock.start,
      using: .sgd(learningRate: 0.0005, momentum: 0.9), stopping: .steps(100))
    #expect(own.values == known.values)
    #expect(own.state.leafPaths.contains(".children[0].velocity[0]"))
  }

  @Test func `masks choose by path, and frozen parameters stay`() {
    let start = ["weight": Tensor<Double>([1]), "bias": [1]]
    let optimizer = Optimizer(
      Masked(AddWeightDecay(0.5)) { $0.hasSuffix("\"weight\"]") }, ScaleByLearningRate(1))
    var parameters = start
    var state = optimizer.initialState(for: start)
    optimizer.update(&parameters, gradients: zeros(like: start), state: &state)
    #expect(parameters["weight"] == [0.5] as Tensor<Double>)
    #expect(parameters["bias"] == [1] as Tensor<Double>)
    let frozen = Optimizer(
      Optimizer.adam(learningRate: 0.1), Masked(SetToZero()) { $0.hasSuffix("\"bias\"]") })
    parameters = start
    state = frozen.initialState(for: start)
    frozen.update(&parameters, gradients: start, state: &state)
    #expect(parameters["weight"] != [1] as Tensor<Double>)
    #expect(parameters["bias"] == [1] as Tensor<Double>)
  }

  @Test func `programmer's errors stop with a message`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Optimizer.adam(learningRate: 0.1, beta1: 1)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("beta1 is 1.0, expected a number in [0, 1)"), "\(message)")
    let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let optimizer = Optimizer.adam(learningRate: 0.1)
      var state = optimizer.initialState(for: Tensor<Float>([1, 2]))
      var x: Tensor<Float> = [1, 2, 3]
      optimizer.update(&x, gradients: x, state: &state)
    }
    let text = String(decoding: other?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("the state belongs to other parameters"), "\(text)")
  }
}
