internal import Decisions
internal import Layers
internal import Optimizers

/// PyEPO's notebook 03: shortest paths on a 5 × 5 grid, whose 40 costs a linear model predicts from five
/// features, trained by one method after the other.
///
/// Everything is drawn as there, in the same order: data from NumPy's generator, seed 42; models, and the
/// orders of the examples, from PyTorch's, seed 42; noise from generators of their own, seed 135.
package struct DecisionsNotebook: Sendable {
  /// What was trained: the loss of the last batch of each epoch, all losses, and regrets in percent.
  package struct Curve: Sendable {
    package var losses: [Double] = []
    package var allLosses: [Double] = []
    /// Before the first epoch, and after each.
    package var allRegrets: [Double] = []
    /// How long the training took, the passes over the test set not counted.
    package var seconds = 0.0

    package var regrets: [Double] { Array(allRegrets.dropFirst()) }
  }

  /// What a method draws from PyTorch's global generator.
  struct Draws: Sendable {
    let start: Linear<Float>
    /// The examples of each epoch in their order.
    let orders: [[Int]]
  }

  package static let epochs = 20
  static let batchSize = 32
  static let (rows, columns, features) = (5, 5, 5)

  let solver: ShortestPath
  let trainFeatures: Tensor<Float>
  let testFeatures: Tensor<Float>
  let train: SolvedCosts<Float>
  let test: SolvedCosts<Float>
  let draws: [Draws]

  package init() throws {
    let graph = try Graph.oneWayGrid(rows: Self.rows, columns: Self.columns)
    let solver = try ShortestPath(graph, from: 0, to: graph.nodeCount - 1)
    self.solver = solver
    let data = ShortestPathData(
      count: 2000, features: Self.features, rows: Self.rows, columns: Self.columns, degree: 4,
      noise: 0.5, seed: 42)
    var random = NumPyRandomState(seed: 42)
    let split = random.trainTestSplit(2000, testCount: 1000)
    func part(_ rows: [Int]) throws -> (Tensor<Float>, SolvedCosts<Float>) {
      let index = Tensor(rows.map(Int32.init))
      return (
        data.features.take(index), try SolvedCosts(data.costs.take(index), by: solver)
      )
    }
    (trainFeatures, train) = try part(split.train)
    (testFeatures, test) = try part(split.test)
    let (trainCount, testCount) = (train.count, test.count)
    var generator = TorchGenerator(seed: 42)
    func layer() -> Linear<Float> {
      Linear(inputs: Self.features, outputs: graph.edges.count, using: &generator)
    }
    func testPass() { _ = generator.loaderOrder(testCount, shuffled: false) }
    // A model that is not trained, and its regret, come before the first method.
    _ = layer()
    testPass()
    draws = PublishedCurve.all.map { _ in
      let start = layer()
      testPass()
      let orders = (0..<Self.epochs).map { _ in
        let order = generator.loaderOrder(trainCount, shuffled: true)
        testPass()
        return order
      }
      return Draws(start: start, orders: orders)
    }
  }

  /// Trains by one of the methods.
  ///
  /// - Parameters:
  ///   - method: Its number among the published ones.
  ///   - isPositive: Whether predictions go through a softplus.
  ///   - loss: The mean loss of a batch: of predicted costs, for known ones, at step 0, 1, …
  /// - Returns: The learning curve.
  /// - Throws: What the loss and the solver throw.
  func trained(
    _ method: Int, isPositive: Bool,
    _ loss: (Tensor<Float>, SolvedCosts<Float>, Int) throws -> Tensor<Float>
  ) throws -> Curve {
    let draws = draws[method]
    var model = draws.start
    var optimizer = ModelOptimizer(.adam(learningRate: 1e-2), for: model)
    func predict(_ model: Linear<Float>, _ x: Tensor<Float>) -> Tensor<Float> {
      var costs = matmul(x, model.weight.transposed())
      if let bias = model.bias { costs = costs + PyTorchSums.bias(bias, rows: x.shape[0]) }
      return isPositive ? softplus(costs) + 1e-6 : costs
    }
    func regret() throws -> Double {
      100 * (try Regret(of: predict(model, testFeatures), against: test, by: solver)).normalized
    }
    var curve = Curve()
    curve.allRegrets.append(try regret())
    let clock = ContinuousClock()
    for order in draws.orders {
      let begin = clock.now
      for first in stride(from: 0, to: order.count, by: Self.batchSize) {
        let rows = Array(order[first..<min(first + Self.batchSize, order.count)])
        let x = trainFeatures.take(Tensor(rows.map(Int32.init)))
        let known = train.rows(rows)
        let step = curve.allLosses.count
        let (value, gradient) = try valueAndGradient(at: model) { model in
          try loss(predict(model, x), known, step)
        }
        optimizer.step(&model, gradient)
        curve.allLosses.append(Double(value.scalar))
      }
      curve.seconds += (clock.now - begin) / .seconds(1)
      curve.losses.append(curve.allLosses.last ?? .nan)
      curve.allRegrets.append(try regret())
    }
    return curve
  }
}
