// What one writes without looking it up.
import Layers
import Optimizers
import Perturbations

/// Two layers.
struct Network: TreeStruct {
  var hidden: Linear<Float>
  var output: Linear<Float>
  static var children: [Child<Network>] { [Child(\.hidden), Child(\.output)] }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { output(tanh(hidden(x))) }
}

func conveniences() throws {
  let n = 5
  let x: Tensor<Float> = [0.5, -1, 2]
  print(2 * x / n + 3 * x - x / 4 + 1.5)
  print(asin(x / 4) + acos(x / 4), Tensor<Int32>.arange(3))
  print(x[x .> 0], (x .> 0).sum())

  // Solvers on tensors, with any number of axes before the last.
  let scores: Tensor<Float> = RandomKey(0).normal([2, 3, 4])
  expect(try ArgMax()(scores).shape == [2, 3, 4], "a solver on a batch of batches")

  // One number in, one number out.
  let step = try Perturbed(
    { (x: Double) -> Double in x > 0 ? 1 : 0 }, samples: 10_000, sigma: 1)
  let half = try step(Tensor(0.0), key: RandomKey(0))
  expect(abs(half.scalar - 0.5) < 0.02, "a step, smoothed: \(half)")

  // A small model, trained and printed.
  var model = Network(
    hidden: Linear(inputs: 2, outputs: 8, key: RandomKey(1)),
    output: Linear(inputs: 8, outputs: 1, key: RandomKey(2)))
  let points: Tensor<Float> = RandomKey(3).uniform([64, 2], in: -1..<1)
  let targets = (points[.all, 0] * points[.all, 1]).reshaped([64, 1])
  let rate = 0.05
  var optimizer = ModelOptimizer(.adam(learningRate: rate), for: model)
  for _ in 0..<300 {
    optimizer.step(&model, gradient(at: model) { meanSquaredError($0(points), targets) })
  }
  print(model)
  expect(meanSquaredError(model(points), targets).scalar < 0.01, "a product is learned")
  let smaller = model.mapLeaves { 0.9 * $0 }
  expect(smaller.hidden.weight != model.hidden.weight, "leaves are mapped")
}
