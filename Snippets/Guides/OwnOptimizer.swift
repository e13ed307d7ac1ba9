// An optimizer of one's own.
import Optimizers
import Tensors

// snippet.transform
/// The sign of the momentum: m ← β m + (1 − β) g, u = sign m.
struct SignOfMomentum: TensorTransform {
  var beta = 0.9
  var slotNames: [String] { ["momentum"] }

  func update<Scalar: TensorFloatingPoint>(
    _ gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>],
    parameter: Tensor<Scalar>, step: Int
  ) -> Tensor<Scalar> {
    slots[0] = slots[0] * Scalar(beta) + gradient * Scalar(1 - beta)
    return sign(slots[0])
  }
}

let optimizer = Optimizer(
  ClipByGlobalNorm(1), SignOfMomentum(),
  ScaleByLearningRate(.cosine(0.05, over: 300)))
// snippet.end

// snippet.use
func rosenbrock(_ x: Tensor<Double>) -> Tensor<Double> {
  square(1 - x[0]) + 100 * square(x[1] - square(x[0]))
}
let result = minimize(
  rosenbrock, from: [-1.2, 1], using: optimizer, stopping: .steps(300))
print(result.value, result.parameters)
// → 0.0010272933583182877 [0.96801293 0.93725201]
// snippet.end
check(
  result.value < 0.2 && result.value < result.values[0] / 100,
  "it descends: \(result.value)")

// snippet.resume
let firstHalf = minimize(
  rosenbrock, from: [-1.2, 1], using: optimizer, stopping: .steps(150))
let secondHalf = minimize(
  rosenbrock, from: firstHalf.parameters, using: optimizer,
  stopping: .steps(150),
  resuming: firstHalf.state)
// snippet.end
check(
  secondHalf.parameters == result.parameters,
  "a resumed run gives the same bits")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
