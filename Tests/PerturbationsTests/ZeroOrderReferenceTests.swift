import Perturbations
import Testing

/// Estimates on given noise, and on noise whose numbers can be made by other means.
@Suite struct ZeroOrderReferenceTests {
  @Test(arguments: ZeroOrder.Method.allCases, [false, true])
  func referenceInDouble(method: ZeroOrder.Method, sequential: Bool) throws {
    try check(method, sequential, Double.self, tolerance: 1e-9)
  }

  @Test(arguments: ZeroOrder.Method.allCases, [false, true])
  func referenceInFloat(method: ZeroOrder.Method, sequential: Bool) throws {
    try check(method, sequential, Float.self, tolerance: 1e-4)
  }

  private func check<Scalar: TensorFloatingPoint>(
    _ method: ZeroOrder.Method, _ sequential: Bool, _ type: Scalar.Type, tolerance: Double
  ) throws {
    let fixture = ZeroOrderFixture.shared
    let (x, y) = fixture.data(Scalar.self)
    let estimator = try ZeroOrder(
      method, samples: fixture.samples, sigma: fixture.sigma,
      distribution: .given(fixture.noise(Scalar.self)), sequential: sequential)
    let (loss, gradient) = try estimator.valueAndGradient(
      at: fixture.model(Scalar.self), key: RandomKey(0)
    ) { meanSquares($0(x), y) }
    #expect(Swift.abs(Double(loss.scalar) - fixture.loss) <= tolerance * fixture.loss)
    let expected = try #require(fixture.estimates[method.rawValue])
    let references = expected.weight + expected.bias
    // Elements far smaller than the others are lost in the rounding of the values.
    let largest = references.map { Swift.abs($0) }.max() ?? 0
    for (found, reference) in zip(gradient.flat, references) {
      let bound = tolerance * (Swift.abs(reference) + 0.01 * largest)
      #expect(Swift.abs(found - reference) <= bound)
    }
  }

  @Test func exactGradient() throws {
    let fixture = ZeroOrderFixture.shared
    let (x, y) = fixture.data(Double.self)
    let exact = gradient(at: fixture.model(Double.self)) { meanSquares($0(x), y) }
    let expected = try #require(fixture.estimates["exact"])
    for (found, reference) in zip(exact.flat, expected.weight + expected.bias) {
      #expect(Swift.abs(found - reference) <= 1e-12 * Swift.abs(reference) + 1e-16)
    }
  }

  /// The estimate computed from the draws of the keys that the contract names.
  @Test(arguments: ZeroOrder.Method.allCases)
  func directionsComeFromTheKeysOfTheContract(method: ZeroOrder.Method) throws {
    let function = Quadratic(constant: 0.5)
    let (key, samples, sigma) = (RandomKey(5), 300, 0.3)
    let estimator = try ZeroOrder(method, samples: samples, sigma: sigma)
    let found = try estimator.gradient(at: Quadratic.start, key: key) { function($0) }
    var expected = [Double](repeating: 0, count: 8)
    let start = function(Quadratic.start).scalar
    for sample in 0..<samples {
      let keys = key.split(samples)[sample].split(2)
      let z: [Double] = keys[0].normal(6) + keys[1].normal(2)
      func value(_ sign: Double) -> Double {
        let step = z.map { $0 * sigma * sign }
        return function([
          "a": (Quadratic.start["a"] ?? 0) + Tensor(shape: [2, 3], scalars: Array(step[..<6])),
          "b": (Quadratic.start["b"] ?? 0) + Tensor(Array(step[6...])),
        ]).scalar
      }
      let difference =
        switch method {
        case .naive: value(1)
        case .forward: value(1) - start
        case .antithetic: (value(1) - value(-1)) / 2
        }
      for k in 0..<8 { expected[k] += difference * z[k] / (sigma * Double(samples)) }
    }
    for (a, b) in zip(found.flat, expected) { #expect(Swift.abs(a - b) < 1e-10) }
  }

  @Test func ranksTakeThePlaceOfValues() throws {
    // f = x at x = 0 with directions 2, −1, 5, 5: ranks 1, 0, 2½, 2½ of 4.
    let directions = [2, -1, 5, 5].map { Tensor<Double>($0) }
    let estimator = try ZeroOrder(
      .naive, samples: 4, sigma: 0.5, distribution: .given(directions), shaping: .centeredRanks)
    let found = try estimator.gradient(at: Tensor<Double>(0), key: RandomKey(0)) { $0 }
    let utilities = [1 / 3.0 - 0.5, -0.5, 2.5 / 3 - 0.5, 2.5 / 3 - 0.5]
    let expected = zip(utilities, [2.0, -1, 5, 5]).map { $0 * $1 }.reduce(0, +) / (4 * 0.5)
    #expect(Swift.abs(found.scalar - expected) < 1e-14)
    // A monotone transformation changes nothing, a constant function has no direction.
    #expect(
      try estimator.gradient(at: Tensor<Double>(0), key: RandomKey(0)) { exp(3 * $0) } == found)
    #expect(
      try estimator.gradient(at: Tensor<Double>(0), key: RandomKey(0)) { _ in Tensor<Double>(7) }
        .scalar == 0)
  }

  @Test func antitheticRanksGoOverBothDirections() throws {
    // f = x with directions 1, 3: values 1, 3, −1, −3, ranks 2, 3, 1, 0 of 4.
    let directions = [1, 3].map { Tensor<Double>($0) }
    let estimator = try ZeroOrder(
      .antithetic, samples: 2, sigma: 1, distribution: .given(directions), shaping: .centeredRanks)
    let found = try estimator.gradient(at: Tensor<Double>(0), key: RandomKey(0)) { $0 }
    #expect(Swift.abs(found.scalar - (1 / 3.0 * 1 + 1 * 3) / 4) < 1e-15)
  }
}
