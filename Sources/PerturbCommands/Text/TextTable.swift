internal import Figures

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
  func padded(left width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  func padded(right width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

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

/// Numbers as text for terminals and files.
enum Digits {
  /// Rounded to a count of decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    ascii(NumberText.fixed(value, decimals: decimals))
  }

  /// Rounded to a count of decimals, with a true minus sign, as part of a label.
  static func label(_ value: Double, _ decimals: Int) -> String {
    NumberText.fixed(value, decimals: decimals)
  }

  /// The shortest text that reads back as the same number.
  static func shortest(_ value: Float) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// With three significant digits; very small and very large numbers with a power of ten.
  static func threeDigits(_ value: Double) -> String {
    let size = abs(value)
    guard size > 0, value.isFinite else { return value == 0 ? "0" : value.isNaN ? "–" : "\(value)" }
    var power = 0
    while size >= 9.995 * Theory.power(10, Double(power)) { power += 1 }
    while size < 0.9995 * Theory.power(10, Double(power)) { power -= 1 }
    if (-3...5).contains(power) { return fixed(value, max(0, 2 - power)) }
    return "\(fixed(value / Theory.power(10, Double(power)), 2))e\(power)"
  }

  /// With two significant digits.
  static func twoDigits(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return fixed(value, 0) }
    var decimals = 1
    while decimals < 12, value * Theory.power(10, Double(decimals)) < 9.95 { decimals += 1 }
    return fixed(value, decimals)
  }

  /// With two significant digits and an exponent: 1.2e-09.
  static func scientific(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return fixed(value, 0) }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let digits = String(exponent.magnitude)
    return (value < 0 ? "-" : "") + fixed(mantissa, 1) + (exponent < 0 ? "e-" : "e+")
      + (digits.count < 2 ? "0" + digits : digits)
  }

  /// With commas between thousands.
  static func grouped(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(value.magnitude).enumerated().reversed() {
      text = String(digit) + text
      let place = String(value.magnitude).count - index
      if place % 3 == 0 && index > 0 { text = "," + text }
    }
    return (value < 0 ? "-" : "") + text
  }

  /// A time that a person can read.
  static func seconds(_ seconds: Double) -> String {
    seconds < 0.9995
      ? "\(fixed(seconds * 1000, seconds < 0.01 ? 2 : 0)) ms" : "\(fixed(seconds, 2)) s"
  }

  private static func ascii(_ text: String) -> String {
    String(text.map { $0 == "\u{2212}" ? "-" : $0 }.filter { $0 != "," })
  }
}
