/// Gives each series its place in the palette.
enum SeriesColoring {
  /// Colours by panel, mark and series. Automatic series of one label have one colour throughout
  /// the figure, which no other label has.
  static func assign(_ panels: [[any Primitive]]) -> [[[SeriesColor]]] {
    var byLabel: [String: Int] = [:]
    return panels.map { primitives in
      let keys = primitives.map(\.series)
      var used: Set<Int> = []
      for key in keys.joined() {
        if case .series(let index) = key.ink { used.insert(index) }
        if key.ink == .automatic, let index = byLabel[key.label], !key.label.isEmpty {
          used.insert(index)
        }
      }
      func next(besides others: some Collection<Int> = []) -> Int {
        var index = 0
        while used.contains(index) || others.contains(index) { index += 1 }
        used.insert(index)
        return index
      }
      // In order, so that the first series has the first colour.
      return keys.map { group in
        group.map { key in
          switch key.ink {
          case .automatic:
            if key.label.isEmpty { return color(next()) }
            let index = byLabel[key.label] ?? next(besides: byLabel.values)
            byLabel[key.label] = index
            return color(index)
          case .series(let index): return color(max(0, index))
          case .foreground: return SeriesColor(paint: .ink)
          case .muted: return SeriesColor(paint: .muted)
          case .color(let fixed): return SeriesColor(paint: .color(fixed))
          }
        }
      }
    }
  }

  private static func color(_ index: Int) -> SeriesColor {
    SeriesColor(paint: .series(index), round: index / Paint.seriesCount, index: index)
  }
}
