internal import Platform

/// A type of values that an option takes: how one is written on the command line and in JSON.
protocol OptionValue: Sendable {
  init(argument text: String) throws(BadValue)
  var json: JSON { get }
  /// Whether a value is a list, so that numbers which follow belong to it.
  static var isList: Bool { get }
}

extension OptionValue {
  static var isList: Bool { false }
}

/// Why a text is no value of an option.
package enum BadValue: Error, CustomStringConvertible {
  /// The whole text is none.
  case whole(expected: String)
  /// One part of a list is none.
  case part(String, problem: String)
  /// A name that is not known, with what to say of it.
  case name(String)

  /// What fits behind "the value … is invalid for …: ".
  package var description: String {
    switch self {
    case .whole(let expected): "expected \(expected)"
    case .part(let part, let problem): "'\(part)' \(problem)"
    case .name(let text): text
    }
  }

  /// What to say where the option's name is known.
  func error(_ name: String, _ text: String) -> CommandError {
    switch self {
    case .whole: CommandError("the value '\(text)' is invalid for --\(name): \(self)")
    case .part(let part, let problem): CommandError("'\(part)' in --\(name) \(problem)")
    case .name(let text): CommandError(text)
    }
  }
}

extension Int: OptionValue {
  init(argument text: String) throws(BadValue) { self = try Parsing.count(text) }
  var json: JSON { JSON(self) }
}

extension UInt64: OptionValue {
  init(argument text: String) throws(BadValue) {
    guard let value = UInt64(text) else {
      throw .whole(expected: "a whole number from 0 to \(UInt64.max)")
    }
    self = value
  }

  var json: JSON { .number("\(self)") }
}

extension Double: OptionValue {
  init(argument text: String) throws(BadValue) {
    guard let value = Double(text) else { throw .whole(expected: "a number such as 0.5") }
    self = value
  }

  var json: JSON { .exactly(self) }
}

extension String: OptionValue {
  init(argument text: String) { self = text }
  var json: JSON { .string(self) }
}

extension Optional: OptionValue where Wrapped: OptionValue {
  init(argument text: String) throws(BadValue) { self = try Wrapped(argument: text) }
  var json: JSON { self?.json ?? .null }
  static var isList: Bool { Wrapped.isList }
}

/// One of a few names.
protocol OptionChoice: OptionValue, RawRepresentable<String>, CaseIterable {
  /// What is chosen, as messages call it.
  static var kind: String { get }
}

extension OptionChoice {
  init(argument text: String) throws(BadValue) {
    guard let choice = Self(rawValue: text) else {
      let names = Self.allCases.map(\.rawValue)
      throw .name(CommandError.unknown(Self.kind, text, expected: names).description)
    }
    self = choice
  }

  var json: JSON { .string(rawValue) }
}
