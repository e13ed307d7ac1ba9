import Perturbations

/// One step of gradient descent on the Fenchel–Young loss of a linear model that ranks.
func fenchelYoungStep(_ setup: Setup) throws -> PreparedCase {
  let loss = FenchelYoungLoss(
    try PerturbedMaximum(
      Ranking(), samples: setup.integer("samples"), sigma: setup.number("sigma"),
      noise: setup.perturbation(), threads: setup.threads))
  let (x, y) = (try setup.tensor("x"), try setup.tensor("y"))
  let weight = try setup.tensor("weight")
  let rate = Float(try setup.number("rate"))
  return { seed in
    let (value, gradient) = try valueAndGradient(at: weight) {
      try loss(matmul(x, $0), target: y, key: RandomKey(seed), batched: true).mean()
    }
    return Outputs(value, weight - rate * gradient)
  }
}
