internal import Platform

/// From numbers to pixels along one axis.
struct Projection: Hashable {
  let scale: AxisScale
  let low: Double
  let high: Double
  private let start: Double
  private let factor: Double
  private let origin: Double

  /// low falls on `start`, high on `end`.
  init(scale: AxisScale, low: Double, high: Double, start: Double, end: Double) {
    self.scale = scale
    self.low = low
    self.high = high
    self.start = start
    let a = scale == .logarithmic ? Elementary.log10(low) : low
    let b = scale == .logarithmic ? Elementary.log10(high) : high
    origin = a
    factor = (end - start) / (b - a)
  }

  func places(_ value: Double) -> Bool { scale.places(value) }

  func callAsFunction(_ value: Double) -> Double {
    let number = scale == .logarithmic ? Elementary.log10(max(value, 1e-300)) : value
    return min(max(start + (number - origin) * factor, -1e5), 1e5)
  }

  /// Pixels for one unit of a linear axis, negative where pixels run the other way.
  var pixelsPerUnit: Double { factor }
}

/// A plot's area and the way from data to it.
struct Frame {
  var area: Rect
  var x: Projection
  var y: Projection

  func callAsFunction(_ xValue: Double, _ yValue: Double) -> Point? {
    guard x.places(xValue), y.places(yValue) else { return nil }
    return Point(x: x(xValue), y: y(yValue))
  }
}
