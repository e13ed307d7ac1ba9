import Optimizers
import Tensors

/// The problem of the trajectories in the fixtures: a [3] and b [2, 2], in either precision.
struct FixtureProblem<Scalar: TensorFloatingPoint> {
  typealias Parameters = [Tensor<Scalar>]

  let start: Parameters
  private let center: Tensor<Scalar>
  private let weight: Tensor<Scalar>

  init(_ fixture: Trajectories.Start) {
    func tensor(_ values: [Double], _ shape: Shape) -> Tensor<Scalar> {
      Tensor(shape: shape, scalars: values.map { Scalar($0) })
    }
    start = [tensor(fixture.a, [3]), tensor(fixture.b, [2, 2])]
    center = tensor(fixture.c, [3])
    weight = tensor([0.5, 1, 1.5], [3])
  }

  func loss(_ p: Parameters) -> Tensor<Scalar> {
    let (a, b) = (p[0], p[1])
    return (weight * square(a - center)).sum() + square(square(b) - 1).sum() * Tensor(0.25)
      + a[0] * b[0, 0] * Tensor(Scalar(0.3))
  }
}

struct Trajectories: Decodable {
  struct Start: Decodable {
    let a: [Double]
    let b: [Double]
    let c: [Double]
  }
  struct Case: Decodable {
    let library: String
    let float32: [[Double]]
    let float64: [[Double]]
  }
  let start: Start
  let cases: [String: Case]
}

/// A smooth problem whose least value is known.
struct Problem: Sendable {
  let name: String
  let start: [Tensor<Double>]
  let minimum: Double
  let loss: @Sendable ([Tensor<Double>]) -> Tensor<Double>

  /// ½ Σ kᵢ (xᵢ − i)² with condition number 20, in two leaves.
  static let quadratic = Problem(
    name: "quadratic", start: [[3, -2], [[1.5]]], minimum: 0
  ) { p in
    let first = square(p[0] - [0, 1]) * [1, 5]
    return first.sum() * 0.5 + square(p[1] - 2).sum() * 10
  }

  /// (1 − x)² + 100 (y − x²)².
  static let rosenbrock = Problem(
    name: "Rosenbrock", start: [[-1.2, 1]], minimum: 0
  ) { p in
    let (x, y) = (p[0][0], p[0][1])
    return square(1 - x) + 100 * square(y - square(x))
  }

  /// Logistic regression of eight points that no line separates, with a small penalty. Its least
  /// value is from Scripts/make_optimizer_fixtures.py.
  static let logistic = Problem(
    name: "logistic", start: [[0, 0], 0], minimum: 0.528_870_901_484_655
  ) { p in
    let points: Tensor<Double> = [
      [0.5, 1.2], [1.5, -0.3], [-0.8, 0.9], [-1.1, -0.7], [0.3, -1.4], [2.0, 0.4], [-0.2, 0.1],
      [0.9, 0.8],
    ]
    let labels: Tensor<Double> = [1, 1, 0, 0, 1, 1, 1, 0]
    let logits = matmul(points, p[0]) + p[1]
    return (softplus(logits) - labels * logits).mean() + 0.05 * square(p[0]).sum()
  }
}
