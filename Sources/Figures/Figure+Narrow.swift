extension Figure {
  /// The width of a figure for a phone, where text keeps its size.
  static let narrowWidth = 350.0

  /// The most named points that find places for their names on a phone.
  private static let mostNames = 12

  /// The same figure for a phone: its panels below each other, each about as high in proportion as
  /// before, and text of the same size.
  ///
  /// - Returns: The figure, or nil where it would have no room for the names of its points.
  /// - Throws: ``FigureError``, as ``svg(id:)`` does.
  func narrow() throws(FigureError) -> Figure? {
    let names = panels.map { $0.marks.primitives().reduce(0) { $0 + $1.namedPoints } }
    guard names.allSatisfy({ $0 <= Self.mostNames }) else { return nil }
    var figure = self
    figure.width = min(width, Self.narrowWidth)
    figure.columns = 1
    if sharedAxes.contains(.y) {
      // The first panel of a row names the axis for all.
      for index in panels.indices where panels[index].y.label.isEmpty {
        figure.panels[index].y.label = panels[index / columnCount * columnCount].y.label
        figure.panels[index].y.unit = panels[index / columnCount * columnCount].y.unit
      }
    }
    var (before, _) = try contents()
    var (after, _) = try figure.contents()
    var unused = Markup()
    let room = height - drawHeader(&before, to: &unused) - bottomPadding
    let top = figure.drawHeader(&after, to: &unused)
    let rows = Double((panels.count + columnCount - 1) / columnCount)
    let cellHeight = (room - Self.panelGap * (rows - 1)) / rows
    let cellWidth = (width - Self.panelGap * Double(columnCount - 1)) / Double(columnCount)
    // Axes and their labels do not shrink with the plot, so that it gets somewhat higher; a square
    // heat map, which has its colours beside it, lower.
    let isMap = before.allSatisfy { $0.colorScale != nil && $0.panel.aspect == .equal }
    let narrow = min(max(cellHeight / cellWidth * figure.width * (isMap ? 0.86 : 1.1), 230), 480)
    let count = Double(panels.count)
    figure.height = top + count * narrow + max(0, count - 1) * Self.panelGap + figure.bottomPadding
    return figure
  }
}
