/// Values on a grid, shown by colour.
///
/// ```swift
/// HeatMap(x: -1...1, y: -1...1, columns: 81, rows: 81, label: "P(x or y)") { x, y in … }
/// ```
public struct HeatMap: Primitive {
  private let values: [[Double]]
  private let xRange: ClosedRange<Double>
  private let yRange: ClosedRange<Double>
  private let map: ColorMap
  private let range: ClosedRange<Double>?
  private let label: String

  /// Values by row, the first row at the lower end of y; each cell covers an equal part of the
  /// ranges.
  ///
  /// Colours span `range`, or where that is nil the values (for a diverging map symmetrically
  /// around 0); values beyond it take the colour of the end. The label stands beside the colour
  /// bar.
  public init(
    _ values: [[some Plottable]], x: ClosedRange<Double> = 0...1, y: ClosedRange<Double> = 0...1,
    colors: ColorMap = .sequential, range: ClosedRange<Double>? = nil, label: String = ""
  ) {
    self.values = values.map { $0.map(\.plotValue) }
    xRange = x
    yRange = y
    map = colors
    self.range = range
    self.label = label
  }

  /// A function of (x, y) at the centres of the cells.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int = 80, rows: Int = 80,
    colors: ColorMap = .sequential, range: ClosedRange<Double>? = nil, label: String = "",
    function: (_ x: Double, _ y: Double) throws -> Double
  ) rethrows {
    let xs = cellCenters(x, max(1, columns))
    let values = try cellCenters(y, max(1, rows)).map { y in try xs.map { try function($0, y) } }
    self.init(values, x: x, y: y, colors: colors, range: range, label: label)
  }

  var name: String { label.isEmpty ? "heat map" : "heat map “\(label)”" }

  var columns: [DataColumn] {
    [DataColumn(name: name, direction: .neither, values: Array(values.joined()))]
  }

  func checkLengths() throws(FigureError) {
    for (index, row) in values.enumerated() {
      try checkLength(name, "row \(index)", row, values[0].count)
    }
  }

  func extents(x: AxisScale, y: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    var result = (x: AxisExtent(), y: AxisExtent())
    for end in [xRange.lowerBound, xRange.upperBound] where x.places(end) {
      result.x.bounds.include(end)
    }
    for end in [yRange.lowerBound, yRange.upperBound] where y.places(end) {
      result.y.bounds.include(end)
    }
    return result
  }

  var colorScale: ColorScale? {
    if let range {
      return ColorScale(map: map, low: range.lowerBound, high: range.upperBound, label: label)
    }
    var bounds = Bounds()
    for value in values.joined() where AxisScale.linear.places(value) { bounds.include(value) }
    if bounds.isEmpty { bounds = Bounds(low: 0, high: 1) }
    if map.isDiverging {
      let size = max(bounds.low.magnitude, bounds.high.magnitude)
      bounds = Bounds(low: -size, high: size)
    }
    return ColorScale(map: map, low: bounds.low, high: bounds.high, label: label)
  }

  /// One path for each colour, whose parts are runs of equal cells.
  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    guard let scale = colorScale, let count = values.first?.count, count > 0 else { return }
    let xEdges = edges(xRange, count, frame.x)
    let yEdges = edges(yRange, values.count, frame.y)
    var paths: [Int: String] = [:]
    for (row, line) in values.enumerated() {
      guard let bottom = yEdges[row], let top = yEdges[row + 1] else { continue }
      // Absolute and rounded once, so that neighbours share their edges to the last digit.
      let vertical = (top: NumberText.coordinate(top), bottom: NumberText.coordinate(bottom))
      var column = 0
      while column < count {
        guard let level = level(line[column], scale), let left = xEdges[column] else {
          column += 1
          continue
        }
        var end = column + 1
        while end < count, xEdges[end] != nil, self.level(line[end], scale) == level { end += 1 }
        if let right = xEdges[end] {
          let start = NumberText.coordinate(left)
          paths[level, default: ""] +=
            "M\(start) \(vertical.top)H\(NumberText.coordinate(right))V\(vertical.bottom)H\(start)z"
        }
        column = end
      }
    }
    canvas.marks.raw("<g shape-rendering=\"crispEdges\">")
    for level in paths.keys.sorted() {
      let color = scale.map.color(level: level).hex
      canvas.marks.raw("<path fill=\"\(color)\" d=\"\(paths[level] ?? "")\"/>")
    }
    canvas.marks.raw("</g>")
    canvas.occupancy.insert(frame.area)
  }

  private func level(_ value: Double, _ scale: ColorScale) -> Int? {
    AxisScale.linear.places(value) ? scale.map.level(scale.position(value)) : nil
  }

  private func edges(_ range: ClosedRange<Double>, _ count: Int, _ projection: Projection)
    -> [Double?]
  {
    spaced(range, count: count + 1).map { projection.places($0) ? projection($0) : nil }
  }
}

func cellCenters(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
  (0..<count).map { index in
    let part = (Double(index) + 0.5) / Double(count)
    return range.lowerBound * (1 - part) + range.upperBound * part
  }
}
