/// Axes that all panels of a figure have in common.
public struct SharedAxes: OptionSet, Sendable, Hashable {
  /// The axes as bits.
  public let rawValue: Int

  /// Axes from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// One range for the horizontal axes.
  public static let x = SharedAxes(rawValue: 1)
  /// One range for the vertical axes.
  public static let y = SharedAxes(rawValue: 2)
  /// One range for each direction.
  public static let both: SharedAxes = [.x, .y]
}

/// A picture of one panel or several, written as SVG.
///
/// ```swift
/// let figure = Figure("Loss", x: "step", y: .logarithmic("loss")) {
///   Line(y: losses, label: "gradient descent")
///   Line(y: adamLosses, label: "Adam")
/// }
/// try figure.write(to: "loss.svg")
/// ```
///
/// The file follows the reader's light or dark surroundings where the renderer knows CSS, and is
/// light elsewhere. Equal figures give equal bytes.
public struct Figure: Sendable {
  /// The headline, or nothing.
  public var title: String
  /// A second, quieter line, say for σ and N.
  public var subtitle: String
  /// What the picture shows, for those who can't see it; made from the labels where empty.
  public var summary: String
  /// The width in pixels.
  public var width: Double
  /// The height in pixels.
  public var height: Double
  /// The panels side by side in a row; where nil, up to three.
  public var columns: Int?
  /// The axes that all panels have in common.
  public var sharedAxes: SharedAxes
  /// What becomes of numbers that can't be shown.
  public var missing: MissingData
  /// The panels, row by row.
  public var panels: [Panel]

  /// A figure of one panel.
  public init(
    _ title: String = "", subtitle: String = "", x: Axis = Axis(), y: Axis = Axis(),
    aspect: Aspect = .automatic, legend: LegendPlacement = .automatic, width: Double = 640,
    height: Double = 400, summary: String = "", missing: MissingData = .gap,
    @MarkBuilder marks: () throws -> [any Mark]
  ) rethrows {
    self.title = title
    self.subtitle = subtitle
    self.summary = summary
    self.width = width
    self.height = height
    self.columns = 1
    self.sharedAxes = []
    self.missing = missing
    panels = [try Panel(x: x, y: y, aspect: aspect, legend: legend, marks: marks)]
  }

  /// A figure of several panels in rows; where `columns` is nil, of up to three.
  @_disfavoredOverload
  public init(
    _ title: String = "", subtitle: String = "", columns: Int? = nil, sharedAxes: SharedAxes = [],
    width: Double = 900, height: Double = 340, summary: String = "", missing: MissingData = .gap,
    @PanelBuilder panels: () throws -> [Panel]
  ) rethrows {
    self.title = title
    self.subtitle = subtitle
    self.summary = summary
    self.width = width
    self.height = height
    self.columns = columns
    self.sharedAxes = sharedAxes
    self.missing = missing
    self.panels = try panels()
  }
}
