// Document 001: the numbers of optax's notebook, for its keys.
import Perturbations

// snippet.value
let values: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
let softArgMax = try Perturbed(
  samples: 100, sigma: 0.5, noise: .gumbel, baseline: .point
) {
  (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
}
let (first, second) = RandomKey(1).split()
let soft = try softArgMax(values, key: first)  // [0.02 0.87 0.01 0.1 0]
// snippet.end
check(
  (soft - [0.02, 0.87, 0.01, 0.1, 0]).norm().scalar < 1e-6,
  "the notebook's value")

// snippet.gradient
let target: Tensor<Float> = Tensor([2, 3, 4, 5, 6]) / 20
let slopes = try gradient(at: values) {
  square(target - (try softArgMax($0, key: second))).sum()
}
// [-0.0985 0.1087 -0.1174 -0.1788 0.1679]
// snippet.end
let printed: Tensor<Float> = [
  -0.09853157, 0.10874727, -0.11743014, -0.17878106, 0.16792142,
]
check((slopes - printed).norm().scalar < 1e-5, "the notebook's gradient")

// snippet.ranking
let random: Tensor<Float> = RandomKey(0).normal([6])
let ranks = try Perturbed(
  samples: 100, sigma: 0.2, noise: .gumbel, baseline: .point
) {
  (x: Tensor<Float>) in x.argsort().argsort().cast(to: Float.self)
}
let softRanks = try ranks(random, key: RandomKey(0).split().0)
// [4.11 4.89 1.17 2.02 2.76 0.05]
// snippet.end
check(
  (softRanks - [4.11, 4.89, 1.17, 2.02, 2.76, 0.05]).norm().scalar < 1e-5,
  "the notebook's ranks")

// snippet.tree
let tree = Tuple<Tensor<Float>, [String: Tensor<Float>]>(
  [0.1, 0.4, 0.5], ["k1": [0.1, 0.2], "k2": [0.1, 0.1]])
let softTree = try Perturbed(samples: 1000, sigma: 0.2, noise: .gumbel) {
  (x: Tuple<Tensor<Float>, [String: Tensor<Float>]>) in
  x.mapLeaves(of: Float.self) { leaf in
    oneHot(leaf.argMax(), classes: leaf.count)
  }
}
let shares = try softTree(tree, key: RandomKey(0))
// snippet.end
check(
  abs((shares.elements.1["k2"] ?? 0)[0].scalar - 0.5) < 0.06,
  "equal entries, equal shares")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
