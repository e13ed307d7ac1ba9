import Perturbations
import Testing

private let theta: Tensor<Float> = [-0.6, 1.9, -0.2]

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

@Suite struct PerturbedErrorTests {
  @Test(arguments: [0, -1, .infinity, .nan] as [Double])
  func sigma(_ sigma: Double) {
    #expect(
      line { _ = try Perturbed(ArgMax(), samples: 10, sigma: sigma) }
        == "sigma is \(sigma), expected a positive finite number")
  }

  @Test func samples() {
    #expect(
      line { _ = try Perturbed(ArgMax(), samples: 0, sigma: 1) }
        == "samples is 0, expected at least 1")
    #expect(
      line { _ = try Perturbed(ArgMax(), samples: 1, sigma: 1, baseline: .leaveOneOut) }
        == "samples is 1, expected at least 2 for a leave-one-out baseline")
    #expect(
      line { _ = try Perturbed(ArgMax(), samples: 1, sigma: 1, threads: 0) }
        == "threads is 0, expected at least 1")
  }

  @Test func noiseWithoutScore() {
    struct Sign: NoiseDistribution {
      let name = "sign"
      func sample(_ count: Int, key: RandomKey) -> [Double] { key.rademacher(count) }
      func score(_ z: Double) -> Double? { nil }
    }
    let message = line {
      _ = try Perturbed(ArgMax(), samples: 1, sigma: 1, noise: Noise(Sign()))
    }
    #expect(message.hasPrefix("sign noise has no score"))
  }

  @Test func input() throws {
    let perturbed = try Perturbed(ArgMax(), samples: 10, sigma: 1)
    #expect(
      line { _ = try perturbed(Tensor([1, .nan, 2]), key: RandomKey(0)) }
        == "element 1 of the input is nan, expected a finite number")
    #expect(
      line { _ = try perturbed(Tensor([1, 2, -.infinity]), key: RandomKey(0)) }
        == "element 2 of the input is -inf, expected a finite number")
    #expect(
      line { _ = try perturbed(Tensor([] as [Float]), key: RandomKey(0)) }
        == "the input has no elements, expected at least one")
    let tree = try Perturbed(samples: 10, sigma: 1) { (x: [String: Tensor<Float>]) in x }
    #expect(
      line { _ = try tree(["a": Tensor([1]), "b": Tensor([.nan])], key: RandomKey(0)) }
        == "element 0 of the input at [\"b\"] is nan, expected a finite number")
    let indices = try Perturbed(samples: 10, sigma: 1) { (x: Tensor<Int32>) in x }
    #expect(
      line { _ = try indices(Tensor([1, 2] as [Int32])) }
        == "the input has int32 elements, expected float or double")
  }

  @Test func output() throws {
    let growing = try Perturbed(samples: 100, sigma: 1) { (x: [Float]) -> [Float] in
      x[0] > 1 ? [1, 2] : [1]
    }
    let changed = line { _ = try growing(theta, key: RandomKey(0)) }
    #expect(changed.contains("expected an output of shape [1] as for the others"), "\(changed)")
    let bad = try Perturbed(samples: 5000, sigma: 1, threads: 2) { (x: [Float]) -> [Float] in
      [x[0] > 2.5 ? .nan : 0]
    }
    let message = line { _ = try bad(theta, key: RandomKey(0)) }
    #expect(message.hasPrefix("output 0 of the function is nan for sample "), "\(message)")
    // The first such sample, on any number of threads.
    let alone = try Perturbed(samples: 5000, sigma: 1, threads: 1) { (x: [Float]) -> [Float] in
      [x[0] > 2.5 ? .nan : 0]
    }
    #expect(message == line { _ = try alone(theta, key: RandomKey(0)) })
    let integers = try Perturbed(samples: 10, sigma: 1) { (x: Tensor<Float>) in x.argsort() }
    #expect(
      line { _ = try integers(theta, key: RandomKey(0)) }
        == "the function's output has int32 elements, expected float or double: cast it")
  }

  @Test func functionThatFailsNamesTheSampleAndItsKey() throws {
    let key = RandomKey(0)
    let fails = try Perturbed(samples: 5000, sigma: 1) { (x: [Float]) throws -> [Float] in
      if x[0] > 2.5 { throw Refused() }
      return x
    }
    do {
      _ = try fails(theta, key: key)
      Issue.record("no error")
    } catch PerturbationError.functionFailed(let sample, let sampleKey, let error) {
      #expect(error is Refused)
      #expect(sampleKey == key.child(UInt64(sample)))
      // The sample can be made again: its noise is that of the key.
      let noise: [Float] = sampleKey.child(0).normal(3)
      #expect(theta.scalars[0] + noise[0] > 2.5)
    }
  }

  @Test func thirdDerivativeSaysSo() throws {
    let perturbed = try Perturbed(samples: 100, sigma: 1) { (x: Tensor<Float>) in exp(x).sum() }
    let message = line {
      _ = try gradient(at: theta) { x in
        try gradient(at: x) { x in
          try gradient(at: x) { try perturbed($0, key: RandomKey(0)) }.sum()
        }.sum()
      }
    }
    #expect(message.contains("third derivative"))
  }

  @Test func captureOfADifferentiatedTensorIsAnError() async {
    await #expect(processExitsWith: .failure) {
      _ = try gradient(at: Tensor<Float>([1, 2])) { x in
        try Perturbed(samples: 10, sigma: 1) { (y: Tensor<Float>) in (x * y).sum() }(y0)
      }
    }
  }
}

private let y0: Tensor<Float> = [1, 2]
