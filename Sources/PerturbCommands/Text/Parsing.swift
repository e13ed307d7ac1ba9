/// Numbers of arguments, with an error that says what was expected.
package enum Parsing {
  /// A count: 1000000, 1_000_000, 1,000,000 or 1e6.
  package static func count(_ text: String) throws(BadValue) -> Int {
    let digits = isGrouped(text) ? text.filter { $0 != "_" && $0 != "," } : text
    if let value = Int(digits) { return value }
    if let value = Double(digits), value == value.rounded() {
      if let value = Int(exactly: value) { return value }
      throw .whole(expected: "at most \(Digits.grouped(Int(NumberRange.mostCount)))")
    }
    throw .whole(expected: "a whole number such as 100000 or 1e5")
  }

  /// Whether commas and underscores stand between thousands and nowhere else: 1,5 is not 15.
  private static func isGrouped(_ text: String) -> Bool {
    let groups = text.drop { $0 == "-" || $0 == "+" }
      .split(omittingEmptySubsequences: false) { $0 == "," || $0 == "_" }
    return groups.allSatisfy { $0.allSatisfy(\.isWholeNumber) } && (1...3).contains(groups[0].count)
      && groups.dropFirst().allSatisfy { $0.count == 3 }
  }
}
