/// Numbers of an argument, separated by commas, semicolons or spaces: `-0.6,1.9` or `-0.6 1.9`.
package struct NumberList: Sendable, Equatable {
  package let values: [Float]

  /// The numbers of a text.
  ///
  /// - Throws: ``CommandError`` that names the first part that isn't a number.
  package init(_ text: String) throws(CommandError) {
    var values: [Float] = []
    for part in Self.parts(of: text) {
      guard let value = Float(part) else {
        throw CommandError("'\(part)' is not a number, expected numbers such as -0.6,1.9,-0.2")
      }
      values.append(value)
    }
    self.values = values
  }

  /// The numbers in double precision: the decimal numbers that the texts say, not those of `Float`.
  var doubles: [Double] { values.map { Double("\($0)") ?? Double($0) } }

  /// Whether a text holds numbers and nothing else.
  static func holdsNumbers(_ text: String) -> Bool {
    let parts = parts(of: text)
    return !parts.isEmpty && parts.allSatisfy { Float($0) != nil }
  }

  private static func parts(of text: String) -> [Substring] {
    text.split { $0 == "," || $0 == ";" || $0.isWhitespace || $0 == "[" || $0 == "]" }
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
    while index < arguments.count, NumberList.holdsNumbers(arguments[index]) {
      numbers.append(arguments[index])
      index += 1
    }
    if numbers.isEmpty, index < arguments.count, !arguments[index].hasPrefix("--") {
      numbers.append(arguments[index])
      index += 1
    }
    // The parser takes an empty text for a missing one; an empty list is a value, if a bad one.
    let text = numbers.joined(separator: ",")
    result.append(numbers.isEmpty ? argument : parts[0] + "=" + (text.isEmpty ? "[]" : text))
  }
  return result
}
