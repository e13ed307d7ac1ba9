extension Tensor: CustomStringConvertible {
  /// The elements as NumPy prints them: nested brackets, columns aligned, large tensors shortened.
  public var description: String {
    var printer = TensorPrinter(shape: shape, edge: count > 1000 ? 3 : .max)
    printer.collect(scalars)
    return printer.text()
  }
}

extension Tensor: CustomDebugStringConvertible {
  /// The shape and type, then the elements.
  public var debugDescription: String { "Tensor<\(Scalar.self)>\(shape)\n\(description)" }
}

/// Formats the elements of one tensor in equal widths.
private struct TensorPrinter {
  let shape: Shape
  /// How many entries of an axis to show at each end; `.max` for all.
  let edge: Int
  private var texts: [Int: String] = [:]
  private var width = 0

  init(shape: Shape, edge: Int) {
    self.shape = shape
    self.edge = edge
  }

  mutating func collect<Scalar>(_ scalars: [Scalar]) {
    let shown = shownIndices(axis: 0, offset: 0)
    func number(_ index: Int) -> Double? {
      (scalars[index] as? any TensorFloatingPoint)?.asDouble
    }
    let format = NumberFormat(shown.compactMap(number))
    for index in shown { texts[index] = number(index).map(format.text) ?? "\(scalars[index])" }
    format.align(&texts)
    width = texts.values.map(\.count).max() ?? 0
  }

  private func positions(_ axis: Int) -> [Int?] {
    let extent = shape[axis]
    if edge == .max || extent <= 2 * edge { return Array(0..<extent) }
    return Array(0..<edge) + [nil] + Array(extent - edge..<extent)
  }

  private func shownIndices(axis: Int, offset: Int) -> [Int] {
    if axis == shape.rank { return [offset] }
    let stride = shape.elementCount(axis + 1..<shape.rank)
    return positions(axis).flatMap { position -> [Int] in
      guard let position else { return [] }
      return shownIndices(axis: axis + 1, offset: offset + position * stride)
    }
  }

  func text(axis: Int = 0, offset: Int = 0) -> String {
    if axis == shape.rank {
      let text = texts[offset] ?? ""
      return String(repeating: " ", count: width - text.count) + text
    }
    let stride = shape.elementCount(axis + 1..<shape.rank)
    let parts = positions(axis).map { position in
      position.map { text(axis: axis + 1, offset: offset + $0 * stride) } ?? "..."
    }
    let isLast = axis == shape.rank - 1
    let blankLines = String(repeating: "\n", count: Swift.max(1, shape.rank - axis - 1))
    let separator = isLast ? " " : blankLines + String(repeating: " ", count: axis + 1)
    return "[" + parts.joined(separator: separator) + "]"
  }
}

/// How floating-point numbers of one tensor are written: with an exponent where their sizes differ
/// too much, as shortest decimals otherwise.
private struct NumberFormat {
  private let usesExponent: Bool

  init(_ values: [Double]) {
    let sizes = values.filter { $0 != 0 && $0.isFinite }.map(\.magnitude)
    let largest = sizes.max() ?? 1
    let smallest = sizes.min() ?? 1
    usesExponent = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1e4 && smallest < 1e-3
  }

  func text(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return usesExponent ? exponential(value) : decimal(value)
  }

  /// At most eight decimals, without trailing zeros: "0.815", "3.".
  private func decimal(_ value: Double) -> String {
    let scale = 1e8
    let rounded = (value.magnitude * scale).rounded()
    let whole = (rounded / scale).rounded(.down)
    let fraction = Int(rounded - whole * scale)
    var digits = String(fraction)
    digits = String(repeating: "0", count: 8 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    let sign = value < 0 && rounded != 0 ? "-" : ""
    return sign + String(Int(whole)) + "." + digits
  }

  private func exponential(_ value: Double) -> String {
    if value == 0 { return "0.e+00" }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    let digits = decimal((mantissa * 1e4).rounded() / 1e4)
    let size = Swift.abs(exponent)
    return (value < 0 ? "-" : "") + digits + "e" + (exponent < 0 ? "-" : "+")
      + (size < 10 ? "0" : "") + String(size)
  }

  /// Decimal points in one column: blanks after the shorter fractions.
  func align(_ texts: inout [Int: String]) {
    func fraction(_ text: String) -> Int? {
      text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) }
    }
    guard !usesExponent, let longest = texts.values.compactMap(fraction).max() else { return }
    for (index, text) in texts {
      if let own = fraction(text) {
        texts[index] = text + String(repeating: " ", count: longest - own)
      }
    }
  }
}
