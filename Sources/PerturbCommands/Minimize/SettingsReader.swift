internal import Platform

/// Reads the members of a settings object, with an error that names the member and what was expected.
struct SettingsReader {
  private let json: JSON

  init(_ json: JSON) { self.json = json }

  private func value(_ name: String) -> JSON? {
    let value = json[name]
    return value == .null ? nil : value
  }

  private func error(_ name: String, _ value: JSON, _ expected: String) -> CommandError {
    CommandError("\(name) is \(value.kind), expected \(expected)")
  }

  func texts(_ name: String) throws(CommandError) -> [String]? {
    guard let value = value(name) else { return nil }
    guard let elements = value.elements else { throw error(name, value, "an array of strings") }
    let texts = elements.compactMap(\.string)
    if texts.count != elements.count { throw error(name, value, "an array of strings alone") }
    return texts
  }

  func numbers(_ name: String) throws(CommandError) -> [Double]? {
    guard let value = value(name) else { return nil }
    guard let elements = value.elements else { throw error(name, value, "an array of numbers") }
    var numbers: [Double] = []
    for element in elements {
      guard let number = element.double, number.isFinite else {
        throw error("an entry of \(name)", element, "a finite number")
      }
      numbers.append(number)
    }
    return numbers
  }

  func number(_ name: String) throws(CommandError) -> Double? {
    guard let value = value(name) else { return nil }
    guard let number = value.double, number.isFinite else {
      throw error(name, value, "a finite number")
    }
    return number
  }

  func positive(_ name: String) throws(CommandError) -> Double? {
    guard let number = try number(name) else { return nil }
    if number <= 0 {
      throw CommandError("\(name) is \(JSON(number).compactText), expected a positive number")
    }
    return number
  }

  func count(_ name: String, least: Int) throws(CommandError) -> Int? {
    guard let value = value(name) else { return nil }
    guard let count = value.integer, count >= least else {
      throw error(name, value, "a whole number, at least \(least)")
    }
    return count
  }

  func seed(_ name: String) throws(CommandError) -> UInt64? {
    guard let value = value(name) else { return nil }
    guard case .number(let text) = value, let seed = UInt64(text) else {
      throw error(name, value, "a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(CommandError) -> Choice? {
    guard let value = value(name) else { return nil }
    guard let text = value.string else { throw error(name, value, "a name") }
    guard let choice = Choice(rawValue: text) else {
      throw .unknown(name, text, expected: Choice.allCases.map(\.rawValue))
    }
    return choice
  }

  /// One bound for each input; null, or no bounds at all, for none.
  func bounds(
    _ name: String, count: Int, missing: Double
  ) throws(CommandError) -> [Double] {
    guard let value = value(name) else { return [Double](repeating: missing, count: count) }
    guard let elements = value.elements else { throw error(name, value, "an array of numbers") }
    if elements.count != count {
      throw CommandError("\(elements.count) \(name) bounds are given for \(count) inputs")
    }
    var bounds: [Double] = []
    for element in elements {
      guard let bound = element == .null ? missing : element.double, !bound.isNaN else {
        throw error("a \(name) bound", element, "a number, or null for none")
      }
      bounds.append(bound)
    }
    return bounds
  }

  /// Inputs by their index, counted from 0, or their name.
  func inputs(_ name: String, _ names: [String]) throws(CommandError) -> [Int] {
    guard let value = value(name) else { return [] }
    if value.string == "all" { return Array(names.indices) }
    guard let elements = value.elements else {
      throw error(name, value, "an array of indices or names, or \"all\"")
    }
    var indices: [Int] = []
    for element in elements {
      let text = element.string ?? ""
      guard let index = element.integer ?? names.firstIndex(of: text) ?? Int(text) else {
        throw .unknown("input in \(name)", text, expected: names)
      }
      guard names.indices.contains(index) else {
        throw CommandError("\(name) has the input \(index), expected an index below \(names.count)")
      }
      indices.append(index)
    }
    return indices
  }

  /// One positive number for each input; "range" for the distance between its bounds.
  func scales(_ space: InputSpace, _ names: [String]) throws(CommandError) -> [Double] {
    guard let value = value("scales") else { return space.scales }
    if value.string == "range" {
      let ranges = zip(space.upperCoordinates, space.lowerCoordinates).map { $0 - $1 }
      if let open = ranges.firstIndex(where: { !$0.isFinite }) {
        throw CommandError("scales are the range, but input \(names[open]) lacks a bound")
      }
      return ranges
    }
    let scales = try numbers("scales") ?? []
    if scales.count != space.count {
      throw CommandError("\(scales.count) scales are given for \(space.count) inputs")
    }
    if let bad = scales.first(where: { $0 <= 0 }) {
      throw CommandError("a scale is \(JSON(bad).compactText), expected a positive number")
    }
    return scales
  }
}
