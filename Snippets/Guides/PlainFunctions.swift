import Perturbations

// Functions that are not written with tensors: names, numbers, arrays,
// simulators that are not Sendable, and services that are awaited.

let key = RandomKey(0)

// snippet.plain
/// The cost of a plan: any Swift code.
@Sendable func cost(_ speeds: [Double]) -> Double {
  speeds.reduce(0) { $0 + ($1 > 1 ? 10 : $1.rounded()) }
}
let smoothing = Smoothing(samples: 2000, sigma: 0.2)
let smoothCost = try Perturbed(cost, smoothing)
let slope = try gradient(at: [0.4, 0.9]) { try smoothCost($0, key: key) }

// A number in, a number out; and a matrix in, a matrix out.
let step = try Perturbed(smoothing) { (x: Double) in x > 0 ? 1 : 0 }
let first = try Perturbed(smoothing) { (rows: [[Float]]) in
  rows.map { row in row.map { $0 == row.max() ? 1 : 0 } }
}
let winners = try first([[1, 2, 3], [3, 1, 2]], key: key)
// snippet.end
check(slope.shape == [2] && winners.shape == [2, 3], "the shapes")
let half = try step(Tensor(0), key: key).scalar
check(abs(half - 0.5) < 0.05, "the step")

// snippet.solver
// A solver is called on tensors too; axes in front count examples.
let ranks = try Ranking()(Tensor<Float>([[3, 1, 2], [1, 2, 3]]))
// snippet.end
check(ranks == [[2, 0, 1], [0, 1, 2]], "the ranks")

// snippet.simulator
/// Has a buffer that every run writes: not Sendable.
final class Queue {
  private var waiting: [Double] = []
  func run(_ rates: [Double]) -> [Double] {
    waiting.removeAll(keepingCapacity: true)
    for rate in rates { waiting.append(max(0, (waiting.last ?? 0) + rate)) }
    return waiting
  }
}

// One for each thread:
let queues = try Perturbed(smoothing) {
  Queue()
} evaluating: { (queue, rates: [Double]) in
  queue.run(rates)
}
// One for all, which take turns:
let queue = try Perturbed(smoothing, sharing: Queue()) {
  (queue, rates: [Double]) in queue.run(rates)
}
// snippet.end
let rates: Tensor<Double> = [0.1, -0.2, 0.3]
check(
  try queues(rates, key: key) == queue(rates, key: key), "the same numbers")

// snippet.async
/// Stands for a service elsewhere.
actor Service {
  func run(_ rates: [Double]) async throws -> [Double] {
    rates.map { $0 * $0 }
  }
}
let service = Service()
let remote = try AsyncPerturbed(smoothing, concurrency: 32) {
  (rates: [Double]) in try await service.run(rates)
}
let value = try await remote(rates, key: key)
let remoteSlope = try await remote.withPerturbed { remote in
  try gradient(at: [0.1, -0.2, 0.3]) { try remote($0, key: key).sum() }
}
// snippet.end
check(value.shape == [3] && remoteSlope.shape == [3], "the service")

// snippet.progress
let watched = try Perturbed(
  Smoothing(
    samples: 2000, sigma: 0.2,
    progress: { print("\($0.completed) of \($0.total)") })
) { (x: [Double]) in x }
// snippet.end
_ = try watched.reportingProgress(to: nil)(rates, key: key)

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
