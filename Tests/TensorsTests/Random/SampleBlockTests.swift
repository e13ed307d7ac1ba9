import Foundation
import Tensors
import Testing

@Suite struct SampleBlockTests {
  /// The contract: row r of leaf l is what the keys `child(r).child(l)` draw.
  @Test(arguments: RandomDistribution.allCases) func noiseIsThatOfTheKeys(
    distribution: RandomDistribution
  ) {
    let key = RandomKey(11)
    for (samples, count) in [(40, 5), (3, 100), (2, 1000), (1, 1)] {
      let block = SampleBlock(
        key: key, distribution: distribution, firstSample: 9, samples: samples, leaf: 2,
        firstCounter: 4, count: count)
      var noise = [Float](repeating: 0, count: samples * count)
      noise.withUnsafeMutableBufferPointer {
        Float.sampleNoise(block, into: $0, rowStride: count)
      }
      for row in 0..<samples {
        let leafKey = key.split(9 + samples)[9 + row].split(3)[2]
        let expected: [Float] = leafKey.draws(4 + count, from: distribution)
        #expect(Array(noise[row * count..<(row + 1) * count]) == Array(expected.dropFirst(4)))
      }
    }
  }

  @Test func perturbedDoublesAndTheirArgmax() {
    let theta = [-0.6, 1.9, -0.2, 1.1, -1.0]
    let block = SampleBlock(key: RandomKey(1), distribution: .gumbel, samples: 1000, count: 5)
    var sums = [Double](repeating: 0, count: 5000)
    var noise = sums
    var index = [Int32](repeating: -1, count: 1000)
    theta.withUnsafeBufferPointer { theta in
      sums.withUnsafeMutableBufferPointer { sums in
        noise.withUnsafeMutableBufferPointer {
          Double.perturb(block, theta: theta, sigma: 0.5, into: sums, noise: $0, rowStride: 5)
        }
      }
      index.withUnsafeMutableBufferPointer {
        Double.argmaxSamples(block, theta: theta, sigma: 0.5, into: $0)
      }
    }
    for row in 0..<1000 {
      let values = sums[row * 5..<row * 5 + 5]
      #expect(values.firstIndex(of: values.max() ?? .nan) == row * 5 + Int(index[row]))
    }
    #expect(sums.indices.allSatisfy { sums[$0] == theta[$0 % 5] + 0.5 * noise[$0] })
  }

  /// With Gumbel noise the argmax of θ + σZ is drawn from softmax(θ/σ).
  @Test func argmaxIsDrawnFromSoftmax() {
    let theta: [Float] = [-0.6, 1.9, -0.2, 1.1, -1.0]
    let samples = 1_000_000
    let block = SampleBlock(key: RandomKey(1), distribution: .gumbel, samples: samples, count: 5)
    var index = [Int32](repeating: -1, count: samples)
    theta.withUnsafeBufferPointer { theta in
      index.withUnsafeMutableBufferPointer {
        Float.argmaxSamples(block, theta: theta, sigma: 0.5, into: $0)
      }
    }
    let weights = theta.map { exp(Double($0) / 0.5) }
    for (j, weight) in weights.enumerated() {
      let probability = weight / weights.reduce(0, +)
      let frequency = Double(index.count { $0 == j }) / Double(samples)
      let standardError = (probability * (1 - probability) / Double(samples)).squareRoot()
      #expect(abs(frequency - probability) < 4 * standardError)
    }
  }

  /// Mean and variance of 400,000 draws, within four standard errors: those of the mean are √(v/n),
  /// those of the variance √((m₄ - v²)/n) with the fourth central moment m₄.
  @Test(arguments: RandomDistribution.allCases) func moments(distribution: RandomDistribution) {
    let (mean, variance, fourth): (Double, Double, Double) =
      switch distribution {
      case .uniform: (0.5, 1.0 / 12, 1.0 / 80)
      case .normal: (0, 1, 3)
      case .gumbel: (0.577_215_664_901_532_9, .pi * .pi / 6, 5.4 * pow(.pi * .pi / 6, 2))
      case .logistic: (0, .pi * .pi / 3, 4.2 * pow(.pi * .pi / 3, 2))
      case .laplace: (0, 2, 24)
      case .exponential: (1, 1, 9)
      case .rademacher: (0, 1, 1)
      }
    let count = 400_000
    let floats: [Float] = RandomKey(21).draws(count, from: distribution)
    let doubles: [Double] = RandomKey(22).draws(count, from: distribution)
    for draws in [floats.map { Double($0) }, doubles] {
      let average = draws.reduce(0, +) / Double(count)
      let spread = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      #expect(abs(average - mean) < 4 * (variance / Double(count)).squareRoot())
      let varianceError = ((fourth - variance * variance) / Double(count)).squareRoot()
      #expect(abs(spread - variance) < max(4 * varianceError, 1e-12))
    }
  }

  @Test func scoresAreTheirFormulas() {
    let z: [Double] = (0..<2001).map { Double($0 - 1000) / 40 } + [1e-9, -1e-9, 60, -60]
    expectScore(.normal, z, { $0 }, { _ in 1 })
    expectScore(.gumbel, z, { -expm1(-$0) }, { exp(-$0) })
    expectScore(.logistic, z, { tanh($0 / 2) }, { 0.5 / pow(cosh($0 / 2), 2) })
    expectScore(.laplace, z, { $0 == 0 ? 0 : $0 > 0 ? 1 : -1 }, { _ in 0 })
  }

  private func expectScore(
    _ distribution: RandomDistribution, _ z: [Double], _ score: (Double) -> Double,
    _ derivative: (Double) -> Double
  ) {
    let single = z.map { Float($0) }
    let (scores, derivatives) = Self.scores(distribution, z)
    let (scores32, derivatives32) = Self.scores(distribution, single)
    for j in z.indices {
      // Foundation's functions are themselves an ulp or two off.
      #expect(abs(scores[j] - score(z[j])) <= 6 * score(z[j]).ulp)
      #expect(abs(derivatives[j] - derivative(z[j])) <= 6 * derivative(z[j]).ulp)
      let expected = Float(score(Double(single[j])))
      #expect(abs(scores32[j] - expected) <= 4 * expected.ulp)
      let expectedDerivative = Float(derivative(Double(single[j])))
      #expect(abs(derivatives32[j] - expectedDerivative) <= 4 * expectedDerivative.ulp)
    }
  }

  private static func scores<Scalar: RandomScalar>(
    _ distribution: RandomDistribution, _ z: [Scalar]
  ) -> ([Scalar], [Scalar]) {
    var scores = [Scalar](repeating: .nan, count: z.count)
    var derivatives = scores
    z.withUnsafeBufferPointer { z in
      scores.withUnsafeMutableBufferPointer { Scalar.score(distribution, of: z, into: $0) }
      derivatives.withUnsafeMutableBufferPointer {
        Scalar.scoreDerivative(distribution, of: z, into: $0)
      }
    }
    return (scores, derivatives)
  }
}
