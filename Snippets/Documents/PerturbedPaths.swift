// Document 000: a shortest path made differentiable.
import Perturbations

// snippet.graph
let edges = [
  (0, 2), (0, 3), (2, 3), (2, 7), (3, 7), (2, 5), (6, 7), (1, 4),
  (6, 8), (5, 6), (4, 5), (4, 8),
]
let graph = try Graph(nodeCount: 9, edges: edges, directed: false)
let fixedCosts: Tensor<Float> = [
  0.11, 0.07, 0.095, 0.1, 0.195, 0.55, 0.15, 0.07,
]
let finalCosts: Tensor<Float> = [0.4, 0.1, 0.1, 0.1]

let shortest = try ShortestPath(
  graph, from: 0, to: 8, negativeCosts: .clipped())
let paths = try Perturbed(
  shortest, samples: 10_000, sigma: 0.05, baseline: .leaveOneOut)
// snippet.end

// snippet.weight
func weight(
  _ costs: Tensor<Float>, _ key: RandomKey
) throws -> Tensor<Float> {
  // Number 8 is the edge from 6 to 8.
  try paths(concatenate([fixedCosts, costs]), key: key)[8]
}
let (before, slopes) = try valueAndGradient(at: finalCosts) {
  try weight($0, RandomKey(0))
}
// snippet.end
check(
  abs(before.scalar - 0.159) < 0.02,
  "the two ways differ by 0.1, two standard deviations of 0.05")
check(
  slopes[0].scalar < -1.5 && slopes[1].scalar > 1.5,
  "dearer edge, less weight; dearer rival, more")

// snippet.ascent
var costs = finalCosts
for step in 0..<30 {
  let key = RandomKey(1).child(UInt64(step))
  costs += 0.02 * (try gradient(at: costs) { try weight($0, key) })
}
let after = try weight(costs, RandomKey(2))
// snippet.end
check(
  after.scalar > 0.95, "after the ascent nearly every path takes the edge")

// snippet.solutions
let solutions = try paths.solutions(
  at: concatenate([fixedCosts, finalCosts]), key: RandomKey(3))
for solution in solutions.solutions.prefix(3) {
  let path = edges.indices.filter { solution.output[$0].scalar == 1 }
  print(solution.weight, path.map { edges[$0] })
}
// → 0.5051 [(0, 2), (2, 7), (6, 7), (5, 6), (4, 5), (4, 8)]
// → 0.1783 [(0, 3), (3, 7), (6, 7), (5, 6), (4, 5), (4, 8)]
// → 0.1421 [(0, 3), (2, 3), (2, 7), (6, 7), (5, 6), (4, 5), (4, 8)]
// snippet.end
check(
  solutions.mostLikely[11].scalar == 1,
  "the likeliest path goes over the edge from 4 to 8")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
