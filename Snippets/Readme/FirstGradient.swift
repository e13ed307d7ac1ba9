// README: the first example.
// snippet.example
import Perturbations

let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
let softArgMax = try Perturbed(
  ArgMax(), samples: 1_000_000, sigma: 0.5, noise: .gumbel)

print(try softArgMax(theta, key: RandomKey(1)))
// → [0.005524 0.814644 0.012275 0.165176 0.002381]
print((theta / 0.5).softmax())  // what theory says
// → [0.00549293 0.8152234  0.01222475 0.16459078 0.00246813]

// The gradient of a function that is constant almost everywhere:
let slopes = try gradient(at: theta) {
  try softArgMax($0, key: RandomKey(1)).norm()
}
print(slopes)
// → [-0.00869575  0.24038106 -0.01865906 -0.20763183 -0.00438821]
// snippet.end

// snippet.keys
// The same key is the same noise. In a loop, each step takes its own:
for step in 0..<3 {
  let key = RandomKey(0).child(step)
  print(try softArgMax(theta, key: key)[1])
}
// → 0.815002
// → 0.815464
// → 0.815809

// or the next one of a default key. Without either a call throws.
try RandomKey.withDefault(RandomKey(0)) {
  for _ in 0..<3 { print(try softArgMax(theta)[1]) }
}
// → 0.815002
// → 0.815464
// → 0.815809
// snippet.end

// snippet.exact
// For an argmax no sample is needed:
let exact = try Exact(ArgMax(), sigma: 0.5, noise: .gumbel)
print(try exact(theta))
// → [0.00549293 0.8152234  0.01222475 0.16459078 0.00246813]
print(try gradient(at: theta) { try exact($0).norm() })
// → [-0.00906532  0.2418046  -0.01997737 -0.20867065 -0.00409126]
// snippet.end
