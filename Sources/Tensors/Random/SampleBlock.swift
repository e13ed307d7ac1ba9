internal import CKernels

/// The noise of a run of samples of one leaf.
///
/// Row r holds the draws at the counters `firstCounter ..< firstCounter + count` of the key
/// `key.child(firstSample + r).child(leaf)`. How samples and counters are cut into blocks changes
/// no value.
package struct SampleBlock: Sendable {
  /// The key of the call.
  package var key: RandomKey
  /// What to draw.
  package var distribution: RandomDistribution
  /// The sample of row 0.
  package var firstSample: Int
  /// The number of rows.
  package var samples: Int
  /// The index of the leaf in the tree of inputs.
  package var leaf: Int
  /// The counter of column 0.
  package var firstCounter: Int
  /// The number of columns.
  package var count: Int
  /// How the samples depend on one another.
  package var dependence: Dependence
  /// The keys of the samples, where they are known already.
  package var keys: SampleKeys?

  /// How samples depend on one another.
  package enum Dependence: Sendable {
    case independent
    /// Samples 2p and 2p + 1 are the draws of child p of the key and what they lack of `sum`.
    case mirrored(sum: Double)
    /// Points in the place of random bits, whose dimensions are columns from `firstDimension` on.
    case points(PointTable, firstDimension: Int)
    /// Normal draws whose directions are made orthogonal in runs of `count` samples; lengths stay.
    case orthogonal
  }

  /// The most columns of points and of orthogonal samples.
  package static var mostDimensions: Int { Int(CK_MOST_DIMENSIONS) }

  /// How many runs of `count` samples are made orthogonal side by side.
  package static func runsAtOnce(count: Int) -> Int {
    count <= Int(CK_SMALL_RUN) ? Int(CK_RUN_LANES) : 1
  }

  /// The block of `samples` rows and `count` columns.
  ///
  /// - Precondition: mirrored samples begin and end with a pair, orthogonal ones begin with a run.
  package init(
    key: RandomKey, distribution: RandomDistribution, firstSample: Int = 0, samples: Int,
    leaf: Int = 0, firstCounter: Int = 0, count: Int, dependence: Dependence = .independent
  ) {
    requireRandom(
      firstSample >= 0 && samples >= 0 && leaf >= 0 && firstCounter >= 0 && count >= 0,
      "SampleBlock: sample \(firstSample) + \(samples), leaf \(leaf), "
        + "counter \(firstCounter) + \(count) must not be negative")
    switch dependence {
    case .independent: break
    case .mirrored:
      requireRandom(
        firstSample % 2 == 0 && samples % 2 == 0,
        "SampleBlock: samples \(firstSample) + \(samples) are not pairs")
    case .points(let table, let first):
      requireRandom(
        count <= Self.mostDimensions && first >= 0 && first + count <= table.dimensions
          && distribution != .rademacher,
        "SampleBlock: dimensions \(first) + \(count) of \(table.dimensions) of \(distribution)")
    case .orthogonal:
      requireRandom(
        count > 0 && count <= Self.mostDimensions && firstSample % count == 0
          && distribution == .normal,
        "SampleBlock: \(distribution) samples from \(firstSample) on are no runs of \(count)")
    }
    self.dependence = dependence
    self.key = key
    self.distribution = distribution
    self.firstSample = firstSample
    self.samples = samples
    self.leaf = leaf
    self.firstCounter = firstCounter
    self.count = count
  }

  /// The block as the kernels take it.
  func withKernelBlock<Scalar, Result>(
    _: Scalar.Type, _ body: (UnsafePointer<ck_sample_block>) -> Result
  ) -> Result {
    var block = ck_sample_block()
    block.key = key.kernelKey
    block.distribution = distribution.kernelValue
    block.first_sample = UInt64(firstSample)
    block.samples = samples
    block.leaf = UInt64(leaf)
    block.first_counter = UInt64(firstCounter)
    block.count = count
    if let keys {
      block.keys0 = UnsafePointer(keys.first)
      block.keys1 = UnsafePointer(keys.second)
    }
    return withExtendedLifetime(keys) {
      switch dependence {
      case .independent:
        return body(&block)
      case .mirrored(let sum):
        block.dependence = CK_MIRRORED
        block.mirror = sum
        return body(&block)
      case .points(let table, let first):
        block.dependence = CK_POINTS
        var points = ck_points(
          directions: UnsafePointer(table.directions), shifts: UnsafePointer(table.shifts),
          dimensions: table.dimensions, scramblings: table.scramblings, first_dimension: first)
        return withExtendedLifetime(table) {
          withUnsafePointer(to: &points) {
            block.points = $0
            return body(&block)
          }
        }
      case .orthogonal:
        block.dependence = CK_ORTHOGONAL
        return Self.withOrthogonalMemory(Scalar.self, count: count) {
          block.memory = UnsafeMutableRawPointer($0)
          return body(&block)
        }
      }
    }
  }

  /// Memory for the kernels that make runs of `count` samples orthogonal.
  static func withOrthogonalMemory<Scalar, Result>(
    _: Scalar.Type, count: Int, _ body: (UnsafeMutablePointer<Scalar>) -> Result
  ) -> Result {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: ck_orthogonal_memory(count) * MemoryLayout<Scalar>.stride, alignment: 256)
    defer { memory.deallocate() }
    return body(memory.assumingMemoryBound(to: Scalar.self))
  }

  /// The block of some columns, counted from its first.
  ///
  /// - Precondition: not of orthogonal samples, which need all.
  func columns(_ range: Range<Int>) -> SampleBlock {
    var part = self
    part.firstCounter += range.lowerBound
    part.count = range.count
    switch dependence {
    case .independent, .mirrored: break
    case .points(let table, let first):
      part.dependence = .points(table, firstDimension: first + range.lowerBound)
    case .orthogonal:
      requireRandom(range == 0..<count, "SampleBlock: columns of orthogonal samples")
    }
    return part
  }

  /// The elements that rows `stride` apart need.
  func extent(_ stride: Int) -> Int {
    samples == 0 ? 0 : (samples - 1) * stride + count
  }

  func check(_ operation: StaticString, _ elements: Int, stride: Int) {
    requireRandom(
      stride >= count && elements >= extent(stride),
      "\(operation): \(samples) rows of \(count), \(stride) apart, do not fit \(elements) elements")
  }
}

extension RandomScalar {
  /// Writes the draws of one key at the counters from `firstCounter` on, one to each element.
  package static func draw(
    _ distribution: RandomDistribution, key: RandomKey, firstCounter: Int = 0,
    into out: UnsafeMutableBufferPointer<Self>
  ) {
    guard let start = out.baseAddress else { return }
    requireRandom(firstCounter >= 0, "draw: the first counter \(firstCounter) is negative")
    randomKernels.draw(
      key.kernelKey, distribution.kernelValue, UInt64(firstCounter), out.count, start)
  }

  /// Writes the block's noise, row r from element `r * rowStride` on.
  package static func sampleNoise(
    _ block: SampleBlock, into out: UnsafeMutableBufferPointer<Self>, rowStride: Int
  ) {
    block.check("sampleNoise", out.count, stride: rowStride)
    guard let start = out.baseAddress else { return }
    block.withKernelBlock(Self.self) { randomKernels.sampleNoise($0, start, rowStride) }
  }

  /// Writes `theta[j] + sigma * z[r][j]` for the block's noise z, and z itself into `noise` where
  /// there is one, row r from element `r * rowStride` on.
  ///
  /// `theta[0]` belongs to the block's first counter; `theta` has `block.count` elements.
  package static func perturb(
    _ block: SampleBlock, theta: UnsafeBufferPointer<Self>, sigma: Self,
    into out: UnsafeMutableBufferPointer<Self>, noise: UnsafeMutableBufferPointer<Self>? = nil,
    rowStride: Int
  ) {
    requireRandom(
      theta.count == block.count,
      "perturb: theta has \(theta.count) elements, a row of the block \(block.count)")
    block.check("perturb", out.count, stride: rowStride)
    if let noise { block.check("perturb, noise", noise.count, stride: rowStride) }
    guard let input = theta.baseAddress, let start = out.baseAddress else { return }
    block.withKernelBlock(Self.self) {
      randomKernels.perturb($0, input, sigma, start, noise?.baseAddress, rowStride)
    }
  }

  /// Writes the index of the first maximum of each row of ``perturb(_:theta:sigma:into:noise:rowStride:)``,
  /// without making the rows.
  ///
  /// Element j takes over where it is greater than the best before it; a NaN never does.
  package static func argmaxSamples(
    _ block: SampleBlock, theta: UnsafeBufferPointer<Self>, sigma: Self,
    into index: UnsafeMutableBufferPointer<Int32>
  ) {
    requireRandom(
      theta.count == block.count && block.count > 0 && index.count >= block.samples,
      "argmaxSamples: theta has \(theta.count) elements, the block \(block.samples) rows of "
        + "\(block.count), and there is room for \(index.count) indices")
    guard let input = theta.baseAddress, let start = index.baseAddress else { return }
    block.withKernelBlock(Self.self) {
      randomKernels.argmaxSamples($0, input, sigma, start)
    }
  }

  /// The most elements of θ that ``argmaxScores(_:theta:sigma:into:sums:)`` takes.
  package static var mostWinners: Int { Int(CK_MOST_WINNERS) }

  /// ``argmaxSamples(_:theta:sigma:into:)``, and sums[w][j] += Σ s(z[r][j]) over the rows r whose
  /// index is w, in an order that depends on the block alone.
  ///
  /// `theta` has at most ``mostWinners`` elements d, `sums` d².
  package static func argmaxScores(
    _ block: SampleBlock, theta: UnsafeBufferPointer<Self>, sigma: Self,
    into index: UnsafeMutableBufferPointer<Int32>, sums: UnsafeMutableBufferPointer<Double>
  ) {
    requireRandom(
      theta.count == block.count && block.count > 0 && block.count <= mostWinners
        && index.count >= block.samples && sums.count >= block.count * block.count,
      "argmaxScores: theta has \(theta.count) elements, the block \(block.samples) rows of "
        + "\(block.count), and there is room for \(index.count) indices and \(sums.count) sums")
    guard let input = theta.baseAddress, let start = index.baseAddress,
      let sumStart = sums.baseAddress
    else { return }
    block.withKernelBlock(Self.self) {
      randomKernels.argmaxScores($0, input, sigma, start, sumStart)
    }
  }

  /// out[r] = 1 where at least `least` elements of row r of
  /// ``perturb(_:theta:sigma:into:noise:rowStride:)`` are not negative, −1 elsewhere.
  ///
  /// Adds the scores of the rows to sums, which are those of −1, [count], and then those of 1. As
  /// many elements as ``mostWinners`` at most.
  ///
  /// - Returns: The number of rows with 1.
  package static func voteScores(
    _ block: SampleBlock, theta: UnsafeBufferPointer<Self>, sigma: Self, least: Int,
    into out: UnsafeMutableBufferPointer<Self>, sums: UnsafeMutableBufferPointer<Double>
  ) -> Int {
    requireRandom(
      theta.count == block.count && block.count > 0 && block.count <= mostWinners
        && out.count >= block.samples && sums.count >= 2 * block.count,
      "voteScores: theta has \(theta.count) elements, the block \(block.samples) rows of "
        + "\(block.count), and there is room for \(out.count) votes and \(sums.count) sums")
    guard let input = theta.baseAddress, let start = out.baseAddress,
      let sumStart = sums.baseAddress
    else { return 0 }
    return block.withKernelBlock(Self.self) {
      randomKernels.voteScores($0, input, sigma, least, start, sumStart, sumStart + block.count)
    }
  }

  /// Makes the directions of normal vectors orthogonal in runs of `count` rows from the first on;
  /// their lengths stay: [rows, count].
  package static func makeOrthogonal(
    _ z: UnsafeMutablePointer<Self>, rows: Int, count: Int
  ) {
    requireRandom(
      rows >= 0 && count > 0 && count <= SampleBlock.mostDimensions,
      "makeOrthogonal: \(rows) rows of \(count)")
    SampleBlock.withOrthogonalMemory(Self.self, count: count) {
      randomKernels.makeOrthogonal(z, rows, count, $0)
    }
  }

  /// Writes s(z) = −d/dz log p(z): normal z, Gumbel 1 − e^(−z), logistic tanh(z/2), Laplace sign z.
  ///
  /// `out` may be the same memory as `noise`.
  package static func score(
    _ distribution: RandomDistribution, of noise: UnsafeBufferPointer<Self>,
    into out: UnsafeMutableBufferPointer<Self>
  ) {
    requireRandom(distribution.hasScore, "score: the \(distribution) distribution has none")
    requireRandom(
      noise.count == out.count, "score: \(noise.count) elements into \(out.count)")
    guard let input = noise.baseAddress, let start = out.baseAddress else { return }
    randomKernels.score(distribution.kernelValue, input, out.count, start)
  }

  /// Writes ds/dz of the score s: normal 1, Gumbel e^(−z), logistic (1 − tanh²(z/2))/2, Laplace 0.
  ///
  /// `out` may be the same memory as `noise`.
  package static func scoreDerivative(
    _ distribution: RandomDistribution, of noise: UnsafeBufferPointer<Self>,
    into out: UnsafeMutableBufferPointer<Self>
  ) {
    requireRandom(
      distribution.hasScore, "scoreDerivative: the \(distribution) distribution has none")
    requireRandom(
      noise.count == out.count, "scoreDerivative: \(noise.count) elements into \(out.count)")
    guard let input = noise.baseAddress, let start = out.baseAddress else { return }
    randomKernels.scoreDerivative(distribution.kernelValue, input, out.count, start)
  }

  /// Writes the draws that JAX's transformations make of given words in the place of random bits.
  ///
  /// The draw increases with the word, so that evenly spread words give evenly spread quantiles;
  /// `Double` takes the word as the high half of its 64 bits.
  ///
  /// - Precondition: a distribution other than `rademacher`; as many words as elements.
  package static func transform(
    _ words: UnsafeBufferPointer<UInt32>, to distribution: RandomDistribution,
    into out: UnsafeMutableBufferPointer<Self>
  ) {
    requireRandom(
      words.count == out.count && distribution != .rademacher,
      "transform: \(words.count) words into \(out.count) draws of \(distribution)")
    guard let input = words.baseAddress, let start = out.baseAddress else { return }
    randomKernels.transform(distribution.kernelValue, input, out.count, start)
  }
}
