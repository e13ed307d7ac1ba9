internal import CKernels
internal import Synchronization
internal import Tensors

/// Sobol' points, scrambled by keys.
///
/// - SeeAlso: Joe and Kuo 2008 for the direction numbers; Antonov and Saleev 1979 for the order of
///   the points, that of the Gray code.
package enum SobolSequence {
  /// Digits of a coordinate, and direction numbers of a dimension.
  static let digits = 32

  /// Direction numbers: [dimension, digit], the first digit of a coordinate in the highest bit.
  private static let directions: [UInt32] = {
    var result: [UInt32] = []
    result.reserveCapacity(ck_sobol_dimensions * digits)
    guard let numbers = ck_sobol_table() else { trap("SobolSequence", "no table") }
    var position = 0
    for dimension in 0..<ck_sobol_dimensions {
      let polynomial = UInt32(numbers[position])
      let degree = UInt32.bitWidth - 1 - polynomial.leadingZeroBitCount
      var odd = (0..<degree).map { UInt32(numbers[position + 1 + $0]) }
      position += 1 + degree
      // The first dimension is van der Corput's: all odd numbers are 1.
      if dimension == 0 { odd = [UInt32](repeating: 1, count: digits) }
      for k in odd.count..<Swift.max(digits, odd.count) {
        var next = odd[k - degree] ^ (odd[k - degree] << UInt32(degree))
        for i in 1..<Swift.max(degree, 1) where polynomial >> UInt32(degree - i) & 1 == 1 {
          next ^= odd[k - i] << UInt32(i)
        }
        odd.append(next)
      }
      for k in 0..<digits { result.append(odd[k] << UInt32(digits - 1 - k)) }
    }
    return result
  }()

  static func direction(_ dimension: Int, _ digit: Int) -> UInt32 {
    directions[dimension * digits + digit]
  }

  /// Coordinate `dimension` of point `index`, times 2³², without scrambling.
  package static func coordinate(_ dimension: Int, ofPoint index: Int) -> UInt32 {
    let gray = index ^ (index >> 1)
    var result: UInt32 = 0
    for digit in 0..<digits where gray >> digit & 1 == 1 { result ^= direction(dimension, digit) }
    return result
  }
}

/// One row's scrambled sequences.
struct ScrambledSobol: Sendable {
  let table: PointTable

  /// Words 33 D to 33 D + 31 of a scrambling's key make the matrix of dimension D, whose row a has
  /// a one on the diagonal and random digits before it; word 33 D + 32 is the shift.
  init(key: RandomKey, dimensions: Int, scramblings: Int) {
    let digits = SobolSequence.digits
    let table = PointTable(dimensions: dimensions, scramblings: scramblings)
    for scrambling in 0..<scramblings {
      let words = key.child(UInt64(scrambling)).bits32((digits + 1) * dimensions)
      for dimension in 0..<dimensions {
        let first = (digits + 1) * dimension
        table.shifts[scrambling * dimensions + dimension] = words[first + digits]
        let rows = (0..<digits).map { row in
          let diagonal = UInt32(1) << UInt32(digits - 1 - row)
          return diagonal | words[first + row] & ~(diagonal | (diagonal - 1))
        }
        // Column c in the place of bit 31 − c of a direction.
        var columns = [UInt32](repeating: 0, count: digits)
        for row in rows {
          for column in 0..<digits {
            columns[column] = columns[column] << 1 | row >> UInt32(digits - 1 - column) & 1
          }
        }
        for digit in 0..<digits {
          var direction = SobolSequence.direction(dimension, digit)
          var scrambled: UInt32 = 0
          while direction != 0 {
            let column = direction.leadingZeroBitCount
            scrambled ^= columns[column]
            direction ^= 1 << UInt32(digits - 1 - column)
          }
          table.directions[(scrambling * digits + digit) * dimensions + dimension] = scrambled
        }
      }
    }
    self.table = table
  }

  /// Writes the coordinates of samples, times 2³²: [samples, dimensions].
  func write(samples: Range<Int>, into words: UnsafeMutablePointer<UInt32>) {
    let count = table.dimensions
    for (position, sample) in samples.enumerated() {
      let (scrambling, index) = (sample % table.scramblings, sample / table.scramblings)
      let (point, gray) = (words + position * count, index ^ (index >> 1))
      point.update(from: table.shifts + scrambling * count, count: count)
      for digit in 0..<SobolSequence.digits where gray >> digit & 1 == 1 {
        let direction = table.directions + (scrambling * SobolSequence.digits + digit) * count
        for j in 0..<count { point[j] ^= direction[j] }
      }
    }
  }
}

/// The scrambled sequences of the rows of a call, the last few of them kept.
final class SobolRows: Sendable {
  private let key: RandomKey
  private let dimensions: Int
  private let scramblings: Int
  private let recent = Mutex<[(row: Int, sequence: ScrambledSobol)]>([])

  init(key: RandomKey, dimensions: Int, scramblings: Int) {
    self.key = key
    self.dimensions = dimensions
    self.scramblings = scramblings
  }

  /// The sequences of a row.
  subscript(row: Int) -> ScrambledSobol {
    if let found = recent.withLock({ $0.first { $0.row == row } }) { return found.sequence }
    let made = ScrambledSobol(
      key: key.child(UInt64(row)), dimensions: dimensions, scramblings: scramblings)
    recent.withLock {
      if $0.count == 8 { $0.removeFirst() }
      $0.append((row, made))
    }
    return made
  }
}
