import Perturbations
import Testing

private let theta: Tensor<Double> = [-0.6, 1.9, -0.2]

/// The line that an error prints.
private func line(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

private struct Refused: Error, CustomStringConvertible {
  var description: String { "refused" }
}

@Suite struct ZeroOrderErrorTests {
  @Test func parameters() {
    for sigma in [0, -1, .infinity, .nan] as [Double] {
      #expect(
        line { _ = try ZeroOrder(samples: 10, sigma: sigma) }
          == "sigma is \(sigma), expected a positive finite number")
    }
    #expect(
      line { _ = try ZeroOrder(samples: 0, sigma: 1) } == "samples is 0, expected at least 1")
    #expect(
      line { _ = try ZeroOrder(samples: 1, sigma: 1, threads: 0) }
        == "threads is 0, expected at least 1")
    #expect(
      line {
        _ = try ZeroOrder(samples: 1, sigma: 1, distribution: .orthogonal(groupSize: 0))
      } == "groupSize is 0, expected at least 1")
  }

  @Test func noiseOfUnknownVariance() {
    struct Sign: NoiseDistribution {
      let name = "sign"
      func sample(_ count: Int, key: RandomKey) -> [Double] { key.rademacher(count) }
      func score(_ z: Double) -> Double? { nil }
    }
    #expect(
      line {
        _ = try ZeroOrder(samples: 1, sigma: 1, distribution: DirectionDistribution(Noise(Sign())))
      }.hasPrefix("the variance of sign noise is not known"))
    #expect(
      line {
        _ = try ZeroOrder(
          samples: 1, sigma: 1, distribution: DirectionDistribution(Sign(), mean: 0, variance: 0))
      } == "the variance of sign noise is 0.0, expected a positive finite number")
    #expect(
      line {
        _ = try ZeroOrder(
          samples: 1, sigma: 1,
          distribution: DirectionDistribution(Sign(), mean: .nan, variance: 1))
      } == "the mean of sign noise is nan, expected a finite number")
    for noise in [Noise.logNormal, .cauchy, .studentT(degreesOfFreedom: 2)] {
      #expect(
        line {
          _ = try ZeroOrder(samples: 1, sigma: 1, distribution: DirectionDistribution(noise))
        }.hasPrefix("the variance of \(noise.name) noise is not known or it has none"))
    }
    #expect(throws: Never.self) {
      try ZeroOrder(samples: 1, sigma: 1, distribution: DirectionDistribution(.laplace))
    }
  }

  @Test func input() throws {
    let estimator = try ZeroOrder(samples: 10, sigma: 1)
    #expect(
      line {
        _ = try estimator.gradient(at: ["w": Tensor([1, .nan, 2])], key: RandomKey(0)) {
          ($0["w"] ?? 0).sum()
        }
      }
        == "element 1 of the input at [\"w\"] is nan, expected a finite number")
    #expect(
      line {
        _ = try estimator.gradient(at: [Tensor<Float>](), key: RandomKey(0)) { _ in Tensor<Float>(1)
        }
      }
        == "the input has no elements, expected at least one")
    #expect(
      line {
        _ = try estimator.gradient(at: Tensor<Int32>(1), key: RandomKey(0)) { _ in Tensor<Float>(1)
        }
      }
        == "the input has no elements, expected at least one")
  }

  @Test(arguments: [false, true])
  func outputThatIsNotANumber(sequential: Bool) throws {
    let estimator = try ZeroOrder(samples: 10, sigma: 1, sequential: sequential)
    #expect(
      line { _ = try estimator.gradient(at: theta, key: RandomKey(0)) { $0 * 2 } }
        == "the function's output is a tensor of shape [3], expected one number")
    #expect(
      line { _ = try estimator.value(at: theta, key: RandomKey(0)) { $0 * 2 } }
        == "the function's output is a tensor of shape [3], expected one number")
    #expect(
      line { _ = try estimator.gradient(at: theta, key: RandomKey(0)) { log($0).sum() } }
        == "output 0 of the function is nan at the unperturbed input, expected a finite number")
  }

  /// The sample and its key are those with which the value can be made again.
  @Test(arguments: [false, true], ZeroOrder.Method.allCases)
  func nonFiniteSample(sequential: Bool, method: ZeroOrder.Method) throws {
    let key = RandomKey(3)
    let estimator = try ZeroOrder(method, samples: 100, sigma: 1, sequential: sequential)
    let failing = (0..<100).first { sample in
      let z: [Double] = key.child(UInt64(sample)).child(0).normal(1)
      return method == .antithetic ? Swift.abs(z[0]) > 1.5 : z[0] < -1.5
    }
    let sample = try #require(failing)
    let message = line {
      _ = try estimator.gradient(at: Tensor<Double>([1.5]), key: key) { x in
        // Not a number below 0, and above 3 where the opposite direction is below 0.
        method == .antithetic ? sqrt(x).sum() + sqrt(3 - x).sum() : sqrt(x).sum()
      }
    }
    #expect(
      message.hasSuffix(
        "nan for sample \(sample) (\(key.child(UInt64(sample)))), expected a finite number"))
  }

  @Test func failingFunction() throws {
    let key = RandomKey(3)
    let estimator = try ZeroOrder(.naive, samples: 100, sigma: 1, sequential: true, threads: 3)
    let failing = (0..<100).first { sample in
      let z: [Double] = key.child(UInt64(sample)).child(0).normal(1)
      return z[0] > 2
    }
    let sample = try #require(failing)
    let message = line {
      _ = try estimator.gradient(at: Tensor<Double>([0]), key: key) { x in
        if x[0].scalar > 2 { throw Refused() }
        return x.sum()
      }
    }
    #expect(
      message == "the function failed for sample \(sample) (\(key.child(UInt64(sample)))): refused")
  }

  @Test func directionsOfTheWrongNumber() throws {
    let given = DirectionDistribution.given([theta, theta])
    let estimator = try ZeroOrder(samples: 3, sigma: 1, distribution: given)
    #expect(
      line { _ = try estimator.gradient(at: theta, key: RandomKey(0)) { $0.sum() } }
        == "given noise gave 0 numbers for sample 2, leaf 0, expected 3")
  }

  @Test func elementsAreNotReadUnderTheMap() async {
    await #expect(processExitsWith: .failure) {
      let estimator = try ZeroOrder(samples: 4, sigma: 0.1)
      _ = try estimator.gradient(at: Tensor<Double>([1, 2]), key: RandomKey(0)) { x in
        Tensor<Double>(x[0].scalar)
      }
    }
  }
}
