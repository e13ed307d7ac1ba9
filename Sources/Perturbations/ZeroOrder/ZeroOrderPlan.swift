/// How the samples of a zero-order estimate are cut into blocks: by the numbers of samples and
/// parameters and the kind of directions, never by the number of threads.
struct ZeroOrderPlan {
  let samples: Int
  /// Samples in a block that is evaluated.
  let samplesPerBlock: Int
  /// Samples whose directions one thread holds at a time.
  let samplesAtOnce: Int
  /// Samples that are summed by themselves before they are added to the rest.
  let samplesPerSum: Int
  /// Directions that depend on one another; 1 where there are none.
  let groupSize: Int

  init(samples: Int, parameters: Int, groupSize: Int, isVectorized: Bool) {
    let group = Swift.max(groupSize, 1)
    func wholeGroups(_ count: Int) -> Int { (count + group - 1) / group * group }
    self.samples = samples
    self.groupSize = group
    // As many as stay in the second-level cache, and few enough for the intermediate results of a
    // vectorised function to stay small; blocks of about one size.
    let most = wholeGroups(Swift.max(1, Swift.min(64, 16_384 / Swift.max(parameters, 1))))
    let blocks = (samples - 1) / most + 1
    samplesPerBlock = wholeGroups((samples - 1) / blocks + 1)
    samplesAtOnce = isVectorized ? samplesPerBlock : group
    samplesPerSum = wholeGroups(256)
  }

  var blockCount: Int { (samples - 1) / samplesPerBlock + 1 }

  func block(_ index: Int) -> Range<Int> { cut(0..<samples, samplesPerBlock, index) }

  /// The ranges of at most `size` samples in a range.
  static func cuts(_ range: Range<Int>, _ size: Int) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: size).map {
      $0..<Swift.min($0 + size, range.upperBound)
    }
  }

  private func cut(_ range: Range<Int>, _ size: Int, _ index: Int) -> Range<Int> {
    let start = range.lowerBound + index * size
    return start..<Swift.min(start + size, range.upperBound)
  }
}
