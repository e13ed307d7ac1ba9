/// A place on the picture in pixels; y grows downwards.
package struct Point: Hashable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  static func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }
  static func - (a: Point, b: Point) -> Point { Point(x: a.x - b.x, y: a.y - b.y) }
  static func * (a: Point, factor: Double) -> Point { Point(x: a.x * factor, y: a.y * factor) }

  var length: Double { (x * x + y * y).squareRoot() }

  /// The direction, or that to the right where there is none.
  var unit: Point { length > 0 ? self * (1 / length) : Point(x: 1, y: 0) }

  /// A quarter turn counterclockwise as seen on the picture.
  var normal: Point { Point(x: y, y: -x) }
}

/// A rectangle on the picture in pixels.
struct Rect: Hashable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
  var center: Point { Point(x: x + width / 2, y: y + height / 2) }

  func inset(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> Rect {
    Rect(
      x: x + left, y: y + top, width: max(1, width - left - right),
      height: max(1, height - top - bottom))
  }

  func expanded(by amount: Double) -> Rect {
    Rect(x: x - amount, y: y - amount, width: width + 2 * amount, height: height + 2 * amount)
  }

  func contains(_ other: Rect) -> Bool {
    other.x >= x && other.y >= y && other.right <= right && other.bottom <= bottom
  }

  func contains(_ point: Point) -> Bool {
    point.x >= x && point.x <= right && point.y >= y && point.y <= bottom
  }

  /// The area that two rectangles share.
  func overlap(_ other: Rect) -> Double {
    let w = min(right, other.right) - max(x, other.x)
    let h = min(bottom, other.bottom) - max(y, other.y)
    return w > 0 && h > 0 ? w * h : 0
  }
}

/// Which parts of a plot hold data, in squares of four pixels, so that legends and labels can keep
/// clear of them.
struct Occupancy {
  private static let side = 4.0
  let area: Rect
  private let columns: Int
  private let rows: Int
  private var cells: [Bool]

  init(_ area: Rect) {
    self.area = area
    columns = max(1, Int((area.width / Self.side).rounded(.up)))
    rows = max(1, Int((area.height / Self.side).rounded(.up)))
    cells = Array(repeating: false, count: columns * rows)
  }

  mutating func insert(_ point: Point) {
    guard area.contains(point) else { return }
    let column = min(columns - 1, Int((point.x - area.x) / Self.side))
    let row = min(rows - 1, Int((point.y - area.y) / Self.side))
    cells[row * columns + column] = true
  }

  mutating func insert(from a: Point, to b: Point) {
    let steps = min(4000, max(1, Int(((b - a).length / Self.side).rounded(.up))))
    for step in 0...steps { insert(a + (b - a) * (Double(step) / Double(steps))) }
  }

  mutating func insert(polyline points: [Point]) {
    if points.count == 1 { insert(points[0]) }
    for (a, b) in zip(points, points.dropFirst()) { insert(from: a, to: b) }
  }

  mutating func insert(_ rect: Rect) {
    guard let (rowRange, columnRange) = squares(under: rect) else { return }
    for row in rowRange {
      for column in columnRange { cells[row * columns + column] = true }
    }
  }

  /// The number of occupied squares under a rectangle.
  func count(in rect: Rect) -> Int {
    guard let (rowRange, columnRange) = squares(under: rect) else { return 0 }
    var result = 0
    for row in rowRange {
      for column in columnRange where cells[row * columns + column] { result += 1 }
    }
    return result
  }

  private func squares(under rect: Rect) -> (ClosedRange<Int>, ClosedRange<Int>)? {
    guard rect.overlap(area) > 0 else { return nil }
    let left = max(0, Int((rect.x - area.x) / Self.side))
    let right = min(columns - 1, Int((rect.right - area.x) / Self.side))
    let top = max(0, Int((rect.y - area.y) / Self.side))
    let bottom = min(rows - 1, Int((rect.bottom - area.y) / Self.side))
    return left <= right && top <= bottom ? (top...bottom, left...right) : nil
  }
}
