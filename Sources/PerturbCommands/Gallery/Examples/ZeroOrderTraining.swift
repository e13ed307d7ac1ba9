internal import Layers
internal import Optimizers
package import Perturbations

/// The experiment of document 002: a linear layer 32 → 1 on 64 rows, 25 steps of Adam at rate 0.01,
/// with estimates of σ = 0.01.
///
/// Its data are the document's own, drawn as PyTorch draws them after `manual_seed(0)`.
package struct ZeroOrderTraining {
  /// The document's two forms. They draw in another order, hence from other data.
  package enum Form: Sendable {
    case functional
    case module
  }

  /// A run: the loss before each step, and how long a step took.
  package struct Run: Sendable {
    package let losses: [Double]
    /// The median over the steps, in seconds.
    let stepSeconds: Double
  }

  static let steps = 25
  static let sigma = 0.01
  /// The number of samples in the document.
  static let documentSamples = 100
  private static let (rows, inputs) = (64, 32)
  private static let optimizer = Optimizer.adam(learningRate: 0.01)

  let start: Linear<Float>
  let x: Tensor<Float>
  let y: Tensor<Float>
  /// The losses that the document prints.
  package let printed: [Double]
  /// The directions that the document drew, by step and sample.
  private let directions: [[Linear<Float>]]

  package init(_ form: Form) {
    var generator = TorchGenerator(seed: 0)
    func layer() -> Linear<Float> {
      Linear(inputs: Self.inputs, outputs: 1, using: &generator)
    }
    func data() -> (Tensor<Float>, Tensor<Float>) {
      let x = generator.normal([Self.rows, Self.inputs]) * 0.1
      return (x, generator.normal([Self.rows, 1]) * 0.1)
    }
    switch form {
    case .functional:
      start = layer()
      (x, y) = data()
      printed = Self.printedFunctional
    case .module:
      (x, y) = data()
      start = layer()
      printed = Self.printedModule
    }
    directions = (0..<Self.steps).map { _ in
      (0..<Self.documentSamples).map { _ in
        let weight = generator.normal([1, Self.inputs])
        return Linear(weight: weight, bias: generator.normal([1]))
      }
    }
  }

  /// With the exact gradient.
  package func exact() -> Run {
    run(start) { model, _ in
      let (loss, gradient) = valueAndGradient(at: model) { meanSquaredError($0(x), y) }
      return (loss, gradient)
    }
  }

  /// With an estimate, in the functional form.
  package func functional(
    _ method: ZeroOrder.Method, samples: Int, key: RandomKey
  ) throws -> Run {
    let estimator = try ZeroOrder(method, samples: samples, sigma: Self.sigma)
    let loss = ZeroOrderFunction(estimator) {
      (model: Linear<Float>, x: Tensor<Float>, y: Tensor<Float>) in meanSquaredError(model(x), y)
    }
    return try run(start) { model, step in
      let (loss, gradient) = try valueAndGradient(at: model) {
        try loss($0, x, y, key: key.child(UInt64(step)))
      }
      return (loss, gradient)
    }
  }

  /// With an estimate that the model itself states.
  package func module(_ method: ZeroOrder.Method, samples: Int, key: RandomKey) throws -> Run {
    try run(Net(linear: start, method: method, samples: samples)) { net, step in
      try net.lossAndGradient((x, y), key: key.child(UInt64(step)))
    }
  }

  /// With the forward estimate on the directions that the document drew.
  package func forwardOnDocumentDirections() throws -> Run {
    try run(start) { model, step in
      let estimator = try ZeroOrder(
        .forward, samples: Self.documentSamples, sigma: Self.sigma,
        distribution: .given(directions[step]))
      // The directions are given, so nothing is drawn from the key.
      let (loss, gradient) = try estimator.valueAndGradient(at: model, key: RandomKey(0)) {
        meanSquaredError($0(x), y)
      }
      return (loss, gradient)
    }
  }

  /// The document's run again, with its library's mistake: the difference is taken to the last
  /// sample's difference instead of f(θ), and multiplied by σ instead of divided.
  package func documentRun() -> Run {
    run(start) { model, step in
      let loss = meanSquaredError(model(x), y)
      var difference = loss.scalar
      var gradient = zeros(like: model)
      for direction in directions[step] {
        let moved = model.adding(direction, scaledBy: Self.sigma)
        difference = meanSquaredError(moved(x), y).scalar - difference
        gradient = gradient.adding(
          direction, scaledBy: Double(difference) * Self.sigma / Double(Self.documentSamples))
      }
      return (loss, gradient)
    }
  }

  private func run<Model: Tree>(
    _ start: Model, lossAndGradient: (Model, _ step: Int) throws -> (Tensor<Float>, Model)
  ) rethrows -> Run {
    var model = start
    var state = Self.optimizer.initialState(for: model)
    var losses: [Double] = []
    var seconds: [Double] = []
    let clock = ContinuousClock()
    for step in 0..<Self.steps {
      let begin = clock.now
      let (loss, gradient) = try lossAndGradient(model, step)
      Self.optimizer.update(&model, gradients: gradient, state: &state)
      seconds.append((clock.now - begin) / .seconds(1))
      losses.append(Double(loss.scalar))
    }
    return Run(losses: losses, stepSeconds: seconds.sorted()[seconds.count / 2])
  }

  /// The document's second form: a model with its method, samples, sigma and its own directions.
  private struct Net: TreeStruct, ZeroOrderSampling {
    var linear: Linear<Float>
    let method: ZeroOrder.Method
    let samples: Int
    let sigma = ZeroOrderTraining.sigma
    static var children: [Child<Net>] { [Child(\.linear)] }

    func forward(_ batch: (x: Tensor<Float>, y: Tensor<Float>)) -> Tensor<Float> {
      meanSquaredError(linear(batch.x), batch.y)
    }

    func sample(_ draw: DirectionDraw) -> [Double] { draw.key.normal(draw.count) }
  }

  private static let printedFunctional = [
    0.0265, 0.0243, 0.0222, 0.0202, 0.0184, 0.0170, 0.0157, 0.0146, 0.0137, 0.0130, 0.0123, 0.0118,
    0.0114, 0.0111, 0.0111, 0.0111, 0.0113, 0.0115, 0.0118, 0.0120, 0.0121, 0.0121, 0.0122, 0.0122,
    0.0122,
  ]
  private static let printedModule = [
    0.0201, 0.0181, 0.0167, 0.0153, 0.0142, 0.0133, 0.0125, 0.0119, 0.0116, 0.0114, 0.0112, 0.0112,
    0.0113, 0.0116, 0.0118, 0.0121, 0.0123, 0.0125, 0.0127, 0.0127, 0.0125, 0.0123, 0.0120, 0.0118,
    0.0117,
  ]
}
