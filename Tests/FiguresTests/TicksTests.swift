import Figures
import Foundation
import Testing

@Suite struct TicksTests {
  static let ranges: [(Double, Double)] = [
    (0, 1), (-1, 1), (0, 4000), (-3.7, 12.1), (1e-9, 3e-9), (-2e12, 5e11), (99.98, 100.03),
    (-0.0031, -0.0029), (0, 1e-300), (-1e300, 1e300), (1e6, 1e6 + 1), (0.1, 0.7), (-5, -1),
  ]

  @Test(arguments: ranges, [1, 2, 5, 10])
  func linearTicksAreRoundAndInside(_ range: (Double, Double), _ target: Int) throws {
    let (low, high) = range
    let ticks = Ticks.linear(from: low, to: high, target: target)
    #expect(ticks.count <= target + 1)
    #expect(ticks.count >= target / 3)
    let slack = (high - low) * 1e-5
    for tick in ticks {
      #expect(tick.value >= low - slack && tick.value <= high + slack)
      let label = try #require(tick.label)
      let value = try #require(Self.value(label))
      #expect(abs(value - tick.value) <= abs(tick.value) * 1e-12)
    }
    for (a, b) in zip(ticks, ticks.dropFirst()) {
      let step = b.value - a.value
      let lead = step / pow(10, floor(log10(step) + 1e-6))
      #expect([1.0, 2, 5].contains { abs(lead / $0 - 1) < 1e-3 }, "step \(step)")
    }
  }

  /// The number that a label shows.
  private static func value(_ label: NumberLabel) -> Double? {
    var text = label.text.replacingOccurrences(of: "\u{2212}", with: "-")
      .replacingOccurrences(of: ",", with: "")
    guard let exponent = label.exponent else { return Double(text) }
    if text == "10" || text == "-10" { text = text.replacingOccurrences(of: "10", with: "1×10") }
    return Double(text.replacingOccurrences(of: "×10", with: "e\(exponent)"))
  }

  @Test func linearLabelsHaveOneForm() {
    func labels(_ low: Double, _ high: Double, _ target: Int) -> [String] {
      Ticks.linear(from: low, to: high, target: target).compactMap { $0.label?.plain }
    }
    #expect(labels(0, 1, 5) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(-1, 1, 4) == ["−1.0", "−0.5", "0", "0.5", "1.0"])
    #expect(labels(0, 20_000, 4) == ["0", "5000", "10,000", "15,000", "20,000"])
    #expect(labels(0, 2e-9, 2) == ["0", "10⁻⁹", "2×10⁻⁹"])
    #expect(labels(-2e7, 2e7, 2) == ["−2×10⁷", "0", "2×10⁷"])
  }

  @Test func degenerateRangesGiveNoTicks() {
    #expect(Ticks.linear(from: 1, to: 1, target: 5).isEmpty)
    #expect(Ticks.linear(from: .nan, to: 1, target: 5).isEmpty)
    #expect(Ticks.linear(from: 0, to: .infinity, target: 5).isEmpty)
    #expect(Ticks.logarithmic(from: 0, to: 1, target: 5).isEmpty)
    #expect(Ticks.logarithmic(from: -1, to: 1, target: 5).isEmpty)
  }

  @Test(arguments: [
    (1e-6, 1.0), (1.0, 1e6), (0.3, 40.0), (2e-300, 3e300), (1.0, 10.0), (11.0, 19.0), (5e-5, 4e3),
  ])
  func logarithmicTicksLieInside(_ range: (Double, Double)) {
    let ticks = Ticks.logarithmic(from: range.0, to: range.1, target: 6)
    let labelled = ticks.filter { $0.label != nil }
    #expect((2...8).contains(labelled.count), "\(labelled)")
    #expect(ticks.allSatisfy { $0.value >= range.0 * 0.999 && $0.value <= range.1 * 1.001 })
    #expect(ticks.map(\.value) == ticks.map(\.value).sorted())
    #expect(Set(ticks.map(\.value)).count == ticks.count)
  }

  @Test func logarithmicLabelsArePowers() {
    func labels(_ low: Double, _ high: Double) -> [String] {
      Ticks.logarithmic(from: low, to: high, target: 6).compactMap { $0.label?.plain }
    }
    #expect(labels(1e-6, 1e-2) == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²"])
    #expect(labels(0.01, 100) == ["0.01", "0.1", "1", "10", "100"])
    #expect(labels(10, 200) == ["10", "20", "50", "100", "200"])
    #expect(
      labels(1e-12, 1) == ["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1"] || labels(1e-12, 1).last == "10⁰")
  }

  @Test func twoDecadesHaveLabelsBetweenWhereThereIsRoom() {
    func labels(_ target: Int) -> [String] {
      Ticks.logarithmic(from: 0.04, to: 6.3, target: target).compactMap { $0.label?.plain }
    }
    #expect(labels(8) == ["0.05", "0.1", "0.2", "0.5", "1", "2", "5"])
    #expect(labels(7) == ["0.1", "1"])
  }

  @Test func logarithmicTicksHaveSmallOnesBetween() {
    let small = Ticks.logarithmic(from: 1, to: 1000, target: 6).filter { $0.label == nil }
    #expect(
      small.map(\.value)
        == [2, 3, 4, 5, 6, 7, 8, 9].flatMap { n in [1, 10, 100].map { n * $0 } }.sorted())
  }
}
