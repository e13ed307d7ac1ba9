extension Tensor: CustomStringConvertible {
  /// The elements as NumPy prints them: nested brackets, columns aligned, lines of at most 75
  /// characters, and the first and last three entries of each axis of a tensor with more than 1000
  /// elements.
  public var description: String {
    text(plain: ElementFormat.plain, aligned: ElementFormat.aligned)
  }

  /// The elements in brackets: `plain` writes one by itself, `aligned` those that are shown.
  fileprivate func text(
    plain: (Scalar) -> String, aligned: ([Scalar]) -> [String]
  ) -> String {
    let scalars = scalars
    if rank == 0 { return plain(scalars[0]) }
    let layout = PrintLayout(shape: shape, edge: count > 1000 ? 3 : .max)
    let shown = layout.shownIndices()
    let texts = aligned(shown.map { scalars[$0] })
    return layout.text(Dictionary(uniqueKeysWithValues: zip(shown, texts)))
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The elements with so many digits behind the point each, never with an exponent:
  /// `print(x.formatted(decimals: 3))`.
  ///
  /// Brackets, columns and lines are those of ``description``; halves go to the even digit.
  ///
  /// - Parameter decimals: Digits behind the point.
  /// - Returns: The text.
  /// - Precondition: `decimals` is not negative; not called inside `vmap`.
  public func formatted(decimals: Int) -> String {
    require(decimals >= 0, "formatted", "\(decimals) digits behind the point")
    return text(
      plain: { ElementFormat.fixed([$0], decimals: decimals)[0] },
      aligned: { ElementFormat.fixed($0, decimals: decimals) })
  }
}

extension Tensor: CustomDebugStringConvertible {
  /// The shape and type, then the elements.
  public var debugDescription: String { "Tensor<\(Scalar.self)>\(shape)\n\(description)" }
}

/// Sets the elements of a tensor in brackets and lines.
private struct PrintLayout {
  let shape: Shape
  /// How many entries of an axis to show at each end; `.max` for all.
  let edge: Int
  private let lineWidth = 75

  init(shape: Shape, edge: Int) {
    self.shape = shape
    self.edge = edge
  }

  /// The entries of an axis to show; nil stands for those left out.
  private func positions(_ axis: Int) -> [Int?] {
    let extent = shape[axis]
    if edge == .max || extent <= 2 * edge { return Array(0..<extent) }
    return Array(0..<edge) + [nil] + Array(extent - edge..<extent)
  }

  func shownIndices(axis: Int = 0, offset: Int = 0) -> [Int] {
    if axis == shape.rank { return [offset] }
    let stride = shape.elementCount(axis + 1..<shape.rank)
    return positions(axis).compactMap { $0 }.flatMap {
      shownIndices(axis: axis + 1, offset: offset + $0 * stride)
    }
  }

  func text(_ elements: [Int: String], axis: Int = 0, offset: Int = 0) -> String {
    let stride = shape.elementCount(axis + 1..<shape.rank)
    let indent = String(repeating: " ", count: axis + 1)
    if axis == shape.rank - 1 {
      let words = positions(axis).map { $0.flatMap { elements[offset + $0] } ?? "..." }
      return "[" + wrapped(words, indent: indent, width: lineWidth - axis - 1) + "]"
    }
    let parts = positions(axis).map { position in
      position.map { text(elements, axis: axis + 1, offset: offset + $0 * stride) } ?? "..."
    }
    let separator = String(repeating: "\n", count: shape.rank - axis - 1)
    return "[" + parts.joined(separator: separator + indent) + "]"
  }

  private func wrapped(_ words: [String], indent: String, width: Int) -> String {
    var text = ""
    var length = indent.count
    for (position, word) in words.enumerated() {
      if position > 0 {
        if length + 1 + word.count > width {
          while text.last == " " { text.removeLast() }
          text += "\n" + indent
          length = indent.count
        } else {
          text += " "
          length += 1
        }
      }
      text += word
      length += word.count
    }
    return text
  }
}
