package import CKernels

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

  /// The block of `samples` rows and `count` columns.
  package init(
    key: RandomKey, distribution: RandomDistribution, firstSample: Int = 0, samples: Int,
    leaf: Int = 0, firstCounter: Int = 0, count: Int
  ) {
    requireRandom(
      firstSample >= 0 && samples >= 0 && leaf >= 0 && firstCounter >= 0 && count >= 0,
      "SampleBlock: sample \(firstSample) + \(samples), leaf \(leaf), "
        + "counter \(firstCounter) + \(count) must not be negative")
    self.key = key
    self.distribution = distribution
    self.firstSample = firstSample
    self.samples = samples
    self.leaf = leaf
    self.firstCounter = firstCounter
    self.count = count
  }

  /// The block as the kernels take it.
  package var kernelBlock: ck_sample_block {
    ck_sample_block(
      key: key.kernelKey, distribution: distribution.kernelValue,
      first_sample: UInt64(firstSample), samples: samples, leaf: UInt64(leaf),
      first_counter: UInt64(firstCounter), count: count)
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
    withUnsafePointer(to: block.kernelBlock) { randomKernels.sampleNoise($0, start, rowStride) }
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
    withUnsafePointer(to: block.kernelBlock) {
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
    withUnsafePointer(to: block.kernelBlock) {
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
    withUnsafePointer(to: block.kernelBlock) {
      randomKernels.argmaxScores($0, input, sigma, start, sumStart)
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
