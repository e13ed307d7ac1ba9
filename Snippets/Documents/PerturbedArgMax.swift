// Document 000: an argmax and a logical OR made differentiable.
import Perturbations

// snippet.value
let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
let softArgMax = try Perturbed(
  samples: 1_000_000, sigma: 0.5, noise: .gumbel
) {
  (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5)
}
let key = RandomKey(1)
let value = try softArgMax(theta, key: key)
let softmax = (theta / 0.5).softmax()
print(value)  // up to the scatter of a million samples …
// → [0.005524 0.814644 0.012275 0.165176 0.002381]
print(softmax)  // … the softmax
// → [0.00549293 0.8152234  0.01222475 0.16459078 0.00246813]
// snippet.end
check(
  (value - softmax).norm().scalar < 0.003,
  "the perturbed argmax is a softmax")

// snippet.batch
let batch: Tensor<Float> = [
  [-0.6, 1.9, -0.2, 1.1, -1.0], [-0.6, 1.0, -0.2, 1.8, -1.0],
]
let rows = try softArgMax(batch, key: key, batched: true)
// snippet.end
check(rows.shape == [2, 5], "a row for each example")
check(
  (rows - (batch / 0.5).softmax()).norm().scalar < 0.005,
  "each row is a softmax")

// snippet.decorator
func decorated() throws -> (Tensor<Float>, Tensor<Float>) {
  @PerturbedFunction(
    samples: 1_000_000, sigma: 0.5, noise: .gumbel, batched: true)
  var argMax = { (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5) }

  let withKey = try $argMax(batch, key: key)
  let withDefaultKey = try RandomKey.withDefault(key) { try argMax(batch) }
  return (withKey, withDefaultKey)
}
// snippet.end
let (withKey, withDefaultKey) = try decorated()
check(withKey == rows, "the same key gives the same numbers in every form")
check(
  (withDefaultKey - rows).norm().scalar < 0.005,
  "the default key gives the same up to noise")

// snippet.gradient
let slopes = try gradient(at: batch) {
  try softArgMax($0, key: key, batched: true).norm()
}
let exact = gradient(at: batch) { ($0 / 0.5).softmax().norm() }
// snippet.end
check(
  (slopes - exact).norm().scalar < 0.02, "the gradient is the softmax's")

// snippet.or
let softOr = try Perturbed(samples: 1000, sigma: 0.1, noise: .gumbel) {
  (x: Tensor<Float>) -> Tensor<Float> in select((x .>= 0).any(), 1, -1)
}
let truths = try softOr([[-5, 0.2], [-5, 0.1]], key: key, batched: true)
// snippet.end
check(
  truths[0].scalar > 0.99 && abs(truths[1].scalar - 0.868) < 0.08,
  "1 − 2 exp(−e) = 0.868")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
