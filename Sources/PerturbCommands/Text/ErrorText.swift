/// Texts for a line on a terminal: what users and programs wrote must not move its cursor, add lines
/// or fill the screen.
package enum ErrorText {
  private static let longestWord = 2000
  private static let longestLine = 8000

  /// A text as one line: control characters by their names, long words and lines without their
  /// middle.
  ///
  /// - Returns: A line of at most 8,000 scalars: a letter may carry any number of accents.
  package static func line(_ text: String) -> String {
    var visible = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format: visible += escape(scalar)
      default: visible.unicodeScalars.append(scalar)
      }
    }
    let words = visible.split(separator: " ", omittingEmptySubsequences: false)
      .map { shortened(String($0), longestWord) }
    return shortened(words.joined(separator: " "), longestLine)
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\t": " "
    case "\r": "\\r"
    default: "\\u{\(String(scalar.value, radix: 16))}"
    }
  }

  private static func shortened(_ text: String, _ length: Int) -> String {
    let scalars = text.unicodeScalars
    let count = scalars.count
    guard count > length else { return text }
    return "\(String(scalars.prefix(length / 8)))… \(Digits.grouped(count)) characters …"
      + String(scalars.suffix(length / 8))
  }
}
