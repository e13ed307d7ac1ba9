internal import Tensors

extension SampleReduction {
  /// Adds the moments of terms over the samples of each row.
  ///
  /// - Parameters:
  ///   - total: What to add to.
  ///   - blocks: The blocks to run; nil for all.
  ///   - sums: Adds the terms of a block up, where this can be done faster than term by term, or is
  ///     to give the bits of another pass.
  ///   - terms: The terms of a block, [samples, width]. Called from several threads.
  /// - Throws: What the evaluation of a block throws.
  func addMoments(
    to total: inout RowMoments, blocks: Range<Int>? = nil,
    sums: ((BlockSums<Scalar>, UnsafeMutablePointer<Double>) throws -> Void)? = nil,
    terms: (BlockSums<Scalar>) throws -> [Double]
  ) throws {
    let width = total.width
    let unit = sampler.sampling.unit(width: sampler.width)
    let scramblings = total.scramblings
    try forEachBlock(blocks: blocks) { block in
      let terms = try terms(block)
      let count = block.samples.count
      var sum = [Double](repeating: 0, count: width)
      if let sums {
        try sum.withUnsafeMutableBufferPointer {
          if let start = $0.baseAddress { try sums(block, start) }
        }
      } else {
        for i in 0..<count {
          for j in 0..<width { sum[j] += terms[i * width + j] }
        }
      }
      if let unit { return RowMoments.Part.units(UnitMoments(terms: terms, sum: sum, unit: unit)) }
      var byScrambling = [Double](repeating: 0, count: scramblings * width)
      for i in 0..<count {
        let first = (block.samples.lowerBound + i) % scramblings * width
        for j in 0..<width { byScrambling[first + j] += terms[i * width + j] }
      }
      return .scramblings(byScrambling, sum: sum, samples: block.samples)
    } combine: { row, _, part in
      total.append(part, row: row)
    }
    try evaluator.absent?.checkEmpty()
  }

  /// The moments of `width` terms over all samples of each row.
  func moments(
    width: Int, terms: (BlockSums<Scalar>) throws -> [Double]
  ) throws -> RowMoments {
    var total = RowMoments(rows: rows, width: width, sampling: sampler.sampling)
    try addMoments(to: &total, terms: terms)
    return total
  }
}

/// The moments of each row of a call.
struct RowMoments: Sendable {
  enum Part: Sendable {
    case units(UnitMoments)
    /// Sums by scrambling, and over all of them.
    case scramblings([Double], sum: [Double], samples: Range<Int>)
  }

  let width: Int
  let scramblings: Int
  private var units: [UnitMoments]
  /// Sums and numbers of samples by row and scrambling.
  private var scrambled: [[Double]]
  private var sizes: [[Int]]
  private var totals: [[Double]]

  init(rows: Int, width: Int, sampling: Sampling) {
    self.width = width
    if case .quasiMonteCarlo(let count) = sampling { scramblings = count } else { scramblings = 0 }
    units = (0..<rows).map { _ in UnitMoments(width: width) }
    scrambled = (0..<rows).map { [scramblings] _ in
      [Double](repeating: 0, count: scramblings * width)
    }
    sizes = (0..<rows).map { [scramblings] _ in [Int](repeating: 0, count: scramblings) }
    totals = (0..<rows).map { _ in [Double](repeating: 0, count: width) }
  }

  mutating func append(_ part: Part, row: Int) {
    switch part {
    case .units(let moments): units[row].append(moments)
    case .scramblings(let sums, let sum, let samples):
      for j in sums.indices { scrambled[row][j] += sums[j] }
      for j in sum.indices { totals[row][j] += sum[j] }
      for sample in samples { sizes[row][sample % scramblings] += 1 }
    }
  }

  /// Sums of the terms, [rows, width].
  var sums: [Double] { scramblings == 0 ? units.flatMap(\.sum) : totals.flatMap { $0 } }

  /// Standard errors of the terms' means, [rows, width].
  var standardErrors: [Double] {
    if scramblings == 0 { return units.flatMap(\.standardErrors) }
    return scrambled.indices.flatMap { row in
      UnitMoments(unitSums: scrambled[row], counts: sizes[row], width: width).standardErrors
    }
  }
}
