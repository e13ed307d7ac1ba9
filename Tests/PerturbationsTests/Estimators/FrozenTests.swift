import Perturbations
import Testing

/// What is no parameter is 0 in every estimate of a derivative.
@Suite struct FrozenTests {
  private struct Scaled: TreeStruct, Sendable {
    var weight: Tensor<Double> = [1, 2]
    var scale: Tensor<Double> = [3, 4]
    static var children: [Child<Self>] { [Child(\.weight)] }
    static var frozen: [PartialKeyPath<Self>] { [\.scale] }
  }

  private let model = Scaled()
  private let key = RandomKey(1)

  @Test func zeroOrderEstimates() throws {
    let estimator = try ZeroOrder(.antithetic, samples: 8, sigma: 0.1)
    let loss: @Sendable (Scaled) -> Tensor<Double> = { ($0.weight * $0.scale).sum() }
    let (value, gradient) = try estimator.valueAndGradient(at: model, key: key, of: loss)
    #expect(value.scalar == 11)
    let estimate = try estimator.estimate(at: model, key: key, of: loss)
    for tree in [gradient, estimate.gradient, estimate.standardError] {
      #expect(tree.scale == [0, 0] && tree.weight != [0, 0])
    }
    #expect(try estimator.input(ofSample: 0, at: model, key: key).scale == model.scale)
  }

  @Test func perturbedEstimates() throws {
    let perturbed = try Perturbed(samples: 50, sigma: 0.5) { (x: Scaled) in
      sign(x.weight) * x.scale
    }
    let cotangent: Tensor<Double> = [1, 1]
    let estimate = try perturbed.gradientEstimate(at: model, cotangent: cotangent, key: key)
    let gradient = try gradient(at: model) { try perturbed($0, key: key).sum() }
    for tree in [gradient, estimate.gradient, estimate.standardError] {
      #expect(tree.scale == [0, 0] && tree.weight != [0, 0])
    }
    #expect(try perturbed.input(ofSample: 0, at: model, key: key).scale == model.scale)
  }
}
