// Document 002: a linear layer trained by the values of its loss.
import Layers
import Optimizers
import Perturbations

func zeroOrderTutorial() throws {
  let keys = RandomKey(0).split(4)
  let x = keys[0].normal([64, 32]) * 0.1
  let y = keys[1].normal([64, 1]) * 0.1
  var model = Linear(inputs: 32, outputs: 1, key: keys[2])
  var optimizer = ModelOptimizer(.adam(learningRate: 0.01), for: model)
  let estimator = try ZeroOrder(.forward, samples: 100, sigma: 0.01)
  var losses: [Float] = []
  for step in 0..<25 {
    let (loss, gradients) = try estimator.valueAndGradient(
      at: model, key: keys[3].child(step)
    ) { meanSquaredError($0(x), y) }
    optimizer.step(&model, gradients)
    losses.append(loss.scalar)
  }
  print(losses.first!, losses.last!)
  expect(losses.last! < losses.first! / 2, "the loss falls")
}
