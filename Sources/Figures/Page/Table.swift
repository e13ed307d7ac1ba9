/// Rows and columns; columns of numbers are aligned at the decimal point.
///
/// A long table can be folded: its caption stands for it until the reader opens it.
///
/// ```swift
/// Table(["method", "loss"], rows: [["exact", .number(0.7062, decimals: 4)]])
/// ```
public struct Table: PrimitiveBlock {
  /// What stands at one place of a table.
  public struct Cell: Sendable, Hashable {
    let text: String
    let isNumber: Bool
    var isStrong = false

    /// Text as it is, with a paragraph's inline marks.
    public static func text(_ text: String) -> Cell { Cell(text: text, isNumber: false) }

    /// A number with a fixed count of decimals.
    public static func number(_ value: some Plottable, decimals: Int) -> Cell {
      Cell(text: NumberText.fixed(value.plotValue, decimals: decimals), isNumber: true)
    }

    /// A number with so many significant digits at most, very large and very small ones with a
    /// power of ten.
    public static func number(_ value: some Plottable, digits: Int = 6) -> Cell {
      Cell(text: NumberText.significant(value.plotValue, digits: digits), isNumber: true)
    }

    /// A number as it is printed elsewhere, with the digits that it has there.
    public static func number(asPrinted text: String) -> Cell {
      Cell(text: String(text.map { $0 == "-" ? "\u{2212}" : $0 }), isNumber: true)
    }

    /// The same cell set in strong letters.
    public var strong: Cell {
      var copy = self
      copy.isStrong = true
      return copy
    }
  }

  private let header: [String]
  private let rows: [[Cell]]
  private let caption: String
  private let isFolded: Bool

  /// A table with the columns' names; short rows are filled up with empty cells.
  ///
  /// Where `isFolded`, the page shows the caption and how many rows there are, and the rows when the
  /// reader asks for them.
  public init(
    _ header: [String], rows: [[Cell]], caption: String = "", isFolded: Bool = false
  ) {
    self.header = header
    self.rows = rows
    self.caption = caption
    self.isFolded = isFolded
  }

  func html(id: String) -> String {
    let columns = max(header.count, rows.map(\.count).max() ?? 0)
    let isNumeric = (0..<columns).map { column in
      let cells = rows.compactMap { $0.indices.contains(column) ? $0[column] : nil }
      return cells.contains(where: \.isNumber)
        && cells.allSatisfy { $0.isNumber || $0.text.count <= 1 }
    }
    let decimals = (0..<columns).map { column in
      rows.compactMap { $0.indices.contains(column) ? decimalWidth($0[column]) : nil }.max() ?? 0
    }
    // Outside what scrolls, so that it is read as a whole however wide the table is.
    let name = caption.isEmpty ? "" : " aria-labelledby=\"\(id)-caption\""
    let text = "<span id=\"\(id)-caption\">\(InlineText.html(caption))</span>"
    let count = "\(rows.count) row\(rows.count == 1 ? "" : "s")"
    var html =
      isFolded
      ? "<details><summary>\(caption.isEmpty ? "A table of " : text + ", ")\(count)</summary>\n"
      : caption.isEmpty ? "" : "<p class=\"caption\">\(text)</p>\n"
    html += "<div class=\"table\" tabindex=\"0\"><table\(name)>\n"
    if !header.isEmpty {
      html += "<thead><tr>"
      for (column, name) in header.enumerated() {
        let kind = isNumeric[column] ? " class=\"number\"" : ""
        html += "<th scope=\"col\"\(kind)>\(InlineText.html(name))</th>"
      }
      html += "</tr></thead>\n"
    }
    html += "<tbody>\n"
    for row in rows {
      html += "<tr>"
      for column in 0..<columns {
        let cell = row.indices.contains(column) ? row[column] : .text("")
        var text = cell.isNumber ? escapedMarkup(cell.text) : InlineText.html(cell.text)
        // Figure spaces, as wide as a digit, in the place of decimals that others have.
        if isNumeric[column], let width = decimalWidth(cell) {
          text += padding(decimals[column] - width, hasPoint: width > 0)
        }
        if cell.isStrong { text = "<strong>\(text)</strong>" }
        html += isNumeric[column] ? "<td class=\"number\">\(text)</td>" : "<td>\(text)</td>"
      }
      html += "</tr>\n"
    }
    return html + "</tbody>\n</table></div>" + (isFolded ? "\n</details>" : "")
  }

  private func decimalWidth(_ cell: Cell) -> Int? {
    guard cell.isNumber, !cell.text.contains(where: { $0 == "×" || $0 == "e" }),
      cell.text.contains(where: \.isNumber)
    else {
      return nil
    }
    guard let point = cell.text.firstIndex(of: ".") else { return 0 }
    return cell.text.distance(from: point, to: cell.text.endIndex) - 1
  }

  private func padding(_ missing: Int, hasPoint: Bool) -> String {
    guard missing > 0 else { return "" }
    // A punctuation space is as wide as the point.
    return (hasPoint ? "" : "\u{2008}") + String(repeating: "\u{2007}", count: missing)
  }
}

extension Table.Cell: ExpressibleByStringInterpolation, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral
{
  /// Text.
  public init(stringLiteral text: String) { self = .text(text) }
  /// A number with up to six significant digits.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .number(Double(value), decimals: 0) }
}
