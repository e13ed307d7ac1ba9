import Foundation
import Testing

/// Draws of NumPy, PyTorch and scikit-learn, from `Scripts/make_generator_fixture.py`.
struct GeneratorFixture: Decodable {
  private enum Content {
    case number(Double)
    case numbers([Double])
    case text(String)
    case object([String: GeneratorFixture])
  }

  private let content: Content

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/generators", withExtension: "json"))
    self = try JSONDecoder().decode(GeneratorFixture.self, from: Data(contentsOf: url))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      content = .number(number)
    } else if let numbers = try? container.decode([Double].self) {
      content = .numbers(numbers)
    } else if let text = try? container.decode(String.self) {
      content = .text(text)
    } else {
      content = .object(try container.decode([String: GeneratorFixture].self))
    }
  }

  /// The object of a name.
  func object(_ name: String) throws -> GeneratorFixture {
    guard case .object(let members) = content else { throw MissingMember(name: name) }
    return try #require(members[name], "\(name)")
  }

  /// The numbers of a name.
  func numbers(_ name: String) throws -> [Double] {
    guard case .numbers(let numbers) = try object(name).content else {
      throw MissingMember(name: name)
    }
    return numbers
  }

  /// The number of a name.
  func number(_ name: String) throws -> Double {
    guard case .number(let number) = try object(name).content else {
      throw MissingMember(name: name)
    }
    return number
  }

  /// The text of a name.
  func text(_ name: String) throws -> String {
    guard case .text(let text) = try object(name).content else { throw MissingMember(name: name) }
    return text
  }

  private struct MissingMember: Error { let name: String }
}
