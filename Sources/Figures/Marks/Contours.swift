/// Lines along which values on a grid are equal, found in each square between four neighbours
/// (marching squares).
public struct Contours: Primitive {
  private let values: [[Double]]
  private let xRange: ClosedRange<Double>
  private let yRange: ClosedRange<Double>
  private let levels: [Double]?
  private let ink: Ink
  private let width: Double

  /// Contours of values by row, the first row at the lower end of y; values stand at the centres of
  /// equal cells, as in ``HeatMap``. Where levels is nil, about eight round ones are taken.
  public init(
    _ values: [[some Plottable]], x: ClosedRange<Double> = 0...1, y: ClosedRange<Double> = 0...1,
    levels: [Double]? = nil, ink: Ink = .foreground, width: Double = 1
  ) {
    self.values = values.map { $0.map(\.plotValue) }
    xRange = x
    yRange = y
    self.levels = levels
    self.ink = ink
    self.width = width
  }

  /// Contours of a function of (x, y).
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int = 80, rows: Int = 80,
    levels: [Double]? = nil, ink: Ink = .foreground, width: Double = 1,
    function: (_ x: Double, _ y: Double) throws -> Double
  ) rethrows {
    let xs = cellCenters(x, max(1, columns))
    let values = try cellCenters(y, max(1, rows)).map { y in try xs.map { try function($0, y) } }
    self.init(values, x: x, y: y, levels: levels, ink: ink, width: width)
  }

  var name: String { "contours" }
  var series: [SeriesKey] { [SeriesKey(label: "", ink: ink)] }

  var columns: [DataColumn] {
    [DataColumn(name: name, direction: .neither, values: Array(values.joined()))]
  }

  func checkLengths() throws(FigureError) {
    for (index, row) in values.enumerated() {
      try checkLength(name, "row \(index)", row, values[0].count)
    }
  }

  func extents(x: AxisScale, y: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    let corners = [xRange.lowerBound, xRange.upperBound]
    return pointExtents(corners, [yRange.lowerBound, yRange.upperBound], x, y)
  }

  private var roundLevels: [Double] {
    var bounds = Bounds()
    for value in values.joined() where AxisScale.linear.places(value) { bounds.include(value) }
    return Ticks.linear(from: bounds.low, to: bounds.high, target: 8).map(\.value)
  }

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    guard let count = values.first?.count, count > 1, values.count > 1 else { return }
    let xs = cellCenters(xRange, count)
    let ys = cellCenters(yRange, values.count)
    for level in levels ?? roundLevels {
      var path = Path()
      for row in 0..<(values.count - 1) {
        for column in 0..<(count - 1) {
          let corners = [
            (row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column),
          ]
          let crossings = crossings(corners, level, xs, ys, frame)
          // A saddle has four crossings; joined in order they separate its corners.
          for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
            path.add(polyline: [crossings[pair], crossings[pair + 1]])
          }
        }
      }
      // A rim in the colour of the background keeps lines legible on every colour of a heat map.
      canvas.marks.path(
        path, Style(stroke: canvas.paint(.background), width: width + 1.8, opacity: 0.45))
      canvas.marks.path(
        path,
        Style(
          stroke: canvas.paint(colors[0].paint), width: width, extra: "stroke-linecap=\"round\""),
        title: NumberText.significant(level))
    }
  }

  private func crossings(
    _ corners: [(row: Int, column: Int)], _ level: Double, _ xs: [Double], _ ys: [Double],
    _ frame: Frame
  ) -> [Point] {
    let heights = corners.map { values[$0.row][$0.column] }
    guard heights.allSatisfy(AxisScale.linear.places) else { return [] }
    var result: [Point] = []
    for index in 0..<4 {
      let next = (index + 1) % 4
      let (a, b) = (heights[index], heights[next])
      guard (a < level) != (b < level) else { continue }
      let part = (level - a) / (b - a)
      let x = xs[corners[index].column] * (1 - part) + xs[corners[next].column] * part
      let y = ys[corners[index].row] * (1 - part) + ys[corners[next].row] * part
      if let point = frame(x, y) { result.append(point) }
    }
    return result
  }
}
