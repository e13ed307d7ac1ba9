import Layers
import Tensors
import Testing

@Suite struct LayerTests {
  let key = RandomKey(3)

  @Test func `a linear layer begins as PyTorch's`() {
    let layer = Linear(inputs: 64, outputs: 500, key: key)
    #expect(layer.weight.shape == [500, 64] && layer.bias?.shape == [500])
    let bound: Float = 0.125
    #expect(layer.weight.max().scalar <= bound && layer.weight.max().scalar > 0.99 * bound)
    #expect(layer.weight.min().scalar >= -bound && layer.weight.min().scalar < -0.99 * bound)
    let bias = layer.bias ?? []
    #expect(bias.max().scalar <= bound && bias.max().scalar > 0.9 * bound)
    // The mean and variance of 32,000 uniform draws, within five standard errors.
    #expect(abs(layer.weight.mean().scalar) < 5 * bound / Float(3 * 32000).squareRoot())
    #expect(abs(layer.weight.variance().scalar / (bound * bound / 3) - 1) < 5 * 0.9 / 179)
    #expect(layer.leafPaths == [".weight", ".bias"])
    #expect(Linear(inputs: 2, outputs: 2, hasBias: false, key: key).leafPaths == [".weight"])
  }

  @Test func `the same key makes the same model, another another`() {
    let model = MLP([3, 5, 2], key: key)
    #expect(model.isClose(to: MLP([3, 5, 2], key: key), relative: 0, absolute: 0))
    #expect(!model.isClose(to: MLP([3, 5, 2], key: RandomKey(4))))
    #expect(model == MLP([3, 5, 2], key: key) && model != MLP([3, 5, 2], key: RandomKey(4)))
    #expect(model.layers[0].weight.shape == [5, 3] && model.layers[1].weight.shape == [2, 5])
    #expect(model.layers[0].weight[0, 0] != model.layers[1].weight[0, 0])
  }

  static let initializers: [(Initializer, mean: Double, deviation: Double, bound: Double)] = [
    (.uniformFanIn, 0, 0.1 / 3.0.squareRoot(), 0.1),
    (.xavierUniform(), 0, (2.0 / 500).squareRoot(), (6.0 / 500).squareRoot()),
    (.xavierUniform(gain: 2), 0, 2 * (2.0 / 500).squareRoot(), 2 * (6.0 / 500).squareRoot()),
    (.xavierNormal(), 0, (2.0 / 500).squareRoot(), .infinity),
    (.heUniform(), 0, (2.0 / 100).squareRoot(), (6.0 / 100).squareRoot()),
    (.heNormal(), 0, (2.0 / 100).squareRoot(), .infinity),
    (.normal(mean: 2, standardDeviation: 0.5), 2, 0.5, .infinity),
    (.truncatedNormal(standardDeviation: 0.5), 0, 0.5 * 0.879_626, 1),
    (.uniform(from: -1, to: 3), 1, 4 / 12.0.squareRoot(), 3),
    (.zeros, 0, 0, 0), (.ones, 1, 0, 1), (.constant(-2.5), -2.5, 0, 2.5),
  ]

  @Test(arguments: initializers)
  func `mean, spread and bound of initialisers`(
    initializer: Initializer, mean: Double, deviation: Double, bound: Double
  ) {
    let x = initializer([400, 100], key: key, as: Double.self)
    #expect(x.shape == [400, 100])
    // 40,000 draws; five standard errors, of the variance at most √2 σ² / √N.
    #expect(abs(x.mean().scalar - mean) <= 5 * deviation / 200)
    let variance = x.variance().scalar
    #expect(abs(variance - deviation * deviation) <= 5 * 1.42 * deviation * deviation / 200)
    #expect(abs(x).max().scalar <= bound)
  }

  @Test func `derivatives of a model agree with finite differences`() {
    let model = MLP([3, 4, 2], activation: .tanh, key: key, as: Double.self)
    let x: Tensor<Double> = key.child(7).normal([5, 3])
    let y: Tensor<Double> = key.child(8).normal([5, 2])
    let loss = { (model: MLP<Double>) in meanSquaredError(model(x), y) }
    let gradients = gradient(at: model, of: loss)
    let direction = model.mapLeaves(of: Double.self) { key.child(9).normal($0.shape) }
    let slope = gradients.innerProduct(direction).scalar
    let h = 1e-5
    let difference =
      (loss(model.adding(direction, scaledBy: h)) - loss(model.adding(direction, scaledBy: -h)))
      .scalar / (2 * h)
    #expect(abs(slope - difference) < 1e-8 * max(1, abs(slope)))
  }

  @Test func `a model of one example maps over a batch`() {
    let model = MLP([3, 4, 2], activation: .gelu, key: key)
    let x: Tensor<Float> = key.child(7).normal([6, 3])
    let rows = vmap { (row: Tensor<Float>) in model(row) }(x)
    #expect(rows.isClose(to: model(x), relative: 1e-5, absolute: 1e-6))
    let norm = LayerNorm(3)
    #expect(vmap { (row: Tensor<Float>) in norm(row) }(x).isClose(to: norm(x), absolute: 1e-6))
    let perExample = vmap { (row: Tensor<Float>) in
      gradient(at: model) { square($0(row)).sum() }.layers[1].weight
    }(x)
    let total = gradient(at: model) { square($0(x)).sum() }.layers[1].weight
    #expect(perExample.sum(axis: 0).isClose(to: total, relative: 1e-4, absolute: 1e-5))
  }

  @Test func `a normalised row has mean 0 and variance 1`() {
    let x: Tensor<Double> = key.normal([4, 50]) * 7 + 3
    let y = LayerNorm(50, epsilon: 0, as: Double.self)(x)
    #expect(abs(y.mean(axis: -1)).max().scalar < 1e-14)
    #expect(abs(y.variance(axes: [-1]) - 1).max().scalar < 1e-13)
  }

  @Test func `dropout keeps the mean and drops by the key`() {
    let x = Tensor<Float>.ones([100_000])
    let dropout = Dropout(0.3)
    let y = dropout(x, key: key)
    let kept = (y .!= 0).cast(to: Float.self).mean().scalar
    // Five standard errors of a proportion.
    #expect(abs(kept - 0.7) < 5 * (0.3 * 0.7 / 100_000 as Float).squareRoot())
    #expect(abs(y.max().scalar - 1 / 0.7) < 1e-6)
    #expect(dropout(x, key: key) == y)
    #expect(dropout(x, key: RandomKey(4)) != y)
    #expect(dropout(x, key: nil) == x)
    #expect(Dropout(0)(x, key: key) == x)
    let g = gradient(at: x) { dropout($0, key: key).sum() }
    #expect(g == y)
  }

  @Test func `losses do not overflow`() {
    let far: Tensor<Float> = [[200, -200]]
    #expect(binaryCrossEntropy(logits: far, [[1, 0]]).scalar == 0)
    #expect(binaryCrossEntropy(logits: far, [[0, 1]]).scalar == 200)
    #expect(softmaxCrossEntropy(far, labels: [1]).scalar == 400)
    let slope = gradient(at: far) { binaryCrossEntropy(logits: $0, [[0, 1]], reduction: .sum) }
    #expect(slope.isClose(to: [[1, -1]] as Tensor<Float>))
    let elu = gradient(at: [100, -1] as Tensor<Float>) { Activation.elu()($0).sum() }
    #expect(elu.scalars[0] == 1)
  }
}
