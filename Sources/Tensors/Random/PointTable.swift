/// What points are made of in place of random bits: point n of a scrambling is its shift with the
/// direction of each digit of the Gray code n ^ n >> 1.
package final class PointTable: @unchecked Sendable {
  /// Digits of a coordinate.
  package static var digits: Int { 32 }

  package let dimensions: Int
  package let scramblings: Int
  /// [scrambling, digit of the Gray code, dimension]. Written before the table is shared.
  package let directions: UnsafeMutablePointer<UInt32>
  /// [scrambling, dimension]
  package let shifts: UnsafeMutablePointer<UInt32>

  /// A table of zeros.
  package init(dimensions: Int, scramblings: Int) {
    self.dimensions = dimensions
    self.scramblings = scramblings
    let count = scramblings * dimensions
    directions = .allocate(capacity: Swift.max(count * Self.digits, 1))
    directions.initialize(repeating: 0, count: count * Self.digits)
    shifts = .allocate(capacity: Swift.max(count, 1))
    shifts.initialize(repeating: 0, count: count)
  }

  deinit {
    directions.deallocate()
    shifts.deallocate()
  }
}
