internal import Synchronization
internal import Tensors

/// A call that says how it is sampled.
protocol ChoosingCall {
  func choice(_ theta: [Value]) throws -> SamplingChoice
}

/// A call that takes the expectation by its formula where there is one, else the sampling that a pilot finds
/// best at θ.
final class AutomaticCall<Scalar: TensorFloatingPoint>: EstimatedCall, ChoosingCall {
  /// The call as it was asked for.
  private let asked: PerturbedCall<Scalar>
  private let expectation: (any ExactExpectation)?
  private let chosen = Mutex<
    (theta: [Value], choice: SamplingChoice, call: PerturbedCall<Scalar>)?
  >(
    nil)
  private let exact = Mutex<ExactCall?>(nil)

  init(_ asked: PerturbedCall<Scalar>) {
    self.asked = asked
    // A maximum is not differentiated through its solution alone.
    expectation =
      asked.transform.isIdentity && !asked.findsObjective
      ? asked.evaluator.expectation(under: asked.smoothing.noise) : nil
  }

  var name: String { asked.name }
  var subject: String { asked.subject }
  var merges: MergedLeaves { asked.merges }

  var outputLayout: ExampleLayout? {
    if let shapes = exact.withLock({ $0?.shapes }) {
      return ExampleLayout(shapes: [shapes.output], types: [Scalar.elementType])
    }
    return chosen.withLock { $0?.call.outputLayout }
  }

  func unpacked(_ cotangent: Value, _ theta: [Value]) -> [Value?] {
    asked.unpacked(cotangent, theta)
  }

  func compute(
    _ order: EstimatorOrder, _ theta: [Value], _ vectors: [PackedVectors]
  ) throws -> Value {
    guard let expectation else { return try sampled(theta).compute(order, theta, vectors) }
    return try compute(order, theta[0], vectors, expectation)
  }

  // MARK: Samples

  /// The call as it is sampled at θ.
  func sampled(_ theta: [Value]) throws -> PerturbedCall<Scalar> {
    try chosen(theta).call
  }

  func choice(_ theta: [Value]) throws -> SamplingChoice { try chosen(theta).choice }

  private func chosen(
    _ theta: [Value]
  ) throws -> (choice: SamplingChoice, call: PerturbedCall<Scalar>) {
    try chosen.withLock { chosen in
      if let chosen, chosen.theta.areSame(theta) { return (chosen.choice, chosen.call) }
      let choice = SamplingChoice(
        hasExactForm: expectation != nil, candidates: try candidates(theta))
      var smoothing = asked.smoothing
      smoothing.sampling = choice.best.sampling
      smoothing.baseline = choice.best.baseline
      let call = PerturbedCall(asked, smoothing)
      chosen = (theta, choice, call)
      return (choice, call)
    }
  }

  /// Samples in all from which on a pilot is run, and those of a pilot.
  private static var leastSamples: Int { 2048 }
  private static var pilotSamples: Int { 256 }

  private var hasGradient: Bool { asked.smoothing.noise.hasScore && !asked.findsObjective }

  private func candidates(_ theta: [Value]) throws -> [SamplingChoice.Candidate] {
    let row = theta.map { $0.sliced(axis: 0, start: 0, count: 1) }
    let width = row.reduce(0) { $0 + $1.count }
    let isQuick = asked.evaluator.isQuick
    let form = isQuick ? asked.evaluator.outputForm(try asked.sampler(row)) : .dense
    let isFused = form.isIndex || form.isVote
    let named = asked.smoothing.baseline
    let baselines: [Baseline] =
      named != .none || !hasGradient ? [named] : [.leaveOneOut, .linear]
    var candidates: [SamplingChoice.Candidate] = []
    for sampling in Sampling.all {
      let count = Self.pilotSamples(sampling, width: width)
      guard asked.smoothing.samples >= Swift.max(Self.leastSamples, 8 * count) else { continue }
      for baseline in baselines {
        var all = asked.smoothing
        all.sampling = sampling
        all.baseline = baseline
        guard (try? all.validate()) != nil, (try? sampling.validate(width: width)) != nil
        else { continue }
        let cost = isQuick ? sampling.cost(baseline, width: width, isFused: isFused) : 1
        candidates.append(
          SamplingChoice.Candidate(
            sampling: sampling, baseline: baseline, samples: count,
            variance: try variance(row, all, samples: count), cost: cost))
      }
    }
    guard candidates.contains(where: { $0.variance.isFinite }) else {
      let isPossible = asked.smoothing.samples > 1 && hasGradient && named == .none
      return [
        SamplingChoice.Candidate(
          sampling: .independent, baseline: isPossible ? .leaveOneOut : named, samples: 0,
          variance: .nan, cost: 1)
      ]
    }
    return candidates
  }

  /// Whole runs of orthogonal directions, four of them at least.
  private static func pilotSamples(_ sampling: Sampling, width: Int) -> Int {
    guard case .orthogonal = sampling else { return pilotSamples }
    let runs = Swift.max(4, (pilotSamples - 1) / Swift.max(width, 1) + 1)
    return runs * width
  }

  /// The variance of a sample in one row, summed over the entries of the gradient or the value; not a number
  /// where samples lack an output.
  private func variance(_ row: [Value], _ smoothing: Smoothing, samples: Int) throws -> Double {
    var smoothing = smoothing
    smoothing.samples = samples
    // Samples of the call are children from 0 on.
    let key = asked.key.child(UInt64.max)
    let pilot = PerturbedCall(asked, smoothing, key: key, mayBeDifferentiated: true)
    let forward = try pilot.forward(row)
    guard forward.present[0] == samples else { return .nan }
    let count = Double(samples)
    guard hasGradient else {
      let moments = try pilot.outputMoments(row) { _, _ in samples }
      return moments[0].standardErrors.reduce(0) { $0 + $1 * $1 } * count
    }
    let g: [Double] = key.child(UInt64.max).rademacher(forward.outputWidth)
    let (_, terms, scales) = try pilot.gradientMoments(row, cotangent: g)
    return terms[0].standardErrors.reduce(0) {
      let error = $1 * count * scales[0]
      return $0 + error * error
    } * count
  }

  // MARK: The formula

  private func compute(
    _ order: EstimatorOrder, _ theta: Value, _ vectors: [PackedVectors],
    _ expectation: any ExactExpectation
  ) throws -> Value {
    let rows = theta.shape[0]
    let width = theta.count / Swift.max(rows, 1)
    let evaluated = try exactCall(theta, expectation).evaluated(
      theta.reshaped([rows, width]), isExample: false)
    if order == .value {
      return .doubles(
        evaluated.flatMap(\.value), [rows, evaluated[0].value.count], Scalar.elementType)
    }
    var results: [Double] = []
    let copies = vectors[0].copies
    for copy in 0..<copies {
      let parts = vectors.map { $0[copy] }
      for (row, one) in evaluated.enumerated() {
        func part(_ index: Int) -> [Double] {
          let all = parts[index]
          let size = all.count / rows
          let start = all.startIndex + row * size
          return Array(all[start..<start + size])
        }
        switch order {
        case .value: break
        case .cotangent: results += try one.cotangent(part(0))
        case .tangent: results += try one.tangent(part(0))
        case .secondCotangent: results += try one.secondCotangent(part(0), part(1))
        case .secondTangent: results += try one.secondTangent(part(0), part(1))
        }
      }
    }
    return .doubles(
      results, [copies, rows, results.count / Swift.max(copies * rows, 1)], Scalar.elementType)
  }

  private func exactCall(
    _ theta: Value, _ expectation: any ExactExpectation
  ) throws -> ExactCall {
    let example = theta.shape.removing(0)
    return try exact.withLock { known in
      if let known, known.shapes.input == example { return known }
      let output = try asked.evaluator.knownOutput(
        for: ExampleLayout(shapes: [example], types: [theta.type]))
      let call = ExactCall(
        expectation, sigma: asked.smoothing.sigma, tolerance: Exact.defaultTolerance,
        shapes: (example, output?.shapes[0] ?? example))
      known = call
      return call
    }
  }
}

/// Statistics are those of samples.
extension AutomaticCall: StatisticsCall {
  func outputMoments(
    _ theta: [Value], until isEnough: (_ samples: Int, _ moments: [Moments]) -> Int
  ) throws -> [Moments] {
    try sampled(theta).outputMoments(theta, until: isEnough)
  }

  func mean(_ theta: [Value]) throws -> [Double] { try sampled(theta).mean(theta) }

  func gradientMoments(
    _ theta: [Value], cotangent g: [Double]
  ) throws -> (outputs: [Moments], terms: [Moments], scales: [Double]) {
    try sampled(theta).gradientMoments(theta, cotangent: g)
  }

  func gradientSums(
    _ theta: [Value], cotangent: (_ mean: [Double]) throws -> [Double],
    until isEnough: (GradientSums) -> Int
  ) throws -> GradientSums {
    try sampled(theta).gradientSums(theta, cotangent: cotangent, until: isEnough)
  }

  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], direction u: [Double]
  ) throws -> [Moments] {
    try sampled(theta).hessianMoments(theta, cotangent: g, direction: u)
  }

  func hessianMoments(
    _ theta: [Value], cotangent g: [Double], lines: Range<Int>
  ) throws -> [Moments] {
    try sampled(theta).hessianMoments(theta, cotangent: g, lines: lines)
  }

  func sigmaMoments(_ theta: [Value], cotangent g: [Double]) throws -> [Moments] {
    try sampled(theta).sigmaMoments(theta, cotangent: g)
  }

  func unperturbed(_ theta: [Value]) throws -> (outputs: [Double], changed: [Int]) {
    try sampled(theta).unperturbed(theta)
  }

  func solutions(_ theta: [Value], limit: Int) throws -> [SolutionTable] {
    try sampled(theta).solutions(theta, limit: limit)
  }

  func inputs(_ theta: [Value], sample: Int) throws -> [Value] {
    try sampled(theta).inputs(theta, sample: sample)
  }
}
