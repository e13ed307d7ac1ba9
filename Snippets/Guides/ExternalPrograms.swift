// Any executable as a function.
import Programs

// snippet.program
let simulate = try ExternalProgram(
  "Examples/protocol/worker.sh", jobs: 2, timeout: .seconds(60))
let smooth = try Perturbed(
  simulate, samples: 200, sigma: 0.1, baseline: .leaveOneOut)

let theta: Tensor<Float> = [0.5, 2]
let (value, slope) = try valueAndGradient(at: theta) {
  try smooth($0, key: RandomKey(0)).sum()
}
print(value)
// → 2.261997
print(slope)
// → [-2.5244575  3.6789534]
// snippet.end

// snippet.zeroorder
let estimator = try ZeroOrder(samples: 50, sigma: 0.1)
let estimate = try estimator.estimate(
  at: theta, key: RandomKey(0), of: simulate)
print(estimate.gradient, estimate.standardError)
// → [-2.7442348  3.2114837] [0.51367724 0.71204746]
try simulate.finish()  // throws where the program printed too much
// snippet.end
check(
  abs(slope[0].scalar + 3) < 0.8,
  "the gradient of (a − b)² in a is 2 (a − b)")
check(
  abs(estimate.gradient[1].scalar - 3) < 0.8,
  "the gradient of (a − b)² in b is −2 (a − b)")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
