internal import Tensors

/// A leaf of the parameters that is perturbed.
struct ParameterLeaf: Sendable {
  /// Its position among all leaves of the tree.
  let index: Int
  /// θ, dense.
  let theta: Value
  /// Where its elements start when all leaves lie one after the other.
  let offset: Int

  var count: Int { theta.count }
}

/// Makes the directions of any sample of a call, at any time.
///
/// Element j of leaf l of sample i comes from counter j of the key `key.child(i).child(l)`.
struct DirectionSampler: Sendable {
  let key: RandomKey
  let distribution: DirectionDistribution

  /// Writes elements of one leaf, with mean 0 and variance 1, for a range of samples:
  /// [samples, counters].
  func draw<Scalar: TensorFloatingPoint>(
    _ leaf: ParameterLeaf, samples: Range<Int>, counters: Range<Int>,
    into out: UnsafeMutablePointer<Scalar>
  ) throws {
    let (rows, columns) = (samples.count, counters.count)
    switch distribution.kind {
    case .standard(let standard): fill(standard)
    case .orthogonal: fill(.normal)
    case .custom(let sample):
      for (row, index) in samples.enumerated() {
        let request = DirectionDraw(
          sample: index, leaf: leaf.index, count: leaf.count,
          key: key.child(UInt64(index)).child(UInt64(leaf.index)))
        let drawn = sample(request)
        guard drawn.count == leaf.count else {
          throw PerturbationError.unusableNoise(
            "\(distribution.name) noise gave \(drawn.count) numbers for sample \(index), leaf "
              + "\(leaf.index), expected \(leaf.count)")
        }
        let start = out + row * columns
        for (column, counter) in counters.enumerated() {
          start[column] = Scalar(nearest: drawn[counter])
        }
      }
    }
    standardize(out, rows * columns)

    func fill(_ standard: RandomDistribution) {
      let block = SampleBlock(
        key: key, distribution: standard, firstSample: samples.lowerBound, samples: rows,
        leaf: leaf.index, firstCounter: counters.lowerBound, count: columns)
      Scalar.sampleNoise(
        block, into: UnsafeMutableBufferPointer(start: out, count: rows * columns),
        rowStride: columns)
    }
  }

  private func standardize<Scalar: TensorFloatingPoint>(
    _ out: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    let (mean, variance) = (distribution.mean, distribution.variance ?? 1)
    if mean == 0 && variance == 1 { return }
    let (center, scale) = (Scalar(nearest: mean), Scalar(nearest: 1 / variance.squareRoot()))
    for i in 0..<count { out[i] = (out[i] - center) * scale }
  }
}
