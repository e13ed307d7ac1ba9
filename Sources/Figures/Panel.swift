/// How the units of the two axes relate.
public enum Aspect: Sendable, Hashable {
  /// Equal for networks, otherwise free.
  case automatic
  /// Each axis fills the room there is.
  case free
  /// A unit is as long along x as along y, as on a map.
  case equal
}

/// Where the names of the series stand.
public enum LegendPlacement: Sendable, Hashable {
  /// Beside the ends of lines where they fit, otherwise in a free corner, otherwise above the plot.
  case automatic
  /// Above the plot.
  case top
  /// Nowhere.
  case hidden
}

/// A pair of axes and what is drawn between them; a figure has one or more.
public struct Panel: Sendable {
  /// The line above the panel, or nothing.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// How the axes' units relate.
  public var aspect: Aspect
  /// Where the names of the series stand.
  public var legend: LegendPlacement
  /// What is drawn, the first at the bottom.
  public var marks: [any Mark]

  /// A panel of marks.
  public init(
    _ title: String = "", x: Axis = Axis(), y: Axis = Axis(), aspect: Aspect = .automatic,
    legend: LegendPlacement = .automatic, @MarkBuilder marks: () throws -> [any Mark]
  ) rethrows {
    self.title = title
    self.x = x
    self.y = y
    self.aspect = aspect
    self.legend = legend
    self.marks = try marks()
  }
}

/// Collects the panels that stand in a figure's braces; conditions and loops are allowed.
@resultBuilder
public enum PanelBuilder {
  /// One panel.
  public static func buildExpression(_ panel: Panel) -> [Panel] { [panel] }
  /// Several panels.
  public static func buildExpression(_ panels: [Panel]) -> [Panel] { panels }
  /// All panels in their order.
  public static func buildBlock(_ parts: [Panel]...) -> [Panel] { parts.flatMap(\.self) }
  /// The panels of a condition that may not hold.
  public static func buildOptional(_ part: [Panel]?) -> [Panel] { part ?? [] }
  /// The panels of a condition's first branch.
  public static func buildEither(first part: [Panel]) -> [Panel] { part }
  /// The panels of a condition's second branch.
  public static func buildEither(second part: [Panel]) -> [Panel] { part }
  /// The panels of a loop.
  public static func buildArray(_ parts: [[Panel]]) -> [Panel] { parts.flatMap(\.self) }
}
