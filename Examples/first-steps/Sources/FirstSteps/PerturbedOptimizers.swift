// Document 000: differentiable optimizers with perturbations.
import Perturbations

func argmax(_ x: Tensor<Float>) -> Tensor<Float> {
  oneHot(x.argMax(), classes: x.count)
}

func hardOr(_ x: Tensor<Float>) -> Tensor<Float> {
  select((x .>= 0).any(), 1, -1)
}

// A property wrapper cannot stand at file scope; a constant can.
let decoratedArgmax = Result {
  try Perturbed(argmax, samples: 1_000_000, sigma: 0.5, noise: .gumbel)
}

func perturbedOptimizers() throws {
  print(argmax([-0.6, 1.9, -0.2, 1.1, -1.0]))

  let sigma = 0.5
  let softArgmax = try Perturbed(argmax, samples: 1_000_000, sigma: sigma, noise: .gumbel)
  let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
  let key = RandomKey(1)
  print(try softArgmax(theta, key: key).formatted(decimals: 4))
  print(softmax(theta / sigma).formatted(decimals: 4))
  expect(
    (try softArgmax(theta, key: key) - softmax(theta / sigma)).norm().scalar < 0.003,
    "a perturbed argmax is a softmax")

  // A batch: the function on each row.
  let batch: Tensor<Float> = [[-0.6, 1.9, -0.2, 1.1, -1.0], [-0.6, 1.0, -0.2, 1.8, -1.0]]
  print(vmap(argmax)(batch))
  let rows = try softArgmax(batch, key: key, batched: true)
  expect(
    (rows - softmax(batch / sigma)).norm().scalar < 0.005, "each row is a softmax")
  let again = try decoratedArgmax.get()(batch, key: key, batched: true)
  expect(again == rows, "the same key gives the same numbers")

  // Gradients.
  let slopes = try gradient(at: batch) {
    try softArgmax($0, key: key, batched: true).norm()
  }
  let exact = gradient(at: batch) { softmax($0 / sigma).norm() }
  print(slopes.formatted(decimals: 4), exact.formatted(decimals: 4), separator: "\n")
  expect((slopes - exact).norm().scalar < 0.02, "the gradient is the softmax's")

  // OR, in a function of its own as a decorator.
  @PerturbedFunction(samples: 1000, sigma: 0.1, noise: .gumbel, batched: true)
  var softOr = hardOr
  let truths = try $softOr([[-5, 0.2], [-5, 0.1]], key: key)
  print(truths)
  expect(truths[0].scalar > 0.99 && abs(truths[1].scalar - 0.868) < 0.08, "as in the document")

  // A shortest path from a matrix of costs, found by a function of one's own on arrays.
  let finalCosts: Tensor<Float> = [0.4, 0.1, 0.1, 0.1]
  let paths = try Perturbed(
    shortestPath, samples: 10_000, sigma: 0.05, baseline: .leaveOneOut)
  let weights = try paths(costMatrix(finalCosts), key: key)
  print(weights.formatted(decimals: 3))
  expect(weights.shape == [9, 9], "a matrix in, a matrix out")
  // [to, from]: the edge from 6 to 8 stands in row 8.
  let (weight, gradient) = try valueAndGradient(at: finalCosts) {
    try paths(costMatrix($0), key: key)[..., 8, 6]
  }
  print(weight, gradient)
  expect(weight.scalar > 0.05 && weight.scalar < 0.3, "the edge is used now and then")
  expect(gradient[0].scalar < 0 && gradient[1].scalar > 0, "dearer edge, less weight")
}

let fixedEdges: [(Int, Int, Float)] = [
  (0, 2, 0.11), (0, 3, 0.07), (2, 3, 0.095), (2, 7, 0.1), (3, 7, 0.195), (2, 5, 0.55),
  (6, 7, 0.15), (1, 4, 0.07),
]
let finalEdges = [(6, 8), (5, 6), (4, 5), (4, 8)]

/// The symmetric matrix of costs, [to, from], with 0 where there is no edge.
func costMatrix(_ finalCosts: Tensor<Float>) -> Tensor<Float> {
  var matrix = Tensor<Float>.zeros([9, 9])
  for (a, b, cost) in fixedEdges {
    matrix[a, b] = Tensor(cost)
    matrix[b, a] = Tensor(cost)
  }
  for (i, (a, b)) in finalEdges.enumerated() {
    matrix[a, b] = finalCosts[i]
    matrix[b, a] = finalCosts[i]
  }
  return matrix
}

/// Plain Swift: Bellman and Ford on the edges of the graph.
@Sendable func shortestPath(_ costs: [[Float]]) -> [[Float]] {
  let edges = (fixedEdges.map { ($0.0, $0.1) } + finalEdges).flatMap {
    [($0.0, $0.1), ($0.1, $0.0)]
  }
  var distance = [Float](repeating: .infinity, count: 9)
  var previous = [Int](repeating: -1, count: 9)
  distance[0] = 0
  for _ in 0..<8 {
    for (from, to) in edges {
      let through = distance[from] + max(costs[to][from], 0)
      if through < distance[to] { (distance[to], previous[to]) = (through, from) }
    }
  }
  var path = [[Float]](repeating: [Float](repeating: 0, count: 9), count: 9)
  var node = 8
  while node != 0 {
    path[node][previous[node]] = 1
    node = previous[node]
  }
  return path
}
