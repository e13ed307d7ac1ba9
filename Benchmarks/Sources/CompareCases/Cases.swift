import Perturbations

/// Builds a case by name.
func prepare(_ setup: Setup) throws -> PreparedCase {
  switch setup.name {
  case "argmax": try perturbedSolver(setup, ArgMax())
  case "argmax-function":
    try perturbedTensorFunction(setup) { oneHot($0.argMax(), classes: $0.shape[0]) }
  case "ranking": try perturbedSolver(setup, Ranking())
  case "sorting": try perturbedSolver(setup, Sorting())
  case "top-k": try perturbedSolver(setup, try TopK(setup.integer("k")))
  case "or": try perturbedSolver(setup, LogicalOr())
  case "shortest-path": try perturbedSolver(setup, try graphPath(setup))
  case "grid-path":
    try perturbedSolver(
      setup,
      try GridShortestPath(
        rows: setup.integer("rows"), columns: setup.integer("columns"),
        negativeCosts: .clipped(to: setup.number("minimum"))))
  case "network": try perturbedNetwork(setup)
  case "zero-order": try zeroOrderStep(setup)
  case "fenchel-young": try fenchelYoungStep(setup)
  case "city-map": try cityMap(setup)
  case "small-tensors": try smallTensors(setup)
  default: throw CaseError("no case \(setup.name)")
  }
}

/// The value of a perturbed solver at θ, and its pullback of a fixed cotangent.
func perturbedSolver(_ setup: Setup, _ solver: some Solver) throws -> PreparedCase {
  if setup.settings?["exact"] != nil { return try exactSolver(setup, solver) }
  return try perturbedCase(setup, try Perturbed(solver, setup.smoothing()))
}

/// The expectation by its formula at θ, and its pullback of a fixed cotangent; a seed changes nothing.
func exactSolver(_ setup: Setup, _ solver: some Solver) throws -> PreparedCase {
  let exact = try Exact(
    solver, sigma: setup.number("sigma"), noise: setup.perturbation())
  let (theta, cotangent) = (try setup.tensor("theta"), try setup.tensor("cotangent"))
  let isBatched = try setup.number("batched") != 0
  return { _ in
    let (value, pullback) = try vjp(at: theta) { try exact($0, batched: isBatched) }
    return Outputs(value, try pullback(cotangent))
  }
}

/// The same with a function on tensors, which is vectorised over the samples.
func perturbedTensorFunction(
  _ setup: Setup, _ function: @escaping @Sendable (Tensor<Float>) -> Tensor<Float>
) throws -> PreparedCase {
  try perturbedCase(
    setup,
    try Perturbed(
      samples: setup.integer("samples"), sigma: setup.number("sigma"), noise: setup.perturbation(),
      threads: setup.threads, function))
}

func perturbedCase(
  _ setup: Setup, _ perturbed: Perturbed<Tensor<Float>, Tensor<Float>>
) throws -> PreparedCase {
  let theta = try setup.tensor("theta")
  let isBatched = try setup.number("batched") != 0
  guard setup.gradient else {
    return { seed in Outputs(try perturbed(theta, key: RandomKey(seed), batched: isBatched)) }
  }
  let cotangent = try setup.tensor("cotangent")
  return { seed in
    let (value, pullback) = try vjp(at: theta) {
      try perturbed($0, key: RandomKey(seed), batched: isBatched)
    }
    return Outputs(value, try pullback(cotangent))
  }
}

func graphPath(_ setup: Setup) throws -> ShortestPath {
  let arcs = try setup.tensor("arcs", Double.self).scalars.map { Int($0) }
  let edges = stride(from: 0, to: arcs.count, by: 2).map { (arcs[$0], arcs[$0 + 1]) }
  let graph = try Graph(nodeCount: setup.integer("nodes"), edges: edges)
  return try ShortestPath(
    graph, from: 0, to: setup.integer("nodes") - 1,
    negativeCosts: .clipped(to: setup.number("minimum")),
    layout: setup.number("matrix") != 0 ? .matrix : .edges)
}

/// tanh between two linear layers, as the function that is perturbed.
func perturbedNetwork(_ setup: Setup) throws -> PreparedCase {
  let (w1, b1) = (try setup.tensor("w1"), try setup.tensor("b1"))
  let (w2, b2) = (try setup.tensor("w2"), try setup.tensor("b2"))
  return try perturbedTensorFunction(setup) { x in
    matmul(tanh(matmul(x, w1) + b1), w2) + b2
  }
}
