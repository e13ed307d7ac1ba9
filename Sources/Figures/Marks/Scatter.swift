/// Points, with names that look for free places beside them.
///
/// ```swift
/// Scatter(x: cities.map(\.x), y: cities.map(\.y), names: cities.map(\.name))
/// ```
public struct Scatter: Primitive {
  private let x: [Double]
  private let y: [Double]
  private let names: [String]
  private let label: String
  private let ink: Ink
  private let marker: Marker
  private let radius: Double
  private var xErrors: [Double]?
  private var yErrors: [Double]?

  /// Points at (x, y). The radius is in pixels; names is empty or as long as x, and an empty name
  /// isn't written.
  ///
  /// Names go to the nearest free place; one that finds none stays out of sight but remains as a
  /// tooltip.
  public init(
    x: some Sequence<some Plottable>, y: some Sequence<some Plottable>, names: [String] = [],
    label: String = "", ink: Ink = .automatic, marker: Marker = .circle, radius: Double = 3.2
  ) {
    self.x = x.map(\.plotValue)
    self.y = y.map(\.plotValue)
    self.names = names
    self.label = label
    self.ink = ink
    self.marker = marker
    self.radius = radius
  }

  /// The same points with bars of ± the error along each axis that one is given for.
  public func errorBars(x: [Double]? = nil, y: [Double]? = nil) -> Scatter {
    var copy = self
    copy.xErrors = x
    copy.yErrors = y
    return copy
  }

  var name: String { label.isEmpty ? "scatter" : "scatter “\(label)”" }
  var series: [SeriesKey] { [SeriesKey(label: label, ink: ink)] }

  var columns: [DataColumn] {
    [
      DataColumn(name: name + ", x", direction: .x, values: x),
      DataColumn(name: name + ", y", direction: .y, values: y),
    ]
  }

  func checkLengths() throws(FigureError) {
    try checkLength(name, "y", y, x.count)
    try checkLength(name, "errors in x", xErrors, x.count)
    try checkLength(name, "errors in y", yErrors, x.count)
    if !names.isEmpty, names.count != x.count {
      throw .lengthMismatch(series: name, part: "names", count: names.count, expected: x.count)
    }
  }

  func extents(x xScale: AxisScale, y yScale: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    var result = pointExtents(x, y, xScale, yScale)
    result.x.padding = 0.05
    result.y.padding = 0.06
    includeErrors(xErrors, x, xScale, &result.x)
    includeErrors(yErrors, y, yScale, &result.y)
    return result
  }

  var namedPoints: Int { names.count { !$0.isEmpty } }

  func legend(_ colors: [SeriesColor]) -> [LegendEntry] {
    label.isEmpty
      ? []
      : [
        LegendEntry(
          label: label, swatch: .marker(marker.resolved(colors[0].index)), color: colors[0])
      ]
  }

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    let paint = canvas.paint(colors[0].paint)
    if let xErrors {
      drawErrorBars(
        x: x, y: y, errors: xErrors, paint: paint, horizontal: true, on: &canvas, in: frame)
    }
    if let yErrors {
      drawErrorBars(x: x, y: y, errors: yErrors, paint: paint, on: &canvas, in: frame)
    }
    if names.isEmpty, x.count > 400 {
      drawMany(paint, on: &canvas, in: frame)
      return
    }
    let shape = marker.resolved(colors[0].index)
    for index in x.indices {
      guard let point = frame(x[index], y[index]),
        frame.area.expanded(by: 1).contains(point)
      else { continue }
      var path = Path()
      shape.add(to: &path, at: point, radius: radius)
      let name = names.isEmpty ? "" : names[index]
      canvas.overlayMarks.path(
        path, shape.style(paint), title: name.isEmpty ? nil : name)
      let box = Rect(x: point.x, y: point.y, width: 0, height: 0).expanded(by: radius)
      if names.isEmpty { canvas.occupancy.insert(box) } else { canvas.obstacles.append(box) }
      if !name.isEmpty {
        canvas.labels.append(
          PointLabel(text: name, point: point, radius: radius, paint: canvas.paint(.ink)))
      }
    }
  }

  /// One path of dots; those that fall on the same pixel are drawn once.
  private func drawMany(_ paint: Paint, on canvas: inout Canvas, in frame: Frame) {
    var path = Path()
    var seen: Set<Int> = []
    for (xValue, yValue) in zip(x, y) {
      guard let point = frame(xValue, yValue), frame.area.contains(point) else { continue }
      let pixel = Point(x: point.x.rounded(), y: point.y.rounded())
      guard seen.insert(Int(pixel.x) * 100_000 + Int(pixel.y)).inserted else { continue }
      path.dot(pixel)
      canvas.occupancy.insert(point)
    }
    canvas.marks.path(
      path,
      Style(
        stroke: paint, width: min(radius, x.count > 4000 ? 1.2 : 2.2) * 2, opacity: 0.75,
        extra: "stroke-linecap=\"round\""))
  }
}
