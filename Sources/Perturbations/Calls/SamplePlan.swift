/// How the samples of a call are cut into blocks: by the problem's shape alone, never by the number
/// of threads.
struct SamplePlan {
  let samples: Int
  let samplesPerBlock: Int

  /// - Parameters:
  ///   - samples: How many there are.
  ///   - width: The larger of the numbers of inputs and outputs of one sample.
  ///   - unit: Consecutive samples that depend on one another, which stay in one block.
  ///   - sums: How many sums a block may make; adding them up is to stay below its other work.
  ///   - leastBlocks: How many blocks there are at least, where each has 16 samples then: what costs much
  ///     is shared out among many, however few numbers it takes.
  init(samples: Int, width: Int, unit: Int = 1, sums: Int = 0, leastBlocks: Int = 1) {
    self.samples = samples
    // About 32k numbers in a block: it stays in the second-level cache.
    let numbers = Swift.max(32_768, 32 * sums)
    let wanted = numbers / Swift.max(width, 1) / 16 * 16
    // Few samples of wide problems: a block's memory is a small multiple of a sample's.
    let least = width <= 65_536 ? 16 : 4
    let most = leastBlocks > 1 ? Swift.max(samples / leastBlocks / 16 * 16, 16) : 4096
    let perBlock = Swift.min(Swift.max(wanted, least), most, 4096)
    samplesPerBlock = (perBlock + unit - 1) / unit * unit
  }

  var blockCount: Int { (samples - 1) / samplesPerBlock + 1 }

  func block(_ index: Int) -> Range<Int> {
    let start = index * samplesPerBlock
    return start..<Swift.min(start + samplesPerBlock, samples)
  }
}
