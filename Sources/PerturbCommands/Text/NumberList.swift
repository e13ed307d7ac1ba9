internal import Platform

/// Numbers of an argument, separated by commas, semicolons or spaces: `-0.6,1.9` or `-0.6 1.9`.
package struct NumberList: Sendable, Equatable {
  /// The numbers in double precision.
  package let values: [Double]
  private let parts: [String]

  /// The numbers of a text.
  ///
  /// - Throws: `BadValue` that names the first part that isn't a number.
  package init(_ text: String) throws { try self.init(argument: text) }

  /// The numbers in a precision, each rounded once.
  func values(in precision: Precision) -> [Double] {
    precision == .double ? values : parts.map { Float($0).map(Double.init) ?? .nan }
  }
}

extension NumberList: OptionValue {
  init(argument text: String) throws(BadValue) {
    parts = try ListText.parts(text)
    var values: [Double] = []
    for part in parts {
      guard let value = Double(part) else {
        throw .part(part, problem: "is not a number, expected numbers such as -0.6,1.9,-0.2")
      }
      values.append(value)
    }
    self.values = values
  }

  var json: JSON { .array(values.map { .exactly($0) }) }
  static var isList: Bool { true }
}

/// Names of an argument, separated like numbers; as JSON a name may hold anything.
struct NameList: OptionValue {
  let names: [String]

  init(argument text: String) throws(BadValue) { names = try ListText.parts(text) }

  var json: JSON { .array(names.map { .string($0) }) }
}

/// Lists in one argument: a JSON array, or parts separated by commas, semicolons or spaces.
enum ListText {
  /// The parts of a list.
  ///
  /// - Throws: `BadValue` where a part between two commas is missing.
  static func parts(_ text: String) throws(BadValue) -> [String] {
    if let elements = (try? JSON(parsing: Array(text.utf8)))?.elements {
      return elements.map { $0.string ?? $0.compactText }
    }
    var inner = text[...]
    if let first = inner.firstIndex(where: { !$0.isWhitespace }), inner[first] == "[",
      let last = inner.lastIndex(where: { !$0.isWhitespace }), inner[last] == "]"
    {
      inner = inner[inner.index(after: first)..<last]
    }
    if inner.allSatisfy(\.isWhitespace) { return [] }
    var parts: [String] = []
    for piece in inner.split(omittingEmptySubsequences: false, whereSeparator: isSeparator) {
      let words = piece.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { throw .part(text, problem: "has a comma with nothing beside it") }
      parts += words.map(String.init)
    }
    return parts
  }

  static func isSeparator(_ character: Character) -> Bool { character == "," || character == ";" }

  /// Whether a text holds numbers and nothing else.
  static func holdsNumbers(_ text: String) -> Bool {
    let words = text.split { isSeparator($0) || $0.isWhitespace || $0 == "[" || $0 == "]" }
    return !words.isEmpty && words.allSatisfy { Double($0) != nil }
  }
}

/// Joins the numbers after an option that takes a list into one argument, so that
/// `--theta -0.6 1.9` and `--theta=-0.6 1.9` mean `--theta=-0.6,1.9`: a negative number is then not
/// taken for an option, nor a further one for an argument of the command.
package func joiningNumberLists(_ arguments: [String], options: Set<String>) -> [String] {
  var result: [String] = []
  var index = 0
  while index < arguments.count {
    let argument = arguments[index]
    index += 1
    if argument == "--" { return result + arguments[(index - 1)...] }
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard options.contains(String(parts[0])) else {
      result.append(argument)
      continue
    }
    var numbers = parts.dropFirst().map(String.init)
    while index < arguments.count, ListText.holdsNumbers(arguments[index]) {
      numbers.append(arguments[index])
      index += 1
    }
    if numbers.isEmpty, index < arguments.count, !arguments[index].hasPrefix("--") {
      numbers.append(arguments[index])
      index += 1
    }
    // The parser takes an empty text for a missing one; an empty list is a value, if a bad one.
    let text = joined(numbers)
    result.append(numbers.isEmpty ? argument : parts[0] + "=" + (text.isEmpty ? "[]" : text))
  }
  return result
}

/// With commas where there are none: `1, 2` are two arguments of a shell.
private func joined(_ numbers: [String]) -> String {
  numbers.reduce(into: "") { text, number in
    let isSeparated =
      text.last.map(ListText.isSeparator) ?? true
      || number.first.map(ListText.isSeparator) ?? false
    text += (isSeparated ? "" : ",") + number
  }
}
