extension Network {
  private static let fontSize = 11.5

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    let places = nodes.map { frame($0.x, $0.y) }
    let radius = radius(places)
    let highlight = colors[0].paint
    var routes: [Route?] = []
    let pairs = Set(edges.map { [$0.from, $0.to] })
    for edge in edges {
      let isTwoWay = isDirected && pairs.contains([edge.to, edge.from])
      routes.append(route(edge, places, radius, isTwoWay: isTwoWay, in: frame.area))
    }
    // Highlighted edges lie on top.
    for pass in [false, true] {
      for (edge, route) in zip(edges, routes) where edge.isHighlighted == pass {
        guard let route else { continue }
        draw(edge, along: route, highlight, on: &canvas)
      }
    }
    drawNodes(places, radius, highlight, on: &canvas)
    drawLabels(routes, places, radius, highlight, on: &canvas)
  }

  /// All alike: as large as the distance of the closest two allows, from 7 to 16 pixels.
  private func radius(_ places: [Point?]) -> Double {
    var closest = Double.infinity
    let points = places.compactMap(\.self)
    guard points.count <= 500 else { return 4 }
    for (index, a) in points.enumerated() {
      for b in points[(index + 1)...] where a != b { closest = min(closest, (a - b).length) }
    }
    return min(16, max(7, closest * 0.17))
  }

  private func width(_ edge: Edge) -> Double {
    guard let weight = edge.weight, weight.isFinite else { return edge.isHighlighted ? 3.4 : 1.3 }
    let largest = maximumWeight ?? edges.compactMap(\.weight).filter(\.isFinite).max() ?? 0
    return 0.6 + 7.4 * (largest > 0 ? min(1, max(0, weight / largest)) : 0)
  }

  private func headLength(_ edge: Edge) -> Double { isDirected ? 6 + width(edge) * 1.25 : 0 }

  /// From rim to rim; curved to the left where there's an edge the other way, and around nodes that
  /// are in the way.
  private func route(
    _ edge: Edge, _ places: [Point?], _ radius: Double, isTwoWay: Bool, in area: Rect
  ) -> Route? {
    guard let a = places[edge.from], let b = places[edge.to] else { return nil }
    if edge.from == edge.to { return Route(loopAt: a, radius: radius) }
    let span = (b - a).length
    guard span > 0 else { return nil }
    let small = min(0.13 * span, 28)
    let bends =
      isTwoWay
      ? [small, small * 1.8, small * 2.6]
      : [0, small, -small, small * 1.8, -small * 1.8, small * 2.6, -small * 2.6]
    var best: (cost: Double, route: Route)?
    for bend in bends {
      let route = Route(from: a, to: b, bend: bend, radius: radius)
      var cost = bend.magnitude * 0.1
      for (index, place) in places.enumerated() where index != edge.from && index != edge.to {
        guard let place else { continue }
        let distance = route.samples.map { ($0 - place).length }.min() ?? .infinity
        cost += max(0, radius + 6 - distance) * 4
      }
      let inside = area.expanded(by: -4)
      cost += 20 * Double(route.samples.count { !inside.contains($0) })
      if best.map({ cost < $0.cost - 1e-9 }) ?? true { best = (cost, route) }
    }
    return best?.route
  }

  private func draw(
    _ edge: Edge, along route: Route, _ highlight: Paint, on canvas: inout Canvas
  ) {
    let width = width(edge)
    let head = headLength(edge)
    let paint: Paint = edge.isHighlighted ? highlight : .muted
    let tip = route.end
    let direction = (tip - (route.secondControl ?? route.control)).unit
    let neck = tip - direction * (head * 0.8)
    var path = Path()
    if let second = route.secondControl {
      path.move(route.start)
      path.cubic(route.control, second, neck)
    } else {
      path.move(route.start)
      path.curve(route.control, neck)
    }
    let names = nodes[edge.from].name + (isDirected ? " → " : " – ") + nodes[edge.to].name
    var title = names
    if let weight = edge.weight {
      title += ": " + NumberText.significant(weight)
    } else if !edge.label.isEmpty {
      title += ": " + edge.label
    }
    canvas.marks.path(path, Style(stroke: paint, width: width), title: title)
    if isDirected {
      let side = direction.normal * (head * 0.42)
      let back = tip - direction * head
      canvas.marks.path(
        Path(polyline: [tip, back + side, back - side], closed: true), Style(fill: paint))
    }
    canvas.occupancy.insert(polyline: (0...24).map { route.point(Double($0) / 24) })
  }

  private func drawNodes(
    _ places: [Point?], _ radius: Double, _ highlight: Paint, on canvas: inout Canvas
  ) {
    for (node, place) in zip(nodes, places) {
      guard let place else { continue }
      let size = Self.fontSize
      let fits = TextMetrics.width(node.name, size: size, bold: true) <= radius * 2 - 3
      let shown = fits ? radius : min(radius, 7)
      let style =
        node.isHighlighted
        ? Style(fill: highlight, stroke: highlight, width: 1.6)
        : Style(fill: .background, stroke: .dim, width: 1.6)
      canvas.overlay.circle(place, radius: shown, style, title: node.name)
      let box = Rect(x: place.x, y: place.y, width: 0, height: 0).expanded(by: shown)
      canvas.obstacles.append(box)
      canvas.occupancy.insert(box)
      if fits {
        canvas.overlay.text(
          node.name, at: Point(x: place.x, y: place.y + size * 0.36), size: size, anchor: .middle,
          paint: node.isHighlighted ? .background : .ink, bold: true)
      } else if !node.name.isEmpty {
        canvas.labels.append(
          PointLabel(
            text: node.name, point: place, radius: shown, paint: .ink, bold: node.isHighlighted))
      }
    }
  }

  /// Each on its edge, at the place along it that is freest of other labels, nodes and edges.
  private func drawLabels(
    _ routes: [Route?], _ places: [Point?], _ radius: Double, _ highlight: Paint,
    on canvas: inout Canvas
  ) {
    let size = 10.5
    var taken = canvas.obstacles.map { $0.expanded(by: 2) }
    for (index, edge) in edges.enumerated() where !edge.label.isEmpty {
      guard let route = routes[index] else { continue }
      let width = TextMetrics.width(edge.label, size: size, bold: edge.isHighlighted)
      var best: (cost: Double, box: Rect)?
      for (rank, part) in [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73].enumerated() {
        let center = route.point(part)
        let box = Rect(
          x: center.x - width / 2 - 2.5, y: center.y - 7, width: width + 5, height: 14)
        var cost = Double(rank) * 2 + taken.reduce(0) { $0 + $1.overlap(box) } * 4
        for (other, otherRoute) in routes.enumerated() where other != index {
          guard let otherRoute else { continue }
          cost += Double(otherRoute.samples.count { box.contains($0) }) * 6
        }
        if best.map({ cost < $0.cost }) ?? true { best = (cost, box) }
      }
      guard let box = best?.box else { continue }
      taken.append(box)
      canvas.obstacles.append(box)
      canvas.overlay.rect(box, Style(fill: .background, opacity: 0.92), radius: 3)
      canvas.overlay.text(
        edge.label, at: Point(x: box.center.x, y: box.center.y + size * 0.36), size: size,
        anchor: .middle, paint: edge.isHighlighted ? highlight : .dim, bold: edge.isHighlighted)
    }
  }
}

/// The curve of an edge.
private struct Route {
  var start: Point
  var control: Point
  var secondControl: Point?
  var end: Point
  private(set) var samples: [Point] = []

  /// From node to node, its middle off the straight line by the bend.
  init(from a: Point, to b: Point, bend: Double, radius: Double) {
    control = (a + b) * 0.5 + (b - a).unit.normal * bend * 2
    // The rims are met on the way to the control point: close enough for gentle bends.
    start = a + (control - a).unit * (radius + 1)
    end = b + (control - b).unit * (radius + 2)
    samples = (0...24).map { point(Double($0) / 24) }
  }

  /// A loop above a node.
  init(loopAt center: Point, radius: Double) {
    start = center + Point(x: -0.5, y: -0.9) * radius
    control = center + Point(x: -2.2, y: -3.4) * radius
    secondControl = center + Point(x: 2.2, y: -3.4) * radius
    end = center + Point(x: 0.5, y: -0.9) * radius
    samples = (0...24).map { point(Double($0) / 24) }
  }

  func point(_ t: Double) -> Point {
    let s = 1 - t
    if let secondControl {
      return start * (s * s * s) + control * (3 * s * s * t) + secondControl * (3 * s * t * t)
        + end * (t * t * t)
    }
    return start * (s * s) + control * (2 * s * t) + end * (t * t)
  }
}
