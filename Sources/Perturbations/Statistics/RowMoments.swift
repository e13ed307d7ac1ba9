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
    scramblings = sampling.scramblings
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
