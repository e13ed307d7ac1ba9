internal import Tensors

extension PerturbedCall {
  func compute(
    _ order: EstimatorOrder, _ theta: [Value], _ vectors: [PackedVectors]
  ) throws -> Value {
    switch order {
    case .value: break
    case .cotangent, .tangent: try smoothing.checkScore()
    case .secondCotangent, .secondTangent: try smoothing.checkScoreDerivative()
    }
    let forward = try forward(theta)
    switch order {
    case .value:
      return means(forward)
    case .cotangent where forward.answerScores != nil:
      return try answerCotangents(forward, vectors[0])
    case .cotangent:
      let baseline = try baseline(forward)
      let models = try controlVariates(
        forward, (0..<vectors[0].copies).map { vectors[0][$0] }, baseline)
      return try derivatives(forward, vectors, forward.inputWidth, 1, baseline, baseline.odd) {
        CotangentTerm(
          g: vectors[0][$0], offsets: baseline.values.products(vectors[0][$0]),
          width: forward.inputWidth, model: models[$0])
      }
    case .tangent:
      let baseline = try baseline(forward)
      return try derivatives(forward, vectors, forward.outputWidth, 1, baseline, baseline.odd) {
        TangentTerm(u: vectors[0][$0], baseline: baseline.values, width: forward.outputWidth)
      }
    case .secondCotangent:
      let baseline = try baseline(forward)
      return try derivatives(forward, vectors, forward.inputWidth, 2, baseline, baseline.even) {
        SecondCotangentTerm(
          g: vectors[0][$0], u: vectors[1][$0],
          offsets: baseline.values.products(vectors[0][$0]), width: forward.inputWidth)
      }
    case .secondTangent:
      let baseline = try baseline(forward)
      return try derivatives(forward, vectors, forward.outputWidth, 2, baseline, baseline.even) {
        SecondTangentTerm(
          u: vectors[0][$0], v: vectors[1][$0], baseline: baseline.values,
          width: forward.outputWidth)
      }
    }
  }

  private func means(_ forward: Forward) -> Value {
    .doubles(forward.means, [forward.rows, forward.outputWidth], Scalar.elementType)
  }

  /// How many sums a pass makes at most where there are several copies.
  static var mostSums: Int { 1 << 16 }

  /// The sums of a term for each copy, over the samples and σ to some power.
  private func derivatives(
    _ forward: Forward, _ vectors: [PackedVectors], _ width: Int, _ power: Int,
    _ baseline: BaselineValues, _ factors: [Double], _ term: (_ copy: Int) -> any Term<Scalar>
  ) throws -> Value {
    let copies = vectors[0].copies
    var results = [Double](repeating: 0, count: copies * forward.rows * width)
    let atOnce = Swift.max(1, Self.mostSums / Swift.max(width, 1))
    for first in stride(from: 0, to: copies, by: atOnce) {
      let part = first..<Swift.min(first + atOnce, copies)
      var totals = try SamplePass(
        forward.source, .terms(sums: part.map(term), moments: []),
        followsTotals: baseline.followsTotals
      ).totals(on: smoothing.execution)
      for row in totals.indices {
        let total = totals[row]
        totals[row].sums = []
        let scale = scale(total.present, power) * factors[row]
        for (position, copy) in part.enumerated() {
          let (start, target) = (position * width, (copy * forward.rows + row) * width)
          for k in 0..<width { results[target + k] = total.sums[start + k] * scale }
        }
      }
    }
    return .doubles(results, [copies, forward.rows, width], Scalar.elementType)
  }

  /// 1/(N σ^power) for N samples with an output.
  private func scale(_ present: Int, _ power: Int) -> Double {
    1 / (Double(present) * (power == 1 ? smoothing.sigma : smoothing.sigma * smoothing.sigma))
  }

  /// Σ_w ⟨g, y_w − b⟩ S_w, with the sums S_w of the scores of the samples of answer w.
  private func answerCotangents(_ forward: Forward, _ vectors: PackedVectors) throws -> Value {
    guard let scores = forward.answerScores else { trap(name, "there are no answers") }
    let baseline = try baseline(forward)
    let (width, answers) = (forward.inputWidth, forward.source.answers)
    let isVote = forward.source.form.isVote
    var results: [Double] = []
    results.reserveCapacity(vectors.copies * forward.rows * width)
    for copy in 0..<vectors.copies {
      let g = vectors[copy]
      let offsets = baseline.values.products(g)
      for row in 0..<forward.rows {
        var sums = [Double](repeating: 0, count: width)
        for answer in 0..<answers {
          // One-hot at the answer, or −1 and 1.
          let product =
            isVote
            ? g[g.startIndex + row] * Double(2 * answer - 1)
            : g[g.startIndex + row * answers + answer]
          let weight = product - offsets.value(row: row, sample: 0, column: 0)
          let start = (row * answers + answer) * width
          for k in 0..<width { sums[k] += weight * scores[start + k] }
        }
        let scale = scale(forward.present[row], 1) * baseline.odd[row]
        for sum in sums { results.append(sum * scale) }
      }
    }
    return .doubles(results, [vectors.copies, forward.rows, width], Scalar.elementType)
  }

  func unpacked(_ cotangent: Value, _ theta: [Value]) -> [Value?] {
    var start = 0
    return theta.map { leaf in
      let count = leaf.count / leaf.shape[0]
      defer { start += count }
      let part =
        theta.count == 1 ? cotangent : cotangent.sliced(axis: 1, start: start, count: count)
      return smoothing.noise.perturbation.chained(part.reshaped(leaf.shape), leaf)
    }
  }
}

// MARK: - Baselines

extension PerturbedCall {
  /// What is subtracted from the outputs, and the factors of the difference.
  ///
  /// Where samples lack an output, the mean is one over the others, whose derivative is
  /// E[(y − ȳ) s | y there]/σ: whatever the baseline, the mean of the outputs that are there is
  /// subtracted, so that a constant added to f never enters a derivative.
  ///
  /// - Throws: `PerturbationError` where f(θ) is needed and fails.
  func baseline(_ forward: Forward) throws -> BaselineValues {
    let ones = [Double](repeating: 1, count: forward.rows)
    let width = forward.outputWidth
    func offsets(_ values: [Double], strata: Int = 1) -> SampleOffsets {
      SampleOffsets(strata: strata, width: width, values: values)
    }
    let isWhole = forward.present.allSatisfy { $0 == forward.samples }
    if isWhole {
      switch smoothing.baseline {
      case .none:
        return BaselineValues(
          values: SampleOffsets(zerosOf: width), odd: ones, even: ones)
      case .point:
        return BaselineValues(
          values: offsets(try forward.pointValues(on: smoothing.execution)), odd: ones, even: ones)
      case .leaveOneOut, .linear:
        if let strata = forward.strata {
          return BaselineValues(
            values: offsets(withoutOwn(strata, forward), strata: smoothing.sampling.scramblings),
            odd: ones, even: ones, followsTotals: true)
        }
      }
    }
    func factors(isEven: Bool) -> [Double] {
      zip(forward.present, forward.unpaired).map {
        leaveOneOutFactor(Double($0), unpaired: Double($1), isEven: isEven)
      }
    }
    return BaselineValues(
      values: offsets(forward.means), odd: factors(isEven: false), even: factors(isEven: true),
      followsTotals: true)
  }

  /// The means of the outputs of all other scramblings: [rows, scramblings, output width].
  private func withoutOwn(_ strata: [Double], _ forward: Forward) -> [Double] {
    let (width, scramblings) = (forward.outputWidth, smoothing.sampling.scramblings)
    return strata.indices.map { place in
      let (row, rest) = (place / (scramblings * width), place % (scramblings * width))
      let (scrambling, j) = (rest / width, rest % width)
      let own = (forward.samples - scrambling - 1) / scramblings + 1
      return (forward.sums[row * width + j] - strata[place]) / Double(forward.samples - own)
    }
  }

  /// m/(m − c) for m samples with an output, where c is the number of samples j with
  /// E[y_j w_i] = E[y_i w_i] for a weight w_i of a derivative, less those with the opposite: so much of
  /// the derivative is in E[ȳ w_i].
  ///
  /// Independent samples: c = 1, and y_i − (mȳ − y_i)/(m − 1) = m/(m − 1) (y_i − ȳ). In a pair the
  /// partner adds 1 where the weights are even and takes 1 away where they are odd; c is the mean over
  /// samples with and without one. For orthogonal directions E[y_j s_i] = 0 by symmetry, but not with
  /// even weights: second derivatives keep a bias of relative order 1/N there.
  private func leaveOneOutFactor(_ m: Double, unpaired: Double, isEven: Bool) -> Double {
    let own: Double
    switch smoothing.sampling {
    case .independent, .orthogonal, .quasiMonteCarlo, .automatic: own = 1
    case .antithetic: own = isEven ? 2 - unpaired / m : unpaired / m
    }
    return m > own ? m / (m - own) : .nan
  }
}
