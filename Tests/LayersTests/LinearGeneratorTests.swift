import Layers
import Tensors
import Testing

@Suite struct LinearGeneratorTests {
  /// `torch.manual_seed(42); torch.nn.Linear(5, 3)`, PyTorch 2.13, as in
  /// `Scripts/make_generator_fixture.py`.
  @Test func aLayerBeginsAsPyTorchs() {
    var generator = TorchGenerator(seed: 42)
    let layer = Linear(inputs: 5, outputs: 3, using: &generator)
    let weight: Tensor<Float> = [
      [
        0.34191203117370605, 0.3711908161640167, -0.10476983338594437, 0.41081544756889343,
        -0.09798609465360641,
      ],
      [
        0.09024354070425034, -0.21772818267345428, 0.2626407742500305, 0.3942379653453827,
        -0.3280884921550751,
      ],
      [
        0.38871634006500244, 0.08370018005371094, 0.3304053544998169, 0.06056639179587364,
        0.2156410664319992,
      ],
    ]
    #expect(layer.weight == weight)
    #expect(layer.bias == [-0.06314253807067871, 0.34475061297416687, 0.06610215455293655])
    // One draw for each parameter.
    var plain = TorchGenerator(seed: 42)
    _ = plain.uniform([18])
    #expect(generator == plain)
    #expect(Linear(inputs: 5, outputs: 3, hasBias: false, using: &plain).bias == nil)
  }
}
