import Foundation
import Perturbations
import Testing

/// The values of optax 0.2.8's `make_perturbed_fun`; made by `Scripts/make_reference.py`.
struct OptaxFixture: Decodable {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let function: String
    let noise: String
    let sigma: Double
    let baseline: Bool
    let seed: UInt64
    let samples: Int
    let at: [Float]
    let value: [Float]
    let cotangent: [Float]
    let vjp: [Float]
    let jacobian: [Float]
    let hessian: [Float]?

    var testDescription: String {
      "\(function) \(noise) sigma \(sigma) baseline \(baseline) seed \(seed)"
    }
  }

  struct TreeCase: Decodable, Sendable {
    let samples: Int
    let sigma: Double
    let seed: UInt64
    let input: [String: [Float]]
    let value: [String: [Float]]
    let gradient: [String: [Float]]
  }

  let cases: [Case]
  let tree: TreeCase

  static let shared: OptaxFixture = {
    guard
      let url = Bundle.module.url(
        forResource: "optax_perturbations", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url),
      let fixture = try? JSONDecoder().decode(OptaxFixture.self, from: data)
    else { fatalError("the fixture optax_perturbations.json does not load") }
    return fixture
  }()
}

/// The functions of the fixture, for one example.
let optaxFunctions: [String: @Sendable (Tensor<Float>) -> Tensor<Float>] = [
  "one_hot_argmax": { oneHot($0.argMax(), classes: $0.count) },
  "ranking": { $0.argsort().argsort().cast(to: Float.self) },
  "hard_or": { select(($0 .> 0).any(), 1, -1) },
  "smooth": { x in
    stack([
      x[0] * x[1] ** 2 * sin(x[2] * x[1] - x[0]) + cos(x[0] ** 3), x[2] + x[0] * sin(x[1]),
    ])
  },
  "half_square": { 0.5 * square($0).sum() },
]

/// Whether all values agree within 1e-5 of the largest.
func agree(_ a: [Float], _ b: [Float], tolerance: Float = 1e-5) -> Bool {
  let scale = max(b.map(abs).max() ?? 0, 1e-3)
  return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * scale }
}

@Suite struct OptaxTests {
  @Test(arguments: OptaxFixture.shared.cases)
  func valueAndPullback(_ test: OptaxFixture.Case) throws {
    let function = try #require(optaxFunctions[test.function])
    let noise = try #require(Noise.named(test.noise))
    let perturbed = try Perturbed(
      samples: test.samples, sigma: test.sigma, noise: noise,
      baseline: test.baseline ? .point : .none, function)
    let key = RandomKey(test.seed)
    let (value, pullback) = try vjp(at: Tensor(test.at)) { try perturbed($0, key: key) }
    #expect(agree(value.scalars, test.value), "\(value) \(test.value)")
    let cotangent = Tensor(shape: value.shape, scalars: test.cotangent)
    let gradient = try pullback(cotangent)
    #expect(agree(gradient.scalars, test.vjp), "\(gradient) \(test.vjp)")
    if let hessian = test.hessian {
      let d = test.at.count
      for row in 0..<d {
        let h = try hessianRow(perturbed, Tensor(test.at), key, row)
        #expect(agree(h.scalars, Array(hessian[row * d..<(row + 1) * d])), "\(h) \(hessian)")
      }
    }
  }

  func hessianRow(
    _ f: Perturbed<Tensor<Float>, Tensor<Float>>, _ x: Tensor<Float>, _ key: RandomKey, _ row: Int
  ) throws -> Tensor<Float> {
    try gradient(at: x) { x in
      try gradient(at: x) { try f($0, key: key) }[row]
    }
  }
}
