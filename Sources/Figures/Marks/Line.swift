/// How a line is broken.
public enum Dash: Sendable, Hashable {
  /// Not at all.
  case solid
  /// Into strokes.
  case dashed
  /// Into dots.
  case dotted
  /// Into strokes and dots.
  case dashDotted

  func pattern(width: Double) -> [Double] {
    let unit = max(1, width)
    return switch self {
    case .solid: []
    case .dashed: [unit * 3.6, unit * 2.4]
    case .dotted: [unit, unit * 1.8]
    case .dashDotted: [unit * 4.5, unit * 2, unit, unit * 2]
    }
  }

  /// That of the palette's later rounds, where the colours come again.
  static func forRound(_ round: Int) -> Dash {
    [.solid, .dashed, .dashDotted, .dotted][round % 4]
  }
}

/// A line through points, with a band or bars for its uncertainty.
///
/// ```swift
/// Line(x: 1...4000, y: losses, label: "gradient descent")
/// Line(over: -1...1, label: "x²") { $0 * $0 }
/// ```
public struct Line: Primitive {
  /// How points are joined.
  public enum Interpolation: Sendable, Hashable {
    /// Straight from each to the next.
    case straight
    /// On the level of each until the next.
    case steps
  }

  let x: [Double]
  let y: [Double]
  let label: String
  let ink: Ink
  let width: Double
  let dash: Dash
  let marker: Marker?
  let interpolation: Interpolation
  private var bandLower: [Double]?
  private var bandUpper: [Double]?
  private var errors: [Double]?

  /// A line through (x, y); a long one is thinned for the picture so that no peak is lost.
  ///
  /// The width is in pixels. An empty label keeps the line out of the legend. Values that can't be
  /// shown leave a gap.
  public init(
    x: some Sequence<some Plottable>, y: some Sequence<some Plottable>, label: String = "",
    ink: Ink = .automatic, width: Double = 1.8, dash: Dash = .solid, marker: Marker? = nil,
    interpolation: Interpolation = .straight
  ) {
    self.x = x.map(\.plotValue)
    self.y = y.map(\.plotValue)
    self.label = label
    self.ink = ink
    self.width = width
    self.dash = dash
    self.marker = marker
    self.interpolation = interpolation
  }

  /// A line through the values at 0, 1, 2 …
  public init(
    y: some Sequence<some Plottable>, label: String = "", ink: Ink = .automatic,
    width: Double = 1.8, dash: Dash = .solid, marker: Marker? = nil,
    interpolation: Interpolation = .straight
  ) {
    let values = y.map(\.plotValue)
    self.init(
      x: 0..<values.count, y: values, label: label, ink: ink, width: width, dash: dash,
      marker: marker, interpolation: interpolation)
  }

  /// The graph of a function over a range, at equally spaced points, two at least.
  public init(
    over range: ClosedRange<Double>, points: Int = 401, label: String = "",
    ink: Ink = .automatic, width: Double = 1.8, dash: Dash = .solid,
    function: (Double) throws -> Double
  ) rethrows {
    let x = spaced(range, count: max(2, points))
    self.init(
      x: x, y: try x.map(function), label: label, ink: ink, width: width, dash: dash)
  }

  /// The same line with a band between two values at each point, say mean ± standard error.
  public func band(
    lower: some Sequence<some Plottable>, upper: some Sequence<some Plottable>
  ) -> Line {
    var copy = self
    copy.bandLower = lower.map(\.plotValue)
    copy.bandUpper = upper.map(\.plotValue)
    return copy
  }

  /// The same line with a bar of ± the error at each point.
  public func errorBars(_ errors: some Sequence<some Plottable>) -> Line {
    var copy = self
    copy.errors = errors.map(\.plotValue)
    return copy
  }

  var name: String { label.isEmpty ? "line" : "line “\(label)”" }
  var series: [SeriesKey] { [SeriesKey(label: label, ink: ink)] }

  var columns: [DataColumn] {
    [
      DataColumn(name: name + ", x", direction: .x, values: x),
      DataColumn(name: name + ", y", direction: .y, values: y),
    ]
  }

  func checkLengths() throws(FigureError) {
    try checkLength(name, "y", y, x.count)
    try checkLength(name, "the band's lower side", bandLower, x.count)
    try checkLength(name, "the band's upper side", bandUpper, x.count)
    try checkLength(name, "errors", errors, x.count)
  }

  func extents(x xScale: AxisScale, y yScale: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    var result = pointExtents(x, y, xScale, yScale)
    result.x.padding = marker == nil ? 0 : 0.025
    result.x.isSequence = true
    result.y.padding = 0.05
    result.y.stopsAtZero = true
    for side in [bandLower, bandUpper] {
      for value in side ?? [] where yScale.places(value) { result.y.bounds.include(value) }
    }
    includeErrors(errors, y, yScale, &result.y)
    return result
  }

  func legend(_ colors: [SeriesColor]) -> [LegendEntry] {
    guard !label.isEmpty else { return [] }
    let color = colors[0]
    var end: [Double]?
    if let index = y.indices.last(where: { y[$0].isFinite && x[$0].isFinite }) {
      end = [x[index], y[index]]
    }
    return [
      LegendEntry(
        label: label,
        swatch: .line(
          width: width, dash: effectiveDash(color), marker: marker?.resolved(color.index)),
        color: color, lineEnd: end)
    ]
  }

  private func effectiveDash(_ color: SeriesColor) -> [Double] {
    (dash == .solid ? Dash.forRound(color.round) : dash).pattern(width: width)
  }

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    let color = colors[0]
    if let bandLower, let bandUpper {
      drawBand(
        x: x, lower: bandLower, upper: bandUpper, paint: color.paint, on: &canvas, in: frame)
    }
    var path = Path()
    for run in runs(x, y, in: frame) {
      var points = Decimation.thinned(run, width: frame.area.width)
      if interpolation == .steps {
        points =
          zip(points, points.dropFirst()).flatMap {
            [$0, Point(x: $1.x, y: $0.y)]
          } + points.suffix(1)
      }
      canvas.occupancy.insert(polyline: points)
      if points.count == 1 { path.dot(points[0]) } else { path.add(polyline: points) }
    }
    canvas.marks.path(
      path,
      Style(
        stroke: color.paint, width: width, dash: effectiveDash(color),
        extra: "stroke-linejoin=\"round\" stroke-linecap=\"round\""),
      title: label.isEmpty ? nil : label)
    if let errors {
      drawErrorBars(x: x, y: y, errors: errors, paint: color.paint, on: &canvas, in: frame)
    }
    drawMarkers(color, on: &canvas, in: frame)
  }

  private func drawMarkers(
    _ color: SeriesColor, on canvas: inout Canvas, in frame: Frame
  ) {
    guard let marker = marker?.resolved(color.index) else { return }
    let radius = max(3, width * 1.7)
    var path = Path()
    var last: Point?
    for (xValue, yValue) in zip(x, y) {
      guard let point = frame(xValue, yValue), frame.area.expanded(by: 1).contains(point) else {
        continue
      }
      // Markers on a dense line would hide it.
      if let last, x.count > 60, (point - last).length < radius * 5 { continue }
      last = point
      marker.add(to: &path, at: point, radius: radius)
      canvas.occupancy.insert(
        Rect(x: point.x, y: point.y, width: 0, height: 0).expanded(by: radius))
    }
    canvas.overlayMarks.path(path, marker.style(color.paint))
  }
}
