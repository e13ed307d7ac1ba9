internal import ArgumentParser
internal import Platform

/// The value of an option, whether it was given, and which values are allowed.
///
/// An unknown name or a list with a part that does not fit is kept until ``check(_:)``, so that one line
/// says it wherever it came from, the command line or a configuration.
struct Setting<Value: OptionValue>: Sendable {
  private let text: String?
  private let given: Result<Value, BadValue>?
  private let fallback: Value
  private let range: NumberRange?
  /// Whether a run that goes on may take another value than it began with.
  let isResumable: Bool

  init(_ fallback: Value, _ range: NumberRange?, isResumable: Bool) {
    (text, given) = (nil, nil)
    self.fallback = fallback
    self.range = range
    self.isResumable = isResumable
  }

  private init(_ text: String, _ given: Result<Value, BadValue>, _ other: Setting) {
    self.text = text
    self.given = given
    fallback = other.fallback
    range = other.range
    isResumable = other.isResumable
  }

  /// The same setting with the value that a text says.
  func reading(_ text: String) throws(BadValue) -> Setting {
    do throws(BadValue) {
      return Setting(text, .success(try Value(argument: text)), self)
    } catch {
      if case .whole = error { throw error }
      return Setting(text, .failure(error), self)
    }
  }

  /// What was given, or the default; what was given must have been checked.
  var value: Value { (try? given?.get()) ?? fallback }
}

/// What an option holds, whatever its type is.
protocol OptionContent {
  /// What was given, as JSON has it.
  var givenJSON: JSON? { get }
  var isResumable: Bool { get }
  /// Whether numbers after the option belong to it.
  var isList: Bool { get }
  /// Checks what was given.
  func check(_ name: String) throws(CommandError)
}

extension Setting: OptionContent {
  var givenJSON: JSON? { text == nil ? nil : (try? given?.get())?.json ?? .null }
  var isList: Bool { Value.isList }

  func check(_ name: String) throws(CommandError) {
    switch given {
    case nil: return
    case .failure(let problem): throw problem.error(name, text ?? "")
    case .success(let value):
      guard let range, let number = value.json.exact else { return }
      try range.check(number, name, value.json.string ?? value.json.compactText)
    }
  }
}

extension Optional: OptionContent where Wrapped: OptionValue {
  var givenJSON: JSON? { self?.json }
  var isResumable: Bool { false }
  var isList: Bool { Wrapped.isList }
  func check(_ name: String) {}
}

extension Array: OptionContent where Element == String {
  var givenJSON: JSON? { isEmpty ? nil : .array(map { .string($0) }) }
  var isResumable: Bool { true }
  var isList: Bool { false }
  func check(_ name: String) {}
}

/// A flag.
extension Bool: OptionContent {
  var givenJSON: JSON? { self ? .bool(true) : nil }
  var isResumable: Bool { false }
  var isList: Bool { false }
  func check(_ name: String) {}
}

// MARK: Declarations

extension Option {
  /// An option with a default, which the help shows.
  init<T: OptionValue>(
    _ help: String, _ valueName: String, default fallback: T, in range: NumberRange? = nil,
    resumable: Bool = false
  ) where Value == Setting<T> {
    let shown = fallback.json.string ?? fallback.json.compactText
    self.init(
      setting: Setting(fallback, range, isResumable: resumable),
      help + (help.isEmpty ? "" : " ") + "(default: \(shown))", valueName)
  }

  /// An option without a default, or with one that depends on others.
  init<T: OptionValue>(
    _ help: String, _ valueName: String, in range: NumberRange? = nil, resumable: Bool = false
  ) where Value == Setting<T?> {
    self.init(setting: Setting(nil, range, isResumable: resumable), help, valueName)
  }

  private init<T: OptionValue>(
    setting: Setting<T>, _ help: String, _ valueName: String
  ) where Value == Setting<T> {
    self.init(
      wrappedValue: setting, parsing: .unconditional,
      help: ArgumentHelp(help, valueName: valueName),
      transform: { try setting.reading($0) })
  }

  /// An option of which a text that does not fit is a wrong way to call the command.
  init<T: OptionValue>(_ help: String, _ valueName: String) where Value == T? {
    self.init(
      wrappedValue: nil, parsing: .unconditional,
      help: ArgumentHelp(help, valueName: valueName),
      transform: { try T(argument: $0) })
  }
}

extension Option where Value: OptionValue {
  /// The same with a default, which the help shows.
  init(wrappedValue: Value, _ help: String, _ valueName: String) {
    let shown = wrappedValue.json.string ?? wrappedValue.json.compactText
    self.init(
      wrappedValue: wrappedValue, parsing: .unconditional,
      help: ArgumentHelp("\(help) (default: \(shown))", valueName: valueName),
      transform: { try Value(argument: $0) })
  }
}
