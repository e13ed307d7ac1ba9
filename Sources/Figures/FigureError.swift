/// What keeps a figure from being drawn.
public enum FigureError: Error, Sendable, Hashable {
  /// A number that can't be shown, where the figure refuses such (``MissingData/refuse``): NaN,
  /// infinite or, on a logarithmic axis, not positive. The index counts from 0 within the series.
  case notShowable(series: String, index: Int, value: Double, reason: String)
  /// Two parts of a series that belong together have different lengths.
  case lengthMismatch(series: String, part: String, count: Int, expected: Int)
  /// An edge of a network names a node that there is none of.
  case noSuchNode(network: String, edge: Int, node: Int, nodes: Int)
  /// A figure too small or too large to draw, or with sizes that aren't numbers; in pixels.
  case size(width: Double, height: Double)
  /// A picture or a page cannot be written; the reason is the system's.
  case notWritable(path: String, reason: String)
}

extension FigureError: CustomStringConvertible {
  /// One line that names the series, the place and what was expected.
  public var description: String {
    switch self {
    case .notShowable(let series, let index, let value, let reason):
      "\(series): value \(index) is \(value), which can't be shown: \(reason)"
    case .lengthMismatch(let series, let part, let count, let expected):
      "\(series): \(part) has \(count) values, expected \(expected)"
    case .noSuchNode(let network, let edge, let node, let nodes):
      "\(network): edge \(edge) names node \(node), but nodes are 0 ..< \(nodes)"
    case .size(let width, let height):
      "a figure of \(width) × \(height) pixels can't be drawn: each panel needs at least "
        + "40 × 40, and both sides may be 20000 at most"
    case .notWritable(let path, let reason):
      "cannot write '\(path)': \(reason)"
    }
  }
}

/// What becomes of numbers that can't be shown: NaN, infinities, and numbers ≤ 0 on logarithmic
/// axes.
public enum MissingData: Sendable, Hashable {
  /// They're left out: lines have a gap, cells stay empty. The figure's description says how many.
  case gap
  /// The figure isn't drawn; ``FigureError/notShowable(series:index:value:reason:)`` names the
  /// first.
  case refuse
}
