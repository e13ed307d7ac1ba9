extension Figure {
  /// The figure as an SVG document, which can stand in a file or inside HTML.
  ///
  /// - Parameter id: The start of the names that the document gives its parts; pictures in one
  ///   page need different ones. Where nil, it's made from the picture's content.
  /// - Returns: The document's text, to be stored as UTF-8.
  /// - Throws: ``FigureError`` where the parts of a series differ in length, a network's edge
  ///   names no node, a number can't be shown and `missing` refuses such, or the size leaves no
  ///   room.
  /// - Complexity: O(n) in the count of numbers, O(m²) in that of named points.
  public func svg(id: String? = nil) throws(FigureError) -> String {
    guard (60...20_000).contains(width), (60...20_000).contains(height) else {
      throw .size(width: width, height: height)
    }
    var (contents, omitted) = try contents()
    var body = Markup()
    let top = drawHeader(&contents, to: &body)
    guard height - top - bottomPadding >= 40 else { throw .size(width: width, height: height) }
    let room = Rect(
      x: padding, y: top, width: width - 2 * padding, height: height - top - bottomPadding)
    let identifier = id ?? Self.identifier(title, subtitle, width, height, contents)
    try drawPanels(contents, in: room, identifier: identifier, to: &body)
    return document(body, contents, omitted: omitted, identifier: identifier)
  }

  /// The panels with colours and ranges, and how many numbers can't be shown.
  func contents() throws(FigureError) -> (contents: [PanelContent], omitted: Int) {
    let groups = panels.map { $0.marks.primitives() }
    var omitted = 0
    for (panel, group) in zip(panels, groups) {
      for primitive in group {
        try primitive.checkLengths()
        omitted += try check(primitive, panel)
      }
    }
    let colors = SeriesColoring.assign(groups)
    var contents: [PanelContent] = []
    for (index, panel) in panels.enumerated() {
      contents.append(PanelContent(panel, groups[index], colors[index]))
    }
    share(&contents)
    return (contents, omitted)
  }

  private func check(_ primitive: any Primitive, _ panel: Panel) throws(FigureError) -> Int {
    var count = 0
    for column in primitive.columns {
      let scale: AxisScale =
        switch column.direction {
        case .x: panel.x.scale
        case .y: panel.y.scale
        case .neither: .linear
        }
      for (index, value) in column.values.enumerated() where !scale.places(value) {
        count += 1
        guard missing == .refuse else { continue }
        throw .notShowable(
          series: column.name, index: index, value: value,
          reason: value.magnitude <= 1e300
            ? "a logarithmic axis needs numbers above 0" : "a finite number is expected")
      }
    }
    return count
  }

  /// One range for the axes that are shared.
  private func share(_ contents: inout [PanelContent]) {
    for (axes, path) in [(SharedAxes.x, \PanelContent.x), (.y, \PanelContent.y)]
    where sharedAxes.contains(axes) {
      var all = AxisExtent()
      for content in contents { all.include(content[keyPath: path]) }
      for index in contents.indices { contents[index][keyPath: path] = all }
    }
  }

  // MARK: Parts

  private var padding: Double { min(14, width * 0.03) }
  var bottomPadding: Double { padding * 0.7 }

  /// Title, subtitle and, where all panels have the same one, the legend; returns where they end.
  func drawHeader(_ contents: inout [PanelContent], to body: inout Markup) -> Double {
    var y = padding
    let textWidth = width - 2 * padding
    // Some fonts are wider than the estimate.
    let wrapWidth = textWidth * 0.92
    for line in TextMetrics.wrap(title, width: wrapWidth, size: 15, bold: true) {
      body.text(line, at: Point(x: padding, y: y + 14), size: 15, bold: true)
      y += 20
    }
    for line in TextMetrics.wrap(subtitle, width: wrapWidth, size: 12) {
      body.text(line, at: Point(x: padding, y: y + 11), size: 12, paint: .dim)
      y += 16
    }
    if y > padding { y += 2 }
    if let first = contents.first, contents.count > 1, first.legend.count > 1,
      contents.allSatisfy({ $0.legendKeys == first.legendKeys })
    {
      let rows = first.legendRows(first.legend, width: textWidth)
      first.drawRows(rows, at: Point(x: padding, y: y), to: &body)
      y += Double(rows.count) * PanelContent.legendRow + 4
      for index in contents.indices { contents[index].legend = [] }
    }
    return y
  }

  static let panelGap = 16.0

  /// How many panels stand side by side.
  var columnCount: Int { min(max(1, columns ?? min(3, panels.count)), max(1, panels.count)) }

  private func drawPanels(
    _ contents: [PanelContent], in room: Rect, identifier: String, to body: inout Markup
  ) throws(FigureError) {
    guard !contents.isEmpty else { return }
    let count = columnCount
    let rows = (contents.count + count - 1) / count
    let gap = Self.panelGap
    let cellWidth = (room.width - gap * Double(count - 1)) / Double(count)
    let cellHeight = (room.height - gap * Double(rows - 1)) / Double(rows)
    guard cellWidth >= 40, cellHeight >= 40 else { throw .size(width: width, height: height) }
    func cell(_ index: Int) -> Rect {
      Rect(
        x: room.x + Double(index % count) * (cellWidth + gap),
        y: room.y + Double(index / count) * (cellHeight + gap), width: cellWidth,
        height: cellHeight)
    }
    let modes = contents.indices.map { contents[$0].legendMode(in: cell($0)) }
    let margins = contents.indices.map { contents[$0].margins(in: cell($0), mode: modes[$0]) }
    for index in contents.indices {
      var margin = margins[index]
      // Plots of one column and of one row are in line, and heat maps of one size.
      if contents[index].isDecorated {
        for other in contents.indices where contents[other].isDecorated {
          let theirs = margins[other]
          if contents[index].colorScale != nil, contents[other].colorScale != nil {
            margin = margin.union(theirs)
          }
          if other % count == index % count {
            margin = margin.union(Margins(left: theirs.left, right: theirs.right))
          }
          if other / count == index / count {
            margin = margin.union(Margins(top: theirs.top, bottom: theirs.bottom))
          }
        }
      }
      contents[index].draw(
        in: cell(index), margins: margin, mode: modes[index],
        clipName: "\(identifier)-clip-\(index)", to: &body)
    }
  }

  private func document(
    _ body: Markup, _ contents: [PanelContent], omitted: Int, identifier: String
  ) -> String {
    let (w, h) = (NumberText.coordinate(width), NumberText.coordinate(height))
    let name = escapedMarkup(identifier)
    var svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(w)\" height=\"\(h)\""
    svg += " viewBox=\"0 0 \(w) \(h)\" role=\"img\" font-family=\"\(TextMetrics.family)\""
    svg += " aria-labelledby=\"\(name)-title \(name)-desc\">\n"
    svg +=
      "<title id=\"\(name)-title\">\(escapedMarkup(title.isEmpty ? "Figure" : title))</title>\n"
    var summary = summary.isEmpty ? contents.map(\.summary).joined(separator: " ") : summary
    if omitted > 0 {
      summary += " Values left out because they can't be shown: \(omitted)."
    }
    svg += "<desc id=\"\(name)-desc\">\(escapedMarkup(summary))</desc>\n"
    svg += "<style>\(Paint.darkStyle)</style>\n"
    var ground = Markup()
    ground.rect(Rect(x: 0, y: 0, width: width, height: height), Style(fill: .background))
    return svg + ground.text + body.text + "</svg>\n"
  }

  /// Different for different pictures (FNV-1a), the same in each run.
  private static func identifier(
    _ title: String, _ subtitle: String, _ width: Double, _ height: Double,
    _ contents: [PanelContent]
  ) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    func add(_ value: Double) {
      for shift in stride(from: 0, to: 64, by: 8) {
        add(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift)))
      }
    }
    for text in [title, subtitle] + contents.map(\.summary) { text.utf8.forEach(add) }
    for value in [width, height] { add(value) }
    for content in contents {
      for column in content.primitives.flatMap(\.columns) { column.values.forEach(add) }
    }
    return "figure-" + String(hash, radix: 36)
  }
}

extension PanelContent {
  fileprivate var legendKeys: [String] { legend.map { "\($0.label)\u{0}\($0.color)" } }

  /// What the panel shows, in words.
  var summary: String {
    var text = panel.title.isEmpty ? "" : panel.title + ": "
    var seen: [String] = []
    for primitive in primitives where !seen.contains(primitive.name) { seen.append(primitive.name) }
    text += seen.isEmpty ? "no data" : seen.joined(separator: ", ")
    if hasYAxis, !panel.y.caption.isEmpty { text += "; vertical axis: " + panel.y.caption }
    if hasXAxis, !panel.x.caption.isEmpty { text += "; horizontal axis: " + panel.x.caption }
    return text + "."
  }
}
