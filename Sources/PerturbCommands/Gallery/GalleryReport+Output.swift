internal import Figures
internal import Platform

extension GalleryReport {
  /// The report for a terminal.
  func terminalText(figureFolder: String) -> String {
    let blocks: [String] = parts.compactMap { part in
      switch part {
      case .text(let text): Wrapping.wrapped(text.filter { $0 != "`" }, width: 84) + "\n"
      case .code: nil
      case .table(let table):
        "  \(table.caption)\n"
          + TextTable(header: table.columns, rows: table.rows.map { $0.map(\.textCell) })
          .text(indentation: 2)
      case .matrix(let caption, let rows, let decimals):
        "  \(caption)\n" + Self.matrixText(rows, decimals) + "\n"
      case .figure(let name, _, _): "  figure: \(figureFolder)/\(name).svg\n"
      }
    }
    return blocks.joined(separator: "\n")
  }

  /// The report as a section of the page.
  func section(_ title: String) throws -> Section {
    Section(title) {
      for part in parts {
        switch part {
        case .text(let text): Paragraph(text)
        case .code(let text, let summary):
          Monospaced(text, language: "swift", summary: summary)
        case .table(let table):
          Table(
            table.columns, rows: table.rows.map { $0.map(\.pageCell) }, caption: table.caption,
            isFolded: table.isFolded)
        case .matrix(let caption, let rows, let decimals):
          Paragraph(caption)
          Monospaced(Self.matrixText(rows, decimals, indentation: 0))
        case .figure(_, let figure, let caption): Illustration(figure, caption: caption)
        }
      }
    }
  }

  /// The figures by their names.
  func figureFiles() throws -> [(name: String, text: String)] {
    try parts.compactMap { part in
      guard case .figure(let name, let figure, _) = part else { return nil }
      return (name, try figure.svg())
    }
  }

  /// Every number that the report shows.
  func json(title: String, seconds: Double, figures: [String]) -> JSON {
    let tables: [JSON] = parts.compactMap { part in
      switch part {
      case .table(let table):
        return [
          "caption": .string(table.caption),
          "columns": .array(table.columns.map { .string($0) }),
          "rows": .array(table.rows.map { .array($0.map(\.json)) }),
        ]
      case .matrix(let caption, let rows, _):
        return [
          "caption": .string(caption),
          "rows": .array(rows.map { .array($0.map(JSON.init(shown:))) }),
        ]
      default: return nil
      }
    }
    return [
      "title": .string(title), "seconds": JSON(seconds), "values": .object(results),
      "tables": .array(tables), "figures": .array(figures.map { .string($0) }),
    ]
  }

  private static func matrixText(
    _ rows: [[Double]], _ decimals: Int, indentation: Int = 2
  ) -> String {
    let margin = String(repeating: " ", count: indentation)
    let texts = rows.map { $0.map { $0 == 0 ? "0" : Digits.fixed($0, decimals) } }
    let width = texts.joined().map(\.count).max() ?? 0
    return texts.map { row in
      margin + row.map { ($0 == "0" ? "." : $0).padded(left: width) }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension ResultTable.Cell {
  fileprivate var textCell: TextTable.Cell {
    switch self {
    case .text(let text): .text(text)
    case .number(let value, let decimals): .number(Digits.fixed(value, decimals))
    case .printed(_, let text): .number(text)
    case .empty: .number("")
    }
  }

  fileprivate var pageCell: Table.Cell {
    switch self {
    case .text(let text): .text(text)
    case .number(let value, let decimals): .number(value, decimals: decimals)
    case .printed(_, let text): .number(asPrinted: text)
    case .empty: .text("")
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .text(let text): .string(text)
    case .number(let value, _), .printed(let value, _): JSON(shown: value)
    case .empty: .null
    }
  }
}
