import Perturbations
import Testing

/// Runs passes as many machines would: cuts the blocks into ranges, computes these in another order,
/// sends each as bytes and puts them together in a third order.
private struct CutExecution: Execution {
  let seed: UInt64

  func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
    let random: [Double] = RandomKey(seed).uniform(256)
    var cuts: Set<Int> = [blocks.lowerBound, blocks.upperBound]
    for number in random.prefix(6) {
      cuts.insert(blocks.lowerBound + Int(number * Double(blocks.count)))
    }
    let ends = cuts.sorted()
    let ranges = zip(ends, ends.dropFirst()).map { $0..<$1 }
    func shuffled<Element>(_ elements: [Element], _ offset: Int) -> [Element] {
      zip(elements, random[offset...]).sorted { $0.1 < $1.1 }.map(\.0)
    }
    let parts = try shuffled(ranges, 8).map { range in
      let part = try Threads(1).run(pass, blocks: range)
      return try PassPart(decoding: part.encoded(), layout: pass.layout)
    }
    var whole = PassPart(segments: pass.segments)
    for part in shuffled(parts, 128) { try whole.merge(part) }
    return whole
  }
}

/// Every estimate from parts has the bits of the whole, for any cut and any number of threads.
@Suite struct PassTests {
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5, 0.1, 0.9]
  private let cotangent: Tensor<Double> = [1, -2, 0.5, 3, -1]
  private let key = RandomKey(8)

  private func smoothings(
    _ smoothing: Smoothing
  ) -> (whole: Smoothing, others: [Smoothing]) {
    var whole = smoothing
    whole.threads = 1
    let threads = [2, 3, 8].map {
      var other = smoothing
      other.threads = $0
      return other
    }
    let cuts = [1, 2, 3].map { (seed: UInt64) in
      var other = smoothing
      other.execution = CutExecution(seed: seed)
      return other
    }
    return (whole, threads + cuts)
  }

  private func check(
    _ smoothing: Smoothing, _ numbers: (Smoothing) throws -> [Double],
    location: SourceLocation = #_sourceLocation
  ) throws {
    let (whole, others) = smoothings(smoothing)
    let expected = try numbers(whole).map(\.bitPattern)
    for other in others {
      #expect(try numbers(other).map(\.bitPattern) == expected, sourceLocation: location)
    }
  }

  /// Value, gradient, second derivatives in both modes, and all statistics.
  private func numbers(
    _ perturbed: Perturbed<Tensor<Double>, Tensor<Double>>
  ) throws -> [Double] {
    var result = try perturbed(theta, key: key).scalars
    result += try gradient(at: theta) { (try perturbed($0, key: key) * cotangent).sum() }.scalars
    result += try hessian(at: theta) { (try perturbed($0, key: key) * cotangent).sum() }.scalars
    result += try jvp(at: theta, along: cotangent) { try perturbed($0, key: key) }.derivative
      .scalars
    let estimate = try perturbed.estimate(at: theta, key: key)
    result += estimate.value.scalars + estimate.standardError.scalars
    let gradient = try perturbed.gradientEstimate(at: theta, cotangent: cotangent, key: key)
    result += gradient.gradient.scalars + gradient.standardError.scalars
    let matrix = try perturbed.hessianEstimate(at: theta, cotangent: cotangent, key: key)
    result += matrix.value.scalars + matrix.standardError.scalars
    let sigma = try perturbed.sigmaDerivative(at: theta, cotangent: cotangent, key: key)
    result += [sigma.value, sigma.standardError]
    for row in try perturbed.diagnose(at: theta, sigmas: [0.3], key: key).table { result += row }
    for solution in try perturbed.solutions(at: theta, key: key, limit: 100_000).solutions {
      result += solution.output.scalars + [Double(solution.count)]
    }
    return result
  }

  @Test(arguments: [
    (Sampling.independent, Baseline.none), (.independent, .point), (.independent, .leaveOneOut),
    (.antithetic, .leaveOneOut), (.orthogonal, .leaveOneOut), (.quasiMonteCarlo(), .leaveOneOut),
    (.quasiMonteCarlo(scramblings: 3), .none),
  ])
  func everyEstimate(_ sampling: Sampling, _ baseline: Baseline) throws {
    let smoothing = Smoothing(
      samples: 30_000, sigma: 0.4, baseline: baseline, sampling: sampling)
    try check(smoothing) { try numbers(Perturbed(Ranking(), $0)) }
  }

  @Test func indicesAndWinners() throws {
    try check(Smoothing(samples: 50_000, sigma: 0.4, noise: .gumbel, baseline: .leaveOneOut)) {
      try numbers(Perturbed(ArgMax(), $0))
    }
  }

  @Test func closuresAndBatches() throws {
    let batch = stack([theta, -theta, 2 * theta])
    try check(Smoothing(samples: 9000, sigma: 0.4, noise: .logistic, baseline: .point)) {
      let perturbed = try Perturbed($0) { (x: Tensor<Double>) in [x.max(), (x * x).sum()] }
      let value = try perturbed(batch, key: key, batched: true).map { $0.scalars }
      let slope = try gradient(at: batch) { x in
        try perturbed(x, key: key, batched: true).reduce(Tensor<Double>(0)) { $0 + $1.sum() }
      }
      return value.flatMap { $0 } + slope.scalars
    }
    try check(Smoothing(samples: 9000, sigma: 0.4)) {
      let perturbed = try Perturbed($0) { (x: [Double]) in [x[0] * x[1], x.reduce(0, +)] }
      return try gradient(at: theta) { square(try perturbed($0, key: key)).sum() }.scalars
    }
  }

  @Test(arguments: [Noise.normal, .logNormal])
  func maxima(_ noise: Noise) throws {
    let theta = theta + 1
    try check(Smoothing(samples: 20_000, sigma: 0.4, noise: noise)) {
      let maximum = try PerturbedMaximum<Tensor<Double>, Double>(solving: ArgMax(), $0)
      let value = try maximum(theta, key: key).scalars
      return try value + gradient(at: theta) { try maximum($0, key: key) }.scalars
        + hessian(at: theta) { try maximum($0, key: key) }.scalars
    }
  }

  @Test func untilAStandardError() throws {
    try check(Smoothing(samples: 1_000_000, sigma: 0.4, noise: .gumbel)) {
      let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(ArgMax(), $0)
      let estimate = try perturbed.estimate(at: theta, untilStandardError: 0.003, key: key)
      return estimate.value.scalars + estimate.standardError.scalars + [Double(estimate.samples)]
    }
  }

  @Test(arguments: ZeroOrder.Method.allCases, ZeroOrder.Shaping.allCases)
  func zeroOrder(_ method: ZeroOrder.Method, _ shaping: ZeroOrder.Shaping) throws {
    for sampling in [Sampling.independent, .orthogonal] {
      try check(Smoothing(samples: 700, sigma: 0.1, sampling: sampling)) {
        let estimator = try ZeroOrder(method, $0, shaping: shaping)
        let found = try estimator.estimate(at: theta, key: key) { exp($0).sum() }
        var result = found.gradient.scalars + found.standardError.scalars
        result += [found.value, found.smoothedValue, found.smoothedValueError]
        result += try estimator.gradient(at: theta, key: key) { exp($0).sum() }.scalars
        if shaping == .none, sampling == .independent {
          result += try hessian(at: theta) { x in
            try estimator.value(at: x, key: key) { exp($0).sum() }
          }.scalars
        }
        return result
      }
    }
  }

  @Test func damagedPartsAreErrors() throws {
    struct Damaging: Execution {
      let damage: @Sendable (inout [UInt8]) -> Void

      func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
        var bytes = try Threads(1).run(pass, blocks: blocks).encoded()
        damage(&bytes)
        return try PassPart(decoding: bytes, layout: pass.layout)
      }
    }
    func value(_ damage: @escaping @Sendable (inout [UInt8]) -> Void) throws {
      var smoothing = Smoothing(samples: 20_000, sigma: 0.4)
      smoothing.execution = Damaging(damage: damage)
      let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(Ranking(), smoothing)
      _ = try perturbed(theta, key: key)
    }
    try value { _ in }
    #expect(throws: PassPartError.self) { try value { $0.removeLast(3) } }
    #expect(throws: PassPartError.self) { try value { $0.append(0) } }
    #expect(throws: PassPartError.self) { try value { $0[7] = 0x40 } }
    #expect(throws: PassPartError.self) { try value { $0[8] = 0 } }
  }
}
