package import Platform

/// Where a one-shot program's numbers stand among its arguments.
///
/// | argument | becomes |
/// |---|---|
/// | `{}` | one argument for each number |
/// | `{}` inside an argument, `--x={}` | all numbers between commas |
/// | `{0}`, `{1}`, … | that number |
/// | `{file}` | the path of a file that holds the numbers as a JSON array |
package enum ArgumentPlaceholders {
  /// Whether any argument has one.
  package static func areIn(_ arguments: [String]) -> Bool {
    arguments.contains { argument in
      var isFound = false
      _ = replace(argument) { _ in
        isFound = true
        return ""
      }
      return isFound
    }
  }

  /// The greatest index that an argument asks for.
  package static func greatestIndex(in arguments: [String]) -> Int? {
    var greatest: Int?
    for argument in arguments {
      _ = replace(argument) { name in
        if let index = Int(name) { greatest = max(greatest ?? 0, index) }
        return ""
      }
    }
    return greatest
  }

  /// The arguments for some numbers, and the file that was made for them.
  package static func expand(
    _ arguments: [String], _ values: [Double]
  ) throws(SystemFailure) -> (arguments: [String], file: String?) {
    var result: [String] = []
    var file: String?
    if arguments.contains(where: { $0.contains("{file}") }) {
      var bytes: [UInt8] = []
      NumberLine.append(values, to: &bytes)
      file = try Files.writeTemporary(bytes, prefix: "perturb")
    }
    for argument in arguments {
      if argument == "{}" {
        result += values.map { shortestText($0) }
        continue
      }
      result.append(
        replace(argument) { name in
          if name == "file" { return file ?? "" }
          if name.isEmpty { return values.map { shortestText($0) }.joined(separator: ",") }
          return Int(name).flatMap { values.indices.contains($0) ? shortestText(values[$0]) : nil }
            ?? ""
        })
    }
    return (result, file)
  }

  /// Replaces `{}`, `{file}` and `{` digits `}`; all other braces stay as they are.
  private static func replace(_ argument: String, _ value: (String) -> String) -> String {
    var result = ""
    var rest = argument[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      let after = rest[rest.index(after: open)...]
      // No name is longer; to look for the end of each would take the square of the length.
      if let close = after.prefix(10).firstIndex(of: "}") {
        let name = after[..<close]
        let isIndex = name.utf8.allSatisfy { (48...57).contains($0) }
        if name == "file" || isIndex {
          result += value(String(name))
          rest = after[after.index(after: close)...]
          continue
        }
      }
      result += "{"
      rest = after
    }
    return result + rest
  }
}
