/// Estimates of how wide text is in a common sans-serif face.
///
/// The renderer's font isn't known, so widths are rounded up by a few percent: room is kept, never
/// cut off.
package enum TextMetrics {
  static let family = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
  private static let margin = 1.06

  /// In pixels, for a font size in pixels.
  package static func width(_ text: String, size: Double, bold: Bool = false) -> Double {
    var units = 0.0
    for scalar in text.unicodeScalars { units += advance(scalar) }
    return units * size * margin * (bold ? 1.07 : 1)
  }

  static func width(_ label: NumberLabel, size: Double) -> Double {
    width(label.text, size: size)
      + (label.exponent.map { width(exponentText($0), size: size * 0.72) } ?? 0)
  }

  static func exponentText(_ exponent: Int) -> String {
    (exponent < 0 ? NumberText.minus : "") + String(exponent.magnitude)
  }

  /// Breaks text at spaces into lines no wider than asked for, where words allow it.
  package static func wrap(_ text: String, width limit: Double, size: Double, bold: Bool = false)
    -> [String]
  {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: true) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        let longer = line.isEmpty ? String(word) : line + " " + word
        if line.isEmpty || width(longer, size: size, bold: bold) <= limit {
          line = longer
        } else {
          lines.append(line)
          line = String(word)
        }
      }
      if !line.isEmpty { lines.append(line) }
    }
    return lines
  }

  /// The text, or as much of its beginning as fits, with an ellipsis.
  static func cut(_ text: String, width limit: Double, size: Double) -> String {
    guard width(text, size: size) > limit else { return text }
    var kept = text
    while !kept.isEmpty, width(kept + "…", size: size) > limit { kept.removeLast() }
    return kept + "…"
  }

  /// In units of the font size: rough classes of letters, which is all that a layout needs.
  private static func advance(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "'", "|", "ı": 0.23
    case " ", "f", "t", "I", ".", ",", ":", ";", "!", "/", "\\", "[", "]", "·": 0.28
    case "r", "(", ")", "-", "`", "{", "}", "°", "\"", "*": 0.35
    case "c", "k", "s", "v", "x", "y", "z", "J": 0.5
    case "w", "C", "D", "H", "N", "R", "U", "&", "A"..."B", "E", "K", "P", "S", "V", "X", "Y":
      0.72
    case "F", "L", "T", "Z": 0.61
    case "+", "=", "<", ">", "~", "\u{2212}", "×", "±", "≈", "≤", "≥": 0.585
    case "G", "O", "Q": 0.78
    case "m", "M": 0.833
    case "W", "%": 0.94
    case "@", "—", "→", "←", "↔", "…", "∞": 1.0
    case "⁰"..."⁹", "⁻", "₀"..."₉", "¹", "²", "³": 0.36
    case "\u{300}"..."\u{36F}", "\u{200B}"..."\u{200F}": 0
    case "\u{1100}"..."\u{11FF}", "\u{2E80}"..."\u{FFEF}", "\u{1F000}"..."\u{1FFFF}": 1.02
    default: 0.57
    }
  }
}
