// A solver of one's own: matchings of workers with jobs, by trying all.
import Perturbations

// snippet.solver
/// Which worker does which job, at the least total cost: a permutation
/// matrix for a matrix of costs.
struct SmallMatching: Solver {
  let count: Int
  let sense: Sense? = .minimize
  private let permutations: [[Int]]

  struct Scratch {
    var best: [Int]
  }

  init(count: Int) {
    self.count = count
    permutations = Self.permutations(of: Array(0..<count))
  }

  func makeScratch(inputCount: Int) -> Scratch {
    Scratch(best: Array(0..<count))
  }

  func solve(
    _ costs: Span<Float>, into matching: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) throws(SolverError) {
    guard costs.count == count * count else {
      throw .wrongCount(
        solver: "SmallMatching", what: "costs", count: costs.count,
        expected: count * count)
    }
    var least = Float.infinity
    for jobs in permutations {
      var total: Float = 0
      for worker in 0..<count {
        total += costs[worker * count + jobs[worker]]
      }
      if total < least {
        least = total
        scratch.best = jobs
      }
    }
    for index in matching.indices { matching[index] = 0 }
    for worker in 0..<count {
      matching[worker * count + scratch.best[worker]] = 1
    }
  }

  private static func permutations(of items: [Int]) -> [[Int]] {
    if items.count < 2 { return [items] }
    return items.flatMap { first in
      permutations(of: items.filter { $0 != first }).map { [first] + $0 }
    }
  }
}
// snippet.end

// snippet.use
let costs: Tensor<Float> = [[1, 1.5, 2], [1.4, 1, 1.6], [2, 1.3, 1]]
let matching = try Perturbed(
  SmallMatching(count: 3), samples: 10_000, sigma: 0.3,
  baseline: .leaveOneOut)
let shares = try matching(costs, key: RandomKey(0))
let slopes = try gradient(at: costs) {
  try matching($0, key: RandomKey(0))[0, 0]
}
// snippet.end
check(
  try SmallMatching(count: 3)(costs.scalars) == [
    1, 0, 0, 0, 1, 0, 0, 0, 1,
  ], "the hard matching")
check(
  (shares.sum(axis: 1) - 1).norm().scalar < 1e-4,
  "each worker has one job in all")
check(slopes[0, 0].scalar < -0.1, "a dearer pair is matched less")

// snippet.learn
let loss = FenchelYoungLoss(
  try PerturbedMaximum(SmallMatching(count: 3), samples: 100, sigma: 0.3))
let observed: Tensor<Float> = [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
var learned = costs
for step in 0..<100 {
  let key = RandomKey(1).child(UInt64(step))
  let slopes = try gradient(at: learned) {
    try loss($0, target: observed, key: key)
  }
  learned -= 0.2 * slopes
}
// snippet.end
check(
  try SmallMatching(count: 3)(learned.scalars) == observed.scalars,
  "costs that explain what was seen")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
