/// An area between two values at each point.
public struct Band: Primitive {
  private let x: [Double]
  private let lower: [Double]
  private let upper: [Double]
  private let label: String
  private let ink: Ink

  /// The area between lower and upper over x. A band and a line of one label share colour and
  /// legend.
  public init(
    x: some Sequence<some Plottable>, lower: some Sequence<some Plottable>,
    upper: some Sequence<some Plottable>, label: String = "", ink: Ink = .automatic
  ) {
    self.x = x.map(\.plotValue)
    self.lower = lower.map(\.plotValue)
    self.upper = upper.map(\.plotValue)
    self.label = label
    self.ink = ink
  }

  var name: String { label.isEmpty ? "band" : "band “\(label)”" }
  var series: [SeriesKey] { [SeriesKey(label: label, ink: ink)] }

  var columns: [DataColumn] {
    [
      DataColumn(name: name + ", x", direction: .x, values: x),
      DataColumn(name: name + ", lower", direction: .y, values: lower),
      DataColumn(name: name + ", upper", direction: .y, values: upper),
    ]
  }

  func checkLengths() throws(FigureError) {
    try checkLength(name, "the lower side", lower, x.count)
    try checkLength(name, "the upper side", upper, x.count)
  }

  func extents(x xScale: AxisScale, y yScale: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    var result = pointExtents(x, lower, xScale, yScale)
    result.y.bounds.include(pointExtents(x, upper, xScale, yScale).y.bounds)
    result.y.padding = 0.05
    result.y.stopsAtZero = true
    return result
  }

  func legend(_ colors: [SeriesColor]) -> [LegendEntry] {
    label.isEmpty
      ? [] : [LegendEntry(label: label, swatch: .box(opacity: 0.22), color: colors[0])]
  }

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    drawBand(
      x: x, lower: lower, upper: upper, paint: colors[0].paint, on: &canvas, in: frame)
  }
}
