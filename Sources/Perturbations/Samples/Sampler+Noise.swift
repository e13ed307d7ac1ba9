internal import Tensors

extension Sampler {
  /// Writes z as drawn, before the noise's offset and scale, for a range of samples of one row over
  /// all leaves: [samples, width].
  func draw(row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>) {
    switch sampling {
    case .independent, .antithetic:
      var start = 0
      for index in leaves.indices {
        draw(leaf: index, row: row, samples: samples, into: out + start, rowStride: width)
        start += leaves[index].count
      }
      if case .sphere = noise.kind { normalize(out, rows: samples.count) }
    case .quasiMonteCarlo: drawSobol(row: row, samples: samples, into: out)
    case .orthogonal: drawOrthogonal(row: row, samples: samples, into: out)
    }
  }

  /// Writes the noise of one leaf where leaves are drawn one by one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func draw(
    leaf index: Int, row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>,
    rowStride: Int
  ) {
    guard sampling == .antithetic else {
      drawChildren(leaf: index, row: row, children: samples, into: out, rowStride: rowStride)
      return
    }
    if samples.isEmpty { return }
    let first = samples.lowerBound / 2
    drawChildren(
      leaf: index, row: row, children: first..<(samples.upperBound + 1) / 2, into: out,
      rowStride: rowStride)
    // From the last sample to the first, so that no pair is overwritten before it is read.
    let count = leaves[index].count
    let mirror = Scalar(nearest: 2 * noise.offset)
    for sample in samples.reversed() {
      let target = out + (sample - samples.lowerBound) * rowStride
      let source = out + (sample / 2 - first) * rowStride
      if sample % 2 == 0 {
        if source != target { for j in 0..<count { target[j] = source[j] } }
      } else {
        for j in 0..<count { target[j] = mirror - source[j] }
      }
    }
  }

  /// Writes the noise of children of the key.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func drawChildren(
    leaf index: Int, row: Int, children: Range<Int>, into out: UnsafeMutablePointer<Scalar>,
    rowStride: Int
  ) {
    let count = leaves[index].count
    switch noise.kind {
    case .standard(let distribution):
      sample(distribution, index, row, children, into: out, rowStride)
    case .sphere:
      sample(.normal, index, row, children, into: out, rowStride)
    case .custom(let distribution):
      for (position, child) in children.enumerated() {
        var leafKey = key.child(UInt64(child)).child(UInt64(index))
        if noiseRows > 1 { leafKey = leafKey.child(UInt64(row % noiseRows)) }
        let drawn = distribution.sample(count, key: leafKey)
        require(
          drawn.count == count, "NoiseDistribution.sample",
          "\(distribution.name) gave \(drawn.count) numbers, \(count) were asked for")
        for j in 0..<count { out[position * rowStride + j] = Self.bounded(drawn[j]) }
      }
    }
  }

  /// The nearest finite number: draws of heavy tails may be larger than single precision holds.
  private static func bounded(_ x: Double) -> Scalar {
    let nearest = Scalar(nearest: x)
    if nearest.isFinite || x.isNaN { return nearest }
    return x < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude
  }

  private func sample(
    _ distribution: RandomDistribution, _ leaf: Int, _ row: Int, _ children: Range<Int>,
    into out: UnsafeMutablePointer<Scalar>, _ rowStride: Int
  ) {
    let extent = children.isEmpty ? 0 : (children.count - 1) * rowStride + leaves[leaf].count
    Scalar.sampleNoise(
      block(distribution, leaf, row, children),
      into: UnsafeMutableBufferPointer(start: out, count: extent), rowStride: rowStride)
  }

  /// Scales rows to length 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func normalize(_ out: UnsafeMutablePointer<Scalar>, rows: Int) {
    for i in 0..<rows {
      let z = out + i * width
      var square = 0.0
      for j in 0..<width { square += z[j].asDouble * z[j].asDouble }
      let scale = square > 0 ? 1 / square.squareRoot() : 0
      for j in 0..<width { z[j] = Scalar(nearest: z[j].asDouble * scale) }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func drawSobol(row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>) {
    guard let sobol else { return }
    let total = samples.count * width
    let words = UnsafeMutablePointer<UInt32>.allocate(capacity: Swift.max(total, 1))
    defer { words.deallocate() }
    sobol[row % noiseRows].write(samples: samples, into: words)
    switch noise.kind {
    case .standard(let distribution):
      Scalar.transform(
        UnsafeBufferPointer(start: words, count: total), to: distribution,
        into: UnsafeMutableBufferPointer(start: out, count: total))
    case .custom(let distribution):
      for i in 0..<total {
        let z = distribution.quantile((Double(words[i]) + 0.5) * 0x1p-32)
        out[i] = z.map { Scalar(nearest: $0) } ?? .nan
      }
    case .sphere: trap("Perturbed", "points on the sphere have no quantiles")
    }
  }

  /// Runs of `width` samples are made orthogonal from their first on, wherever the range starts.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func drawOrthogonal(
    row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>
  ) {
    if samples.isEmpty { return }
    let start = samples.lowerBound / width * width
    let before = samples.lowerBound - start
    let drawn = UnsafeMutablePointer<Scalar>.allocate(
      capacity: (before + samples.count) * width)
    let vector = UnsafeMutablePointer<Double>.allocate(capacity: width)
    defer {
      drawn.deallocate()
      vector.deallocate()
    }
    var column = 0
    for index in leaves.indices {
      drawChildren(
        leaf: index, row: row, children: start..<samples.upperBound, into: drawn + column,
        rowStride: width)
      column += leaves[index].count
    }
    var directions = OrthogonalDirections(width: width)
    for i in 0..<before + samples.count {
      if i % width == 0 { directions.reset() }
      let z = drawn + i * width
      for j in 0..<width { vector[j] = z[j].asDouble }
      directions.add(vector)
      if i >= before {
        for j in 0..<width { out[(i - before) * width + j] = Scalar(nearest: vector[j]) }
      }
    }
  }
}
