import Perturbations
import Testing

@Suite struct DrawnNumbersTests {
  /// Numbers that are given stand in for those of the key, in value and gradient.
  @Test func givenNumbersAreTheNoise() throws {
    let numbers: Tensor<Float> = RandomKey(3).normal([2, 5, 4])
    let theta: Tensor<Float> = RandomKey(4).normal([2, 4])
    let soft = try Perturbed(
      ArgMax(), samples: 5, sigma: 0.7, noise: .normal.withNumbers(numbers),
      baseline: .leaveOneOut)
    let weights: Tensor<Float> = [[1, -2, 0.5, 3], [0, 1, 4, -1]]
    let (value, slopes) = try valueAndGradient(at: theta) {
      (try soft($0, key: RandomKey(9), batched: true) * weights).sum()
    }
    var total: Float = 0
    for row in 0..<2 {
      let outputs = (0..<5).map { sample in
        oneHot((theta[row] + numbers[row, sample] * 0.7).argMax(), classes: 4)
      }
      let rewards = outputs.map { ($0 * weights[row]).sum().scalar }
      total += rewards.reduce(0, +) / 5
      let mean = rewards.reduce(0, +) / 5
      var expected = Tensor<Float>.zeros([4])
      for (sample, reward) in rewards.enumerated() {
        expected = expected + numbers[row, sample] * Tensor((reward - mean) * 5 / 4 / (5 * 0.7))
      }
      #expect(abs(slopes[row] - expected).max().scalar < 1e-5)
    }
    #expect(abs(value.scalar - total) < 1e-5)
    #expect(
      try soft(theta, key: RandomKey(1), batched: true)
        == soft(theta, key: RandomKey(2), batched: true), "whatever the key")
  }
}
