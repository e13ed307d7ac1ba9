// What a PyTorch programme becomes.
import Layers
import Optimizers
import Perturbations

// snippet.training
let x: Tensor<Float> = RandomKey(0).normal([64, 8])
let y = sin(x.sum(axis: 1, keepingAxes: true))

var model = MLP([8, 32, 1], activation: .tanh, key: RandomKey(1))
var optimizer = ModelOptimizer(.adamW(learningRate: 0.01), for: model)
var losses: [Float] = []
for _ in 0..<200 {
  let (loss, gradients) = valueAndGradient(at: model) {
    meanSquaredError($0(x), y)
  }
  optimizer.step(&model, gradients)
  losses.append(loss.scalar)  // loss.item()
}
// snippet.end
check(losses[199] < 0.1 * losses[0], "it learns: \(losses[199])")

// snippet.tensors
let a: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
let row = a[1]  // a[1]
let column = a[.all, 2]  // a[:, 2]
let mean = a.mean(axis: 0, keepingAxes: true)  // a.mean(0, keepdim=True)
let wide = a.reshaped([1, -1])  // a.reshape(1, -1)
let product = matmul(a, a.transposed())  // a @ a.T
let top = a.topK(2).values  // torch.topk(a, 2).values
let kept = select(a .> 2, a, 0)  // torch.where(a > 2, a, 0)
let double = a.cast(to: Double.self)  // a.double()
// snippet.end
check(
  row == [4, 5, 6] && column == [3, 6] && wide.shape == [1, 6],
  "indices and shapes")
check(
  mean == [[2.5, 3.5, 4.5]] && product == [[14, 32], [32, 77]],
  "reductions and products")
check(
  top == [[3, 2], [6, 5]] && kept[0] == [0, 0, 3], "top-k and where")
check(double.sum().scalar == 21, "other types")

// snippet.perturbed
let softRanks = try Perturbed(samples: 1000, sigma: 0.5, noise: .gumbel) {
  (x: Tensor<Float>) in
  x.argsort().argsort().cast(to: Float.self)  // one example, never a batch
}
let ranks = try softRanks(a, key: RandomKey(2), batched: true)
// snippet.end
check(
  ranks.shape == [2, 3] && abs(ranks.sum().scalar - 6) < 1e-3,
  "ranks add up to 0 + 1 + 2")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
