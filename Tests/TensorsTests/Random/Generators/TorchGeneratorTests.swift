import Tensors
import Testing

@Suite struct TorchGeneratorTests {
  /// PyTorch's vector code of logarithm, sine and cosine has errors of its own.
  private func expectClose(
    _ tensor: Tensor<Float>, _ expected: [Double], from size: Double = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(tensor.count == expected.count, sourceLocation: sourceLocation)
    for (value, expected) in zip(tensor.scalars, expected) {
      #expect(
        abs(Double(value) - expected) <= 5e-7 * max(expected.magnitude, size),
        sourceLocation: sourceLocation)
    }
  }

  @Test func drawsArePyTorchs() throws {
    let fixture = try GeneratorFixture().object("torch")
    var generator = TorchGenerator(seed: 135)
    expectClose(generator.normal([5]), try fixture.numbers("randn [5]"))
    #expect(generator.spareNormal != nil)
    expectClose(generator.normal([2, 8]), try fixture.numbers("randn [16] after it"))
    expectClose(generator.normal([37]), try fixture.numbers("randn [37] after it"))
    #expect(
      generator.uniform([3]).scalars.map(Double.init) == (try fixture.numbers("rand [3] after it")))
    expectClose(generator.normal([]), try fixture.numbers("randn [1] after it"))
    #expect(
      generator.permutation(17).map(Double.init) == (try fixture.numbers("randperm 17 after it")))
    #expect(generator.seed() == UInt64(try fixture.text("random_ after it")))
    expectClose(
      generator.gamma([40], alpha: 0.2), try fixture.numbers("gamma 0.2 [40] after it"), from: 0)
    expectClose(
      generator.gamma([40], alpha: 3.5), try fixture.numbers("gamma 3.5 [40] after it"), from: 0)
    expectClose(generator.normal([4]), try fixture.numbers("randn [4] after it"))
  }

  @Test func loadersAndUniformNumbersArePyTorchs() throws {
    let fixture = try GeneratorFixture().object("torch")
    var generator = TorchGenerator(seed: 42)
    // The parameters of a layer from 5 to 3, which Layers makes.
    let layer = try fixture.object("linear 5 3, seed 42")
    let bound = 1 / 5.0.squareRoot()
    #expect(
      generator.uniform([3, 5], within: bound).scalars.map(Double.init)
        == (try layer.numbers("weight")))
    #expect(
      generator.uniform([3], within: bound).scalars.map(Double.init) == (try layer.numbers("bias")))
    let loader = try fixture.object("loader orders after it")
    for (name, shuffled) in [("shuffled", true), ("plain", false), ("shuffled again", true)] {
      #expect(
        generator.loaderOrder(11, shuffled: shuffled).map(Double.init)
          == (try loader.numbers(name)), "\(name)")
    }
    #expect(generator.uniform([2]).scalars.map(Double.init) == (try loader.numbers("rand")))
  }

  @Test func aSeedKeepsItsLowerBits() {
    #expect(TorchGenerator(seed: (1 << 32) + 5) == TorchGenerator(seed: 5))
    #expect(TorchGenerator(seed: 6) != TorchGenerator(seed: 5))
  }
}
