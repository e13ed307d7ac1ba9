import Perturbations
import Solvers

// snippet.value
let soft = try Exact(ArgMax(), sigma: 0.5)
let theta: Tensor<Double> = [-0.6, 1.9, -0.2, 1.1, -1.0]
let value = try soft(theta)
let slopes = try gradient(at: theta) { try soft($0)[1] }
print(value)
// → [5.55370256e-05 8.70584728e-01 6.01649241e-04 1.28754611e-01
// →  3.47425638e-06]
print(slopes)
// → [-2.44696918e-04  2.99181547e-01 -2.33666120e-03 -2.96583084e-01
// →  -1.71049016e-05]
// snippet.end
check(try soft.errorBound(at: theta) < 1e-10, "ten digits are right")

// snippet.sampled
let sampled = try Perturbed<Tensor<Double>, Tensor<Double>>(
  ArgMax(), samples: 100_000, sigma: 0.5, baseline: .leaveOneOut)
let estimate = try sampled.estimate(at: theta, key: RandomKey(1))
// snippet.end
for (i, error) in estimate.standardError.scalars.enumerated() {
  let distance = abs(estimate.value.scalars[i] - value.scalars[i])
  // 1/N more, for what no sample has seen.
  check(distance < 4 * error + 1e-5, "samples agree")
}

// snippet.trees
let ranks = try Exact(Ranking(), sigma: 0.5)
let cars: Tensor<Double> = [0.3, 0.1, 0.9]
let bikes: Tensor<Double> = [1.2, 0.4]
let both = try ranks(["bikes": bikes, "cars": cars])
let fit = try gradient(at: cars) {
  try ranks.loss($0, target: [0, 1, 2])
}
// snippet.end
check(try both["cars"] == ranks(cars), "each leaf by itself")
check(
  try (fit - (ranks(cars) - [0, 1, 2])).norm().scalar < 1e-12,
  "the gradient is the expectation less the target")

// snippet.own
/// Whether the first of three routes is the cheapest.
struct FirstIsCheapest: ExactSolver {
  let sense: Sense? = nil

  func outputShape(forInput shape: [Int]) -> [Int] { [] }

  func solve(
    _ costs: Span<Float>, into output: inout MutableSpan<Float>,
    scratch: inout Void
  ) throws(SolverError) {
    output[0] = costs[0] <= min(costs[1], costs[2]) ? 1 : 0
  }

  func expectation(
    under noise: Noise
  ) throws(PerturbationError) -> any ExactExpectation {
    First(all: try ArgMin().expectation(under: noise))
  }
}

/// The first element of another expectation.
struct First: ExactExpectation {
  let all: any ExactExpectation

  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation {
    Evaluated(
      all: try all.evaluated(
        at: theta, sigma: sigma, tolerance: tolerance))
  }

  struct Evaluated: EvaluatedExpectation {
    let all: any EvaluatedExpectation

    var value: [Double] { [all.value[0]] }
    var errorBound: Double { all.errorBound }

    /// Jᵀg: what the cotangent of the first element alone gives.
    func cotangent(_ g: [Double]) throws -> [Double] {
      var whole = [Double](repeating: 0, count: all.value.count)
      whole[0] = g[0]
      return try all.cotangent(whole)
    }

    /// J u.
    func tangent(_ u: [Double]) throws -> [Double] {
      [try all.tangent(u)[0]]
    }
  }
}
// snippet.end
let costs: Tensor<Double> = [1, 1.3, 0.9]
let share = try Exact(FirstIsCheapest(), sigma: 0.5)
let opposite = try Exact(ArgMax(), sigma: 0.5)
check(
  try abs(share(costs).scalar - opposite(-costs)[0].scalar) < 1e-12,
  "the argmin is the argmax of the opposites")
check(
  try gradient(at: costs) { try share($0) }[0].scalar < 0,
  "a route that costs more is taken less")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
