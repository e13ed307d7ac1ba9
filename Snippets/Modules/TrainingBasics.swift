// Layers, schedules, saving and resuming.
import Layers
import Optimizers
import Tensors

// snippet.train
let x: Tensor<Float> = RandomKey(0).uniform([128, 2], in: -1..<1)
let labels = (x[.all, 0] * x[.all, 1] .> 0).cast(to: Int32.self)

var model = MLP([2, 16, 2], activation: .relu, key: RandomKey(1))
let optimizer = Optimizer.adam(
  learningRate: .warmupCosine(to: 0.05, warmup: 20, total: 300))
let result = minimize(
  { (model: MLP<Float>) in softmaxCrossEntropy(model(x), labels: labels) },
  from: model, using: optimizer, stopping: .steps(300))
model = result.parameters
// snippet.end
let correct = (model(x).argMax() .== labels).cast(to: Float.self).mean()
  .scalar
check(correct > 0.9, "the sign of a product is learned: \(correct)")

let points = x
let products = (x[.all, 0] * x[.all, 1]).reshaped([128, 1])
// snippet.loop
var network = MLP([2, 16, 1], activation: .tanh, key: RandomKey(2))
var adam = ModelOptimizer(.adam(learningRate: 0.02), for: network)
for _ in 0..<300 {
  let gradients = gradient(at: network) {
    meanSquaredError($0(points), products)
  }
  adam.step(&network, gradients)
}
// snippet.end
check(
  meanSquaredError(network(points), products).scalar < 0.01,
  "a product is learned")

// snippet.save
let file = try SafetensorsFile(model)  // readable by Python's safetensors
let copy = try SafetensorsFile(bytes: file.bytes).tree(like: model)
// snippet.end
check(copy(x) == model(x), "what is read is what was written")

// snippet.resume
let state = try SafetensorsFile(bytes: SafetensorsFile(result.state).bytes)
  .tree(like: result.state)
let more = minimize(
  { (model: MLP<Float>) in softmaxCrossEntropy(model(x), labels: labels) },
  from: copy, using: optimizer, stopping: .steps(10), resuming: state)
// snippet.end
check(more.state.step == 310, "the state goes on where it stood")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
