/// Arrows on a plane, such as a field of gradients.
///
/// An arrow of (u, v) at (x, y) points towards (x + u, y + v) on the panel's axes: up for positive
/// v.
public struct Quiver: Primitive {
  private let x: [Double]
  private let y: [Double]
  private let u: [Double]
  private let v: [Double]
  private let label: String
  private let ink: Ink
  private let scale: Double?

  /// Arrows from the points (x, y) along (u, v).
  ///
  /// An arrow's length is `scale` times (u, v) in units of the axes; where scale is nil, the
  /// longest arrow takes up the distance between neighbours and the label says what it stands for.
  public init(
    x: some Sequence<some Plottable>, y: some Sequence<some Plottable>,
    u: some Sequence<some Plottable>, v: some Sequence<some Plottable>, label: String = "",
    ink: Ink = .foreground, scale: Double? = nil
  ) {
    self.x = x.map(\.plotValue)
    self.y = y.map(\.plotValue)
    self.u = u.map(\.plotValue)
    self.v = v.map(\.plotValue)
    self.label = label
    self.ink = ink
    self.scale = scale
  }

  /// The arrows of a function of (x, y) at the centres of a grid's cells.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int = 15, rows: Int = 15,
    label: String = "", ink: Ink = .foreground, scale: Double? = nil,
    function: (_ x: Double, _ y: Double) throws -> (u: Double, v: Double)
  ) rethrows {
    var points: (x: [Double], y: [Double], u: [Double], v: [Double]) = ([], [], [], [])
    for yValue in cellCenters(y, max(1, rows)) {
      for xValue in cellCenters(x, max(1, columns)) {
        let arrow = try function(xValue, yValue)
        points.x.append(xValue)
        points.y.append(yValue)
        points.u.append(arrow.u)
        points.v.append(arrow.v)
      }
    }
    self.init(
      x: points.x, y: points.y, u: points.u, v: points.v, label: label, ink: ink, scale: scale)
  }

  var name: String { label.isEmpty ? "quiver" : "quiver “\(label)”" }
  var series: [SeriesKey] { [SeriesKey(label: label, ink: ink)] }

  var columns: [DataColumn] {
    [
      DataColumn(name: name + ", x", direction: .x, values: x),
      DataColumn(name: name + ", y", direction: .y, values: y),
      DataColumn(name: name + ", u", direction: .neither, values: u),
      DataColumn(name: name + ", v", direction: .neither, values: v),
    ]
  }

  func checkLengths() throws(FigureError) {
    try checkLength(name, "y", y, x.count)
    try checkLength(name, "u", u, x.count)
    try checkLength(name, "v", v, x.count)
  }

  func extents(x xScale: AxisScale, y yScale: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    var result = pointExtents(x, y, xScale, yScale)
    result.x.padding = 0.08
    result.y.padding = 0.08
    return result
  }

  private var longest: Double {
    zip(u, v).map { ($0 * $0 + $1 * $1).squareRoot() }.filter(\.isFinite).max() ?? 0
  }

  func legend(_ colors: [SeriesColor]) -> [LegendEntry] {
    guard !label.isEmpty else { return [] }
    let note = scale == nil && longest > 0
    let text = note ? label + " (longest \(NumberText.significant(longest, digits: 2)))" : label
    return [LegendEntry(label: text, swatch: .arrow, color: colors[0])]
  }

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    var arrows: [(tail: Point, offset: Point)] = []
    for index in x.indices {
      guard let tail = frame(x[index], y[index]), frame.area.contains(tail),
        AxisScale.linear.places(u[index]), AxisScale.linear.places(v[index])
      else { continue }
      arrows.append((tail, pixels(index, in: frame)))
    }
    let longest = arrows.map(\.offset.length).max() ?? 0
    let spacing = (frame.area.width * frame.area.height / Double(max(arrows.count, 1))).squareRoot()
    let factor = scale ?? (longest > 0 ? min(spacing * 0.92, 60) / longest : 0)
    var dots = Path()
    var shafts = Path()
    var heads = Path()
    for (tail, offset) in arrows {
      let arrow = offset * factor
      // Centred on the point, so that a field looks even.
      let start = tail - arrow * 0.5
      let end = tail + arrow * 0.5
      canvas.occupancy.insert(from: start, to: end)
      if arrow.length < 1.5 {
        dots.dot(tail)
        continue
      }
      let head = min(8, max(3, arrow.length * 0.4))
      let direction = arrow.unit
      let neck = end - direction * (head * 0.9)
      shafts.add(polyline: [start, neck])
      let side = direction.normal * (head * 0.42)
      heads.add(
        polyline: [end, end - direction * head + side, end - direction * head - side], closed: true)
    }
    let round = "stroke-linecap=\"round\" stroke-linejoin=\"round\""
    let paint = canvas.paint(colors[0].paint)
    let ground = canvas.paint(.background)
    // Where there is next to no arrow, a speck that does not vie with the arrows.
    canvas.marks.path(dots, Style(stroke: paint, width: 1.4, opacity: 0.35, extra: round))
    // A rim in the colour of the background keeps arrows legible on every colour of a heat map.
    canvas.marks.path(shafts, Style(stroke: ground, width: 3.8, opacity: 0.8, extra: round))
    canvas.marks.path(
      heads, Style(fill: ground, stroke: ground, width: 2.4, opacity: 0.8, extra: round))
    canvas.marks.path(shafts, Style(stroke: paint, width: 1.6, extra: round))
    canvas.marks.path(heads, Style(fill: paint))
  }

  /// (u, v) in pixels: the direction on the picture, where y grows downwards.
  private func pixels(_ index: Int, in frame: Frame) -> Point {
    func local(_ projection: Projection, _ at: Double, _ step: Double) -> Double {
      // On a logarithmic axis, the derivative of log₁₀.
      let slope = projection.scale == .linear ? 1 : 0.4342944819032518 / at
      return projection.pixelsPerUnit * slope * step
    }
    return Point(x: local(frame.x, x[index], u[index]), y: local(frame.y, y[index], v[index]))
  }
}
