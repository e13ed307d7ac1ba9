internal import Tensors

extension Sampler {
  /// Writes z as drawn, before the noise's offset and scale, for a range of samples of one row over
  /// all leaves: [samples, width].
  func draw(row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>) {
    switch sampling {
    case .quasiMonteCarlo where drawnDirectly == nil:
      drawPoints(row: row, samples: samples, into: out)
    case .orthogonal: drawOrthogonal(row: row, samples: samples, into: out)
    case .independent, .antithetic, .quasiMonteCarlo, .automatic:
      var start = 0
      for index in leaves.indices {
        draw(leaf: index, row: row, samples: samples, into: out + start, rowStride: width)
        start += leaves[index].count
      }
      if case .sphere = noise.kind { normalize(out, rows: samples.count) }
    }
  }

  /// Writes the noise of one leaf where leaves are drawn one by one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func draw(
    leaf index: Int, row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>,
    rowStride: Int
  ) {
    if let drawnDirectly, isWhole(samples) {
      sample(drawnDirectly, index, row, samples, into: out, rowStride)
      return
    }
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
      sample(distribution, index, row, children, into: out, rowStride, isDependent: false)
    case .sphere:
      sample(.normal, index, row, children, into: out, rowStride, isDependent: false)
    case .drawn(let numbers, _):
      numbers.write(
        row: row, samples: children, leaf: index, count: count, into: out, rowStride: rowStride)
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
    into out: UnsafeMutablePointer<Scalar>, _ rowStride: Int, isDependent: Bool = true
  ) {
    let extent = children.isEmpty ? 0 : (children.count - 1) * rowStride + leaves[leaf].count
    Scalar.sampleNoise(
      block(distribution, leaf, row, children, isDependent: isDependent),
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

  /// Quantiles of points, for noise that has no kernel.
  private func drawPoints(row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>) {
    guard let sobol else { return }
    let total = samples.count * width
    let words = UnsafeMutablePointer<UInt32>.allocate(capacity: Swift.max(total, 1))
    defer { words.deallocate() }
    sobol[row % noiseRows].write(samples: samples, into: words)
    guard case .custom(let distribution) = noise.kind else {
      trap("Perturbed", "\(noise.name) noise has no quantiles")
    }
    for i in 0..<total {
      let z = distribution.quantile((Double(words[i]) + 0.5) * 0x1p-32)
      out[i] = z.map { Scalar(nearest: $0) } ?? .nan
    }
  }

  /// Runs of `width` samples are made orthogonal from their first on, wherever the range starts.
  private func drawOrthogonal(
    row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>
  ) {
    if samples.isEmpty { return }
    if let drawnDirectly, isWhole(samples) {
      return sample(drawnDirectly, 0, row, samples, into: out, width)
    }
    let start = samples.lowerBound / width * width
    let before = samples.lowerBound - start
    let drawn = UnsafeMutablePointer<Scalar>.allocate(
      capacity: (before + samples.count) * width)
    defer { drawn.deallocate() }
    var column = 0
    for index in leaves.indices {
      drawChildren(
        leaf: index, row: row, children: start..<samples.upperBound, into: drawn + column,
        rowStride: width)
      column += leaves[index].count
    }
    Scalar.makeOrthogonal(drawn, rows: before + samples.count, count: width)
    out.update(from: drawn + before * width, count: samples.count * width)
  }
}
