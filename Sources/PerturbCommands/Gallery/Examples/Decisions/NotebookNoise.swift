internal import Decisions

/// The noise of the notebook's perturbed methods: each has a generator of its own, seeded 135, so that all
/// those that draw from one distribution draw the same numbers.
package struct NotebookNoise: Sendable {
  static let samples = 3
  /// For each step of training, shape [examples, samples, costs].
  let numbers: [Tensor<Float>]

  /// Normal numbers.
  static func normal(_ batches: [Int], costs: Int) -> NotebookNoise {
    var generator = TorchGenerator(seed: 135)
    return NotebookNoise(numbers: batches.map { generator.normal([$0, samples, costs]) })
  }

  /// Sums of Gamma numbers: (Σᵢ Gamma(1/k, k/i) − log 10)/k for i = 1 … 10 and k = 5, all of one batch drawn
  /// for i = 1 first.
  static func sumOfGamma(_ batches: [Int], costs: Int) -> NotebookNoise {
    let (k, terms) = (Float(5), 10)
    var generator = TorchGenerator(seed: 135)
    let offset = Float(2.302_585_092_994_045_7)
    return NotebookNoise(
      numbers: batches.map { count in
        let shape: Shape = [count, samples, costs]
        var sum = Tensor<Float>.zeros(shape)
        for i in 1...terms {
          sum = sum + generator.gamma(shape, alpha: 1 / k) * Tensor(k / Float(i))
        }
        return (sum - Tensor(offset)) / Tensor(k)
      })
  }
}
