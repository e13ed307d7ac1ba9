/// The shape that stands for a point.
public enum Marker: Sendable, Hashable, CaseIterable {
  /// A disc.
  case circle
  /// A square on its side.
  case square
  /// A triangle that points up.
  case triangle
  /// A square on its corner.
  case diamond
  /// A triangle that points down.
  case nabla
  /// Two crossed strokes.
  case cross
  /// A circle that shows what lies inside it.
  case ring
  /// A different shape for each series of a panel.
  case automatic

  private static let shapes: [Marker] = [.circle, .square, .triangle, .diamond, .nabla, .cross]

  func resolved(_ index: Int) -> Marker {
    self == .automatic ? Self.shapes[index % Self.shapes.count] : self
  }

  /// Filled; with a thin rim in the colour of the background where the shape has room for one.
  func style(_ paint: Paint) -> Style {
    switch self {
    case .cross: Style(fill: paint)
    case .ring: Style(stroke: paint, width: 1.6)
    default: Style(fill: paint, stroke: .background, width: 0.7)
    }
  }

  /// Adds the shape to a path that is filled.
  func add(to path: inout Path, at p: Point, radius r: Double) {
    func corners(_ offsets: [(Double, Double)]) -> [Point] {
      offsets.map { Point(x: p.x + $0.0 * r, y: p.y + $0.1 * r) }
    }
    switch self {
    case .circle, .ring, .automatic:
      path.add(circle: p, radius: r)
    case .square:
      path.add(
        polyline: corners([(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)]),
        closed: true)
    case .triangle:
      path.add(polyline: corners([(0, -1.15), (1.08, 0.8), (-1.08, 0.8)]), closed: true)
    case .diamond:
      path.add(polyline: corners([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)]), closed: true)
    case .nabla:
      path.add(polyline: corners([(0, 1.15), (1.08, -0.8), (-1.08, -0.8)]), closed: true)
    case .cross:
      path.add(
        polyline: corners([
          (0, -0.4), (0.7, -1.1), (1.1, -0.7), (0.4, 0), (1.1, 0.7), (0.7, 1.1), (0, 0.4),
          (-0.7, 1.1), (-1.1, 0.7), (-0.4, 0), (-1.1, -0.7), (-0.7, -1.1),
        ]), closed: true)
    }
  }
}

extension Path {
  /// A circle of eight quadratic arcs, within 0.3 percent of the radius.
  mutating func add(circle center: Point, radius r: Double) {
    let d = 0.70710678
    let t = 0.41421356
    let on: [(Double, Double)] = [
      (1, 0), (d, d), (0, 1), (-d, d), (-1, 0), (-d, -d), (0, -1), (d, -d),
    ]
    let off: [(Double, Double)] = [
      (1, t), (t, 1), (-t, 1), (-1, t), (-1, -t), (-t, -1), (t, -1), (1, -t),
    ]
    func place(_ offset: (Double, Double)) -> Point {
      Point(x: center.x + offset.0 * r, y: center.y + offset.1 * r)
    }
    move(place(on[0]))
    for i in 0..<8 { curve(place(off[i]), place(on[(i + 1) % 8])) }
    close()
  }
}
