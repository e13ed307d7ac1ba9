extension PanelContent {
  private static let textSize = 11.5
  private static let swatchWidth = 22.0
  private static let columnGap = 18.0

  private func width(_ entry: LegendEntry) -> Double {
    Self.swatchWidth + 6 + TextMetrics.width(entry.label, size: Self.textSize)
  }

  // MARK: Beside the lines' ends

  /// The room right of the plot for names beside lines.
  var besideWidth: Double {
    17 + (legend.map { TextMetrics.width($0.label, size: Self.textSize) }.max() ?? 0)
  }

  /// The heights of the names beside the lines' ends, or nil where that wouldn't be clear.
  func besidePlaces(_ frame: Frame, cellWidth: Double) -> [Double]? {
    let area = frame.area
    guard (1...8).contains(legend.count), colorScale == nil, besideWidth <= cellWidth * 0.34 else {
      return nil
    }
    var ends: [(index: Int, y: Double)] = []
    for (index, entry) in legend.enumerated() {
      guard case .line = entry.swatch, let end = entry.lineEnd, let point = frame(end[0], end[1]),
        area.expanded(by: 0.5).contains(point), point.x > area.right - area.width * 0.06
      else { return nil }
      ends.append((index, point.y))
    }
    ends.sort { $0.y < $1.y }
    // Down past each other, then up from the lower edge.
    var places = ends.map(\.y)
    for index in places.indices.dropFirst() {
      places[index] = max(places[index], places[index - 1] + 14)
    }
    for index in places.indices.reversed() {
      let limit = index == places.count - 1 ? area.bottom - 2 : places[index + 1] - 14
      places[index] = min(places[index], limit)
    }
    guard zip(places, ends).allSatisfy({ abs($0 - $1.y) <= 17 }), (places.first ?? area.y) >= area.y
    else { return nil }
    var result = Array(repeating: 0.0, count: legend.count)
    for (place, end) in zip(places, ends) { result[end.index] = place }
    return result
  }

  func drawBeside(_ places: [Double], _ frame: Frame, to markup: inout Markup) {
    for (entry, place) in zip(legend, places) {
      guard let end = entry.lineEnd, let point = frame(end[0], end[1]) else { continue }
      let right = frame.area.right
      let link = [Point(x: max(point.x, right) + 2, y: point.y), Point(x: right + 10, y: place)]
      markup.path(Path(polyline: link), Style(stroke: entry.color.paint, width: 1.6))
      markup.text(
        entry.label, at: Point(x: right + 14, y: place + Self.textSize * 0.35),
        size: Self.textSize)
    }
  }

  // MARK: In a free place

  func insidePlace(_ canvas: Canvas, _ frame: Frame) -> Rect? {
    let area = frame.area.inset(8, 8, 8, 8)
    let width = 16 + (legend.map(width).max() ?? 0)
    let height = 8 + Double(legend.count) * Self.legendRow
    guard width <= area.width * 0.62, height <= area.height * 0.62 else { return nil }
    let (left, right) = (area.x, area.right - width)
    let (top, bottom) = (area.y, area.bottom - height)
    let (middle, center) = (area.center.y - height / 2, area.center.x - width / 2)
    let places = [
      (right, top), (left, top), (right, bottom), (left, bottom), (right, middle), (left, middle),
      (center, top), (center, bottom),
    ]
    for (x, y) in places {
      let box = Rect(x: x, y: y, width: width, height: height)
      let clear = box.expanded(by: 5)
      if canvas.occupancy.count(in: clear) == 0,
        canvas.obstacles.allSatisfy({ $0.overlap(clear) == 0 })
      {
        return box
      }
    }
    return nil
  }

  func drawInside(_ box: Rect, to markup: inout Markup) {
    markup.rect(box, Style(fill: .background, stroke: .grid), radius: 3)
    for (index, entry) in legend.enumerated() {
      let y = box.y + 4 + (Double(index) + 0.5) * Self.legendRow
      draw(entry, at: Point(x: box.x + 8, y: y), to: &markup)
    }
  }

  // MARK: Above

  /// The entries in rows no wider than asked for.
  func legendRows(_ entries: [LegendEntry], width limit: Double) -> [[LegendEntry]] {
    var rows: [[LegendEntry]] = []
    var used = 0.0
    for entry in entries {
      let needed = width(entry)
      if rows.isEmpty || used + Self.columnGap + needed > limit {
        rows.append([entry])
        used = needed
      } else {
        rows[rows.count - 1].append(entry)
        used += Self.columnGap + needed
      }
    }
    return rows
  }

  func drawRows(_ rows: [[LegendEntry]], at origin: Point, to markup: inout Markup) {
    for (index, row) in rows.enumerated() {
      var place = Point(x: origin.x, y: origin.y + (Double(index) + 0.5) * Self.legendRow)
      for entry in row {
        draw(entry, at: place, to: &markup)
        place.x += width(entry) + Self.columnGap
      }
    }
  }

  private func draw(_ entry: LegendEntry, at left: Point, to markup: inout Markup) {
    let paint = entry.color.paint
    let right = Point(x: left.x + Self.swatchWidth, y: left.y)
    let middle = Point(x: left.x + Self.swatchWidth / 2, y: left.y)
    switch entry.swatch {
    case .line(let width, let dash, let marker):
      markup.line(left, right, Style(stroke: paint, width: max(width, 1.5), dash: dash))
      if let marker { drawMarker(marker, at: middle, paint, to: &markup) }
    case .box(let opacity):
      markup.rect(
        Rect(x: right.x - 14, y: left.y - 5.5, width: 14, height: 11),
        Style(fill: paint, opacity: opacity))
    case .marker(let marker):
      drawMarker(marker, at: Point(x: right.x - 7, y: left.y), paint, to: &markup)
    case .arrow:
      markup.line(left, Point(x: right.x - 5, y: right.y), Style(stroke: paint, width: 1.2))
      markup.path(
        Path(
          polyline: [
            right, Point(x: right.x - 7, y: right.y - 3), Point(x: right.x - 7, y: right.y + 3),
          ], closed: true), Style(fill: paint))
    }
    markup.text(
      entry.label, at: Point(x: right.x + 6, y: left.y + Self.textSize * 0.35),
      size: Self.textSize)
  }

  private func drawMarker(
    _ marker: Marker, at point: Point, _ paint: Paint, to markup: inout Markup
  ) {
    var path = Path()
    marker.add(to: &path, at: point, radius: 3.4)
    markup.path(path, marker == .ring ? marker.style(paint) : Style(fill: paint))
  }
}
