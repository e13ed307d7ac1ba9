internal import Platform

/// A mark on an axis; one without a label is a small one.
package struct Tick: Hashable {
  package var value: Double
  package var label: NumberLabel?
}

/// Where the ticks of an axis go.
package enum Ticks {
  /// Multiples of 1, 2 or 5 times a power of ten inside a range, about as many as asked for and
  /// never more than one above.
  package static func linear(from low: Double, to high: Double, target: Int) -> [Tick] {
    let span = high - low
    guard span.isFinite, span > 0, target > 0 else { return [] }
    let raw = span / Double(target)
    var power = Int(Elementary.log10(raw).rounded(.down))
    var factor = 10
    for candidate in [1, 2, 5] where factor == 10 {
      if Elementary.scaled(candidate, byPowerOfTen: power) >= raw * (1 - 1e-9) {
        factor = candidate
      }
    }
    if factor == 10 {
      factor = 1
      power += 1
    }
    let step = Elementary.scaled(factor, byPowerOfTen: power)
    let first = (low / step - 1e-6).rounded(.up)
    let last = (high / step + 1e-6).rounded(.down)
    guard step > 0, first.magnitude < 1e15, last.magnitude < 1e15, first <= last else { return [] }
    let multiples = (Int(first)...Int(last)).map { $0 * factor }
    return zip(multiples, labels(multiples, power: power)).map { multiple, label in
      Tick(value: Elementary.scaled(multiple, byPowerOfTen: power), label: label)
    }
  }

  /// One form for all labels: the same count of decimals, or the same power of ten.
  private static func labels(_ multiples: [Int], power: Int) -> [NumberLabel] {
    let largest = multiples.map(\.magnitude).max() ?? 0
    let top = power + String(largest).utf8.count - 1
    return multiples.map { multiple in
      let digits = DecimalDigits(mantissa: multiple, exponent: power)
      if multiple == 0 { return NumberLabel("0") }
      if top >= 6 || top < -3 { return NumberLabel(digits: digits, exponent: top) }
      return NumberLabel(NumberText.text(digits, decimals: max(0, -power)))
    }
  }

  /// Powers of ten; also 2 and 5 times these where the range holds few, and small ticks between
  /// where there is room. A range within one power of ten gets linear ticks.
  package static func logarithmic(from low: Double, to high: Double, target: Int) -> [Tick] {
    guard low > 0, high > low, high.isFinite, target > 0 else { return [] }
    let bottom = Elementary.log10(low)
    let top = Elementary.log10(high)
    let first = Int((bottom - 1e-9).rounded(.up))
    let last = Int((top + 1e-9).rounded(.down))
    let decades = max(0, last - first + 1)
    let span = top - bottom
    let factors = (span < 1.8 && target >= 4) || (span < 2.4 && target >= 8) ? [1, 2, 5] : [1]
    let lowest = Int((bottom - 1e-9).rounded(.down))
    let highest = Int((top + 1e-9).rounded(.up))
    func isInside(_ value: Double) -> Bool {
      value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)
    }
    var labelled: [(factor: Int, power: Int)] = []
    let stride = max(1, (decades + target - 1) / target)
    for power in lowest...highest where stride == 1 || modulo(power, stride) == 0 {
      for factor in factors {
        let value = Elementary.scaled(factor, byPowerOfTen: power)
        if isInside(value) { labelled.append((factor, power)) }
      }
    }
    guard labelled.count >= 2 else { return linear(from: low, to: high, target: target) }
    let isPlain = labelled.allSatisfy { (-3...4).contains($0.power) }
    var ticks: [Tick] = []
    for (factor, power) in labelled {
      let digits = DecimalDigits(mantissa: factor, exponent: power)
      let label =
        isPlain
        ? NumberLabel(NumberText.text(digits)) : NumberLabel(digits: digits, exponent: power)
      ticks.append(
        Tick(value: Elementary.scaled(factor, byPowerOfTen: power), label: label))
    }
    let taken = Set(ticks.map(\.value))
    if stride > 1 || decades > 8 {
      for power in lowest...highest where highest - lowest <= 60 {
        let value = Elementary.scaled(1, byPowerOfTen: power)
        if isInside(value), !taken.contains(value) { ticks.append(Tick(value: value)) }
      }
    } else {
      for power in lowest...highest {
        for factor in 1...9 {
          let value = Elementary.scaled(factor, byPowerOfTen: power)
          if isInside(value), !taken.contains(value) { ticks.append(Tick(value: value)) }
        }
      }
    }
    return ticks.sorted { $0.value < $1.value }
  }

  private static func modulo(_ a: Int, _ b: Int) -> Int { ((a % b) + b) % b }
}
