import Perturbations
import Testing

private struct Point: TreeStruct, Sendable {
  var position: Tensor<Double>
  var speed: Tensor<Double>?
  var label = "point"
  static var children: [Child<Point>] { [Child(\.position), Child(\.speed)] }
}

/// Any tree of inputs and of outputs: the same function in different clothes gives the same numbers.
@Suite struct TreeTests {
  private let key = RandomKey(6)
  private let a: Tensor<Double> = [0.3, -0.2]
  private let b: Tensor<Double> = 0.7

  private func make<Input: Tree & Sendable, Output: Tree & Sendable>(
    _ function: @escaping @Sendable (Input) throws -> Output
  ) throws -> Perturbed<Input, Output> {
    try Perturbed(samples: 500, sigma: 0.5, baseline: .leaveOneOut, function)
  }

  private static func product(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Tensor<Double> {
    sign(a * b) + b
  }

  @Test func everyTree() throws {
    let product: @Sendable (Tensor<Double>, Tensor<Double>) -> Tensor<Double> = Self.product
    let array = try make { (x: [Tensor<Double>]) in product(x[0], x[1]) }
    let expected = try array([a, b], key: key)
    let slopes = try gradient(at: [a, b]) { try array($0, key: key).sum() }

    let dictionary = try make { (x: [String: Tensor<Double>]) in
      ["y": product(x["a"] ?? 0, x["b"] ?? 0)]
    }
    let input = ["b": b, "a": a]
    #expect(try dictionary(input, key: key) == ["y": expected])
    let inDictionary = try gradient(at: input) { x in
      (try dictionary(x, key: key)["y"] ?? 0).sum()
    }
    #expect(inDictionary == ["a": slopes[0], "b": slopes[1]])

    let tuple = try make { (x: Tuple<Tensor<Double>, Tensor<Double>>) in
      Tuple(product(x.elements.0, x.elements.1), x.elements.1)
    }
    let (first, second) = try tuple(Tuple(a, b), key: key).elements
    #expect(first == expected)
    #expect(second.shape == [])

    let structure = try make { (x: Point) in product(x.position, x.speed ?? 0) }
    let point = Point(position: a, speed: b, label: "kept")
    #expect(try structure(point, key: key) == expected)
    let inStructure = try gradient(at: point) { try structure($0, key: key).sum() }
    #expect(inStructure.position == slopes[0])
    #expect(inStructure.speed == slopes[1])

    let optional = try make { (x: [Tensor<Double>?]) in
      [product(x[0] ?? 0, x[2] ?? 0) as Tensor<Double>?, nil]
    }
    let found = try optional([a, nil, b], key: key)
    #expect(found[0] == expected)
    #expect(found[1] == nil)
  }

  @Test func statisticsOfTrees() throws {
    let product: @Sendable (Tensor<Double>, Tensor<Double>) -> Tensor<Double> = Self.product
    let perturbed = try make { (x: Point) in ["y": product(x.position, x.speed ?? 0)] }
    let point = Point(position: a, speed: b)
    let estimate = try perturbed.estimate(at: point, key: key)
    #expect(try estimate.value == (perturbed(point, key: key)))
    #expect(estimate.standardError["y"]?.shape == [2])
    let found = try perturbed.gradientEstimate(
      at: point, cotangent: ["y": [1, 2]], key: key)
    let (_, pullback) = try vjp(at: point) { try perturbed($0, key: key) }
    let expected = try pullback(["y": [1, 2]])
    #expect(agree(found.gradient.position, expected.position))
    #expect(agree(found.gradient.speed ?? 0, expected.speed ?? 1))
    #expect(found.standardError.speed?.shape == [])
    #expect(throws: TreeMismatch.self) {
      try perturbed.gradientEstimate(at: point, cotangent: ["y": [1, 2, 3]], key: key)
    }
  }

  private func agree(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Bool {
    a.shape == b.shape && zip(a.scalars, b.scalars).allSatisfy { abs($0 - $1) < 1e-12 }
  }

  @Test func batchesOfTrees() throws {
    let perturbed = try make { (x: [Tensor<Double>]) in [sign(x[0]) * x[1], x[1]] }
    let batch = [stack([a, -a, a]), Tensor<Double>([0.1, 0.2, 0.3])]
    let found = try perturbed(batch, key: key, batched: true)
    #expect(found.map(\.shape) == [[3, 2], [3]])
    let estimate = try perturbed.gradientEstimate(
      at: batch, cotangent: [stack([a, a, a]), [1, 1, 1]], key: key, batched: true)
    let (_, pullback) = try vjp(at: batch) { try perturbed($0, key: key, batched: true) }
    let expected = try pullback([stack([a, a, a]), [1, 1, 1]])
    for (x, y) in zip(estimate.gradient, expected) { #expect(agree(x, y)) }
  }
}
