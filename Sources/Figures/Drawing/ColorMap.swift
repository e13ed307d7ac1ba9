/// A scale of colours for the values of a heat map.
///
/// A few anchor colours, interpolated in Oklab and placed so that lightness changes evenly with the
/// value: equal differences look equal, also in grey and to the colour-blind.
public struct ColorMap: Sendable, Hashable {
  private let levels: [Color]

  /// Whether the map has a neutral middle, which belongs at zero.
  public let isDiverging: Bool

  private init(anchors: [UInt32], isDiverging: Bool) {
    self.isDiverging = isDiverging
    let colors = anchors.map { Oklab(Color($0)) }
    // Along the sum of lightness differences, so that lightness is linear in the position.
    var positions = [0.0]
    for (a, b) in zip(colors, colors.dropFirst()) {
      positions.append(positions[positions.count - 1] + abs(b.lightness - a.lightness))
    }
    let total = positions[positions.count - 1]
    levels = (0..<Self.count).map { level in
      let place = total * Double(level) / Double(Self.count - 1)
      var segment = 0
      while segment < colors.count - 2, positions[segment + 1] < place { segment += 1 }
      let span = positions[segment + 1] - positions[segment]
      let part = span > 0 ? min(1, (place - positions[segment]) / span) : 0
      return colors[segment].mixed(with: colors[segment + 1], part).color
    }
  }

  static let count = 129

  /// From dark violet over teal to light yellow.
  public static let sequential = ColorMap(
    anchors: [0x3B0A57, 0x3F3F8F, 0x2C6A95, 0x208F8C, 0x3BB273, 0x93D147, 0xF7EA48],
    isDiverging: false)

  /// From blue over light grey to orange-brown; both ends equally dark.
  public static let diverging = ColorMap(
    anchors: [0x0F4A87, 0x5E98C8, 0xF4F3F1, 0xD98E55, 0x853A07], isDiverging: true)

  /// From nearly white to dark blue, for amounts.
  public static let amount = ColorMap(
    anchors: [0xF6F8FB, 0xB5D0E6, 0x5F9DCB, 0x1E68A6, 0x0B3A6B], isDiverging: false)

  /// The colour at a position from 0 to 1; positions outside are cut to that, NaN gives the first
  /// colour.
  public func callAsFunction(_ position: Double) -> Color { levels[level(position)] }

  func level(_ position: Double) -> Int {
    guard !position.isNaN else { return 0 }
    return Int((min(max(position, 0), 1) * Double(Self.count - 1)).rounded())
  }

  func color(level: Int) -> Color { levels[level] }
}
