import Layers
import Optimizers
import Tensors
import Testing

@Suite struct ModelOptimizerTests {
  let problem = Problem.rosenbrock

  @Test func `steps are those of the method with its state`() {
    let method = Optimizer.adam(learningRate: .cosine(0.1, over: 50))
    var (own, other) = (problem.start, problem.start)
    var optimizer = ModelOptimizer(method, for: own)
    var state = method.initialState(for: other)
    for _ in 0..<20 {
      optimizer.step(&own, gradient(at: own, of: problem.loss))
      method.update(&other, gradients: gradient(at: other, of: problem.loss), state: &state)
    }
    #expect(own == other)
    #expect(own != problem.start)
    #expect(optimizer.stepCount == 20)
  }

  @Test func `a run goes on from what was saved to the same bits`() throws {
    var model = problem.start
    var optimizer = ModelOptimizer(.sgd(learningRate: 1e-3, momentum: 0.9), for: model)
    func train(_ model: inout [Tensor<Double>], _ optimizer: inout ModelOptimizer) {
      for _ in 0..<10 { optimizer.step(&model, gradient(at: model, of: problem.loss)) }
    }
    train(&model, &optimizer)
    let bytes = try SafetensorsFile(Tuple(model, optimizer)).bytes
    train(&model, &optimizer)

    let fresh = ModelOptimizer(.sgd(learningRate: 1e-3, momentum: 0.9), for: problem.start)
    var (resumed, loaded) = try SafetensorsFile(bytes: bytes).tree(
      like: Tuple(problem.start, fresh)
    ).elements
    train(&resumed, &loaded)
    #expect(resumed == model)
    #expect(loaded.stepCount == 20)
  }

  @Test func `what is frozen stays, with weight decay too`() {
    struct Scaled: TreeStruct {
      var weight: Tensor<Float> = [2, -1]
      var scale: Tensor<Float> = [3, 3]
      static var children: [Child<Self>] { [Child(\.weight)] }
      static var frozen: [PartialKeyPath<Self>] { [\.scale] }
    }
    var model = Scaled()
    var optimizer = ModelOptimizer(.adamW(learningRate: 0.1, weightDecay: 0.5), for: model)
    for _ in 0..<5 {
      optimizer.step(&model, gradient(at: model) { square($0.weight * $0.scale).sum() })
    }
    #expect(model.scale == [3, 3])
    #expect(model.weight != [2, -1])
  }

  @Test func `a number kept in a variable is a learning rate`() {
    let (double, single, whole) = (0.5, Float(0.5), 1)
    let schedule = Schedule.step(0.5, factor: 0.5, every: 1)
    func moved(_ method: Optimizer) -> Double {
      var x: Tensor<Double> = 1
      var optimizer = ModelOptimizer(method, for: x)
      for _ in 0..<2 { optimizer.step(&x, 1) }
      return x.scalar
    }
    #expect(moved(.sgd(learningRate: double)) == 0)
    #expect(moved(.sgd(learningRate: single)) == 0)
    #expect(moved(.sgd(learningRate: whole)) == -1)
    #expect(moved(.sgd(learningRate: 1)) == -1)
    #expect(moved(.sgd(learningRate: schedule)) == 0.25)
    #expect(moved(.sgd(learningRate: .step(double, factor: 0.5, every: 1))) == 0.25)
    #expect(moved(Optimizer(Scale(2), ScaleByLearningRate(double))) == -1)
    #expect(moved(Optimizer(ScaleByLearningRate(.inverseTime(double, decay: 1)))) == 0.25)
  }

  @Test(arguments: [1, 3])
  func `a model of another structure stops with a message`(count: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [count] in
      let model: [Tensor<Float>] = [[1], [2]]
      var optimizer = ModelOptimizer(.adam(learningRate: 0.1), for: model)
      var other = [Tensor<Float>](repeating: [1], count: count)
      optimizer.step(&other, other)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("the state belongs to other parameters"), "\(message)")
  }
}
