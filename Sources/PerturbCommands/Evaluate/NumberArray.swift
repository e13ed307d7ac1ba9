internal import Perturbations
internal import Platform

/// Numbers with a shape, as they come from a file or an argument.
package struct NumberArray: Sendable, Equatable {
  package let shape: [Int]
  package let values: [Double]
  /// What the values are rounded to.
  package let precision: Precision

  package init(shape: [Int], values: [Double], precision: Precision = .single) {
    self.shape = shape
    self.values = values
    self.precision = precision
  }

  package init(_ values: [Double], precision: Precision = .single) {
    self.init(shape: [values.count], values: values, precision: precision)
  }

  /// The numbers of a JSON file: `[1, 2, 3]`, or `[[1, 2], [3, 4]]` for a batch.
  ///
  /// - Throws: ``CommandError`` that names the file and the element.
  package init(
    file path: String, purpose: String, precision: Precision
  ) throws(CommandError) {
    try self.init(
      json: JSON(file: path, purpose: purpose), place: "the \(purpose) '\(path)'",
      precision: precision)
  }

  /// The numbers of JSON that is found in a place.
  init(json: JSON, place: String, precision: Precision) throws(CommandError) {
    guard let rows = json.elements else {
      throw CommandError("\(place) holds \(json.kind), expected an array of numbers")
    }
    guard rows.contains(where: { $0.elements != nil }) else {
      self.init(try Self.numbers(rows, place, precision), precision: precision)
      return
    }
    var values: [Double] = []
    for (index, row) in rows.enumerated() {
      guard let elements = row.elements, elements.count == rows[0].elements?.count else {
        throw CommandError(
          "row \(index) of \(place) is \(row.kind), expected as many numbers as row 0")
      }
      values += try Self.numbers(elements, "row \(index) of \(place)", precision)
    }
    self.init(
      shape: [rows.count, rows[0].elements?.count ?? 0], values: values, precision: precision)
  }

  private static func numbers(
    _ elements: [JSON], _ place: String, _ precision: Precision
  ) throws(CommandError) -> [Double] {
    var values: [Double] = []
    for (index, element) in elements.enumerated() {
      let value = precision == .single ? element.float.map(Double.init) : element.double
      guard let value else {
        throw CommandError("element \(index) of \(place) is \(element.kind), expected a number")
      }
      values.append(value)
    }
    return values
  }

  init<Scalar: CommandScalar>(_ tensor: Tensor<Scalar>) {
    self.init(
      shape: tensor.shape.array, values: tensor.scalars.map(\.asDouble),
      precision: Scalar.precision)
  }

  func tensor<Scalar: CommandScalar>(of type: Scalar.Type) -> Tensor<Scalar> {
    Tensor(shape: Shape(shape), scalars: values.map { Scalar(nearest: $0) })
  }

  /// How many rows a batch has, one without a batch axis.
  var rows: Int { shape.count == 2 ? shape[0] : 1 }
  /// The values of one row.
  func row(_ row: Int) -> [Double] {
    let width = values.count / max(rows, 1)
    return Array(values[row * width..<(row + 1) * width])
  }

  /// Nested arrays; a single number as an array of one.
  var json: JSON {
    shape.isEmpty ? .array(values.indices.map(numberJSON)) : json(axis: 0, from: 0)
  }

  private func json(axis: Int, from start: Int) -> JSON {
    if axis == shape.count { return numberJSON(start) }
    let stride = shape[(axis + 1)...].reduce(1, *)
    return .array((0..<shape[axis]).map { json(axis: axis + 1, from: start + $0 * stride) })
  }

  private func numberJSON(_ index: Int) -> JSON {
    precision == .single ? JSON(Float(values[index])) : JSON(values[index])
  }

  /// The shortest texts that read back as the values.
  var texts: [String] {
    values.map { precision == .single ? Digits.shortest(Float($0)) : Digits.shortest($0) }
  }

  /// The numbers and multiples of others of the same shape.
  func adding(_ other: NumberArray, scaledBy factor: Double) -> NumberArray {
    NumberArray(
      shape: shape, values: zip(values, other.values).map { $0 + factor * $1 },
      precision: precision)
  }

  /// The same numbers but for zeros.
  func replacingZeros(by other: Double) -> NumberArray {
    NumberArray(shape: shape, values: values.map { $0 == 0 ? other : $0 }, precision: precision)
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

  /// Checks that a matrix of all pairs of the numbers of a point can be kept and printed.
  ///
  /// - Parameter name: What has the matrix.
  /// - Throws: ``CommandError`` that says how large it would be.
  func checkSquare(_ name: String) throws(CommandError) {
    let width = values.count / max(rows, 1)
    let entries = Double(rows) * Double(width) * Double(width)
    if entries > 16e6 {
      throw CommandError(
        "\(name) has \(Digits.grouped(width)) × \(Digits.grouped(width)) entries for each point, "
          + "\(Digits.grouped(Int(entries / 1e6))) million in all, expected at most 16 million")
    }
  }
}
