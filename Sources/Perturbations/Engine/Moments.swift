/// Sums over samples with what their standard error takes, where samples come in units that depend
/// on one another inside and not across: single samples, pairs, runs of orthogonal directions,
/// scramblings.
///
/// For units u of n_u samples with sums S_u and T = (1/N) Σ S_u,
/// Var T ≈ U/(U − 1) · (1/N²) Σ (S_u − n_u T)².
struct Moments: Sendable {
  struct Layout: Sendable, Equatable {
    /// The terms of a sample.
    var width: Int
    /// Sample i belongs to unit i mod this, for samples that are scrambled; else 0, and the units are
    /// runs of samples.
    var scramblings = 0
    /// Whether the largest term is looked for, as where the noise has no variance.
    var findsPeaks = false
  }

  let layout: Layout
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
  /// S_u and n_u of each scrambling.
  private var scrambled: [Double]
  private var sizes: [Double]
  /// The smallest and the largest term of a single sample.
  private var lows: [Double]
  private var highs: [Double]

  init(_ layout: Layout) {
    self.layout = layout
    sum = [Double](repeating: 0, count: layout.width)
    let isScrambled = layout.scramblings > 0
    mean = isScrambled ? [] : sum
    squares = mean
    products = mean
    scrambled = [Double](repeating: 0, count: layout.scramblings * layout.width)
    sizes = [Double](repeating: 0, count: layout.scramblings)
    lows = [Double](repeating: .infinity, count: layout.findsPeaks ? layout.width : 0)
    highs = lows.map { -$0 }
  }

  mutating func reset() { self = Moments(layout) }

  /// In the place of samples that somebody else adds up: so many, of zeros.
  init(_ layout: Layout, unknown count: Int) {
    self.init(layout)
    (samples, units, counts) = (count, count, Double(count))
  }

  /// The moments of a block of samples, added to none.
  ///
  /// - Parameters:
  ///   - samples: Their numbers; a block starts with a unit.
  ///   - unit: Samples of one unit; the last unit may have fewer.
  ///   - addSum: Adds the terms of all of them, as a plain sum does, to give its bits.
  ///   - terms: Writes the terms of some of the samples, counted from the first, [samples, width].
  /// - Throws: What `addSum` throws.
  mutating func add(
    samples: Range<Int>, unit: Int, sum addSum: (UnsafeMutablePointer<Double>) throws -> Void,
    terms: (_ rows: Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) rethrows {
    let width = layout.width
    self.samples = samples.count
    try sum.withUnsafeMutableBufferPointer {
      if let start = $0.baseAddress { try addSum(start) }
    }
    if samples.isEmpty || width == 0 { return }
    let isScrambled = layout.scramblings > 0
    if !isScrambled {
      let n = Double(samples.count)
      mean = sum.map { $0 / n }
      units = (samples.count + unit - 1) / unit
      let last = Double(samples.count - (units - 1) * unit)
      counts = Double(units - 1) * Double(unit * unit) + last * last
    }
    // Terms of whole units at a time, about 64k numbers: memory does not grow with the block.
    let unit = isScrambled ? 1 : unit
    let rows = Swift.max(65_536 / width / unit, 1) * unit
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Swift.min(rows, samples.count) * width)
    { buffer in
      guard let start = buffer.baseAddress else { return }
      for first in stride(from: 0, to: samples.count, by: rows) {
        let part = first..<Swift.min(first + rows, samples.count)
        terms(part, start)
        if layout.findsPeaks { addPeaks(start, count: part.count) }
        if isScrambled {
          addScrambled(start, samples.lowerBound + first, count: part.count)
        } else {
          addDeviations(start, count: part.count, unit: unit)
        }
      }
    }
  }

  /// The moments of independent one-hot samples, added to none, from how many have their one in each
  /// place: Σ (y − m)² = c − c²/n for c ones among n.
  mutating func add(
    samples: Int, oneHotCounts addCounts: (UnsafeMutablePointer<Double>) throws -> Void
  ) rethrows {
    self.samples = samples
    try sum.withUnsafeMutableBufferPointer {
      if let start = $0.baseAddress { try addCounts(start) }
    }
    guard samples > 0 else { return }
    let n = Double(samples)
    units = samples
    counts = n
    mean = sum.map { $0 / n }
    squares = sum.map { $0 * (n - $0) / n }
    if layout.findsPeaks {
      lows = sum.map { $0 < n ? 0 : 1 }
      highs = sum.map { $0 > 0 ? 1 : 0 }
    }
  }

  private mutating func addDeviations(_ terms: UnsafePointer<Double>, count: Int, unit: Int) {
    let width = layout.width
    withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { deviation in
      mean.withUnsafeBufferPointer { mean in
        squares.withUnsafeMutableBufferPointer { squares in
          products.withUnsafeMutableBufferPointer { products in
            for start in stride(from: 0, to: count, by: unit) {
              let end = Swift.min(start + unit, count)
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

  private mutating func addScrambled(_ terms: UnsafePointer<Double>, _ first: Int, count: Int) {
    let width = layout.width
    for i in 0..<count {
      let scrambling = (first + i) % layout.scramblings
      sizes[scrambling] += 1
      for j in 0..<width { scrambled[scrambling * width + j] += terms[i * width + j] }
    }
  }

  private mutating func addPeaks(_ terms: UnsafePointer<Double>, count: Int) {
    for i in 0..<count * layout.width {
      let j = i % layout.width
      lows[j] = Swift.min(lows[j], terms[i])
      highs[j] = Swift.max(highs[j], terms[i])
    }
  }

  /// Adds the units of other samples, which follow.
  mutating func append(_ other: Moments) {
    guard other.samples > 0 else { return }
    guard samples > 0 else {
      self = other
      return
    }
    var other = other
    let total = Double(samples + other.samples)
    for j in sum.indices { sum[j] += other.sum[j] }
    for j in mean.indices {
      let common = sum[j] / total
      moveMean(of: j, to: common)
      other.moveMean(of: j, to: common)
      squares[j] += other.squares[j]
      products[j] += other.products[j]
    }
    for index in scrambled.indices { scrambled[index] += other.scrambled[index] }
    for index in sizes.indices { sizes[index] += other.sizes[index] }
    for j in lows.indices {
      lows[j] = Swift.min(lows[j], other.lows[j])
      highs[j] = Swift.max(highs[j], other.highs[j])
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
}

extension Moments {
  /// How many units there are less one: the degrees of freedom of the standard errors.
  var degreesOfFreedom: Int {
    (layout.scramblings > 0 ? sizes.count { $0 > 0 } : units) - 1
  }

  /// Standard errors of T. Not numbers where there are no two units, and where one sample carries more
  /// than a twentieth of the sum of squares of many, as happens where there is no variance.
  var standardErrors: [Double] {
    var errors: [Double] = []
    let n = Double(samples)
    let correction = Double(degreesOfFreedom + 1) / Double(degreesOfFreedom)
    if layout.scramblings > 0 {
      for j in sum.indices {
        let mean = sum[j] / n
        var spread = 0.0
        for (unit, size) in sizes.enumerated() {
          let deviation = scrambled[unit * layout.width + j] - size * mean
          spread += deviation * deviation
        }
        errors.append((spread * correction).squareRoot() / n)
      }
    } else {
      errors = squares.map { (Swift.max($0, 0) * correction).squareRoot() / n }
    }
    for j in lows.indices where samples >= 100 {
      let peak = Swift.max(highs[j] - sum[j] / n, sum[j] / n - lows[j])
      if 20 * peak * peak > n * n * errors[j] * errors[j] { errors[j] = .nan }
    }
    return errors
  }
}

extension Moments {
  /// Standard errors of the mean over `present` samples, where the terms of the others are zeros that
  /// have no part in it: a ratio, around whose own value the others are spread.
  ///
  /// - Parameters:
  ///   - present: How many samples there are.
  ///   - unit: Samples of one unit.
  /// - Returns: One for each term.
  func standardErrors(present: Int, unit: Int) -> [Double] {
    if present == samples { return standardErrors }
    let (n, m) = (Double(samples), Double(present))
    let units = Double((present + unit - 1) / unit)
    return sum.indices.map { j in
      // From deviations around Σ/N to those around Σ/m.
      let spread = squares[j] + Double(unit) * sum[j] * sum[j] * (1 / n - 1 / m)
      return (Swift.max(spread, 0) * units / (units - 1)).squareRoot() / m
    }
  }
}

extension Moments {
  func encode(to writer: inout ByteWriter) {
    for count in [samples, units] { writer.write(count) }
    writer.write(counts)
    for numbers in [sum, mean, squares, products, scrambled, sizes, lows, highs] {
      writer.write(numbers)
    }
  }

  /// The moments of `most` samples at most.
  init(decoding reader: inout ByteReader, _ layout: Layout, most: Int) throws(PassPartError) {
    self.init(layout)
    samples = try reader.integer()
    units = try reader.integer()
    guard (0...most).contains(samples), (0...samples).contains(units) else { throw .damaged }
    counts = try reader.double()
    func numbers(like expected: [Double]) throws(PassPartError) -> [Double] {
      let found = try reader.doubles()
      guard found.count == expected.count else { throw .damaged }
      return found
    }
    sum = try numbers(like: sum)
    mean = try numbers(like: mean)
    squares = try numbers(like: squares)
    products = try numbers(like: products)
    scrambled = try numbers(like: scrambled)
    sizes = try numbers(like: sizes)
    lows = try numbers(like: lows)
    highs = try numbers(like: highs)
  }
}
