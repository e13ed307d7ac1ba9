/// Equally spaced numbers, both ends included.
func spaced(_ range: ClosedRange<Double>, count: Int) -> [Double] {
  guard count > 1 else { return count == 1 ? [(range.lowerBound + range.upperBound) / 2] : [] }
  return (0..<count).map { index in
    let part = Double(index) / Double(count - 1)
    return range.lowerBound * (1 - part) + range.upperBound * part
  }
}

func checkLength(_ series: String, _ part: String, _ values: [Double]?, _ expected: Int)
  throws(FigureError)
{
  if let values, values.count != expected {
    throw .lengthMismatch(series: series, part: part, count: values.count, expected: expected)
  }
}

/// Of the points that can be shown.
func pointExtents(_ x: [Double], _ y: [Double], _ xScale: AxisScale, _ yScale: AxisScale)
  -> (x: AxisExtent, y: AxisExtent)
{
  var result = (x: AxisExtent(), y: AxisExtent())
  for (xValue, yValue) in zip(x, y) where xScale.places(xValue) && yScale.places(yValue) {
    result.x.bounds.include(xValue)
    result.y.bounds.include(yValue)
  }
  return result
}

func includeErrors(
  _ errors: [Double]?, _ values: [Double], _ scale: AxisScale, _ extent: inout AxisExtent
) {
  for (value, error) in zip(values, errors ?? []) where error.isFinite {
    for end in [value - error, value + error] where scale.places(end) {
      extent.bounds.include(end)
    }
  }
}

/// The stretches of a line between values that can't be shown.
func runs(_ x: [Double], _ y: [Double], in frame: Frame) -> [[Point]] {
  var result: [[Point]] = []
  var current: [Point] = []
  for (xValue, yValue) in zip(x, y) {
    if let point = frame(xValue, yValue) {
      current.append(point)
    } else if !current.isEmpty {
      result.append(current)
      current = []
    }
  }
  if !current.isEmpty { result.append(current) }
  return result
}

func drawBand(
  x: [Double], lower: [Double], upper: [Double], paint: Paint, on canvas: inout Canvas,
  in frame: Frame
) {
  var path = Path()
  var below: [Point] = []
  var above: [Point] = []
  func finish() {
    let width = frame.area.width
    let outline =
      Decimation.thinned(above, width: width) + Decimation.thinned(below, width: width).reversed()
    if above.count > 1 { path.add(polyline: outline, closed: true) }
    for (a, b) in zip(below, above) { canvas.occupancy.insert(from: a, to: b) }
    below = []
    above = []
  }
  for index in x.indices where index < lower.count && index < upper.count {
    // On a logarithmic axis a band that reaches below every power of ten goes to the edge.
    let reachesEdge = frame.y.scale == .logarithmic && lower[index] <= 0
    let floor = reachesEdge ? frame.y.low : lower[index]
    if let a = frame(x[index], floor), let b = frame(x[index], upper[index]) {
      below.append(a)
      above.append(b)
    } else {
      finish()
    }
  }
  finish()
  canvas.marks.path(path, Style(fill: paint, opacity: 0.22))
}

/// Vertical bars of ± the error, with caps.
func drawErrorBars(
  x: [Double], y: [Double], errors: [Double], paint: Paint, horizontal: Bool = false,
  on canvas: inout Canvas, in frame: Frame
) {
  var path = Path()
  for ((xValue, yValue), error) in zip(zip(x, y), errors) where error.isFinite && error > 0 {
    let value = horizontal ? xValue : yValue
    let projection = horizontal ? frame.x : frame.y
    let low = projection.places(value - error) ? value - error : projection.low
    let ends =
      horizontal
      ? (frame(low, yValue), frame(value + error, yValue))
      : (frame(xValue, low), frame(xValue, value + error))
    guard let a = ends.0, let b = ends.1, frame(xValue, yValue) != nil else { continue }
    let cap = horizontal ? Point(x: 0, y: 3) : Point(x: 3, y: 0)
    path.add(polyline: [a, b])
    path.add(polyline: [a - cap, a + cap])
    path.add(polyline: [b - cap, b + cap])
    canvas.occupancy.insert(from: a, to: b)
  }
  canvas.marks.path(path, Style(stroke: paint, width: 1.2))
}
