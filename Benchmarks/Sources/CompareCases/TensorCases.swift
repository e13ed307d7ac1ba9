import Perturbations

/// Gradient descent on the map of European cities, in double precision.
func cityMap(_ setup: Setup) throws -> PreparedCase {
  let distances = try setup.tensor("distances", Double.self)
  let squared = distances * distances
  let start = try setup.tensor("start", Double.self)
  let (steps, rate) = (try setup.integer("steps"), try setup.number("rate"))
  return { _ in
    var x = start
    for _ in 0..<steps {
      x -= rate
        * gradient(at: x) { x in
          let delta = pairwiseSquaredDistance(x, x) - squared
          return (delta * delta).sum() / 2
        }
    }
    let delta = pairwiseSquaredDistance(x, x) - squared
    return Outputs([(delta * delta).sum() / 2, pairwiseSquaredDistance(x, x)])
  }
}

/// A chain of multiplications and additions on a few numbers: the cost of an operation itself.
func smallTensors(_ setup: Setup) throws -> PreparedCase {
  let start = try setup.tensor("start")
  let (a, b) = (try setup.tensor("a"), try setup.tensor("b"))
  let pairs = try setup.integer("operations") / 2
  func chain(_ x: Tensor<Float>) -> Tensor<Float> {
    var x = x
    for _ in 0..<pairs { x = x * a + b }
    return x
  }
  guard setup.gradient else { return { _ in Outputs(chain(start)) } }
  return { _ in
    let (value, gradient) = valueAndGradient(at: start) { chain($0).sum() }
    return Outputs(value, gradient)
  }
}
