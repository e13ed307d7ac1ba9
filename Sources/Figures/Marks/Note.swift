/// Text at a place in the panel.
public struct Note: Primitive {
  private let text: String
  private let x: Double
  private let y: Double
  private let pointsAt: Bool

  /// Text beside the point (x, y), where there's room; with a mark at the point itself if
  /// `pointsAt`.
  public init(_ text: String, x: Double, y: Double, pointsAt: Bool = false) {
    self.text = text
    self.x = x
    self.y = y
    self.pointsAt = pointsAt
  }

  var name: String { "note “\(text)”" }

  var columns: [DataColumn] {
    [
      DataColumn(name: name + ", x", direction: .x, values: [x]),
      DataColumn(name: name + ", y", direction: .y, values: [y]),
    ]
  }

  func extents(x xScale: AxisScale, y yScale: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    pointExtents([x], [y], xScale, yScale)
  }

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    guard let point = frame(x, y) else { return }
    if pointsAt {
      canvas.overlay.circle(
        point, radius: 3.4,
        Style(fill: canvas.paint(.background), stroke: canvas.paint(.ink), width: 1.4))
      canvas.obstacles.append(
        Rect(x: point.x, y: point.y, width: 0, height: 0).expanded(by: 3.4))
    }
    canvas.labels.append(
      PointLabel(text: text, point: point, radius: pointsAt ? 4 : 1, paint: canvas.paint(.ink)))
  }
}
