internal import Tensors

extension SampleReduction {
  /// Adds the moments of several sets of terms over the samples of each row, in one pass.
  ///
  /// - Parameters:
  ///   - totals: What to add to, one for each set.
  ///   - blocks: The blocks to run; nil for all.
  ///   - parts: The moments of a block, one for each set. Called from several threads.
  /// - Throws: What the evaluation of a block throws.
  func addMoments(
    to totals: inout [RowMoments], blocks: Range<Int>? = nil,
    _ parts: (BlockSums<Scalar>) throws -> [RowMoments.Part]
  ) throws {
    try forEachBlock(blocks: blocks, parts) { row, _, parts in
      for (index, part) in parts.enumerated() { totals[index].append(part, row: row) }
    }
    try evaluator.absent?.checkEmpty()
  }

  /// The moments of `width` terms over all samples of each row.
  ///
  /// - Parameters:
  ///   - width: How many terms a sample has.
  ///   - sums: Adds the terms of a block up as another pass does, to give its bits.
  ///   - terms: The terms of a block, [samples, width]. Called from several threads.
  /// - Returns: The moments.
  /// - Throws: What the evaluation of a block throws.
  func moments(
    width: Int, sums: ((BlockSums<Scalar>, UnsafeMutablePointer<Double>) throws -> Void)? = nil,
    terms: (BlockSums<Scalar>) throws -> [Double]
  ) throws -> RowMoments {
    var totals = [emptyMoments(width: width)]
    try addMoments(to: &totals) { block in
      [try part(block, width: width, sums: sums, terms: terms(block))]
    }
    return totals[0]
  }

  /// Moments of no samples.
  func emptyMoments(width: Int) -> RowMoments {
    RowMoments(rows: rows, width: width, sampling: sampler.sampling)
  }

  /// The moments of a block's terms, [samples, width].
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - width: How many terms a sample has.
  ///   - sums: Adds the terms up as another pass does, to give its bits; nil for one by one.
  ///   - terms: The terms.
  /// - Returns: Moments by unit, or sums by scrambling.
  /// - Throws: What `sums` throws.
  func part(
    _ block: BlockSums<Scalar>, width: Int,
    sums: ((BlockSums<Scalar>, UnsafeMutablePointer<Double>) throws -> Void)? = nil,
    terms: [Double]
  ) rethrows -> RowMoments.Part {
    var sum = [Double](repeating: 0, count: width)
    if let sums {
      try sum.withUnsafeMutableBufferPointer {
        if let start = $0.baseAddress { try sums(block, start) }
      }
    } else {
      sum = columnSums(terms, width: width)
    }
    if let unit = sampler.sampling.unit(width: sampler.width) {
      return .units(UnitMoments(terms: terms, sum: sum, unit: unit))
    }
    let scramblings = sampler.sampling.scramblings
    var byScrambling = [Double](repeating: 0, count: scramblings * width)
    for i in 0..<block.samples.count {
      let first = (block.samples.lowerBound + i) % scramblings * width
      for j in 0..<width { byScrambling[first + j] += terms[i * width + j] }
    }
    return .scramblings(byScrambling, sum: sum, samples: block.samples)
  }

  /// The moments of a block's outputs; an output that is not finite is an error.
  func outputPart(_ block: BlockSums<Scalar>) throws -> RowMoments.Part {
    let width = layout.width
    let sums = { (block: BlockSums<Scalar>, sums: UnsafeMutablePointer<Double>) throws in
      try block.addOutputs(to: sums)
    }
    guard block.isOneHot, sampler.sampling.unit(width: sampler.width) == 1 else {
      return try part(
        block, width: width, sums: sums,
        terms: widened(block.outputRows, count: block.samples.count * width))
    }
    var counts = [Double](repeating: 0, count: width)
    try counts.withUnsafeMutableBufferPointer {
      if let start = $0.baseAddress { try sums(block, start) }
    }
    return .units(UnitMoments(oneHotCounts: counts, samples: block.samples.count))
  }
}

/// The sums of the columns of [rows, width], row by row.
private func columnSums(_ terms: [Double], width: Int) -> [Double] {
  var sum = [Double](repeating: 0, count: width)
  terms.withUnsafeBufferPointer { terms in
    sum.withUnsafeMutableBufferPointer { sum in
      for first in stride(from: 0, to: terms.count, by: Swift.max(width, 1)) {
        for j in 0..<width { sum[j] += terms[first + j] }
      }
    }
  }
  return sum
}

/// Numbers in double precision; the type is settled once for all of them.
func widened<Scalar: TensorFloatingPoint>(
  _ numbers: UnsafePointer<Scalar>, count: Int
) -> [Double] {
  [Double](unsafeUninitializedCapacity: count) { result, initialized in
    if Scalar.self == Float.self {
      let numbers = UnsafeRawPointer(numbers).assumingMemoryBound(to: Float.self)
      for i in 0..<count { result[i] = Double(numbers[i]) }
    } else {
      let numbers = UnsafeRawPointer(numbers).assumingMemoryBound(to: Double.self)
      for i in 0..<count { result[i] = numbers[i] }
    }
    initialized = count
  }
}

extension Sampling {
  /// How many scramblings there are; 0 where samples aren't scrambled.
  var scramblings: Int { if case .quasiMonteCarlo(let count) = self { count } else { 0 } }
}
