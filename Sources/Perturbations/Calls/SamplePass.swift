internal import Tensors

/// A pass over the samples of a call: each row of the batch is a segment, each term a sum or moments.
struct SamplePass<Scalar: TensorFloatingPoint>: Pass {
  /// What is accumulated.
  enum Goal {
    /// The sums of terms, one after the other, and then moments of others.
    case terms(sums: [any Term<Scalar>], moments: [any Term<Scalar>])
    /// How often each answer comes, [answers], and the sums of the scores s(zᵢₖ) of its samples,
    /// [answers, input width]: all that the first derivative of a function of the answer needs, since
    /// Σᵢ ⟨g, yᵢ⟩ sᵢ = Σ_w ⟨g, y_w⟩ S_w.
    case answers
    /// Distinct outputs, at most so many.
    case solutions(limit: Int)
  }

  let source: SampleSource<Scalar>
  let goal: Goal
  let followsTotals: Bool
  let layout: PartialSums.Layout

  init(_ source: SampleSource<Scalar>, _ goal: Goal, followsTotals: Bool = false) {
    self.source = source
    self.goal = goal
    self.followsTotals = followsTotals
    var layout = PartialSums.Layout()
    switch goal {
    case .terms(let sums, let moments):
      layout.sums = sums.reduce(0) { $0 + $1.width }
      layout.moments = moments.map {
        Moments.Layout(
          width: $0.width, scramblings: source.sampler.sampling.scramblings,
          findsPeaks: source.sampler.noise.variance == nil)
      }
    case .answers: layout.sums = source.answers * (source.inputWidth + 1)
    case .solutions: layout.solutionWidth = source.outputWidth
    }
    self.layout = layout
  }

  var segments: Int { source.rows }
  var blocks: Int { source.plan.blockCount }
  var samples: Int { source.plan.samples }
  var samplesPerBlock: Int { source.plan.samplesPerBlock }

  var outputs: (any PassOutputs)? {
    source.kept.map {
      LeftOutputs(kept: $0, blocks: source.plan, areWanted: source.mayFollowTotals)
    }
  }

  var fingerprint: Fingerprint {
    var fingerprint = shapeFingerprint
    let sampler = source.sampler
    for word in [sampler.key.words.0, sampler.key.words.1] { fingerprint.add(UInt64(word)) }
    fingerprint.add(sampler.noise.name)
    fingerprint.add(reflecting: sampler.sampling)
    fingerprint.add(sampler.noiseRows)
    fingerprint.add(sampler.sigma.asDouble.bitPattern)
    for leaf in sampler.leaves { fingerprint.add(leaf.theta.doubles) }
    fingerprint.add(reflecting: source.transform)
    switch goal {
    case .terms(let sums, let moments):
      for term in sums + moments { fingerprint.add(reflecting: term) }
    case .answers: fingerprint.add("answers")
    case .solutions(let limit): fingerprint.add(limit)
    }
    return fingerprint
  }

  /// A thread's hold on a block's memory, which goes back when the pass is over.
  final class Worker {
    let block: LoadedBlock<Scalar>
    private let source: SampleSource<Scalar>

    init(_ source: SampleSource<Scalar>, _ context: EvaluationContext) throws {
      self.source = source
      block = try source.takeBlock()
      block.context = context
    }

    deinit {
      block.context = .never
      source.giveBack(block)
    }
  }

  func makeWorker(_ context: EvaluationContext) throws -> Worker {
    try Worker(source, context)
  }

  func reduce(segment: Int, block number: Int, _ worker: Worker, into sums: inout PartialSums)
    throws
  {
    let (block, samples) = (worker.block, source.plan.block(number))
    switch goal {
    case .answers:
      let answers = source.answers
      sums.sums.withUnsafeMutableBufferPointer {
        guard let start = $0.baseAddress else { return }
        block.addAnswers(row: segment, samples: samples, counts: start, scores: start + answers)
      }
    case .terms(let terms, let moments):
      try block.load(row: segment, samples: samples)
      try sums.sums.withUnsafeMutableBufferPointer {
        guard var start = $0.baseAddress else { return }
        for term in terms {
          try term.add(block, to: start)
          start += term.width
        }
      }
      for (position, term) in moments.enumerated() {
        try term.add(block, to: &sums.moments[position])
      }
    case .solutions:
      try block.load(row: segment, samples: samples)
      try addSolutions(block, to: &sums)
    }
    count(block, into: &sums)
  }

  private func addSolutions(_ block: LoadedBlock<Scalar>, to sums: inout PartialSums) throws {
    let width = source.outputWidth
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: Swift.max(width, 1)) { output in
      guard let start = output.baseAddress else { return }
      // Checks that outputs are finite.
      output.update(repeating: 0)
      try block.addOutputs(to: start)
      let rows = block.outputRows()
      for i in 0..<block.count {
        RowSums<Scalar>.widen(rows + i * width, count: width, into: start)
        sums.solutions?.add(start, count: 1)
      }
    }
  }

  private func count(_ block: LoadedBlock<Scalar>, into sums: inout PartialSums) {
    sums.samples = block.count
    sums.present = block.count - block.absent.count
    guard !block.absent.isEmpty, block.sampling == .antithetic else { return }
    // A block starts with a pair.
    let absent = Set(block.absent)
    sums.unpaired = absent.count { position in
      let partner = position ^ 1
      return partner < block.count && !absent.contains(partner)
    }
  }

  func check(_ sums: PartialSums) throws {
    if case .solutions(let limit) = goal, let found = sums.solutions, found.counts.count > limit {
      throw PerturbationError.tooManySolutions(limit: limit, samples: sums.samples)
    }
  }
}
