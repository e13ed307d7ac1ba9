/// How numbers are laid along an axis.
public enum AxisScale: Sendable, Hashable {
  /// Equal differences take equal lengths.
  case linear
  /// Equal ratios take equal lengths; numbers that aren't positive have no place.
  case logarithmic

  func places(_ value: Double) -> Bool {
    value.magnitude <= 1e300 && (self == .linear || value >= 1e-300)
  }
}

/// One axis of a panel: its label, scale and range.
public struct Axis: Sendable, Hashable {
  /// What is shown along the axis.
  public var label: String
  /// The unit, which follows the label in parentheses.
  public var unit: String
  /// Linear or logarithmic.
  public var scale: AxisScale
  /// The numbers at both ends; from the data where nil. A range that the scale has no place for is
  /// left out.
  public var range: ClosedRange<Double>?
  /// Whether lines cross the panel at the ticks.
  public var showsGrid: Bool
  /// Whether the axis line, ticks and labels are drawn.
  public var isVisible: Bool

  /// An axis with a label; linear and fitted to the data unless told otherwise.
  public init(
    _ label: String = "", unit: String = "", scale: AxisScale = .linear,
    range: ClosedRange<Double>? = nil, showsGrid: Bool = true, isVisible: Bool = true
  ) {
    self.label = label
    self.unit = unit
    self.scale = scale
    self.range = range
    self.showsGrid = showsGrid
    self.isVisible = isVisible
  }

  /// A logarithmic axis.
  public static func logarithmic(
    _ label: String = "", unit: String = "", range: ClosedRange<Double>? = nil,
    showsGrid: Bool = true
  ) -> Axis {
    Axis(label, unit: unit, scale: .logarithmic, range: range, showsGrid: showsGrid)
  }

  /// An axis that isn't drawn.
  public static let hidden = Axis(showsGrid: false, isVisible: false)

  var caption: String { unit.isEmpty ? label : label + " (" + unit + ")" }

  /// The range, if the scale has a place for it.
  var usableRange: ClosedRange<Double>? {
    guard let range, scale.places(range.lowerBound), scale.places(range.upperBound) else {
      return nil
    }
    return range
  }
}

extension Axis: ExpressibleByStringLiteral {
  /// A linear axis with this label.
  public init(stringLiteral label: String) { self.init(label) }
}
