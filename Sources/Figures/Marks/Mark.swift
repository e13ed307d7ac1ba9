/// Something drawn in a panel.
///
/// The library's marks (``Line``, ``Scatter``, ``Bars`` …) draw themselves. A mark of your own puts
/// some of them together in its ``body``.
public protocol Mark: Sendable {
  /// The marks that this one is made of.
  @MarkBuilder var body: [any Mark] { get }
}

/// Collects the marks that stand in a panel's braces; conditions and loops are allowed.
@resultBuilder
public enum MarkBuilder {
  /// One mark.
  public static func buildExpression(_ mark: any Mark) -> [any Mark] { [mark] }
  /// Several marks.
  public static func buildExpression(_ marks: [any Mark]) -> [any Mark] { marks }
  /// All marks in their order.
  public static func buildBlock(_ parts: [any Mark]...) -> [any Mark] { parts.flatMap(\.self) }
  /// The marks of a condition that may not hold.
  public static func buildOptional(_ part: [any Mark]?) -> [any Mark] { part ?? [] }
  /// The marks of a condition's first branch.
  public static func buildEither(first part: [any Mark]) -> [any Mark] { part }
  /// The marks of a condition's second branch.
  public static func buildEither(second part: [any Mark]) -> [any Mark] { part }
  /// The marks of a loop.
  public static func buildArray(_ parts: [[any Mark]]) -> [any Mark] { parts.flatMap(\.self) }
}

/// A number that figures can show.
public protocol Plottable: Sendable {
  /// The number in double precision.
  var plotValue: Double { get }
}

extension Double: Plottable {
  /// The number itself.
  public var plotValue: Double { self }
}

extension Float: Plottable {
  /// The number in double precision.
  public var plotValue: Double { Double(self) }
}

extension Int: Plottable {
  /// The closest number in double precision.
  public var plotValue: Double { Double(self) }
}

/// A mark that draws itself.
protocol Primitive: Mark {
  /// The name for errors.
  var name: String { get }
  /// Its numbers, for the check of what can't be shown.
  var columns: [DataColumn] { get }
  /// The series that want a colour each.
  var series: [SeriesKey] { get }
  var colorScale: ColorScale? { get }
  var isDecorated: Bool { get }
  var prefersEqualAspect: Bool { get }
  /// How many points have names that look for a place beside them.
  var namedPoints: Int { get }

  func checkLengths() throws(FigureError)
  func extents(x: AxisScale, y: AxisScale) -> (x: AxisExtent, y: AxisExtent)
  func legend(_ colors: [SeriesColor]) -> [LegendEntry]
  func draw(on canvas: inout Canvas, in frame: Frame, colors: [SeriesColor])
}

extension Primitive {
  /// Nothing further: the library draws this mark itself.
  public var body: [any Mark] { [] }

  var series: [SeriesKey] { [] }
  var colorScale: ColorScale? { nil }
  /// Whether the panel gets a frame and axes, or stands free.
  var isDecorated: Bool { true }
  var prefersEqualAspect: Bool { false }
  var namedPoints: Int { 0 }
  func checkLengths() throws(FigureError) {}
  func legend(_ colors: [SeriesColor]) -> [LegendEntry] { [] }
}

extension [any Mark] {
  /// All primitives, in order. A mark that contains itself is cut off at a depth of 64.
  func primitives(depth: Int = 0) -> [any Primitive] {
    flatMap { mark -> [any Primitive] in
      if let primitive = mark as? any Primitive { return [primitive] }
      return depth < 64 ? mark.body.primitives(depth: depth + 1) : []
    }
  }
}

/// Numbers that belong to one axis, or to none.
struct DataColumn {
  enum Direction {
    case x
    case y
    case neither
  }

  var name: String
  var direction: Direction
  var values: [Double]
}

/// What decides a series' colour.
struct SeriesKey {
  var label: String
  var ink: Ink
}

/// A series' place in the palette; beyond its end lines are told apart by dashes.
struct SeriesColor: Hashable {
  var paint: Paint
  var round = 0
  var index = 0
}

/// The colours of a heat map and what they mean.
struct ColorScale {
  var map: ColorMap
  var low: Double
  var high: Double
  var label: String

  func position(_ value: Double) -> Double { high > low ? (value - low) / (high - low) : 0.5 }
}

/// One line of a legend.
struct LegendEntry: Hashable {
  enum Swatch: Hashable {
    case line(width: Double, dash: [Double], marker: Marker?)
    case box(opacity: Double)
    case marker(Marker)
    case arrow
  }

  var label: String
  var swatch: Swatch
  var color: SeriesColor
  /// The place at the right end of a line, for a label beside it.
  var lineEnd: [Double]?
}

/// Text that finds its own free place beside a point.
struct PointLabel {
  var text: String
  var point: Point
  var radius: Double
  var paint: Paint
  var bold = false
  /// The places to try, the first the best; those around the point where empty.
  var places: [Rect] = []
}

/// What marks draw on.
struct Canvas {
  /// Cut to the plot's area.
  var marks = Markup()
  /// Markers above the lines, not cut where they stand on the edge.
  var overlayMarks = Markup()
  /// Above everything, not cut.
  var overlay = Markup()
  var occupancy: Occupancy
  /// Labels still without a place.
  var labels: [PointLabel] = []
  /// Areas that labels keep clear of.
  var obstacles: [Rect] = []
  /// What marks stand on: the background, or a heat map, which is light in dark surroundings too.
  let isHeatMap: Bool

  init(_ area: Rect, isHeatMap: Bool) {
    occupancy = Occupancy(area)
    self.isHeatMap = isHeatMap
  }

  /// A paint as it is to be on what marks stand on.
  func paint(_ paint: Paint) -> Paint { isHeatMap ? paint.onHeatMap : paint }
}
