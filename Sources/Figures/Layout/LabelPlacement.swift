/// Places for names beside points.
enum LabelPlacement {
  static let size = 10.5

  /// Draws each label at the first of several places around its point that keeps clear of points,
  /// lines and the labels before it; those with the most neighbours choose first. One without a
  /// place that is nearly free is left out.
  ///
  /// - Complexity: O(n²) for n labels
  static func place(
    _ canvas: Canvas, within bounds: Rect, to markup: inout Markup
  ) {
    let labels = canvas.labels
    let neighbours = labels.map { label in
      labels.count { ($0.point - label.point).length < 45 }
    }
    let order = labels.indices.sorted {
      neighbours[$0] == neighbours[$1] ? $0 < $1 : neighbours[$0] > neighbours[$1]
    }
    var taken = canvas.obstacles
    for index in order {
      let label = labels[index]
      let width = TextMetrics.width(label.text, size: size, bold: label.bold)
      var best: (cost: Double, box: Rect, distance: Double)?
      for (rank, candidate) in candidates(label, width: width).enumerated() {
        guard bounds.contains(candidate.box) else { continue }
        let touched = taken.reduce(0.0) { $0 + $1.overlap(candidate.box) }
        let lines = Double(canvas.occupancy.count(in: candidate.box))
        let cost = touched * 10 + lines * 3 + Double(rank) * 0.5
        if best.map({ cost < $0.cost }) ?? true {
          best = (cost, candidate.box, candidate.distance)
        }
      }
      // A line's label always has its line; a point's one may be left out where it would be on
      // others.
      guard let best, best.cost < 90 || !label.places.isEmpty else { continue }
      taken.append(best.box.expanded(by: 1))
      draw(label, in: best.box, isFar: best.distance > 6, to: &markup)
    }
  }

  private static func candidates(_ label: PointLabel, width: Double)
    -> [(box: Rect, distance: Double)]
  {
    guard label.places.isEmpty else { return label.places.map { ($0, 0) } }
    let height = size + 1.5
    var result: [(box: Rect, distance: Double)] = []
    for distance in [3.0, 11, 20] {
      let reach = label.radius + distance
      let p = label.point
      let near = reach * 0.7
      let places = [
        (p.x + reach, p.y - height / 2), (p.x - reach - width, p.y - height / 2),
        (p.x - width / 2, p.y - reach - height + 1), (p.x - width / 2, p.y + reach - 1),
        (p.x + near, p.y - near - height + 2), (p.x + near, p.y + near - 2),
        (p.x - near - width, p.y - near - height + 2), (p.x - near - width, p.y + near - 2),
      ]
      for (x, y) in places {
        result.append((Rect(x: x, y: y, width: width, height: height), distance))
      }
    }
    return result
  }

  private static func draw(
    _ label: PointLabel, in box: Rect, isFar: Bool, to markup: inout Markup
  ) {
    if isFar {
      // From the rim of the point to the nearest place of the text.
      let target = Point(
        x: min(max(label.point.x, box.x), box.right), y: min(max(label.point.y, box.y), box.bottom))
      let direction = (target - label.point).unit
      markup.line(
        label.point + direction * (label.radius + 1), target, Style(stroke: .axis, width: 0.8))
    }
    markup.text(
      label.text, at: Point(x: box.x, y: box.y + size * 0.86), size: size, paint: label.paint,
      bold: label.bold)
  }
}
