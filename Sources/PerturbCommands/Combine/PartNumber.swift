internal import Platform

/// Which part of how many: 3/8.
package struct PartNumber: Sendable, Equatable, CustomStringConvertible {
  /// The most parts that there may be.
  static let most = 1_000_000

  package let index: Int
  package let count: Int

  package var description: String { "\(index)/\(count)" }
}

extension PartNumber: OptionValue {
  init(argument text: String) throws(BadValue) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1],
      (1...Self.most).contains(count), (1...count).contains(index)
    else {
      throw .whole(
        expected: "a part such as 3/8, the third of eight, of at most \(Digits.grouped(Self.most))")
    }
    self.init(index: index, count: count)
  }

  var json: JSON { .string(description) }
}
