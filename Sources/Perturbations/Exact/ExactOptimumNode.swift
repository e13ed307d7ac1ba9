internal import Tensors

/// The expected optimum of each row, [rows, 1], as a node of a tape; its derivative is the expected
/// solution.
struct ExactOptimumNode: DifferentiableNode {
  let call: ExactCall

  var name: String { "Exact.optimum" }

  func compute(_ inputs: [Value]) throws -> Value {
    .rows(
      try call.evaluated(inputs[0], isExample: false).map {
        guard let optimum = try $0.optimum else {
          throw PerturbationError.unsupportedDerivative(
            "the function is not the optimum of a linear objective, or what that is has no formula")
        }
        return [optimum]
      }, nil, inputs[0].type)
  }

  func vjp(
    _ inputs: [Value], output: Value, cotangent g: Value, needed: (Int) -> Bool
  ) throws -> [Value?] {
    let solutions = try apply(ExactNode(call: call, order: .value), inputs)
    return [solutions * g.broadcast(to: solutions.shape)]
  }

  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    let value = physical[0]
    let output = try apply(self, [value.reshaped([count * value.shape[1], value.shape[2]])])
    return output.reshaped([count, value.shape[1], 1])
  }
}
