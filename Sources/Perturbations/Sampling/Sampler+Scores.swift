internal import Tensors

extension Sampler {
  /// Adds Σᵢ wᵢ s(zᵢₖ) to each sum without storing noise or scores, where a kernel does that.
  ///
  /// - Returns: Whether it did; if not, the sums are as they were.
  func addScores(
    row: Int, samples: Range<Int>, weights: [Double], lanes: UnsafeMutablePointer<Double>,
    to sums: UnsafeMutablePointer<Double>
  ) -> Bool {
    // The kernel has one sample to a lane: rows of few samples are better drawn one by one.
    guard case .standard(let distribution) = noise.kind, samples.count >= 128 else { return false }
    var start = 0
    for index in leaves.indices {
      RowSums<Scalar>.addScores(
        block(distribution, index, row, samples), weights: weights, lanes: lanes, to: sums + start)
      start += leaves[index].count
    }
    return true
  }
}
