/// A straight line across the whole panel, for reference.
public struct Rule: Primitive {
  private enum Place: Sendable {
    case vertical(Double)
    case horizontal(Double)
  }

  private let place: Place
  private let label: String
  private let ink: Ink
  private let dash: Dash

  /// A vertical line at x. It doesn't widen the axis; outside its range it isn't drawn.
  public init(x: Double, _ label: String = "", ink: Ink = .muted, dash: Dash = .dashed) {
    place = .vertical(x)
    self.label = label
    self.ink = ink
    self.dash = dash
  }

  /// A horizontal line at y. It doesn't widen the axis; outside its range it isn't drawn.
  public init(y: Double, _ label: String = "", ink: Ink = .muted, dash: Dash = .dashed) {
    place = .horizontal(y)
    self.label = label
    self.ink = ink
    self.dash = dash
  }

  var name: String { label.isEmpty ? "rule" : "rule “\(label)”" }
  var series: [SeriesKey] { [SeriesKey(label: "", ink: ink)] }

  var columns: [DataColumn] {
    switch place {
    case .vertical(let x): [DataColumn(name: name, direction: .x, values: [x])]
    case .horizontal(let y): [DataColumn(name: name, direction: .y, values: [y])]
    }
  }

  func extents(x: AxisScale, y: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    (AxisExtent(), AxisExtent())
  }

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    let area = frame.area
    let size = Rect(
      x: 0, y: 0, width: TextMetrics.width(label, size: LabelPlacement.size), height: 12)
    let a: Point
    let b: Point
    var places: [Rect] = []
    func add(_ x: Double, _ y: Double) {
      places.append(Rect(x: x, y: y, width: size.width, height: size.height))
    }
    switch place {
    case .vertical(let x):
      guard frame.x.places(x) else { return }
      let pixel = frame.x(x)
      a = Point(x: pixel, y: area.y)
      b = Point(x: pixel, y: area.bottom)
      for part in [0.0, 1, 0.2, 0.4, 0.6, 0.8] {
        let y = area.y + 3 + (area.height - 6 - size.height) * part
        add(pixel + 5, y)
        add(pixel - 5 - size.width, y)
      }
    case .horizontal(let y):
      guard frame.y.places(y) else { return }
      let pixel = frame.y(y)
      a = Point(x: area.x, y: pixel)
      b = Point(x: area.right, y: pixel)
      for part in [1.0, 0, 0.8, 0.6, 0.4, 0.2] {
        let x = area.x + 5 + (area.width - 10 - size.width) * part
        add(x, pixel - 3 - size.height)
        add(x, pixel + 3)
      }
    }
    guard area.expanded(by: 0.5).contains(a) else { return }
    canvas.marks.line(
      a, b, Style(stroke: canvas.paint(colors[0].paint), width: 1.3, dash: dash.pattern(width: 1.3))
    )
    canvas.occupancy.insert(from: a, to: b)
    guard !label.isEmpty else { return }
    canvas.labels.append(
      PointLabel(text: label, point: a, radius: 0, paint: canvas.paint(.dim), places: places))
  }
}
