internal import Platform

/// The least and the greatest of some numbers.
struct Bounds: Hashable {
  var low = Double.infinity
  var high = -Double.infinity

  var isEmpty: Bool { low > high }

  mutating func include(_ value: Double) {
    low = min(low, value)
    high = max(high, value)
  }

  mutating func include(_ other: Bounds) {
    low = min(low, other.low)
    high = max(high, other.high)
  }
}

/// The room that a mark asks for along one axis.
struct AxisExtent {
  var bounds = Bounds()
  /// Room beyond the data, in parts of the span.
  var padding = 0.0
  /// More room on the upper side, in pixels, for text beyond the data.
  var textRoom = 0.0
  /// Whether bars grow from zero here.
  var startsAtZero = false
  /// Whether room beyond the data ends at zero where the data do.
  var stopsAtZero = false
  /// Whether the data run from one end to the other, as lines do, without cells that end with the
  /// plot.
  var isSequence = false
  /// Names in the place of numbers: category i stands at i.
  var categories: [String] = []

  mutating func include(_ other: AxisExtent) {
    bounds.include(other.bounds)
    padding = max(padding, other.padding)
    textRoom = max(textRoom, other.textRoom)
    startsAtZero = startsAtZero || other.startsAtZero
    isSequence = isSequence || other.isSequence
    stopsAtZero = stopsAtZero || other.stopsAtZero
    if other.categories.count > categories.count { categories = other.categories }
  }

  /// The numbers at both ends of the axis, whose length in pixels is given.
  func domain(_ axis: Axis, length: Double) -> (low: Double, high: Double) {
    if !categories.isEmpty { return (-0.5, Double(categories.count) - 0.5) }
    if let range = axis.usableRange {
      return Self.widened(range.lowerBound, range.upperBound, axis.scale)
    }
    guard !bounds.isEmpty else { return axis.scale == .linear ? (0, 1) : (1, 10) }
    let text = min(0.45, textRoom / max(length, 1))
    if axis.scale == .logarithmic {
      var (low, high) = Self.widened(bounds.low, bounds.high, .logarithmic)
      if startsAtZero {
        low = Elementary.scaled(1, byPowerOfTen: Int(Elementary.log10(low * 0.8).rounded(.down)))
      }
      let span = Elementary.log10(high) - Elementary.log10(low)
      let below = startsAtZero ? 0 : span * padding
      let above = span * max(padding, text / (1 - text))
      low = max(1e-300, Elementary.pow(10, Elementary.log10(low) - below))
      high = min(1e300, Elementary.pow(10, Elementary.log10(high) + above))
      return (low, high)
    }
    var limits = bounds
    if startsAtZero { limits.include(0) }
    let (low, high) =
      startsAtZero && limits.low == limits.high
      ? (0, 1) : Self.widened(limits.low, limits.high, .linear)
    let span = high - low
    let above = span * max(padding, text / (1 - text))
    let below = span * (limits.low < 0 && startsAtZero ? max(padding, text / (1 - text)) : padding)
    let ends = (
      low: stopsAtZero && low >= 0 && low - below < 0 ? 0 : low - below,
      high: stopsAtZero && high <= 0 && high + above > 0 ? 0 : high + above
    )
    return stopsAtZero || isSequence ? Self.rounded(ends.low, ends.high) : ends
  }

  /// Out to the next tick where that's close.
  private static func rounded(_ low: Double, _ high: Double) -> (low: Double, high: Double) {
    let ticks = Ticks.linear(from: low, to: high, target: 6).map(\.value)
    guard ticks.count > 1, let first = ticks.first, let last = ticks.last else {
      return (low, high)
    }
    let step = ticks[1] - ticks[0]
    let reach = (high - low) * 0.04
    return (
      first - low > 0 && step - (first - low) < reach ? first - step : low,
      high - last > 0 && step - (high - last) < reach ? last + step : high
    )
  }

  /// Both ends apart, by a tenth of their size where they're the same.
  private static func widened(_ low: Double, _ high: Double, _ scale: AxisScale)
    -> (low: Double, high: Double)
  {
    if scale == .logarithmic {
      return high / low < 1 + 1e-9 ? (low / 1.5, high * 1.5) : (low, high)
    }
    let size = max(low.magnitude, high.magnitude)
    if high - low > max(size * 1e-11, 1e-290) { return (low, high) }
    return size < 1e-280 ? (-1, 1) : (low - size * 0.1, high + size * 0.1)
  }
}
