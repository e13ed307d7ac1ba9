import Foundation
import Perturbations
import Solvers
import Testing

/// The functions that have an exact form.
enum ExactFunction: String, CaseIterable, Sendable {
  case argMax = "argmax"
  case argMin = "argmin"
  case topTwo = "top-2"
  case ranking, sorting
  case or, and

  func make(
    sigma: Double, noise: Noise, tolerance: Double = 1e-10
  ) throws -> Exact {
    func exact(_ solver: some Solver) throws -> Exact {
      try Exact(solver, sigma: sigma, noise: noise, tolerance: tolerance)
    }
    return switch self {
    case .argMax: try exact(ArgMax())
    case .argMin: try exact(ArgMin())
    case .topTwo: try exact(TopK(2))
    case .ranking: try exact(Ranking())
    case .sorting: try exact(Sorting())
    case .or: try exact(LogicalOr())
    case .and: try exact(LogicalAnd())
    }
  }

  func sampled(
    samples: Int, sigma: Double, noise: Noise
  ) throws -> Perturbed<Tensor<Double>, Tensor<Double>> {
    func perturbed(_ solver: some Solver) throws -> Perturbed<Tensor<Double>, Tensor<Double>> {
      try Perturbed(
        solver, samples: samples, sigma: sigma, noise: noise.valueOnly, baseline: .leaveOneOut)
    }
    return switch self {
    case .argMax: try perturbed(ArgMax())
    case .argMin: try perturbed(ArgMin())
    case .topTwo: try perturbed(TopK(2))
    case .ranking: try perturbed(Ranking())
    case .sorting: try perturbed(Sorting())
    case .or: try perturbed(LogicalOr())
    case .and: try perturbed(LogicalAnd())
    }
  }
}

let exactNoises: [Noise] = [.normal, .gumbel, .gumbel.centered, .logistic, .laplace, .uniform]

/// Numbers that look random, the same each time.
func scatter(_ count: Int, _ seed: UInt64) -> [Double] { RandomKey(seed).normal(count) }

/// The largest difference of two runs of numbers.
func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  #expect(a.count == b.count)
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// Differences of a function along a direction, right to the fourth order of the step.
func slope(
  at x: [Double], along u: [Double], step: Double, _ function: ([Double]) throws -> [Double]
) rethrows -> [Double] {
  func at(_ move: Double) throws -> [Double] {
    try function(zip(x, u).map { $0 + move * step * $1 })
  }
  let (a, b, c, d) = (try at(-2), try at(-1), try at(1), try at(2))
  return a.indices.map { (8 * (c[$0] - b[$0]) - (d[$0] - a[$0])) / (12 * step) }
}
