/// How the samples of a call are cut into blocks.
///
/// The cut depends on the problem's shape alone, never on the number of threads. Each block is
/// reduced by itself and partial results are combined in block order, so that every way to run the
/// blocks gives the same bits.
struct SamplePlan {
  let samples: Int
  let samplesPerBlock: Int

  /// - Parameters:
  ///   - samples: How many there are.
  ///   - width: The larger of the numbers of inputs and outputs of one sample.
  ///   - unit: Consecutive samples that depend on one another, which stay in one block.
  ///   - sums: How many sums a block may make; adding them up is to stay below its other work.
  init(samples: Int, width: Int, unit: Int = 1, sums: Int = 0) {
    self.samples = samples
    // About 32k numbers in a block: it stays in the second-level cache.
    let numbers = Swift.max(32_768, 32 * sums)
    let wanted = numbers / Swift.max(width, 1) / 16 * 16
    let perBlock = Swift.min(Swift.max(wanted, 16), 4096)
    samplesPerBlock = (perBlock + unit - 1) / unit * unit
  }

  var blockCount: Int { (samples + samplesPerBlock - 1) / samplesPerBlock }

  func block(_ index: Int) -> Range<Int> {
    let start = index * samplesPerBlock
    return start..<Swift.min(start + samplesPerBlock, samples)
  }
}
