// What a baseline, a sampling and a diagnosis are worth.
import Perturbations

// snippet.function
let ranking: @Sendable (Tensor<Float>) -> Tensor<Float> = {
  $0.argsort().argsort().cast(to: Float.self)
}
let theta: Tensor<Float> = [1.6, 2, -0.4, -0.1, 0.2, -1]
let cotangent: Tensor<Float> = [1, 2, 3, 4, 5, 6]
// snippet.end

// snippet.baseline
let plain = try Perturbed(samples: 1024, sigma: 0.5, ranking)
let better = try Perturbed(
  samples: 1024, sigma: 0.5, baseline: .leaveOneOut,
  sampling: .quasiMonteCarlo(), ranking)
let key = RandomKey(0)
let before = try plain.gradientEstimate(
  at: theta, cotangent: cotangent, key: key)
let after = try better.gradientEstimate(
  at: theta, cotangent: cotangent, key: key)
print(before.standardError)
// → [2.3426728 2.5219297 2.4006104 2.49783   2.4947999 2.5927408]
print(after.standardError)
// → [0.04436461 0.11148786 0.05611096 0.06326658 0.08337862 0.09424082]
// snippet.end
let gain = (before.standardError.norm() / after.standardError.norm()).scalar
check(gain > 10, "the variance falls by far: \(gain)")

// snippet.automatic
let chosen = try Perturbed(
  samples: 100_000, sigma: 0.5, sampling: .automatic, ranking)
let choice = try chosen.choice(at: theta, key: key)
print(choice.best.sampling, choice.best.baseline)
// snippet.end
check(
  choice.candidates.allSatisfy { $0.effort >= choice.best.effort },
  "the least effort is chosen")

// snippet.estimate
let patient = try Perturbed(samples: 1_000_000, sigma: 0.5, ranking)
let estimate = try patient.estimate(
  at: theta, untilStandardError: 0.01, key: key)
print(estimate.value)
// → [4.255697   4.7052407  1.3390299  1.9101562  2.4423015  0.34757486]
print(estimate.standardError.max(), estimate.samples)
// snippet.end
check(
  estimate.reachedStandardError && estimate.samples < 100_000,
  "fewer samples are enough")

// snippet.stopping
let known = try Perturbed(
  samples: 1_000_000, sigma: 0.5, baseline: .leaveOneOut, ranking)
let slope = try known.gradientEstimate(
  at: theta, cotangent: cotangent, untilStandardError: 0.05, key: key)
print(slope.reachedStandardError, slope.standardError.max())
// snippet.end
check(
  slope.reachedStandardError && slope.samples < 100_000,
  "fewer samples are enough for the gradient")

// snippet.diagnose
let diagnosis = try plain.diagnose(at: theta, key: key)
for row in diagnosis.rows {
  print(
    row.sigma, "changed:", row.changed, "signal to noise:",
    row.signalToNoise)
}
// → 0.125 changed: 0.0888671875 signal to noise: 0.7563021174255857
// → 0.25 changed: 0.478515625 signal to noise: 1.126408240753962
// → 0.5 changed: 0.8369140625 signal to noise: 2.304374468084475
// → 1.0 changed: 0.9619140625 signal to noise: 3.8290248785707446
// → 2.0 changed: 0.986328125 signal to noise: 5.653090067379182
// snippet.end
check(diagnosis.rows.count == 5, "a row for each σ")

// snippet.loss
let targets: Tensor<Float> = [0, 1, 2, 3, 4, 5]
let loss = FenchelYoungLoss(
  try PerturbedMaximum<Tensor<Float>, Float>(
    samples: 200, sigma: 0.5, ranking))
var x = theta
for step in 0..<100 {
  let key = key.child(UInt64(step))
  let slopes = try gradient(at: x) {
    try loss($0, target: targets, key: key)
  }
  x -= 0.05 * slopes
}
// snippet.end
check(ranking(x) == targets, "the loss leads to the known ranking")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
