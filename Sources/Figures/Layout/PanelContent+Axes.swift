extension PanelContent {
  /// Lines across the panel at its ticks.
  func drawGrid(_ frame: Frame, to markup: inout Markup) {
    guard isDecorated else { return }
    let area = frame.area
    var path = Path()
    if hasXAxis, panel.x.showsGrid, x.categories.isEmpty {
      for tick in xTicks(frame) where tick.label != nil {
        let place = frame.x(tick.value)
        path.add(polyline: [Point(x: place, y: area.y), Point(x: place, y: area.bottom)])
      }
    }
    if hasYAxis, panel.y.showsGrid, y.categories.isEmpty {
      for tick in yTicks(frame) where tick.label != nil {
        let place = frame.y(tick.value)
        path.add(polyline: [Point(x: area.x, y: place), Point(x: area.right, y: place)])
      }
    }
    markup.path(path, Style(stroke: .grid))
  }

  func drawAxes(_ frame: Frame, to markup: inout Markup) {
    guard isDecorated else { return }
    let area = frame.area
    var lines = Path()
    if colorScale != nil {
      lines.add(
        polyline: [
          Point(x: area.x, y: area.y), Point(x: area.right, y: area.y),
          Point(x: area.right, y: area.bottom), Point(x: area.x, y: area.bottom),
        ], closed: true)
    }
    if hasXAxis {
      lines.add(
        polyline: [Point(x: area.x, y: area.bottom), Point(x: area.right, y: area.bottom)])
      drawXTicks(frame, &lines, to: &markup)
      markup.text(
        panel.x.caption, at: Point(x: area.center.x, y: area.bottom + captionDrop(frame)),
        size: Self.labelSize, anchor: .middle)
    }
    if hasYAxis {
      lines.add(polyline: [Point(x: area.x, y: area.y), Point(x: area.x, y: area.bottom)])
      for tick in yTicks(frame) {
        let place = frame.y(tick.value)
        let isNamed = !y.categories.isEmpty
        let length = isNamed ? 0 : tick.label == nil ? 2.5 : 4.0
        lines.add(
          polyline: [Point(x: area.x - length, y: place), Point(x: area.x, y: place)])
        guard let label = tick.label else { continue }
        drawTickLabel(
          label, at: Point(x: area.x - 8, y: place + Self.tickSize * 0.36), anchor: .end,
          to: &markup)
      }
      markup.text(
        panel.y.caption, at: Point(x: area.x - captionShift(frame), y: area.center.y),
        size: Self.labelSize, anchor: .middle, rotation: -90)
    }
    drawBaseline(frame, &lines)
    markup.path(lines, Style(stroke: .axis))
  }

  /// Bars in both directions stand on a line.
  private func drawBaseline(_ frame: Frame, _ lines: inout Path) {
    let area = frame.area
    if y.startsAtZero, frame.y.scale == .linear, frame.y.low < 0, frame.y.high > 0 {
      let zero = frame.y(0)
      lines.add(polyline: [Point(x: area.x, y: zero), Point(x: area.right, y: zero)])
    }
    if x.startsAtZero, frame.x.scale == .linear, frame.x.low < 0, frame.x.high > 0 {
      let zero = frame.x(0)
      lines.add(polyline: [Point(x: zero, y: area.y), Point(x: zero, y: area.bottom)])
    }
  }

  private func drawXTicks(_ frame: Frame, _ lines: inout Path, to markup: inout Markup) {
    let area = frame.area
    let form = x.categories.isEmpty ? .line : categoryForm(frame)
    for tick in xTicks(frame) {
      let place = frame.x(tick.value)
      let length = !x.categories.isEmpty ? 0 : tick.label == nil ? 2.5 : 4.0
      lines.add(
        polyline: [Point(x: place, y: area.bottom), Point(x: place, y: area.bottom + length)])
      guard let label = tick.label else { continue }
      switch form {
      case .line:
        drawTickLabel(
          label, at: Point(x: place, y: area.bottom + 17), anchor: .middle, to: &markup)
      case .wrapped:
        let room = area.width / Double(x.categories.count) - 4
        let rows = TextMetrics.wrap(label.text, width: room, size: Self.tickSize)
        for (row, text) in rows.enumerated() {
          drawTickLabel(
            NumberLabel(text),
            at: Point(x: place, y: area.bottom + 17 + Double(row) * 13), anchor: .middle,
            to: &markup)
        }
      case .slanted:
        markup.text(
          TextMetrics.cut(label.text, width: Self.longestSlanted, size: Self.tickSize),
          at: Point(x: place + 4, y: area.bottom + 14), size: Self.tickSize, anchor: .end,
          paint: .dim, rotation: -40)
      }
    }
  }

  private func drawTickLabel(
    _ label: NumberLabel, at point: Point, anchor: TextAnchor, to markup: inout Markup
  ) {
    markup.text(label, at: point, size: Self.tickSize, anchor: anchor, paint: .dim)
  }

  // MARK: Colour bar

  private static let barWidth = 12.0
  private static let barGap = 12.0

  private func barTicks(_ scale: ColorScale, height: Double) -> [Tick] {
    Ticks.linear(from: scale.low, to: scale.high, target: max(2, min(6, Int(height / 36))))
  }

  private func barLabelWidth(_ scale: ColorScale, height: Double) -> Double {
    barTicks(scale, height: height).compactMap {
      $0.label.map { TextMetrics.width($0, size: Self.tickSize) }
    }.max() ?? 0
  }

  func colorBarWidth(_ scale: ColorScale, _ frame: Frame) -> Double {
    Self.barGap + Self.barWidth + 6 + barLabelWidth(scale, height: frame.area.height)
      + (scale.label.isEmpty ? 0 : 18)
  }

  func drawColorBar(_ frame: Frame, to markup: inout Markup) {
    guard let scale = colorScale else { return }
    let area = frame.area
    let bar = Rect(
      x: area.right + Self.barGap, y: area.y, width: Self.barWidth, height: area.height)
    let steps = 64
    markup.raw("<g shape-rendering=\"crispEdges\">")
    for step in 0..<steps {
      let part = (Double(step) + 0.5) / Double(steps)
      let height = bar.height / Double(steps)
      markup.rect(
        Rect(
          x: bar.x, y: bar.bottom - Double(step + 1) * height, width: bar.width, height: height),
        Style(fill: .color(scale.map(part))))
    }
    markup.raw("</g>")
    markup.rect(bar, Style(stroke: .axis))
    for tick in barTicks(scale, height: bar.height) {
      guard let label = tick.label else { continue }
      let place = bar.bottom - scale.position(tick.value) * bar.height
      markup.line(
        Point(x: bar.right, y: place), Point(x: bar.right + 3, y: place), Style(stroke: .axis))
      drawTickLabel(
        label, at: Point(x: bar.right + 6, y: place + Self.tickSize * 0.36), anchor: .start,
        to: &markup)
    }
    guard !scale.label.isEmpty else { return }
    let shift = 6 + barLabelWidth(scale, height: bar.height) + 14
    markup.text(
      scale.label, at: Point(x: bar.right + shift, y: bar.center.y), size: Self.labelSize,
      anchor: .middle, rotation: -90)
  }
}
