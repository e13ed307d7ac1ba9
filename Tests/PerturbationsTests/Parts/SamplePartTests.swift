import Perturbations
import Synchronization
import Testing

/// Parts of an estimate, sent as bytes and put together in another order, give the bits of the whole.
@Suite struct SamplePartTests {
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5, 0.1, 0.9]
  private let cotangent: Tensor<Double> = [1, -2, 0.5, 3, -1]
  private let key = RandomKey(8)

  private func parts(
    _ count: Int, keepingOutputs: Bool = false, _ estimate: () throws -> [Double]
  ) throws -> [SamplePart] {
    try (1...count).map {
      let part = try SamplePart($0, of: count, keepingOutputs: keepingOutputs, estimate)
      return try SamplePart(decoding: part.encoded())
    }
  }

  private func check(
    counts: [Int] = [1, 2, 5], keepingOutputs: Bool = false,
    location: SourceLocation = #_sourceLocation, _ estimate: () throws -> [Double]
  ) throws {
    let expected = try estimate().map(\.bitPattern)
    for count in counts {
      let parts = try parts(count, keepingOutputs: keepingOutputs, estimate)
      let found = try SamplePart.combine(parts.reversed(), estimate)
      #expect(found.map(\.bitPattern) == expected, "\(count) parts", sourceLocation: location)
    }
  }

  private func derivatives(
    _ soft: Perturbed<Tensor<Double>, Tensor<Double>>
  ) throws -> [Double] {
    let (value, pullback) = try vjp(at: theta) { try soft($0, key: key) }
    return value.scalars + (try pullback(cotangent)).scalars
      + (try hessian(at: theta) { (try soft($0, key: key) * cotangent).sum() }).scalars
      + (try jvp(at: theta, along: cotangent) { try soft($0, key: key) }).derivative.scalars
  }

  private func statistics(
    _ soft: Perturbed<Tensor<Double>, Tensor<Double>>
  ) throws -> [Double] {
    let estimate = try soft.estimate(at: theta, key: key)
    var result = estimate.value.scalars + estimate.standardError.scalars
    let gradient = try soft.gradientEstimate(at: theta, cotangent: cotangent, key: key)
    result += gradient.value.scalars + gradient.valueStandardError.scalars
    result += gradient.gradient.scalars + gradient.standardError.scalars
    let matrix = try soft.hessianEstimate(at: theta, cotangent: cotangent, key: key)
    result += matrix.value.scalars + matrix.standardError.scalars
    let product = try soft.hessianProductEstimate(
      at: theta, cotangent: cotangent, direction: cotangent, key: key)
    result += product.value.scalars + product.standardError.scalars
    let sigma = try soft.sigmaDerivative(at: theta, cotangent: cotangent, key: key)
    result += [sigma.value, sigma.standardError]
    for row in try soft.diagnose(at: theta, sigmas: [0.3], key: key).table { result += row }
    for solution in try soft.solutions(at: theta, key: key, limit: 100_000).solutions {
      result += solution.output.scalars + [Double(solution.count)]
    }
    return result
  }

  @Test(
    arguments: [Sampling.independent, .antithetic, .orthogonal, .quasiMonteCarlo()],
    [Baseline.none, .point, .leaveOneOut])
  func everySamplingAndBaseline(_ sampling: Sampling, _ baseline: Baseline) throws {
    let smoothing = Smoothing(samples: 10_000, sigma: 0.4, baseline: baseline, sampling: sampling)
    let functions: [Perturbed<Tensor<Double>, Tensor<Double>>] = [
      try Perturbed(Ranking(), smoothing), try Perturbed(ArgMax(), smoothing),
    ]
    for soft in functions {
      try check { try derivatives(soft) + statistics(soft) }
    }
  }

  @Test func batchesAndMaxima() throws {
    let batch = stack([theta, -theta, 2 * theta, 3 * theta, 4 * theta])
    let smoothing = Smoothing(samples: 9000, sigma: 0.4, noise: .gumbel, baseline: .leaveOneOut)
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(Ranking(), smoothing)
    let g = stack([cotangent, theta, cotangent, theta, theta])
    let maximum = try PerturbedMaximum<Tensor<Double>, Double>(solving: ArgMax(), smoothing)
    try check(counts: [2, 3, 4, 7, 30]) {
      let (value, pullback) = try vjp(at: batch) { try soft($0, key: key, batched: true) }
      let (top, slope) = try vjp(at: theta) { try maximum($0, key: key) }
      return value.scalars + (try pullback(g)).scalars + top.scalars
        + (try slope(Tensor(1))).scalars
        + (try hessian(at: theta) { try maximum($0, key: key) }).scalars
    }
  }

  @Test func functionsOfTensorsAndOfArrays() throws {
    let smoothing = Smoothing(samples: 3000, sigma: 0.4, noise: .logistic, baseline: .leaveOneOut)
    let tensors = try Perturbed(smoothing) { (x: Tensor<Double>) in [x.max(), (x * x).sum()] }
    let arrays = try Perturbed(smoothing) { (x: [Double]) in [x[0] * x[1], x.reduce(0, +)] }
    try check {
      let (value, pullback) = try vjp(at: theta) { try tensors($0, key: key) }
      let (other, otherPullback) = try vjp(at: theta) { try arrays($0, key: key) }
      return value.flatMap(\.scalars) + (try pullback(value.map { _ in Tensor(2) })).scalars
        + other.scalars + (try otherPullback([1, -1])).scalars
    }
  }

  @Test(arguments: ZeroOrder.Method.allCases, ZeroOrder.Shaping.allCases)
  func zeroOrder(_ method: ZeroOrder.Method, _ shaping: ZeroOrder.Shaping) throws {
    for sampling in [Sampling.independent, .orthogonal] {
      let estimator = try ZeroOrder(
        method, Smoothing(samples: 700, sigma: 0.1, sampling: sampling), shaping: shaping)
      try check {
        let found = try estimator.estimate(at: theta, key: key) { exp($0).sum() }
        var result = found.gradient.scalars + found.standardError.scalars
        result += [found.value, found.smoothedValue, found.smoothedValueError]
        if shaping == .none, sampling == .independent {
          result += try hessian(at: theta) { x in
            try estimator.value(at: x, key: key) { exp($0).sum() }
          }.scalars
        }
        return result
      }
    }
  }

  // MARK: Who evaluates what

  /// Counts the inputs that it is given, of which those with a large first entry have no answer.
  private final class Counting: BatchFunction {
    let calls = Atomic<Int>(0)
    let limit: Double
    let outputWidth: Int?

    init(limit: Double, outputWidth: Int?) {
      self.limit = limit
      self.outputWidth = outputWidth
    }

    func evaluate(_ request: BatchRequest) throws -> BatchAnswer {
      calls.add(request.count, ordering: .relaxed)
      var outputs: [Double] = []
      var absent: [Int] = []
      for i in 0..<request.count {
        let x = request.inputs[i * request.width..<(i + 1) * request.width]
        let isAbsent = x.first.map { $0 > limit } ?? true
        if isAbsent { absent.append(i) }
        outputs.append(isAbsent ? 0 : x.reduce(0) { $0 + $1 * $1 })
      }
      return BatchAnswer(outputs: outputs, width: 1, absent: absent)
    }
  }

  /// Whatever is absent in which part, the function is called once for each sample and never when
  /// the parts are put together.
  @Test(arguments: [10, 0.9, 1.5], Baseline.allCases)
  func functionsOutsideAreCalledOnceForEachSample(_ limit: Double, _ baseline: Baseline) throws {
    let smoothing = Smoothing(samples: 30_000, sigma: 0.4, baseline: baseline)
    func estimate(_ function: Counting) throws -> [Double] {
      let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
        batchFunction: function, smoothing)
      let (value, pullback) = try vjp(at: theta) { try soft($0, key: key) }
      return value.scalars + (try pullback([1])).scalars
    }
    let expected = try estimate(Counting(limit: limit, outputWidth: nil)).map(\.bitPattern)
    let function = Counting(limit: limit, outputWidth: 1)
    let parts = try parts(5) { try estimate(function) }
    let points = baseline == .point ? 5 : 0
    #expect(function.calls.load(ordering: .relaxed) == 30_000 + points)
    let none = Counting(limit: limit, outputWidth: 1)
    let found = try SamplePart.combine(parts) { try estimate(none) }
    #expect(found.map(\.bitPattern) == expected)
    #expect(none.calls.load(ordering: .relaxed) == 0)
    // Where only the answers tell their width, the first samples are evaluated for each part.
    let unknown = Counting(limit: limit, outputWidth: nil)
    let others = try self.parts(5) { try estimate(unknown) }
    #expect(unknown.calls.load(ordering: .relaxed) == 30_000 + points + 4 * 16)
    let again = try SamplePart.combine(others) { try estimate(unknown) }
    #expect(again.map(\.bitPattern) == expected)
    #expect(unknown.calls.load(ordering: .relaxed) == 30_000 + points + 4 * 16)
  }

  @Test func cotangentsThatFollowFromValuesTakeTheOutputs() throws {
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Ranking(), Smoothing(samples: 5000, sigma: 0.4))
    func estimate() throws -> [Double] {
      try gradient(at: theta) { square(try soft($0, key: key)).sum() }.scalars
    }
    try check(keepingOutputs: true, estimate)
    #expect(throws: SamplePartError.otherEstimate(step: 2)) {
      _ = try SamplePart.combine(parts(3, estimate), estimate)
    }
  }

  /// Its size does not depend on the number of samples.
  @Test func aPartIsSmall() throws {
    func size(_ samples: Int) throws -> Int {
      let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
        Ranking(), Smoothing(samples: samples, sigma: 0.4))
      return try SamplePart(2, of: 4) {
        try soft.gradientEstimate(at: theta, cotangent: cotangent, key: key)
      }.encoded().count
    }
    let (few, many) = try (size(320_000), size(1_280_000))
    #expect(2 * many < 3 * few && many < 20_000)
  }

  // MARK: Parts that are no whole

  @Test func missingDoubledForeignAndDamagedPartsAreNamed() throws {
    let smoothing = Smoothing(samples: 5000, sigma: 0.4)
    func estimate(_ key: RandomKey, _ sigma: Double = 0.4) throws -> [Double] {
      var other = smoothing
      other.sigma = sigma
      let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(Ranking(), other)
      return try soft(theta, key: key).scalars
    }
    let parts = try parts(4) { try estimate(key) }
    func combine(_ parts: [SamplePart]) throws {
      _ = try SamplePart.combine(parts) { try estimate(key) }
    }
    try combine(parts)
    #expect(throws: SamplePartError.missing(3, of: 4)) {
      try combine([parts[0], parts[3], parts[1]])
    }
    #expect(throws: SamplePartError.missing(1, of: 1)) { try combine([]) }
    #expect(throws: SamplePartError.doubled(2, of: 4)) { try combine(parts + [parts[1]]) }
    let halves = try self.parts(2) { try estimate(key) }
    #expect(throws: SamplePartError.otherCount(2, expected: 4)) { try combine(parts + halves) }
    for other in [
      try self.parts(4) { try estimate(RandomKey(9)) },
      try self.parts(4) { try estimate(key, 0.5) },
    ] {
      #expect(throws: SamplePartError.otherEstimate(step: 1)) {
        try combine(Array(parts[..<3]) + [other[3]])
      }
    }
    let bytes = parts[0].encoded()
    for index in stride(from: 0, to: bytes.count, by: 7) {
      var changed = bytes
      changed[index] ^= 16
      #expect(throws: SamplePartError.damaged) { try SamplePart(decoding: changed) }
      #expect(throws: SamplePartError.damaged) { try SamplePart(decoding: Array(bytes[..<index])) }
    }
  }

  @Test func aFunctionThatIsNoneIsNoticed() throws {
    let calls = Atomic<Int>(0)
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Smoothing(samples: 100, sigma: 0.4, baseline: .point)
    ) { (x: [Double]) in [x[0] + Double(calls.add(1, ordering: .relaxed).newValue)] }
    func estimate() throws -> [Double] {
      try gradient(at: theta) { try soft($0, key: key).sum() }.scalars
    }
    #expect(throws: SamplePartError.disagreement(part: 2)) {
      _ = try SamplePart.combine(parts(2, estimate), estimate)
    }
  }

  @Test func estimatesUpToAStandardErrorHaveNoParts() throws {
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Ranking(), Smoothing(samples: 1_000_000, sigma: 0.4))
    #expect(throws: SamplePartError.notFixed) {
      try SamplePart(1, of: 2) {
        try soft.estimate(at: theta, untilStandardError: 0.01, key: key)
      }
    }
    #expect(throws: PerturbationError.self) { try SamplePart(3, of: 2) { 0 } }
    #expect(throws: PerturbationError.self) { try SamplePart(0, of: 2) { 0 } }
  }

  /// A function that is perturbed inside of another's samples is each sample's own.
  @Test func callsInsideSamplesAreNotShared() throws {
    let inner: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Ranking(), Smoothing(samples: 20, sigma: 0.4))
    let soft = try Perturbed(Smoothing(samples: 300, sigma: 0.4, threads: 2)) {
      (x: Tensor<Double>) in try inner(x, key: RandomKey(1))
    }
    try check { try soft(theta, key: key).scalars }
  }
}

@Suite struct ShareTests {
  /// Every block belongs to one part, and parts are of about one size.
  @Test func sharesAreAllBlocksOnce() {
    for (segments, blocks) in [(1, 1), (1, 2), (1, 1000), (3, 7), (5, 1), (40, 3), (2, 123_457)] {
      for count in [1, 2, 3, 8, 64] {
        var seen = [Int](repeating: 0, count: segments * blocks)
        var sizes: [Int] = []
        for index in 0..<count {
          var size = 0
          for units in Share(index, of: count).units(segments: segments, blocks: 0..<blocks) {
            for segment in units.segments {
              for block in units.blocks { seen[segment * blocks + block] += 1 }
              size += units.blocks.count
            }
          }
          sizes.append(size)
        }
        #expect(seen.allSatisfy { $0 == 1 })
        let mean = Double(segments * blocks) / Double(count)
        #expect(sizes.allSatisfy { Double($0) <= 1.125 * mean + 1 })
      }
    }
  }

  @Test func hugePassesHaveShares() {
    let whole = Share(0, of: 1).units(segments: 1 << 40, blocks: 0..<(1 << 40))
    #expect(whole == [Share.Units(segments: 0..<(1 << 40), blocks: 0..<(1 << 40))])
    let last = Share(7, of: 8).units(segments: 1, blocks: 0..<(1 << 50))
    #expect(last == [Share.Units(segments: 0..<1, blocks: 7 << 47..<1 << 50)])
  }

  @Test func nodesAreTheirBlocksOnce() {
    for range in [0..<1, 0..<13, 5..<6, 5..<29, 8..<16, 3..<3, 1023..<4097] {
      let blocks = SumTree.nodes(of: range).flatMap {
        ($0.index << $0.level)..<(($0.index + 1) << $0.level)
      }
      #expect(blocks == Array(range))
    }
  }
}
