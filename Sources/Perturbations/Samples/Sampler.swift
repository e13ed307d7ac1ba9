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

  let sobol: SobolRows?

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
      noise.perturbation.origin(leaf.theta, sigma: scaled, offset: noise.offset, Scalar.self)
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
  var direct: RandomDistribution? { noise.perturbation.isAdditive ? drawnDirectly : nil }

  /// The distribution whose kernels draw the noise of a leaf straight from keys, whatever is then made
  /// of it; nil where there is none.
  var drawnDirectly: RandomDistribution? {
    guard case .standard(let distribution) = noise.kind else { return nil }
    switch sampling {
    case .independent, .antithetic, .automatic: return distribution
    case .quasiMonteCarlo: return distribution == .rademacher ? nil : distribution
    // Runs are made orthogonal over all leaves.
    case .orthogonal: return leaves.count == 1 && distribution == .normal ? distribution : nil
    }
  }

  /// Whether the kernels can draw a range of samples by itself: whole pairs, from the first sample of
  /// a run on.
  func isWhole(_ samples: Range<Int>) -> Bool {
    switch sampling {
    case .independent, .quasiMonteCarlo, .automatic: true
    case .antithetic: samples.lowerBound % 2 == 0 && samples.upperBound % 2 == 0
    case .orthogonal: samples.lowerBound % width == 0
    }
  }

  /// Whether the numbers of a sample are made all together, not leaf by leaf.
  private var isJoint: Bool {
    switch sampling {
    case .independent, .antithetic, .automatic: if case .sphere = noise.kind { true } else { false }
    case .quasiMonteCarlo: drawnDirectly == nil
    case .orthogonal: true
    }
  }

  /// Writes θ + σ z for a range of samples of one row: [samples, count of the leaf].
  func perturb(
    leaf index: Int, row: Int, samples: Range<Int>, into out: UnsafeMutablePointer<Scalar>
  ) {
    let count = leaves[index].count
    if let direct, isWhole(samples) {
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
    let rows = NoiseRows(
      start: UnsafePointer(drawn), stride: stride, samples: samples, count: count)
    origins[leaf].withElements { pointer in
      noise.perturbation.apply(
        rows, sigma: sigma, origin: pointer.assumingMemoryBound(to: Scalar.self) + row * count,
        into: out, stride: outStride)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func block(
    _ distribution: RandomDistribution, _ leaf: Int, _ row: Int, _ samples: Range<Int>,
    isDependent: Bool = true
  ) -> SampleBlock {
    SampleBlock(
      key: key, distribution: distribution, firstSample: samples.lowerBound,
      samples: samples.count, leaf: leaf, firstCounter: row % noiseRows * leaves[leaf].count,
      count: leaves[leaf].count, dependence: isDependent ? dependence(leaf, row) : .independent)
  }

  private func dependence(_ leaf: Int, _ row: Int) -> SampleBlock.Dependence {
    switch sampling {
    case .independent, .automatic: return .independent
    case .antithetic: return .mirrored(sum: 2 * noise.offset)
    case .quasiMonteCarlo:
      guard let sobol else { return .independent }
      let first = leaves[..<leaf].reduce(0) { $0 + $1.count }
      return .points(sobol[row % noiseRows].table, firstDimension: first)
    case .orthogonal: return .orthogonal
    }
  }
}
