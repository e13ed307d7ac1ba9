import Perturbations

/// One estimate of the gradient of a network's mean squared error: tanh between linear layers, the
/// parameters in the order weight, bias, weight, ….
func zeroOrderStep(_ setup: Setup) throws -> PreparedCase {
  var parameters: [Tensor<Float>] = []
  while setup.inputs["w\(parameters.count / 2)"] != nil {
    let layer = parameters.count / 2
    parameters += [try setup.tensor("w\(layer)"), try setup.tensor("b\(layer)")]
  }
  let (x, y) = (try setup.tensor("x"), try setup.tensor("y"))
  let estimator = try ZeroOrder(
    setup.number("antithetic") != 0 ? .antithetic : .naive, samples: setup.integer("samples"),
    sigma: setup.number("sigma"), threads: setup.threads)
  let start = parameters
  return { seed in
    let (value, gradient) = try estimator.valueAndGradient(at: start, key: RandomKey(seed)) {
      parameters in
      var h = x
      for layer in stride(from: 0, to: parameters.count, by: 2) {
        h = matmul(h, parameters[layer].transposed()) + parameters[layer + 1]
        if layer + 2 < parameters.count { h = tanh(h) }
      }
      return square(h - y).mean()
    }
    return Outputs([value] + gradient)
  }
}
