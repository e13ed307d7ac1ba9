internal import Platform

/// The numbers that counts, seconds and sizes may be, wherever they come from.
struct NumberRange: Sendable {
  private let least: Double
  /// Whether `least` itself is too small.
  private let isOpen: Bool
  private let most: Double
  private let unit: String

  private init(_ least: Double, _ most: Double, isOpen: Bool = false, unit: String = "number") {
    self.least = least
    self.isOpen = isOpen
    self.most = most
    self.unit = unit
  }

  /// Samples of an estimate, steps of a run, evaluations: 10¹⁵ take longer than anybody waits, and
  /// sums and products of a few of them can be counted.
  static let mostCount = 1e15
  static let count = NumberRange(1, mostCount)
  /// The index of a sample.
  static let index = NumberRange(0, mostCount)
  /// Nodes of a graph, for each of which a few words of memory are taken.
  static let nodes = NumberRange(0, 1e8)
  static let threads = NumberRange(1, 1024)
  static let retries = NumberRange(0, 1e9)
  /// Seconds that may pass, some thirty years at most.
  static let seconds = NumberRange(0, 1e9, isOpen: true, unit: "time")
  static let positive = NumberRange(0, .greatestFiniteMagnitude, isOpen: true)
  static let finite = NumberRange(-.greatestFiniteMagnitude, .greatestFiniteMagnitude)

  /// Checks a number.
  ///
  /// - Parameters:
  ///   - number: The number.
  ///   - name: What it is.
  ///   - text: How it is written.
  /// - Throws: ``CommandError`` of one line that names it.
  func check(_ number: Double, _ name: String, _ text: String? = nil) throws(CommandError) {
    let expected: String
    if number.isNaN || (isOpen ? number <= least : number < least) {
      expected =
        isOpen
        ? "a positive \(unit)"
        : least.magnitude < 1e15 ? "at least \(Int(least))" : "a finite \(unit)"
    } else if number > most {
      expected = most < 1e18 ? "at most \(Digits.grouped(Int(most)))" : "a finite \(unit)"
    } else {
      return
    }
    let shown = JSON.exactly(number)
    throw CommandError(
      "\(name) is \(text ?? shown.string ?? shown.compactText), expected \(expected)")
  }
}
