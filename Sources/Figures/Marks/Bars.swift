/// Bars from zero (or, on a logarithmic axis, from its lower end), one group for each category.
///
/// ```swift
/// Bars(["a", "b"], [
///   .init("perturbed", [0.4, 0.6], errors: [0.01, 0.01]),
///   .init("softmax", [0.41, 0.59]),
/// ])
/// ```
public struct Bars: Primitive {
  /// The bars of one colour.
  public struct Series: Sendable {
    let label: String
    let values: [Double]
    let errors: [Double]?
    let ink: Ink

    /// One value for each category, and ± its error where given.
    public init(
      _ label: String = "", _ values: some Sequence<some Plottable>, errors: [Double]? = nil,
      ink: Ink = .automatic
    ) {
      self.label = label
      self.values = values.map(\.plotValue)
      self.errors = errors
      self.ink = ink
    }
  }

  /// Which way bars grow.
  public enum Orientation: Sendable, Hashable {
    /// Up, the categories side by side.
    case vertical
    /// To the right, the categories below each other from the top.
    case horizontal
  }

  private let categories: [String]
  private let groups: [Series]
  private let orientation: Orientation
  private let valueLabels: [[String]]?
  private static let labelSize = 10.5

  /// Bars for several series beside each other in each category.
  ///
  /// With `showsValues` each bar carries its value, to `digits` significant digits.
  public init(
    _ categories: [String], _ series: [Series], orientation: Orientation = .vertical,
    showsValues: Bool = false, digits: Int = 3
  ) {
    self.categories = categories
    self.groups = series
    self.orientation = orientation
    valueLabels =
      showsValues
      ? series.map { $0.values.map { NumberText.significant($0, digits: digits) } } : nil
  }

  /// Bars of one colour.
  public init(
    _ categories: [String], _ values: some Sequence<some Plottable>, errors: [Double]? = nil,
    label: String = "", ink: Ink = .automatic, orientation: Orientation = .vertical,
    showsValues: Bool = false, digits: Int = 3
  ) {
    self.init(
      categories, [Series(label, values, errors: errors, ink: ink)], orientation: orientation,
      showsValues: showsValues, digits: digits)
  }

  private func name(_ group: Series) -> String {
    group.label.isEmpty ? "bars" : "bars “\(group.label)”"
  }

  var name: String { "bars" }
  var series: [SeriesKey] { groups.map { SeriesKey(label: $0.label, ink: $0.ink) } }

  var columns: [DataColumn] {
    groups.map {
      DataColumn(
        name: name($0), direction: orientation == .vertical ? .y : .x, values: $0.values)
    }
  }

  func checkLengths() throws(FigureError) {
    for group in groups {
      try checkLength(name(group), "values", group.values, categories.count)
      try checkLength(name(group), "errors", group.errors, categories.count)
    }
  }

  func extents(x: AxisScale, y: AxisScale) -> (x: AxisExtent, y: AxisExtent) {
    let scale = orientation == .vertical ? y : x
    var values = AxisExtent()
    values.startsAtZero = true
    values.stopsAtZero = true
    values.padding = 0.05
    for group in groups {
      for value in group.values where scale.places(value) { values.bounds.include(value) }
      includeErrors(group.errors, group.values, scale, &values)
    }
    if let valueLabels {
      values.textRoom =
        orientation == .vertical
        ? Self.labelSize + 6
        : 10 + (valueLabels.joined().map { TextMetrics.width($0, size: Self.labelSize) }.max() ?? 0)
    }
    var names = AxisExtent()
    names.categories = categories
    return orientation == .vertical ? (names, values) : (values, names)
  }

  func legend(_ colors: [SeriesColor]) -> [LegendEntry] {
    zip(groups, colors).compactMap { group, color in
      group.label.isEmpty
        ? nil : LegendEntry(label: group.label, swatch: .box(opacity: 1), color: color)
    }
  }

  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor]) {
    let count = Double(max(groups.count, 1))
    let part = 0.74 / count
    for (groupIndex, group) in groups.enumerated() {
      let offset = (Double(groupIndex) - (count - 1) / 2) * part
      var positions: [Double] = []
      for (index, value) in group.values.enumerated() {
        positions.append(Double(index) + offset)
        drawBar(
          value, at: Double(index) + offset, halfWidth: part * 0.46,
          paint: colors[groupIndex].paint,
          title: title(group, index), label: valueLabels?[groupIndex][index],
          error: group.errors?[index] ?? 0, on: &canvas, in: frame)
      }
      if let errors = group.errors {
        let isVertical = orientation == .vertical
        drawErrorBars(
          x: isVertical ? positions : group.values, y: isVertical ? group.values : positions,
          errors: errors, paint: .ink, horizontal: !isVertical, on: &canvas, in: frame)
      }
    }
  }

  private func title(_ group: Series, _ index: Int) -> String {
    let value = NumberText.significant(group.values[index], digits: 6)
    return [categories[index], group.label].filter { !$0.isEmpty }.joined(separator: ", ") + ": "
      + value
  }

  private func drawBar(
    _ value: Double, at position: Double, halfWidth: Double, paint: Paint, title: String,
    label: String?, error: Double, on canvas: inout Canvas, in frame: Frame
  ) {
    let isVertical = orientation == .vertical
    let axis = isVertical ? frame.y : frame.x
    guard axis.places(value) else { return }
    let base = axis.scale == .logarithmic || !(axis.low...axis.high).contains(0) ? axis.low : 0
    let (a, b) = (axis(base), axis(value))
    let rect: Rect
    if isVertical {
      let (left, right) = (frame.x(position - halfWidth), frame.x(position + halfWidth))
      rect = Rect(x: left, y: min(a, b), width: right - left, height: abs(b - a))
    } else {
      let (top, bottom) = (frame.y(position - halfWidth), frame.y(position + halfWidth))
      rect = Rect(x: min(a, b), y: top, width: abs(b - a), height: bottom - top)
    }
    canvas.marks.rect(rect, Style(fill: paint), title: title)
    canvas.occupancy.insert(rect)
    guard let label else { return }
    let isDown = value < base
    let reach = error.isFinite ? abs(error) : 0
    let last = isDown ? value - reach : value + reach
    let end = axis.places(last) ? axis(last) : b
    let size = Self.labelSize
    let width = TextMetrics.width(label, size: size)
    let place: Point
    let anchor: TextAnchor
    if isVertical {
      place = Point(x: rect.center.x, y: isDown ? end + size + 2 : end - 4)
      anchor = .middle
      canvas.occupancy.insert(
        Rect(x: place.x - width / 2, y: place.y - size, width: width, height: size))
    } else {
      place = Point(x: isDown ? end - 5 : end + 5, y: rect.center.y + size * 0.36)
      anchor = isDown ? .end : .start
      canvas.occupancy.insert(
        Rect(
          x: isDown ? place.x - width : place.x, y: place.y - size, width: width, height: size))
    }
    canvas.overlay.text(label, at: place, size: size, anchor: anchor, paint: .dim)
  }
}
