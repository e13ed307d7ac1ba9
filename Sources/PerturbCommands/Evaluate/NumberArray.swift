internal import Perturbations
internal import Platform

/// Numbers with a shape, as they come from a file or an argument.
package struct NumberArray: Sendable, Equatable {
  package let shape: [Int]
  package let values: [Float]

  package init(shape: [Int], values: [Float]) {
    self.shape = shape
    self.values = values
  }

  package init(_ values: [Float]) { self.init(shape: [values.count], values: values) }

  /// The numbers of a JSON file: `[1, 2, 3]`, or `[[1, 2], [3, 4]]` for a batch.
  ///
  /// - Throws: ``CommandError`` that names the file and the element.
  package init(file path: String, purpose: String) throws(CommandError) {
    let json = try JSON(file: path, purpose: purpose)
    let place = "the \(purpose) '\(path)'"
    guard let rows = json.elements else {
      throw CommandError("\(place) holds \(json.kind), expected an array of numbers")
    }
    guard rows.contains(where: { $0.elements != nil }) else {
      self.init(try Self.numbers(rows, place))
      return
    }
    var values: [Float] = []
    for (index, row) in rows.enumerated() {
      guard let elements = row.elements, elements.count == rows[0].elements?.count else {
        throw CommandError(
          "row \(index) of \(place) is \(row.kind), expected as many numbers as row 0")
      }
      values += try Self.numbers(elements, "row \(index) of \(place)")
    }
    self.init(shape: [rows.count, rows[0].elements?.count ?? 0], values: values)
  }

  private static func numbers(_ elements: [JSON], _ place: String) throws(CommandError) -> [Float] {
    var values: [Float] = []
    for (index, element) in elements.enumerated() {
      guard let value = element.float else {
        throw CommandError("element \(index) of \(place) is \(element.kind), expected a number")
      }
      values.append(value)
    }
    return values
  }

  init(_ tensor: Tensor<Float>) { self.init(shape: tensor.shape.array, values: tensor.scalars) }

  var tensor: Tensor<Float> { Tensor(shape: Shape(shape), scalars: values) }

  /// Nested arrays; a single number as an array of one.
  var json: JSON { shape.isEmpty ? .array(values.map { JSON($0) }) : json(axis: 0, from: 0) }

  private func json(axis: Int, from start: Int) -> JSON {
    if axis == shape.count { return JSON(values[start]) }
    let stride = shape[(axis + 1)...].reduce(1, *)
    return .array((0..<shape[axis]).map { json(axis: axis + 1, from: start + $0 * stride) })
  }

  /// The index of each element, as people read it: "3", or "1, 3" in a batch.
  var indexTexts: [String] {
    values.indices.map { index in
      var rest = index
      var parts: [String] = []
      for extent in shape.reversed() {
        parts.append(String(rest % extent))
        rest /= extent
      }
      return parts.reversed().joined(separator: ", ")
    }
  }

  /// Checks that there are numbers and that all are finite.
  func check(_ name: String) throws(CommandError) {
    if values.isEmpty { throw CommandError("\(name) is empty, expected at least one number") }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw CommandError(
        "\(name) has \(values[index]) at index \(index), expected finite numbers")
    }
  }
}
