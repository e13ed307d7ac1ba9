/// Sums over samples with what their standard error takes, where samples come in units that depend
/// on one another inside and not across: single samples, pairs, runs of orthogonal directions.
///
/// For units u of n_u samples with sums S_u and T = (1/N) Σ S_u,
/// Var T ≈ U/(U − 1) · (1/N²) Σ (S_u − n_u T)².
struct UnitMoments: Sendable {
  private(set) var samples = 0
  private(set) var units = 0
  /// Σ S_u
  private(set) var sum: [Double]
  /// The centre that the sums below refer to: the mean of the terms so far.
  private var mean: [Double]
  /// Σ (S_u − n_u mean)²
  private var squares: [Double]
  /// Σ n_u (S_u − n_u mean)
  private var products: [Double]
  /// Σ n_u²
  private var counts = 0.0

  init(width: Int) {
    sum = [Double](repeating: 0, count: width)
    mean = sum
    squares = sum
    products = sum
  }

  /// The moments of a block of terms [samples, width].
  ///
  /// - Parameters:
  ///   - terms: [samples, width].
  ///   - sum: The sums of the columns, however they were added up.
  ///   - unit: Samples of one unit; the last unit may have fewer.
  init(terms: [Double], sum: [Double], unit: Int) {
    let width = sum.count
    self.init(width: width)
    samples = terms.count / Swift.max(width, 1)
    guard samples > 0 else { return }
    self.sum = sum
    mean = sum.map { $0 / Double(samples) }
    units = (samples + unit - 1) / unit
    let last = Double(samples - (units - 1) * unit)
    counts = Double(units - 1) * Double(unit * unit) + last * last
    addDeviations(terms, unit: unit)
  }

  /// Adds the squares and products of the units of terms [samples, width].
  private mutating func addDeviations(_ terms: [Double], unit: Int) {
    let (width, samples) = (sum.count, samples)
    var scratch = [Double](repeating: 0, count: width)
    terms.withUnsafeBufferPointer { terms in
      mean.withUnsafeBufferPointer { mean in
        squares.withUnsafeMutableBufferPointer { squares in
          products.withUnsafeMutableBufferPointer { products in
            scratch.withUnsafeMutableBufferPointer { deviation in
              for start in stride(from: 0, to: samples, by: unit) {
                let end = Swift.min(start + unit, samples)
                let size = Double(end - start)
                for j in 0..<width { deviation[j] = terms[start * width + j] - size * mean[j] }
                for first in stride(from: (start + 1) * width, to: end * width, by: width) {
                  for j in 0..<width { deviation[j] += terms[first + j] }
                }
                for j in 0..<width {
                  squares[j] += deviation[j] * deviation[j]
                  products[j] += size * deviation[j]
                }
              }
            }
          }
        }
      }
    }
  }

  /// The moments of independent one-hot samples, from how many have their one in each place:
  /// Σ (y − m)² = c − c²/n for c ones among n.
  init(oneHotCounts: [Double], samples: Int) {
    self.init(width: oneHotCounts.count)
    self.samples = samples
    guard samples > 0 else { return }
    let n = Double(samples)
    units = samples
    counts = n
    sum = oneHotCounts
    mean = sum.map { $0 / n }
    squares = sum.map { $0 * (n - $0) / n }
  }

  /// The moments of units given by their sums [units, width].
  init(unitSums: [Double], counts sizes: [Int], width: Int) {
    self.init(width: width)
    samples = sizes.reduce(0, +)
    units = sizes.count
    for (unit, _) in sizes.enumerated() {
      for j in 0..<width { sum[j] += unitSums[unit * width + j] }
    }
    mean = sum.map { $0 / Double(Swift.max(samples, 1)) }
    for (unit, size) in sizes.enumerated() {
      counts += Double(size * size)
      for j in 0..<width {
        let deviation = unitSums[unit * width + j] - Double(size) * mean[j]
        squares[j] += deviation * deviation
        products[j] += Double(size) * deviation
      }
    }
  }

  /// Adds the units of another block, which follow.
  mutating func append(_ other: UnitMoments) {
    guard other.samples > 0 else { return }
    var other = other
    let total = Double(samples + other.samples)
    for j in sum.indices {
      sum[j] += other.sum[j]
      let common = sum[j] / total
      moveMean(of: j, to: common)
      other.moveMean(of: j, to: common)
      squares[j] += other.squares[j]
      products[j] += other.products[j]
    }
    counts += other.counts
    samples += other.samples
    units += other.units
  }

  private mutating func moveMean(of j: Int, to center: Double) {
    let shift = center - mean[j]
    squares[j] += shift * (shift * counts - 2 * products[j])
    products[j] -= shift * counts
    mean[j] = center
  }

  /// Standard errors of T.
  var standardErrors: [Double] {
    let correction = Double(units) / Double(units - 1)
    let n = Double(samples)
    return squares.map { (Swift.max($0, 0) * correction).squareRoot() / n }
  }
}
