extension PanelContent {
  private func room(_ cell: Rect, _ margins: Margins) -> Rect {
    cell.inset(margins.left, margins.top, margins.right, margins.bottom)
  }

  private func canvas(_ frame: Frame) -> Canvas {
    var canvas = Canvas(frame.area, isHeatMap: colorScale != nil)
    for (primitive, colors) in zip(primitives, colors) {
      primitive.draw(on: &canvas, in: frame, colors: colors)
    }
    return canvas
  }

  /// The first place for the legend that covers no data.
  func legendMode(in cell: Rect) -> LegendMode {
    guard !legend.isEmpty, panel.legend != .hidden, isDecorated else { return .none }
    if panel.legend == .top { return .top }
    let beside = frame(in: room(cell, margins(in: cell, mode: .beside)))
    if besidePlaces(beside, cellWidth: cell.width) != nil { return .beside }
    let inside = frame(in: room(cell, margins(in: cell, mode: .inside)))
    return insidePlace(canvas(inside), inside) != nil ? .inside : .top
  }

  func draw(
    in cell: Rect, margins: Margins, mode: LegendMode, clipName: String, to body: inout Markup
  ) {
    let frame = frame(in: room(cell, margins))
    let canvas = canvas(frame)
    let area = frame.area
    let clip = Rect(
      x: area.x - 1, y: area.y - 1, width: area.width + 2, height: area.height + 2)
    drawGrid(frame, to: &body)
    let name = escapedMarkup(clipName)
    body.raw("<clipPath id=\"\(name)\">")
    body.rect(clip, Style())
    body.raw("</clipPath>")
    body.raw("<g clip-path=\"url(#\(name))\">")
    body.append(canvas.marks)
    body.raw("</g>")
    drawAxes(frame, to: &body)
    body.append(canvas.overlayMarks)
    body.append(canvas.overlay)
    drawColorBar(frame, to: &body)
    drawTitle(frame, mode, cell, to: &body)
    var final = canvas
    switch mode {
    case .none: break
    case .beside:
      if let places = besidePlaces(frame, cellWidth: .infinity) {
        drawBeside(places, frame, to: &body)
      }
    case .inside:
      if let box = insidePlace(canvas, frame) {
        drawInside(box, to: &body)
        final.obstacles.append(box)
      }
    case .top:
      let rows = legendRows(legend, width: area.width)
      let top = area.y - 5 - Double(rows.count) * Self.legendRow
      drawRows(rows, at: Point(x: area.x, y: top), to: &body)
    }
    LabelPlacement.place(final, within: isDecorated ? area.expanded(by: 2) : cell, to: &body)
  }

  private func drawTitle(_ frame: Frame, _ mode: LegendMode, _ cell: Rect, to body: inout Markup) {
    let isFree = !isDecorated
    let area = frame.area
    let lines = titleLines(width: isFree ? cell.width : area.width)
    var top = area.y - 8
    if mode == .top {
      top -= Double(legendRows(legend, width: area.width).count) * Self.legendRow + 3
    }
    for (index, line) in lines.enumerated() {
      let y =
        isFree ? cell.y + 13 + Double(index) * 17 : top - Double(lines.count - 1 - index) * 17
      body.text(
        line, at: Point(x: isFree ? cell.x + 4 : area.x, y: y), size: Self.titleSize, bold: true)
    }
  }
}
