internal import Tensors

/// Makes the perturbed inputs of any sample of a call again, at any time.
///
/// Under independent sampling the noise of sample i and leaf l comes from the key
/// `key.child(i).child(l)`, element j from counter j; row r of a batch starts at the counter of its
/// first element in the leaf. ``Sampling`` says what the others do.
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
  let leaves: [InputLeaf]
  /// Rows whose noise differs: row r has that of row r modulo this.
  let noiseRows: Int
  let sampling: Sampling

  /// Elements of one example over all leaves.
  let width: Int

  /// What the noise as drawn is multiplied by: σ times the noise's scale.
  let sigma: Scalar
  /// What it is added to for each leaf, or its exponential multiplied with: θ less what centres
  /// the noise.
  let origins: [Value]

  private let sobol: SobolRows?

  init(
    key: RandomKey, noise: Noise, sigma: Double, leaves: [InputLeaf], noiseRows: Int,
    sampling: Sampling
  ) {
    self.key = key
    self.noise = noise
    self.leaves = leaves
    self.noiseRows = noiseRows
    self.sampling = sampling
    width = leaves.reduce(0) { $0 + $1.count }
    let scaled = sigma * noise.scale
    self.sigma = Scalar(nearest: scaled)
    origins = leaves.map { leaf in
      switch noise.action {
      case .additive:
        noise.offset == 0
          ? leaf.theta : leaf.theta.mapped { Scalar(nearest: $0.asDouble - scaled * noise.offset) }
      case .multiplicative:
        leaf.theta.mapped { (x: Scalar) in
          Scalar(nearest: x.asDouble * Elementary.exp(-scaled * scaled / 2))
        }
      }
    }
    if case .quasiMonteCarlo(let scramblings) = sampling {
      sobol = SobolRows(key: key, dimensions: width, scramblings: scramblings)
    } else {
      sobol = nil
    }
  }

  // MARK: Perturbed inputs

  /// The distribution whose kernels make perturbed inputs straight from keys, origins and sigma;
  /// nil where it takes more than that.
  var direct: RandomDistribution? {
    guard sampling == .independent, noise.action == .additive,
      case .standard(let distribution) = noise.kind
    else { return nil }
    return distribution
  }

  /// Whether the numbers of a sample are made all together, not leaf by leaf.
  private var isJoint: Bool {
    switch sampling {
    case .independent, .antithetic: if case .sphere = noise.kind { true } else { false }
    case .quasiMonteCarlo, .orthogonal: true
    }
  }

  /// Writes θ + σ z for a range of samples of one row: [samples, count of the leaf].
  func perturb(
    leaf index: Int, row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>
  ) {
    let count = leaves[index].count
    if let direct {
      origins[index].withElements { pointer in
        Scalar.perturb(
          block(direct, index, row, samples),
          theta: UnsafeBufferPointer(
            start: pointer.assumingMemoryBound(to: Scalar.self) + row * count, count: count),
          sigma: sigma,
          into: UnsafeMutableBufferPointer(start: out, count: samples.count * count),
          rowStride: count)
      }
    } else if isJoint && leaves.count > 1 {
      withDrawn(row: row, samples: samples) { drawn in
        let start = leaves[..<index].reduce(0) { $0 + $1.count }
        place(index, row, samples.count, from: drawn + start, stride: width, into: out, count)
      }
    } else {
      if isJoint {
        draw(row: row, samples: samples, into: out)
      } else {
        draw(leaf: index, row: row, samples: samples, into: out, rowStride: count)
      }
      place(index, row, samples.count, from: out, stride: count, into: out, count)
    }
  }

  /// The perturbed inputs for a range of samples of one row: [samples] + the shape of one example,
  /// for each leaf.
  func perturbed(row: Int, samples: Range<Int>) -> [Value] {
    func make(_ index: Int, _ fill: (UnsafeMutablePointer<Scalar>) -> Void) -> Value {
      .dense(leaves[index].theta.shape.replacing(0, with: samples.count), Scalar.elementType) {
        fill($0.assumingMemoryBound(to: Scalar.self))
      }
    }
    guard isJoint && leaves.count > 1 else {
      return leaves.indices.map { leaf in
        make(leaf) { perturb(leaf: leaf, row: row, samples: samples, into: $0) }
      }
    }
    return withDrawn(row: row, samples: samples) { drawn in
      var start = 0
      return leaves.indices.map { leaf in
        defer { start += leaves[leaf].count }
        return make(leaf) {
          place(
            leaf, row, samples.count, from: drawn + start, stride: width, into: $0,
            leaves[leaf].count)
        }
      }
    }
  }

  /// Writes the perturbed inputs over all leaves: [samples, width].
  func perturb(row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>) {
    if leaves.count == 1 { return perturb(leaf: 0, row: row, samples: samples, into: out) }
    draw(row: row, samples: samples, into: out)
    var start = 0
    for index in leaves.indices {
      place(
        index, row, samples.count, from: out + start, stride: width, into: out + start, width)
      start += leaves[index].count
    }
  }

  private func withDrawn<Result>(
    row: Int, samples: Range<Int>, _ body: (UnsafeMutablePointer<Scalar>) -> Result
  ) -> Result {
    let drawn = UnsafeMutablePointer<Scalar>.allocate(
      capacity: Swift.max(samples.count * width, 1))
    defer { drawn.deallocate() }
    draw(row: row, samples: samples, into: drawn)
    return body(drawn)
  }

  /// Writes the perturbed elements of a leaf for noise as drawn; the memory may be the same.
  private func place(
    _ leaf: Int, _ row: Int, _ samples: Int, from drawn: UnsafeMutablePointer<Scalar>,
    stride: Int, into out: UnsafeMutablePointer<Scalar>, _ outStride: Int
  ) {
    let count = leaves[leaf].count
    origins[leaf].withElements { pointer in
      let origin = pointer.assumingMemoryBound(to: Scalar.self) + row * count
      switch noise.action {
      case .additive:
        for i in 0..<samples {
          for j in 0..<count { out[i * outStride + j] = origin[j] + sigma * drawn[i * stride + j] }
        }
      case .multiplicative:
        for i in 0..<samples {
          for j in 0..<count {
            let exponent = (sigma * drawn[i * stride + j]).asDouble
            out[i * outStride + j] = origin[j] * Scalar(nearest: Elementary.exp(exponent))
          }
        }
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

// MARK: - Noise

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
  private func draw(
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
        for j in 0..<count { out[position * rowStride + j] = Scalar(nearest: drawn[j]) }
      }
    }
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
  private func normalize(_ out: UnsafeMutablePointer<Scalar>, rows: Int) {
    for i in 0..<rows {
      let z = out + i * width
      var square = 0.0
      for j in 0..<width { square += z[j].asDouble * z[j].asDouble }
      let scale = square > 0 ? 1 / square.squareRoot() : 0
      for j in 0..<width { z[j] = Scalar(nearest: z[j].asDouble * scale) }
    }
  }

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

extension Value {
  /// Dense elements, each replaced.
  func mapped<Scalar: TensorFloatingPoint>(_ transform: (Scalar) -> Scalar) -> Value {
    withElements { source in
      let source = source.assumingMemoryBound(to: Scalar.self)
      return .dense(shape, type) { out in
        let out = out.assumingMemoryBound(to: Scalar.self)
        for i in 0..<count { out[i] = transform(source[i]) }
      }
    }
  }
}
