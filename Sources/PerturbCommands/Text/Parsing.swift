/// Numbers of arguments, with an error that says what was expected.
enum Parsing {
  /// A count: 1000000, 1_000_000, 1,000,000 or 1e6.
  static func count(_ text: String) throws(CommandError) -> Int {
    let digits = text.filter { $0 != "_" && $0 != "," }
    guard let value = Int(digits) ?? Double(digits).flatMap({ Int(exactly: $0) }) else {
      throw CommandError("expected a whole number such as 100000 or 1e5")
    }
    return value
  }

  static func number(_ text: String) throws(CommandError) -> Double {
    guard let value = Double(text) else { throw CommandError("expected a number such as 0.5") }
    return value
  }

  static func seed(_ text: String) throws(CommandError) -> UInt64 {
    guard let value = UInt64(text) else {
      throw CommandError("expected a whole number from 0 to \(UInt64.max)")
    }
    return value
  }
}
