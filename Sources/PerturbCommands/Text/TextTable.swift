/// Rows and columns for a terminal: text to the left, numbers aligned at the decimal point.
struct TextTable {
  let header: [String]
  let rows: [[Cell]]

  struct Cell {
    let text: String
    let isNumber: Bool

    static func text(_ text: String) -> Cell { Cell(text: text, isNumber: false) }
    static func number(_ text: String) -> Cell { Cell(text: text, isNumber: true) }
  }

  /// The table's lines, each with an indentation of so many spaces.
  func text(indentation: Int = 0) -> String {
    let columns = header.indices.map { column in
      Column(name: header[column], cells: rows.map { $0[column] })
    }
    let margin = String(repeating: " ", count: indentation)
    var lines = [columns.map(\.heading)]
    for row in rows.indices { lines.append(columns.map { $0.lines[row] }) }
    return lines.map { margin + $0.joined(separator: "  ").trimmedEnd + "\n" }.joined()
  }

  private struct Column {
    let heading: String
    let lines: [String]

    init(name: String, cells: [Cell]) {
      let fraction = cells.filter(\.isNumber).map { $0.text.fraction.count }.max() ?? 0
      let texts = cells.map { cell in
        cell.isNumber
          ? cell.text + String(repeating: " ", count: fraction - cell.text.fraction.count)
          : cell.text
      }
      let width = max(name.count, texts.map(\.count).max() ?? 0)
      let isNumeric = cells.contains { $0.isNumber }
      heading = isNumeric ? name.padded(left: width) : name.padded(right: width)
      lines = texts.map { isNumeric ? $0.padded(left: width) : $0.padded(right: width) }
    }
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self[...]
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }

  /// From the point or the exponent on.
  fileprivate var fraction: Substring {
    firstIndex { $0 == "." || $0 == "e" }.map { self[$0...] } ?? ""
  }
}
