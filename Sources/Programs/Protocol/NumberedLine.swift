internal import Platform

/// One line of the protocol in which each question and answer carries its number:
/// `{"id":7,"x":[0.5,-2]}` and `{"id":7,"y":[1.25]}`, or `"y":1.25`.
package enum NumberedLine {
  /// Appends a question, whose numbers are an array's text, with a line feed at the end.
  static func append(_ array: some Sequence<UInt8>, number: Int, to bytes: inout [UInt8]) {
    bytes += "{\"id\":\(number),\"x\":".utf8
    bytes += array
    bytes += "}\n".utf8
  }

  package struct Answer: Equatable {
    package var number: Int
    /// Nil where it is not a number or an array of numbers.
    package var values: [Double]?
  }

  /// The answer on a line; nil where it is not an object with an `id`. Other members mean nothing.
  package static func parse(_ line: some Collection<UInt8>) -> Answer? {
    guard let json = try? JSON(parsing: Array(line)), let number = json["id"]?.integer else {
      return nil
    }
    let elements = json["y"]?.elements ?? json["y"].map { [$0] } ?? []
    let values = elements.compactMap(\.double)
    return Answer(
      number: number, values: json["y"] != nil && values.count == elements.count ? values : nil)
  }
}
