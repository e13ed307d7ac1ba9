// Document 001: optax's notebook, with its keys and its numbers.
import Perturbations

func perturbationsNotebook() throws {
  let values: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
  let oneHotArgmax = try Perturbed(
    argmax, samples: 100, sigma: 0.5, noise: .gumbel, baseline: .point)
  let keys = RandomKey(1).split(2)
  print(try oneHotArgmax(values, key: keys[0]))
  expect(
    try oneHotArgmax(values, key: keys[0]).scalars.map { ($0 * 100).rounded() }
      == [2, 87, 1, 10, 0],
    "the notebook's perturbed argmax")

  func loss(_ values: Tensor<Float>, _ key: RandomKey) throws -> Tensor<Float> {
    let target = Tensor<Float>.arange(5) + 2
    return square(target / target.sum() - (try oneHotArgmax(values, key: key))).sum()
  }
  print(try loss(values, keys[1]))
  print(try gradient(at: values) { try loss($0, keys[1]) })

  // 200 steps of gradient descent, a key for each.
  var moved = values
  for step in 0..<200 {
    moved -= 0.5 * (try gradient(at: moved) { try loss($0, keys[1].child(step)) })
  }
  print(moved, argmax(moved))
  expect(argmax(moved)[4].scalar == 1, "the last entry comes out on top")

  // Ranks.
  let drawn: Tensor<Float> = RandomKey(0).normal([6])
  let softRanks = try Perturbed(Ranking(), samples: 100, sigma: 0.2, noise: .gumbel)
  let ranks = try softRanks(drawn, key: RandomKey(0).split(2)[0])
  print(drawn, ranks)
  expect(
    (ranks - [4.11, 4.89, 1.17, 2.02, 2.76, 0.05]).norm().scalar < 1e-5, "the notebook's ranks")
}
