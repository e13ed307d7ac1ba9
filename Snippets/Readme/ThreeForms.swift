// README: a solver, tensor operations, and any code.
import Perturbations

// snippet.forms
let key = RandomKey(0)

// A solver: no allocation for a sample.
let roads = try Graph(
  nodeCount: 4, edges: [(0, 1), (1, 3), (0, 2), (2, 3)], directed: true)
let shortest = try ShortestPath(
  roads, from: 0, to: 3, negativeCosts: .clipped())
let paths = try Perturbed(shortest, samples: 100_000, sigma: 0.1)
// How often each road is taken:
print(try paths([0.2, 0.3, 0.1, 0.5], key: key))
// → [0.70871 0.70871 0.29129 0.29129]

// Tensor operations on one example: vectorised over the samples.
let softOr = try Perturbed(samples: 1000, sigma: 0.1) {
  (x: Tensor<Float>) -> Tensor<Float> in select((x .> 0).any(), 1, -1)
}
print(try softOr([-0.1, 0.05], key: key))
// → 0.484

// Any Swift code: how far a ball comes in ten bounces, at most.
let distance = try Perturbed(
  samples: 1000, sigma: 0.1, baseline: .leaveOneOut
) { (start: [Float]) -> [Float] in
  var (x, speed) = (Float(0), start)
  for _ in 0..<10 where speed[1] > 0.5 {
    x += speed[0] * speed[1] / 5
    speed = [0.9 * speed[0], 0.8 * speed[1]]
  }
  return [x]
}
print(try gradient(at: [1, 2]) { try distance($0, key: key).sum() })
// → [1.1294668  0.80241615]
// snippet.end

// snippet.settings
// All settings as one value, for functions, maxima and zero-order estimates:
let smoothing = Smoothing(samples: 1000, sigma: 0.1, baseline: .leaveOneOut)
let loss = FenchelYoungLoss(try PerturbedMaximum(ArgMax(), smoothing))
let scores: Tensor<Float> = [0.3, 0.2, -0.1]
let toTarget = try gradient(at: scores) {
  try loss($0, target: [0, 1, 0], key: key)
}
print(toTarget)
// → [ 0.758 -0.758  0.   ]
// snippet.end
