/// The few marks that text on a page may carry.
enum InlineText {
  /// Escaped, with code, strong text and links; marks without their second half stand as they are.
  static func html(_ text: String) -> String {
    var result = ""
    var plain = ""
    var rest = text[...]
    func flush() {
      result += escapedMarkup(plain)
      plain = ""
    }
    while let first = rest.first {
      if first == "`", let (inner, after) = enclosed(rest.dropFirst(), by: "`") {
        flush()
        result += "<code>\(escapedMarkup(String(inner)))</code>"
        rest = after
      } else if rest.hasPrefix("**"), let (inner, after) = enclosed(rest.dropFirst(2), by: "**") {
        flush()
        result += "<strong>\(html(String(inner)))</strong>"
        rest = after
      } else if first == "[", let (label, after) = enclosed(rest.dropFirst(), by: "]("),
        let (address, end) = enclosed(after, by: ")"), isSafe(address)
      {
        flush()
        result += "<a href=\"\(escapedMarkup(String(address)))\">\(html(String(label)))</a>"
        rest = end
      } else {
        plain.append(first)
        rest = rest.dropFirst()
      }
    }
    flush()
    return result
  }

  private static func enclosed(_ text: Substring, by mark: String) -> (Substring, Substring)? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(mark) {
        let inner = text[..<start]
        return inner.isEmpty ? nil : (inner, text[start...].dropFirst(mark.count))
      }
      start = text.index(after: start)
    }
    return nil
  }

  /// Web addresses and paths beside the page; no scheme that could run a script.
  private static func isSafe(_ address: Substring) -> Bool {
    if address.hasPrefix("https://") || address.hasPrefix("http://") { return true }
    return !address.prefix { $0 != "/" && $0 != "#" && $0 != "?" }.contains(":")
  }
}
