/// Escapes text for XML and HTML, in content and in quoted attributes alike; characters that XML
/// 1.0 has no place for become U+FFFD.
package func escapedMarkup(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
    case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// How a shape is filled and drawn.
struct Style {
  var fill: Paint?
  var stroke: Paint?
  var width = 1.0
  var dash: [Double] = []
  var opacity = 1.0
  /// Further attributes, written as they are.
  var extra = ""

  var attributes: String {
    var text = " fill=\"\(fill?.light.hex ?? "none")\""
    var classes: [String] = []
    if let role = fill?.role { classes.append("fgf-" + role) }
    if let stroke {
      text += " stroke=\"\(stroke.light.hex)\""
      if width != 1 { text += " stroke-width=\"\(NumberText.coordinate(width))\"" }
      if !dash.isEmpty {
        let parts = dash.map(NumberText.coordinate).joined(separator: " ")
        text += " stroke-dasharray=\"\(parts)\""
      }
      if let role = stroke.role { classes.append("fgs-" + role) }
    }
    if opacity < 1 { text += " opacity=\"\(NumberText.coordinate(opacity))\"" }
    if !classes.isEmpty { text += " class=\"\(classes.joined(separator: " "))\"" }
    return text + (extra.isEmpty ? "" : " " + extra)
  }
}

/// Where text stands relative to its point.
enum TextAnchor: String {
  case start
  case middle
  case end
}

/// SVG elements, appended one after the other.
struct Markup {
  private(set) var text = ""

  mutating func raw(_ markup: String) { text += markup + "\n" }

  mutating func append(_ other: Markup) { text += other.text }

  mutating func rect(_ rect: Rect, _ style: Style, radius: Double = 0, title: String? = nil) {
    var element = "<rect x=\"\(n(rect.x))\" y=\"\(n(rect.y))\" width=\"\(n(rect.width))\""
    element += " height=\"\(n(rect.height))\""
    if radius > 0 { element += " rx=\"\(n(radius))\"" }
    close(element + style.attributes, "rect", title)
  }

  mutating func circle(_ center: Point, radius: Double, _ style: Style, title: String? = nil) {
    let element = "<circle cx=\"\(n(center.x))\" cy=\"\(n(center.y))\" r=\"\(n(radius))\""
    close(element + style.attributes, "circle", title)
  }

  mutating func line(_ a: Point, _ b: Point, _ style: Style) {
    var element = "<line x1=\"\(n(a.x))\" y1=\"\(n(a.y))\" x2=\"\(n(b.x))\" y2=\"\(n(b.y))\""
    element += style.attributes
    close(element, "line", nil)
  }

  mutating func path(_ path: Path, _ style: Style, title: String? = nil) {
    guard !path.data.isEmpty else { return }
    close("<path d=\"\(path.data)\"" + style.attributes, "path", title)
  }

  /// One line of text; y is that of the baseline.
  mutating func text(
    _ label: NumberLabel, at point: Point, size: Double, anchor: TextAnchor = .start,
    paint: Paint = .ink, bold: Bool = false, rotation: Double = 0, hidden: Bool = false
  ) {
    guard !label.text.isEmpty else { return }
    var element = "<text x=\"\(n(point.x))\" y=\"\(n(point.y))\" font-size=\"\(n(size))\""
    if anchor != .start { element += " text-anchor=\"\(anchor.rawValue)\"" }
    if bold { element += " font-weight=\"600\"" }
    if rotation != 0 {
      element += " transform=\"rotate(\(n(rotation)) \(n(point.x)) \(n(point.y)))\""
    }
    if hidden { element += " aria-hidden=\"true\"" }
    element += Style(fill: paint).attributes + ">" + escapedMarkup(label.text)
    if let exponent = label.exponent {
      let raised = TextMetrics.exponentText(exponent)
      element +=
        "<tspan dy=\"\(n(-size * 0.38))\" font-size=\"\(n(size * 0.72))\">\(raised)</tspan>"
    }
    text += element + "</text>\n"
  }

  mutating func text(
    _ string: String, at point: Point, size: Double, anchor: TextAnchor = .start,
    paint: Paint = .ink, bold: Bool = false, rotation: Double = 0
  ) {
    text(
      NumberLabel(string), at: point, size: size, anchor: anchor, paint: paint, bold: bold,
      rotation: rotation)
  }

  private mutating func close(_ element: String, _ name: String, _ title: String?) {
    text += element
    text += title.map { "><title>\(escapedMarkup($0))</title></\(name)>\n" } ?? "/>\n"
  }

  private func n(_ value: Double) -> String { NumberText.coordinate(value) }
}

/// The data of an SVG path.
struct Path {
  private(set) var data = ""

  init() {}

  init(polyline points: [Point], closed: Bool = false) {
    add(polyline: points, closed: closed)
  }

  mutating func move(_ p: Point) { data += "M" + pair(p) }
  mutating func line(_ p: Point) { data += "L" + pair(p) }
  mutating func curve(_ control: Point, _ end: Point) {
    data += "Q" + pair(control) + " " + pair(end)
  }
  mutating func cubic(_ first: Point, _ second: Point, _ end: Point) {
    data += "C" + pair(first) + " " + pair(second) + " " + pair(end)
  }
  mutating func close() { data += "Z" }

  mutating func add(polyline points: [Point], closed: Bool = false) {
    guard let first = points.first else { return }
    move(first)
    for point in points.dropFirst() { line(point) }
    if closed { close() }
  }

  /// A point that a stroke with round ends shows as a disc.
  mutating func dot(_ p: Point) { data += "M" + pair(p) + "h.01" }

  private func pair(_ p: Point) -> String {
    NumberText.coordinate(p.x) + " " + NumberText.coordinate(p.y)
  }
}
