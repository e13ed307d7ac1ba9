// Costs that a model predicts, and the shortest path for them.
import Decisions
import Layers
import Optimizers

func check(_ condition: Bool) { if !condition { fatalError() } }

// snippet.data
let data = ShortestPathData(
  count: 600, features: 5, rows: 5, columns: 5, degree: 4, noise: 0.5,
  seed: 42)
let graph = try Graph.oneWayGrid(rows: 5, columns: 5)
let solver = try ShortestPath(graph, from: 0, to: 24)

var random = NumPyRandomState(seed: 42)
let (train, test) = random.trainTestSplit(600, testCount: 300)
func part(_ rows: [Int]) throws -> (Tensor<Float>, SolvedCosts<Float>) {
  let index = Tensor(rows.map { Int32($0) })
  return (
    data.features.take(index),
    try SolvedCosts(data.costs.take(index), by: solver)
  )
}
let (features, known) = try part(train)
let (testFeatures, truth) = try part(test)
// snippet.hide
check(known.costs.shape == [300, 40])
// snippet.train
typealias Loss = (Tensor<Float>, SolvedCosts<Float>) throws
  -> Tensor<Float>

func trained(_ loss: @escaping Loss) throws -> Double {
  var model = Linear(inputs: 5, outputs: 40, key: RandomKey(0))
  var optimizer = ModelOptimizer(.adam(learningRate: 0.01), for: model)
  for _ in 0..<200 {
    let slopes = try gradient(at: model) { model in
      try loss(model(features), known).mean()
    }
    optimizer.step(&model, slopes)
  }
  let regret = try Regret(
    of: model(testFeatures), against: truth, by: solver)
  return regret.normalized
}
// snippet.losses
let spoPlus = try SPOPlusLoss(solver)
let squared = try trained { meanSquaredError($0, $1.costs) }
let decided = try trained { try spoPlus($0, $1) }
check(decided < squared)
// snippet.perturbed
let maximum = try PerturbedMaximum(
  solver, samples: 3, sigma: 1, noise: .normal)
let fenchelYoung = FenchelYoungLoss(maximum)
let perturbed = try RandomKey.withDefault(RandomKey(7)) {
  try trained {
    try fenchelYoung($0, target: $1.decisions, batched: true)
  }
}
check(perturbed < squared)
// snippet.decisions
let decide = try BlackBox(solver, lambda: 20)
let interpolated = try trained { predicted, known in
  let paid = (try decide(predicted, batched: true) * known.costs)
    .sum(axis: 1)
  return abs(paid - known.objectives)
}
// snippet.pool
var pool = SolutionPool(known.decisions)
let pairwise = PairwiseRankingLoss(.minimize)
let ranked = try trained { pairwise($0, costs: $1.costs, pool: pool) }
try pool.add(decidedBy: solver, for: truth.costs)
// snippet.regret
let worst = try Regret.unambiguous(
  of: .zeros([300, 40]), against: truth, by: solver)
check(worst.normalized > decided)
// snippet.end
check(ranked < 1 && interpolated < 1)
print(squared, decided, perturbed, interpolated, ranked, worst.normalized)
