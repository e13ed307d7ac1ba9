internal import Platform

/// What a file's header tells: an object of entries with a type, a shape and two offsets each, and an
/// object of texts. Anything else is an error that tells where.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: String
    let shape: [Int]
    let start: Int
    let end: Int
  }

  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Reads the JSON of a header; blanks may follow it.
  init(_ text: [UInt8]) throws(SafetensorsError) {
    guard text.first == UInt8(ascii: "{") else {
      throw .malformed(reason: "header, byte 0: expected \"{\"")
    }
    let json: JSON
    do throws(JSON.SyntaxError) { json = try JSON(parsing: text, allowsRepeatedNames: true) } catch
    {
      let found = error.offset == text.count ? "the header's end" : error.found
      throw .malformed(
        reason: "header, byte \(error.offset): found \(found), expected \(error.expected)")
    }
    var names: Set<String> = []
    for member in json.members ?? [] {
      guard names.insert(member.name).inserted else { throw .duplicateName(member.name) }
      if member.name == SafetensorsFile.metadataName {
        for (key, value) in try Self.members(member) {
          guard let text = value.string else {
            throw Self.failure(member, "\"\(key)\" is \(value.kind), expected a text")
          }
          metadata[key] = text
        }
      } else {
        entries.append(try Self.entry(member))
      }
    }
  }

  private static func entry(_ tensor: JSON.Member) throws(SafetensorsError) -> Entry {
    let values = try members(tensor)
    if let other = values.keys.sorted().first(where: { !Self.names.contains($0) }) {
      throw failure(tensor, "\"\(other)\" is not part of a tensor's description")
    }
    guard let type = values[names[0]], let shape = values[names[1]], let offsets = values[names[2]]
    else { throw failure(tensor, "lacks one of dtype, shape and data_offsets") }
    guard let type = type.string else {
      throw failure(tensor, "dtype is \(type.kind), expected a text")
    }
    let places = try numbers(offsets, tensor)
    guard places.count == 2, places[0] <= places[1] else {
      throw failure(tensor, "expected two ascending offsets, got \(places)")
    }
    return Entry(
      name: tensor.name, type: type, shape: try numbers(shape, tensor), start: places[0],
      end: places[1])
  }

  private static let names = ["dtype", "shape", "data_offsets"]

  /// The members of an object, none of which may stand twice.
  private static func members(_ owner: JSON.Member) throws(SafetensorsError) -> [String: JSON] {
    guard let members = owner.value.members else {
      throw failure(owner, "is \(owner.value.kind), expected an object")
    }
    var values: [String: JSON] = [:]
    for member in members where values.updateValue(member.value, forKey: member.name) != nil {
      throw failure(owner, "\"\(member.name)\" stands twice")
    }
    return values
  }

  private static func numbers(
    _ array: JSON, _ tensor: JSON.Member
  ) throws(SafetensorsError) -> [Int] {
    guard let elements = array.elements else {
      throw failure(tensor, "found \(array.kind), expected an array of whole numbers")
    }
    var numbers: [Int] = []
    for element in elements {
      guard case .number(let text) = element, let number = Int(text), number >= 0, text != "-0"
      else {
        throw failure(tensor, "found \(element.kind), expected a whole number")
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func failure(_ member: JSON.Member, _ reason: String) -> SafetensorsError {
    .malformed(reason: "header, \"\(member.name)\": \(reason)")
  }
}
