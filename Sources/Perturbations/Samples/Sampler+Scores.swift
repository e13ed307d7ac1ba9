internal import Tensors

extension Sampler {
  /// Adds Σᵢ wᵢ s(zᵢₖ) to each sum without storing noise or scores, where a kernel does that.
  ///
  /// - Returns: Whether it did; if not, the sums are as they were.
  func addScores(
    row: Int, samples: Range<Int>, weights: UnsafePointer<Double>,
    lanes: UnsafeMutablePointer<Double>, to sums: UnsafeMutablePointer<Double>
  ) -> Bool {
    // The kernel has one sample to a lane: rows of few samples are better drawn one by one.
    guard let drawnDirectly, samples.count >= 128, isWhole(samples) else { return false }
    // Sums of more columns are made in parts, and an orthogonal run needs all.
    if case .orthogonal = sampling, width > 512 { return false }
    var start = 0
    for index in leaves.indices {
      RowSums<Scalar>.addScores(
        block(drawnDirectly, index, row, samples), weights: weights, lanes: lanes, to: sums + start)
      start += leaves[index].count
    }
    return true
  }

  /// Writes the score of noise as drawn; the memory may be the same.
  func score(_ z: UnsafeMutablePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>, count: Int)
  {
    switch noise.kind {
    case .standard(let distribution):
      Scalar.score(
        distribution, of: UnsafeBufferPointer(start: z, count: count),
        into: UnsafeMutableBufferPointer(start: out, count: count))
    case .custom(let distribution), .drawn(_, let distribution):
      for i in 0..<count {
        out[i] = distribution.score(z[i].asDouble).map { Scalar(nearest: $0) } ?? .nan
      }
    case .sphere: trap("Perturbed", "the sphere has no score")
    }
  }

  /// Writes the derivative of the score.
  func scoreDerivative(
    _ z: UnsafeMutablePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    switch noise.kind {
    case .standard(let distribution):
      Scalar.scoreDerivative(
        distribution, of: UnsafeBufferPointer(start: z, count: count),
        into: UnsafeMutableBufferPointer(start: out, count: count))
    case .custom(let distribution), .drawn(_, let distribution):
      for i in 0..<count {
        out[i] = distribution.scoreDerivative(z[i].asDouble).map { Scalar(nearest: $0) } ?? .nan
      }
    case .sphere: trap("Perturbed", "the sphere has no score")
    }
  }
}

extension Sampling {
  /// Whether sample i draws from child i of the key, or a pair from the child of its number.
  var drawsChildren: Bool {
    switch self {
    case .independent, .antithetic, .automatic: true
    case .quasiMonteCarlo, .orthogonal: false
    }
  }

  /// Of how many samples a block has a multiple: those that depend on one another, and as many runs
  /// as the kernels make orthogonal side by side.
  func blockUnit(width: Int) -> Int {
    let unit = unit(width: width) ?? 1
    if case .orthogonal = self { return unit * SampleBlock.runsAtOnce(count: width) }
    return unit
  }
}
