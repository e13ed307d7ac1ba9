/// The room around a plot.
struct Margins: Hashable {
  var left = 0.0
  var top = 0.0
  var right = 0.0
  var bottom = 0.0

  /// The larger of both on each side.
  func union(_ other: Margins) -> Margins {
    Margins(
      left: max(left, other.left), top: max(top, other.top), right: max(right, other.right),
      bottom: max(bottom, other.bottom))
  }
}

/// Where a panel's legend goes.
enum LegendMode: Hashable {
  case none
  case beside
  case inside
  case top
}

/// A panel whose marks have their colours and whose axes know their data.
struct PanelContent {
  static let tickSize = 11.0
  static let labelSize = 12.0
  static let titleSize = 13.0
  static let legendRow = 17.0

  var panel: Panel
  var primitives: [any Primitive]
  var colors: [[SeriesColor]]
  var x = AxisExtent()
  var y = AxisExtent()
  var legend: [LegendEntry] = []

  init(_ panel: Panel, _ primitives: [any Primitive], _ colors: [[SeriesColor]]) {
    self.panel = panel
    self.primitives = primitives
    self.colors = colors
    for primitive in primitives {
      let extents = primitive.extents(x: panel.x.scale, y: panel.y.scale)
      x.include(extents.x)
      y.include(extents.y)
    }
    if panel.legend != .hidden {
      for (primitive, colors) in zip(primitives, colors) {
        for entry in primitive.legend(colors)
        where !legend.contains(where: { $0.label == entry.label && $0.color == entry.color }) {
          legend.append(entry)
        }
      }
    }
    if x.bounds.isEmpty, y.bounds.isEmpty { return }
    // Cells fill the plot to its edges.
    if colorScale != nil {
      x.padding = 0
      y.padding = 0
      x.isSequence = false
      y.isSequence = false
      y.stopsAtZero = false
    }
  }

  var isDecorated: Bool { primitives.isEmpty || primitives.contains { $0.isDecorated } }
  var colorScale: ColorScale? { primitives.lazy.compactMap(\.colorScale).first }
  var hasXAxis: Bool { isDecorated && panel.x.isVisible }
  var hasYAxis: Bool { isDecorated && panel.y.isVisible }

  private var isEqual: Bool {
    guard panel.x.scale == .linear, panel.y.scale == .linear, x.categories.isEmpty,
      y.categories.isEmpty
    else { return false }
    switch panel.aspect {
    case .equal: return true
    case .free: return false
    case .automatic:
      return !primitives.isEmpty && primitives.allSatisfy { $0.prefersEqualAspect }
    }
  }

  /// The axes in the room there is.
  func frame(in room: Rect) -> Frame {
    var area = room
    var (xLow, xHigh) = x.domain(panel.x, length: area.width)
    var (yLow, yHigh) = y.domain(panel.y, length: area.height)
    if isEqual {
      let xUnit = area.width / (xHigh - xLow)
      let yUnit = area.height / (yHigh - yLow)
      let unit = min(xUnit, yUnit)
      if colorScale == nil, panel.x.range == nil, panel.y.range == nil {
        let xMore = (area.width / unit - (xHigh - xLow)) / 2
        let yMore = (area.height / unit - (yHigh - yLow)) / 2
        (xLow, xHigh) = (xLow - xMore, xHigh + xMore)
        (yLow, yHigh) = (yLow - yMore, yHigh + yMore)
      } else {
        let width = (xHigh - xLow) * unit
        let height = (yHigh - yLow) * unit
        area = Rect(
          x: room.center.x - width / 2, y: room.center.y - height / 2, width: width,
          height: height)
      }
    }
    // Categories run from the top.
    let isFlipped = !y.categories.isEmpty
    return Frame(
      area: area,
      x: Projection(
        scale: x.categories.isEmpty ? panel.x.scale : .linear, low: xLow, high: xHigh,
        start: area.x, end: area.right),
      y: Projection(
        scale: y.categories.isEmpty ? panel.y.scale : .linear, low: yLow, high: yHigh,
        start: isFlipped ? area.y : area.bottom, end: isFlipped ? area.bottom : area.y))
  }

  private func ticks(_ projection: Projection, target: Int) -> [Tick] {
    projection.scale == .linear
      ? Ticks.linear(from: projection.low, to: projection.high, target: target)
      : Ticks.logarithmic(from: projection.low, to: projection.high, target: target)
  }

  /// As many as fit side by side.
  func xTicks(_ frame: Frame) -> [Tick] {
    guard x.categories.isEmpty else { return Self.categoryTicks(x.categories) }
    var target = max(2, min(12, Int(frame.area.width / 46)))
    while true {
      let ticks = ticks(frame.x, target: target)
      let labelled = ticks.compactMap { tick in
        tick.label.map { (frame.x(tick.value), TextMetrics.width($0, size: Self.tickSize)) }
      }
      let fits = zip(labelled, labelled.dropFirst()).allSatisfy {
        $1.0 - $0.0 >= ($0.1 + $1.1) / 2 + 8
      }
      if fits || target <= 1 { return ticks }
      target -= 1
    }
  }

  func yTicks(_ frame: Frame) -> [Tick] {
    guard y.categories.isEmpty else { return Self.categoryTicks(y.categories) }
    return ticks(frame.y, target: max(2, min(10, Int(frame.area.height / 31))))
  }

  private static func categoryTicks(_ names: [String]) -> [Tick] {
    names.enumerated().map { Tick(value: Double($0), label: NumberLabel($1)) }
  }

  /// How the names of categories stand under the axis.
  enum CategoryForm: Hashable {
    case line
    case wrapped(lines: Int)
    case slanted
  }

  func categoryForm(_ frame: Frame) -> CategoryForm {
    let room = frame.area.width / Double(max(x.categories.count, 1)) - 4
    let size = Self.tickSize
    if x.categories.allSatisfy({ TextMetrics.width($0, size: size) <= room }) { return .line }
    let wrapped = x.categories.map { TextMetrics.wrap($0, width: room, size: size) }
    let count = wrapped.map(\.count).max() ?? 1
    if count <= 3,
      wrapped.joined().allSatisfy({ TextMetrics.width($0, size: size) <= room })
    {
      return .wrapped(lines: count)
    }
    return .slanted
  }

  /// Names that would take more than this are cut in slanted form.
  static let longestSlanted = 130.0

  private func tickHeight(_ frame: Frame) -> Double {
    guard !x.categories.isEmpty else { return 20 }
    switch categoryForm(frame) {
    case .line: return 20
    case .wrapped(let lines): return 7 + Double(lines) * 13
    case .slanted:
      let longest = x.categories.map { TextMetrics.width($0, size: Self.tickSize) }.max() ?? 0
      return 14 + min(longest, Self.longestSlanted) * 0.643
    }
  }

  /// The place of the horizontal axis' label below the plot.
  func captionDrop(_ frame: Frame) -> Double { tickHeight(frame) + 15 }

  /// The place of the vertical axis' label left of the plot.
  func captionShift(_ frame: Frame) -> Double {
    (yTicks(frame).compactMap { $0.label.map { TextMetrics.width($0, size: Self.tickSize) } }
      .max() ?? 0) + 16
  }

  func titleLines(width: Double) -> [String] {
    TextMetrics.wrap(panel.title, width: width, size: Self.titleSize, bold: true)
  }

  /// Ticks and plot depend on each other: three rounds settle them.
  func margins(in cell: Rect, mode: LegendMode) -> Margins {
    guard isDecorated else {
      let titles = Double(titleLines(width: cell.width).count) * 17
      return Margins(left: 4, top: titles + 4, right: 4, bottom: 4)
    }
    var margins = Margins(left: 50, top: 10, right: 14, bottom: 40)
    for _ in 0..<3 {
      let frame = frame(in: cell.inset(margins.left, margins.top, margins.right, margins.bottom))
      var next = Margins(left: 6, top: 8, right: 10, bottom: 6)
      next.top += Double(titleLines(width: frame.area.width).count) * 17
      if mode == .top {
        next.top += Double(legendRows(legend, width: frame.area.width).count) * Self.legendRow + 3
      }
      if hasYAxis {
        next.left = captionShift(frame) - 4 + (panel.y.caption.isEmpty ? 0 : 18)
      }
      if hasXAxis {
        next.bottom = tickHeight(frame) + (panel.x.caption.isEmpty ? 2 : 20)
        for tick in xTicks(frame) where x.categories.isEmpty {
          guard let label = tick.label else { continue }
          let half = TextMetrics.width(label, size: Self.tickSize) / 2
          let place = frame.x(tick.value)
          next.right = max(next.right, place + half - frame.area.right + 2)
          next.left = max(next.left, frame.area.x - place + half + 2)
        }
        if !x.categories.isEmpty, categoryForm(frame) == .slanted {
          for (index, category) in x.categories.enumerated() {
            let width = min(
              TextMetrics.width(category, size: Self.tickSize), Self.longestSlanted)
            let reach = width * 0.766 + 4 - (frame.x(Double(index)) - frame.area.x)
            next.left = max(next.left, reach)
          }
        }
      }
      if let colorScale { next.right += colorBarWidth(colorScale, frame) }
      if mode == .beside { next.right = max(next.right, besideWidth) }
      // A plot keeps some room, whatever the labels say.
      next.left = min(next.left, cell.width * 0.5)
      next.right = min(next.right, cell.width * 0.45)
      next.bottom = min(next.bottom, cell.height * 0.5)
      next.top = min(next.top, cell.height * 0.45)
      margins = next
    }
    return margins
  }
}
