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
  print("simulators")
}
