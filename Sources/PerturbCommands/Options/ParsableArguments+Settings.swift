internal import ArgumentParser
internal import Platform

/// A property of a command's arguments: an option, a flag, or the program after `--`.
private protocol OptionProperty {
  var content: (any OptionContent)? { get }
}

extension Option: OptionProperty {
  fileprivate var content: (any OptionContent)? { wrappedValue as? any OptionContent }
}

extension Flag: OptionProperty {
  fileprivate var content: (any OptionContent)? { wrappedValue as? any OptionContent }
}

extension Argument: OptionProperty {
  fileprivate var content: (any OptionContent)? { wrappedValue as? any OptionContent }
}

private protocol OptionGroupProperty {
  var group: any ParsableArguments { get }
}

extension OptionGroup: OptionGroupProperty {
  fileprivate var group: any ParsableArguments { wrappedValue }
}

/// Options as members of a JSON object: each is called like its property, in small letters with
/// hyphens, on the command line and in JSON alike.
extension ParsableArguments {
  private var namedOptions: [(name: String, content: any OptionContent)] {
    Mirror(reflecting: self).children.flatMap { child in
      if let group = child.value as? any OptionGroupProperty { return group.group.namedOptions }
      guard let label = child.label, let property = child.value as? any OptionProperty,
        let content = property.content
      else { return [] }
      return [(Self.optionName(label), content)]
    }
  }

  /// "_learningRate" → "learning-rate".
  private static func optionName(_ label: String) -> String {
    label.drop { $0 == "_" }.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined()
  }

  /// The names of all options.
  var optionNames: [String] { namedOptions.map(\.name) }

  /// The options after which a list of numbers may follow, as they are written.
  var listOptions: [String] { namedOptions.filter(\.content.isList).map { "--\($0.name)" } }

  /// What was given.
  var given: [JSON.Member] {
    namedOptions.compactMap { name, content in
      content.givenJSON.map { JSON.Member(name: name, value: $0) }
    }
  }

  /// The first of what was given that a run which goes on must not change.
  var firstUnresumable: String? {
    namedOptions.first { $0.content.givenJSON != nil && !$0.content.isResumable }?.name
  }

  /// Checks all that was given.
  ///
  /// - Throws: ``CommandError`` that names the first option whose value is not allowed.
  func checkSettings() throws(CommandError) {
    for (name, content) in namedOptions { try content.check(name) }
  }

  /// The arguments that a JSON object says, checked.
  ///
  /// - Parameters:
  ///   - members: Called like options; null stands for one that is not given, and `program` for what
  ///     comes after `--`.
  ///   - place: Where they come from, as messages call it.
  /// - Returns: The arguments.
  /// - Throws: ``CommandError`` that names the member.
  static func reading(_ members: [JSON.Member], _ place: String) throws(CommandError) -> Self {
    do {
      let options = try Self.parse([]).namedOptions
      var arguments: [String] = []
      var program: [String] = []
      for member in members where member.value != .null {
        guard let option = options.first(where: { $0.name == member.name }) else {
          throw CommandError.unknown("setting", member.name, expected: options.map(\.name))
        }
        if member.name == "program" {
          program = ["--"] + (try texts(member))
        } else if option.content is Bool {
          if try isSet(member) { arguments.append("--\(member.name)") }
        } else {
          arguments.append("--\(member.name)=" + (try argumentText(member)))
        }
      }
      let result = try Self.parse(arguments + program)
      try result.checkSettings()
      return result
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError("\(place): \(Self.message(for: error).lowercasedFirst)")
    }
  }

  private static func texts(_ member: JSON.Member) throws(CommandError) -> [String] {
    let texts = member.value.elements?.compactMap(\.string)
    guard let texts, texts.count == member.value.elements?.count else {
      throw CommandError("\(member.name) is \(member.value.kind), expected an array of strings")
    }
    return texts
  }

  private static func isSet(_ member: JSON.Member) throws(CommandError) -> Bool {
    guard case .bool(let isSet) = member.value else {
      throw CommandError("\(member.name) is \(member.value.kind), expected true or false")
    }
    return isSet
  }

  private static func argumentText(_ member: JSON.Member) throws(CommandError) -> String {
    switch member.value {
    case .number(let text): return text
    case .string(let text) where !text.isEmpty: return text
    case .array: return member.value.compactText
    default:
      throw CommandError(
        "\(member.name) is \(member.value.kind), expected a number, a name or an array")
    }
  }
}

extension String {
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
