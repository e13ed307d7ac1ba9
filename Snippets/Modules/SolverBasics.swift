// Solvers by themselves.
import Solvers

// snippet.solvers
let first = try ArgMax()([0.3, 1.2, -0.5] as [Float])  // [0, 1, 0]
let best = try TopK(2)([0.3, 1.2, -0.5] as [Float])  // [1, 1, 0]
let ranks = try Ranking()([0.3, 1.2, -0.5] as [Float])  // [1, 2, 0]
// snippet.end
check(
  first == [0, 1, 0] && best == [1, 1, 0] && ranks == [1, 2, 0],
  "three small solvers")

// snippet.path
let graph = try Graph(
  nodeCount: 4, edges: [(0, 1), (1, 3), (0, 2), (2, 3)])
let shortest = try ShortestPath(graph, from: 0, to: 3)
let path = try shortest([1, 5, 2, 2] as [Float])  // [0, 0, 1, 1]
// snippet.end
check(path == [0, 0, 1, 1], "the cheaper way is over node 2")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
