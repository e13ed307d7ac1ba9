// A simulator that is a class, and one behind an actor.
import Perturbations

/// Counts its runs; not `Sendable`.
final class Pendulum {
  private(set) var runs = 0

  func swing(_ push: [Float]) -> [Float] {
    runs += 1
    var (angle, speed) = (Float(0), push[0])
    for _ in 0..<100 { (angle, speed) = (angle + speed / 50, speed - angle / 50) }
    return [angle > 0.5 ? 1 : 0]
  }
}

/// Somewhere else.
actor Service {
  func answer(_ push: [Float]) async throws -> [Float] { [push[0] > 0.6 ? 1 : 0] }
}

func simulators() async throws {
  let key = RandomKey(0)
  let smoothing = Smoothing(samples: 2000, sigma: 0.2, baseline: .leaveOneOut)

  // One pendulum for each thread, and one that all share: the same numbers.
  let perThread = try Perturbed(smoothing) {
    Pendulum()
  } evaluating: { (pendulum, push: [Float]) in
    pendulum.swing(push)
  }
  let shared = try Perturbed(smoothing, sharing: Pendulum()) {
    (pendulum, push: [Float]) in pendulum.swing(push)
  }
  let push: Tensor<Float> = [0.6]
  let share = try perThread(push, key: key)
  expect(try shared(push, key: key) == share, "the same key gives the same numbers")
  print(share, try gradient(at: push) { try perThread($0, key: key).sum() })

  let service = Service()
  let remote = try AsyncPerturbed(smoothing, concurrency: 32) {
    (push: [Float]) in try await service.answer(push)
  }
  let slope = try await remote.withPerturbed { remote in
    try gradient(at: [0.6]) { try remote($0, key: key).sum() }
  }
  expect(slope[0].scalar > 1 && slope[0].scalar < 3, "φ(0)/σ = 1.99, estimated: \(slope)")
}
