internal import Tensors

/// Makes the perturbed inputs of any sample of a call again, at any time.
///
/// The noise of sample i and leaf l comes from the key `key.child(i).child(l)`, element j from
/// counter j; row r of a batch starts at the counter of its first element in the leaf.
struct Sampler<Scalar: TensorFloatingPoint>: Sendable {
  /// One leaf of the input: θ for each row.
  struct InputLeaf: Sendable {
    /// Shape [rows] + the shape of one example.
    let theta: Value
    /// Elements of one example.
    let count: Int
  }

  let key: RandomKey
  let noise: Noise
  let sigma: Scalar
  let leaves: [InputLeaf]
  /// Rows whose noise differs: row r has that of row r modulo this.
  let noiseRows: Int

  /// Elements of one example over all leaves.
  var width: Int { leaves.reduce(0) { $0 + $1.count } }

  /// Writes θ + σ z for a range of samples of one row: [samples, count of the leaf].
  func perturb(leaf index: Int, row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>) {
    let leaf = leaves[index]
    leaf.theta.withElements { pointer in
      let theta = UnsafeBufferPointer(
        start: pointer.assumingMemoryBound(to: Scalar.self) + row * leaf.count, count: leaf.count)
      let total = samples.count * leaf.count
      switch noise.kind {
      case .standard(let distribution):
        Scalar.perturb(
          block(distribution, index, row, samples), theta: theta, sigma: sigma,
          into: UnsafeMutableBufferPointer(start: out, count: total), rowStride: leaf.count)
      case .custom:
        draw(leaf: index, row: row, samples: samples, into: out, rowStride: leaf.count)
        for i in 0..<samples.count {
          for j in 0..<leaf.count {
            out[i * leaf.count + j] = theta[j] + sigma * out[i * leaf.count + j]
          }
        }
      }
    }
  }

  /// Writes z for a range of samples of one row, over all leaves: [samples, width].
  func draw(row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>) {
    var start = 0
    let width = width
    for index in leaves.indices {
      draw(leaf: index, row: row, samples: samples, into: out + start, rowStride: width)
      start += leaves[index].count
    }
  }

  private func draw(
    leaf index: Int, row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>,
    rowStride: Int
  ) {
    let count = leaves[index].count
    switch noise.kind {
    case .standard(let distribution):
      let extent = samples.isEmpty ? 0 : (samples.count - 1) * rowStride + count
      Scalar.sampleNoise(
        block(distribution, index, row, samples),
        into: UnsafeMutableBufferPointer(start: out, count: extent), rowStride: rowStride)
    case .custom(let distribution):
      for (position, sample) in samples.enumerated() {
        var leafKey = key.child(UInt64(sample)).child(UInt64(index))
        if noiseRows > 1 { leafKey = leafKey.child(UInt64(row % noiseRows)) }
        let drawn = distribution.sample(count, key: leafKey)
        for j in 0..<count { out[position * rowStride + j] = Scalar(nearest: drawn[j]) }
      }
    }
  }

  /// Replaces noise by its score.
  func score(_ z: UnsafeMutablePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>, count: Int) {
    switch noise.kind {
    case .standard(let distribution):
      Scalar.score(
        distribution, of: UnsafeBufferPointer(start: z, count: count),
        into: UnsafeMutableBufferPointer(start: out, count: count))
    case .custom(let distribution):
      for i in 0..<count {
        out[i] = distribution.score(z[i].asDouble).map { Scalar(nearest: $0) } ?? .nan
      }
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
    }
  }

  func block(
    _ distribution: RandomDistribution, _ leaf: Int, _ row: Int, _ samples: Range<Int>
  ) -> SampleBlock {
    SampleBlock(
      key: key, distribution: distribution, firstSample: samples.lowerBound,
      samples: samples.count, leaf: leaf, firstCounter: row % noiseRows * leaves[leaf].count,
      count: leaves[leaf].count)
  }
}
