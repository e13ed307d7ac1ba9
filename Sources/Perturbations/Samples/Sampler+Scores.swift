internal import Tensors

extension Sampler {
  /// The distribution whose kernels draw the noise straight from keys, whatever is then made of it.
  private var drawnDirectly: RandomDistribution? {
    guard sampling == .independent, case .standard(let distribution) = noise.kind else {
      return nil
    }
    return distribution
  }

  /// Adds Σᵢ wᵢ s(zᵢₖ) to each sum without storing noise or scores, where a kernel does that.
  ///
  /// - Returns: Whether it did; if not, the sums are as they were.
  func addScores(
    row: Int, samples: Range<Int>, weights: UnsafePointer<Double>,
    lanes: UnsafeMutablePointer<Double>, to sums: UnsafeMutablePointer<Double>
  ) -> Bool {
    // The kernel has one sample to a lane: rows of few samples are better drawn one by one.
    guard let drawnDirectly, samples.count >= 128 else { return false }
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
    case .custom(let distribution):
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
    case .custom(let distribution):
      for i in 0..<count {
        out[i] = distribution.scoreDerivative(z[i].asDouble).map { Scalar(nearest: $0) } ?? .nan
      }
    case .sphere: trap("Perturbed", "the sphere has no score")
    }
  }
}
