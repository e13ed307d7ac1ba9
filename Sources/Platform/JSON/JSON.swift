/// A JSON value. Numbers keep their text, so that none is rounded on the way.
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  /// Members in the order they were written.
  case object([Member])

  package struct Member: Sendable, Equatable {
    package let name: String
    package let value: JSON

    package init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The member of that name, of an object that has one.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The members of an object.
  package var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// The elements of an array.
  package var elements: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The number, rounded once to double precision.
  package var double: Double? {
    guard case .number(let text) = self else { return nil }
    return Double(text)
  }

  /// The number, rounded once to single precision.
  package var float: Float? {
    guard case .number(let text) = self else { return nil }
    return Float(text)
  }

  /// The number, where it is a whole one.
  package var integer: Int? {
    guard case .number(let text) = self else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// The text of a string.
  package var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// What kind of value it is, in words that fit after "is".
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let text): text
    case .string(let text): "the string \"\(text.prefix(40))\""
    case .array(let elements): "an array of \(elements.count)"
    case .object: "an object"
    }
  }
}

extension JSON {
  /// The shortest decimal number that reads back as this one; null where JSON has no number for it.
  package init(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
    self = value.isFinite ? .number(shortestText(value)) : .null
  }

  package init(_ value: Int) { self = .number(String(value)) }

  package init(_ values: [Double]) { self = .array(values.map { JSON($0) }) }
}

extension JSON {
  /// A number that may be infinite or not a number, which JSON has no words for: `"inf"`, `"nan"`.
  package static func exactly(_ value: Double) -> JSON {
    value.isFinite ? JSON(value) : .string(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
  }

  /// The number that ``exactly(_:)`` wrote.
  package var exact: Double? {
    if let text = string { return ["nan": .nan, "inf": .infinity, "-inf": -.infinity][text] }
    return double
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral {
  package init(stringLiteral value: String) { self = .string(value) }

  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }
}
