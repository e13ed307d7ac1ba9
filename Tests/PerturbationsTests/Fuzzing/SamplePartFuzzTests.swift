import Fuzzing
import Perturbations
import Testing

/// Parts come from files, so any bytes are an input: an error, never a trap.
@Suite("Parts of any bytes") struct SamplePartFuzzTests {
  private static let theta: Tensor<Double> = [0.3, -0.2, 0.5]
  private static let key = RandomKey(8)

  /// Fuzzes one of three parts of an estimate, without the checksum that would refuse all of them.
  private func check<Result>(
    _ name: String, _ estimate: () throws -> Result
  ) throws {
    let parts = try (1...3).map { try SamplePart($0, of: 3, estimate) }
    let bodies = parts.map { Array($0.encoded().dropLast(8)) }
    let fuzzer = Fuzzer(
      "sample-part-\(name)", corpus: bodies, bytesPerByte: 1000, isBinary: true)
    try fuzzer.run { bytes in
      do {
        let part = try SamplePart(body: bytes)
        if Array(part.encoded().dropLast(8)) != bytes {
          throw Fuzzer.Failure("a part is not decoded as it is encoded")
        }
        _ = try SamplePart.combine(parts.filter { $0.index != part.index } + [part], estimate)
      } catch is PassPartError {
      } catch is SamplePartError {
      } catch is PerturbationError {}
    }
  }

  @Test(arguments: [Baseline.none, .point, .leaveOneOut])
  func gradients(_ baseline: Baseline) throws {
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Ranking(), Smoothing(samples: 200, sigma: 0.4, baseline: baseline))
    try check("gradient-\(baseline)") {
      try soft.gradientEstimate(at: Self.theta, cotangent: Self.theta, key: Self.key)
    }
  }

  @Test func indices() throws {
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      ArgMax(), Smoothing(samples: 200, sigma: 0.4, noise: .gumbel, baseline: .leaveOneOut))
    try check("indices") {
      try soft.hessianEstimate(at: Self.theta, cotangent: Self.theta, key: Self.key)
    }
  }

  /// A function whose samples may lack an output, and whose width only its answers tell.
  private struct Partly: BatchFunction {
    func evaluate(_ request: BatchRequest) throws -> BatchAnswer {
      let x = stride(from: 0, to: request.inputs.count, by: request.width).map {
        request.inputs[$0]
      }
      return BatchAnswer(
        outputs: x.map { $0 > 0 ? $0 : 0 }, width: 1, absent: x.indices.filter { x[$0] <= 0 })
    }
  }

  @Test func absentSamples() throws {
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      batchFunction: Partly(), Smoothing(samples: 200, sigma: 0.4))
    try check("absent") {
      let (_, pullback) = try vjp(at: Self.theta) { try soft($0, key: Self.key) }
      return try pullback([1])
    }
  }

  @Test func zeroOrder() throws {
    let estimator = try ZeroOrder(
      .antithetic, Smoothing(samples: 100, sigma: 0.1), shaping: .centeredRanks)
    try check("zero-order") {
      try estimator.estimate(at: Self.theta, key: Self.key) { exp($0).sum() }
    }
  }
}
