// Document 003: derivatives, and a map from distances alone.
import Optimizers
import Perturbations

// snippet.derivative
let one: Tensor<Double> = 1
let (value, slope) = valueAndGradient(at: one) { square($0) }  // 1, 2
let second = gradient(at: one) { x in gradient(at: x) { square($0) } }  // 2
// snippet.end
check(
  value.scalar == 1 && slope.scalar == 2 && second.scalar == 2, "x² at 1")

// snippet.distances
let cities = ["Berlin", "London", "Madrid", "Moscow", "Oslo", "Rome"]
let kilometres: Tensor<Double> = [
  [0, 934.2, 1864.9, 1614.0, 841.2, 1181.7],
  [934.2, 0, 1257.5, 2507.7, 1155.1, 1435.0],
  [1864.9, 1257.5, 0, 3442.3, 2383.5, 1363.0],
  [1614.0, 2507.7, 3442.3, 0, 1649.3, 2380.8],
  [841.2, 1155.1, 2383.5, 1649.3, 0, 2008.1],
  [1181.7, 1435.0, 1363.0, 2380.8, 2008.1, 0],
]
let distances = kilometres / kilometres.norm()

func criterion(_ x: Tensor<Double>) -> Tensor<Double> {
  let delta = square(cdist(x, x)) - square(distances)
  return square(delta).sum() / 2
}
// snippet.end

// snippet.descent
let random: Tensor<Double> = RandomKey(1).normal([6, 2])
let start = random / cdist(random, random).norm()
var x = start
for _ in 0..<4000 {
  x -= 0.1 * gradient(at: x, of: criterion)
}
let errors = (cdist(x, x) - distances) * kilometres.norm()  // in kilometres
// snippet.end
check(abs(errors).max().scalar < 40, "the map has the distances: \(errors)")

// snippet.minimize
let result = minimize(
  criterion, from: start, using: .bfgs(),
  stopping: StoppingRules(gradientTolerance: 1e-9))
print(result.status, result.steps, "iterations")
// → every element of the gradient is within the tolerance 23 iterations
// snippet.end
check(
  result.status.hasConverged && result.steps < 60,
  "BFGS takes few iterations")
check(
  abs(result.value / criterion(x).scalar - 1) < 1e-3,
  "and ends at the same loss")

// snippet.values
let estimator = try ZeroOrder(.antithetic, samples: 50, sigma: 1e-4)
var step: UInt64 = 0
let byValues = try minimize(
  valueAndGradient: { (x: Tensor<Double>) in
    step += 1
    return try estimator.valueAndGradient(
      at: x, key: RandomKey(2).child(step), of: criterion)
  },
  from: start, using: .sgd(learningRate: 0.1, momentum: 0.9),
  stopping: .steps(500))
// snippet.end
check(
  abs(byValues.value / result.value - 1) < 0.05,
  "values alone lead to the same map")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
