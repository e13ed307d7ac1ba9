import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An XML document as a flat list of elements, read by Foundation's parser, which refuses what
/// isn't well-formed.
struct Document {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""

    func number(_ name: String) -> Double { Double(attributes[name] ?? "") ?? .nan }
  }

  let elements: [Element]
  let error: String?

  init(_ text: String) {
    let parser = XMLParser(data: Data(text.utf8))
    let reader = Reader()
    parser.delegate = reader
    let succeeded = parser.parse()
    elements = reader.elements
    error = succeeded ? nil : String(describing: parser.parserError)
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [Element] = []
    var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      open.append(elements.count)
      elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      for index in open { elements[index].text += string }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      open.removeLast()
    }
  }

  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  /// The corners of a path of straight pieces, one list for each of its parts.
  static func corners(_ data: String) -> [[(x: Double, y: Double)]] {
    data.split(separator: "M").map { part in
      part.split { "LZ".contains($0) }.compactMap { pair in
        let numbers = pair.split(separator: " ").compactMap { Double($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
      }
    }
  }
}
