// Document 002: a layer trained by zero-order gradients.
import Layers
import Optimizers
import Perturbations

// snippet.data
let dataKey = RandomKey(0)
let modelKey = RandomKey(1)
let noiseKey = RandomKey(2)
let x: Tensor<Float> = dataKey.child(0).normal([64, 32]) * 0.1
let y: Tensor<Float> = dataKey.child(1).normal([64, 1]) * 0.1
let start = Linear(inputs: 32, outputs: 1, key: modelKey)
// snippet.end

// snippet.functional
let estimator = try ZeroOrder(.forward, samples: 100, sigma: 0.01)
let loss = ZeroOrderFunction(estimator) {
  (model: Linear<Float>, x: Tensor<Float>, y: Tensor<Float>) in
  meanSquaredError(model(x), y)
}

let optimizer = Optimizer.adam(learningRate: 0.01)
var model = start
var state = optimizer.initialState(for: model)
var losses: [Float] = []
for step in 0..<25 {
  let (value, gradients) = try valueAndGradient(at: model) {
    try loss($0, x, y, key: noiseKey.child(UInt64(step)))
  }
  losses.append(value.scalar)
  optimizer.update(&model, gradients: gradients, state: &state)
}
// snippet.end
check(losses[24] < 0.7 * losses[0], "the loss falls")
check(losses[24] < losses[14], "and does not rise in the second half")

// snippet.module
struct Net: TreeStruct, ZeroOrderModule {
  var linear: Linear<Float>
  static var children: [Child<Net>] { [Child(\.linear)] }

  let method = ZeroOrder.Method.antithetic
  let samples = 100
  let sigma = 0.01

  func forward(
    _ batch: (x: Tensor<Float>, y: Tensor<Float>)
  ) -> Tensor<Float> {
    meanSquaredError(linear(batch.x), batch.y)
  }
}
let net = Net(linear: start)
let (netLoss, netGradients) = try net.lossAndGradient((x, y), key: noiseKey)
// snippet.end
check(netLoss.scalar == losses[0], "the value is exact")

// snippet.exact
let exact = gradient(at: start) { meanSquaredError($0(x), y) }
let many = try ZeroOrder(.antithetic, samples: 100_000, sigma: 0.01)
let (_, estimate) = try many.valueAndGradient(at: start, key: noiseKey) {
  meanSquaredError($0(x), y)
}
// snippet.end
let error = (estimate.weight - exact.weight).norm() / exact.weight.norm()
check(
  error.scalar < 0.05,
  "with many samples the estimate is the gradient: \(error)")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
