internal import Figures
internal import Perturbations
internal import Platform

/// What an example has to show, in order: for the terminal, the page and the file of results alike.
package struct GalleryReport: Sendable {
  enum Part: Sendable {
    case text(String)
    case code(String, summary: String)
    case table(ResultTable)
    case matrix(caption: String, rows: [[Double]], decimals: Int)
    case figure(name: String, Figure, caption: String)
  }

  private(set) var parts: [Part] = []
  private(set) var results: [JSON.Member] = []

  /// A paragraph; `backquotes` set code.
  mutating func text(_ text: String) { parts.append(.text(text)) }

  /// Swift that makes numbers like those which follow; for the page only.
  ///
  /// All such blocks of an example, one after the other, are a program as it stands: a test takes them
  /// from the page, compiles them and runs them.
  mutating func code(_ text: String, foldedBehind summary: String = "") {
    parts.append(.code(text, summary: summary))
  }

  /// The most rows of a table that the page shows unasked.
  private static let longestTable = 12

  /// A table; where `isFolded` is nil, a long one is folded on the page.
  ///
  /// Where its last column counts standard errors, the caption says the largest.
  mutating func table(
    _ caption: String, _ columns: [String], _ rows: [[ResultTable.Cell]], isFolded: Bool? = nil
  ) {
    var caption = caption
    let deviations = rows.compactMap { $0.last?.number?.magnitude }
    if columns.last?.hasSuffix("/ s.e.") == true, let largest = deviations.max() {
      caption += "; the largest deviation is \(Digits.fixed(largest, 1)) s.e."
    }
    parts.append(
      .table(
        ResultTable(
          caption: caption, columns: columns, rows: rows,
          isFolded: isFolded ?? (rows.count > Self.longestTable))))
  }

  /// A matrix as the document prints one.
  mutating func matrix(_ caption: String, _ matrix: Tensor<Float>, decimals: Int = 3) {
    let width = matrix.shape[1]
    let scalars = matrix.scalars
    let rows = (0..<matrix.shape[0]).map { row in
      scalars[row * width..<(row + 1) * width].map(Double.init)
    }
    parts.append(.matrix(caption: caption, rows: rows, decimals: decimals))
  }

  /// A figure, in a file of this name.
  mutating func figure(_ name: String, _ figure: Figure, caption: String = "") {
    parts.append(.figure(name: name, figure, caption: caption))
  }

  /// Numbers that the file of results has under a name, whether or not a table shows them.
  mutating func values(_ name: String, _ tensor: Tensor<Float>) {
    results.append(JSON.Member(name: name, value: NumberArray(tensor).json))
  }

  /// Numbers that the file of results has under a name.
  mutating func values(_ name: String, _ numbers: [Double]) {
    results.append(JSON.Member(name: name, value: .array(numbers.map(JSON.init(shown:)))))
  }

  /// Several lists of numbers, each with a name, that the file of results has under one.
  mutating func values(_ name: String, _ lists: [(name: String, numbers: [Double])]) {
    let members = lists.map {
      JSON.Member(name: $0.name, value: .array($0.numbers.map(JSON.init(shown:))))
    }
    results.append(JSON.Member(name: name, value: .object(members)))
  }

  /// A number that the file of results has under a name.
  mutating func value(_ name: String, _ number: Double) {
    results.append(JSON.Member(name: name, value: JSON(shown: number)))
  }
}

/// A table of results.
struct ResultTable: Sendable {
  enum Cell: Sendable {
    case text(String)
    case number(Double, decimals: Int)
    /// A number with the digits that a document prints.
    case printed(Double, String)
    case empty

    /// A number with as many digits as tell it from all others.
    static func printed(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> Cell {
      let text = Digits.shortest(value)
      return .printed(Double(value), text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    var number: Double? {
      switch self {
      case .number(let value, _), .printed(let value, _): value
      case .text, .empty: nil
      }
    }

    static func number(_ value: Float, decimals: Int) -> Cell {
      .number(Double(value), decimals: decimals)
    }

    static func count(_ value: Int) -> Cell { .number(Double(value), decimals: 0) }

    /// How many standard errors lie between two numbers; nothing where there is no error.
    static func errors(_ value: Double, from other: Double, standardError: Double) -> Cell {
      standardError > 0 ? .number((value - other) / standardError, decimals: 1) : .empty
    }
  }

  let caption: String
  let columns: [String]
  let rows: [[Cell]]
  /// Whether the page folds it.
  let isFolded: Bool
}

extension JSON {
  /// A number as it is stored in single precision if it comes from there.
  init(shown number: Double) {
    self = Double(Float(number)) == number ? JSON(Float(number)) : JSON(number)
  }
}
