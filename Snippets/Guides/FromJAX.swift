// What a JAX programme becomes.
import Optimizers
import Perturbations

// snippet.keys
let key = RandomKey(0)  // jax.random.key(0)
let (first, second) = key.split()  // jax.random.split(key)
// jax.random.normal(first, (2, 3)), the same numbers
let draws: Tensor<Float> = first.normal([2, 3])
let folded = second.fold(in: 7)  // jax.random.fold_in(second, 7)
// jax.random.split(key, 10)[9], without the other nine
let ninth = key.child(9)
// snippet.end
check(
  ninth == key.split(10)[9], "a child does not depend on how many there are"
)
let known: Tensor<Float> = RandomKey(0).normal([6])
let printed: Tensor<Float> = [
  1.6226422, 2.0252647, -0.43359444, -0.07861735, 0.1760909, -0.97208923,
]
check(
  (known - printed).norm().scalar < 1e-5,
  "jax.random.normal(jax.random.PRNGKey(0), (6,))")
check(draws.shape == [2, 3] && folded != second, "draws and folds")

// snippet.transforms
func energy(_ x: Tensor<Float>) -> Tensor<Float> { (x * x * x).sum() }

let x: Tensor<Float> = [1, 2]
let slopes = gradient(at: x, of: energy)  // jax.grad(energy)(x)
let curvature = hessian(at: x, of: energy)  // jax.hessian(energy)(x)
// jax.vjp(lambda x: x * x, x)
let (value, pullback) = vjp(at: x) { $0 * $0 }
let pulled = try pullback([1, 1])
// jax.jvp(lambda x: x * x, (x,), (direction,))[1]
let tangent = jvp(at: x, along: [1, 0]) { $0 * $0 }.derivative
// jax.vmap(jax.grad(energy))
let slopesOfRows = vmap { (x: Tensor<Float>) in gradient(at: x, of: energy)
}
let rows = slopesOfRows([[1, 2], [3, 4]])
// snippet.end
check(
  slopes == [3, 12] && curvature == [[6, 0], [0, 12]],
  "first and second derivatives")
check(
  value == [1, 4] && pulled == [2, 4] && tangent == [2, 0],
  "products with the Jacobian")
check(rows == [[3, 12], [27, 48]], "a map of gradients")

// snippet.trees
let parameters: [String: Tensor<Float>] = ["bias": [0], "weight": [1, 2]]
let grads = gradient(at: parameters) { p in
  (p["weight"] ?? 0).sum() * 2 + (p["bias"] ?? 0).sum()
}
// snippet.end
check(
  grads["weight"] == [2, 2] && grads["bias"] == [1],
  "dictionaries are trees, keys sorted")

// snippet.optax
let chain = Optimizer(
  ClipByGlobalNorm(1), ScaleByAdam(), ScaleByLearningRate(0.001))
var state = chain.initialState(for: parameters)
let updates = chain.updates(
  from: grads, state: &state, parameters: parameters)
// optax.apply_updates(parameters, updates)
let next = parameters.adding(updates)
// snippet.end
check(
  abs((next["bias"] ?? 0)[0].scalar + 0.001) < 1e-6,
  "Adam's first step is the learning rate")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
