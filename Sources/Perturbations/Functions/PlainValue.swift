public import Tensors

/// What a plain function takes and gives: a number, or arrays of numbers, nested as deep as there are
/// axes. `Float`, `Double`, `[Float]`, `[[Float]]` and so on.
///
/// A function of arrays is evaluated one sample at a time, and may be anything at all. An input of
/// several axes is given to a function of `[Float]` row by row, in one array; to one of `[[Float]]` as the
/// matrix that it is.
public protocol PlainValue: Sendable {
  /// The type of its numbers.
  associatedtype Scalar: TensorFloatingPoint

  /// How many arrays are nested: the rank of the tensor that it is.
  static var rank: Int { get }

  /// The extent of each axis.
  ///
  /// - Throws: ``RaggedArray`` where rows differ in length.
  func extents() throws(RaggedArray) -> [Int]

  /// A value from its elements.
  ///
  /// - Parameters:
  ///   - elements: As many as the shape has, row-major.
  ///   - shape: The extent of each axis; none for a number.
  init(_ elements: UnsafeBufferPointer<Scalar>, shape: ArraySlice<Int>)

  /// Values from their elements, one after the other.
  ///
  /// - Parameters:
  ///   - elements: As many as `count` values of `shape` have, row-major.
  ///   - count: How many values.
  ///   - shape: The extents of each; without any for a number.
  /// - Returns: The values.
  static func values(
    _ elements: UnsafeBufferPointer<Scalar>, count: Int, shape: ArraySlice<Int>
  ) -> [Self]

  /// Writes the elements, and moves on behind them.
  ///
  /// - Parameter position: Memory for all of them.
  func write(to position: inout UnsafeMutablePointer<Scalar>)

  /// Writes the elements of values, one after the other, and moves on behind them.
  ///
  /// - Parameters:
  ///   - values: The values.
  ///   - position: Memory for all of their elements.
  static func write(_ values: [Self], to position: inout UnsafeMutablePointer<Scalar>)
}

/// Rows of a nested array that differ in length; `description` is one line that says which.
public struct RaggedArray: Error, Sendable, Hashable, CustomStringConvertible {
  /// The position of a row.
  public let row: Int
  /// Its extents.
  public let extents: [Int]
  /// Those of the first row.
  public let expected: [Int]

  /// One line.
  public var description: String {
    "row \(row) of an array has \(Self.text(extents)) entries, expected \(Self.text(expected)) as in "
      + "row 0"
  }

  private static func text(_ extents: [Int]) -> String {
    extents.map(String.init).joined(separator: " × ")
  }
}

/// Numbers are plain values by themselves.
extension PlainValue where Scalar == Self {
  /// 0.
  public static var rank: Int { 0 }
  /// None.
  public func extents() throws(RaggedArray) -> [Int] { [] }

  /// The one element.
  public init(_ elements: UnsafeBufferPointer<Self>, shape: ArraySlice<Int>) { self = elements[0] }

  /// The elements.
  public static func values(
    _ elements: UnsafeBufferPointer<Self>, count: Int, shape: ArraySlice<Int>
  ) -> [Self] { Array(elements) }

  /// Writes the number.
  public func write(to position: inout UnsafeMutablePointer<Self>) {
    position.pointee = self
    position += 1
  }

  /// Writes the numbers.
  public static func write(_ values: [Self], to position: inout UnsafeMutablePointer<Self>) {
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { position.update(from: start, count: source.count) }
    }
    position += values.count
  }
}

extension Float: PlainValue {
  /// Itself.
  public typealias Scalar = Float
}

extension Double: PlainValue {
  /// Itself.
  public typealias Scalar = Double
}

extension Array: PlainValue where Element: PlainValue {
  /// The type of its numbers.
  public typealias Scalar = Element.Scalar

  /// One more than that of its entries.
  public static var rank: Int { Element.rank + 1 }

  /// Its count, and then the extents of its entries.
  public func extents() throws(RaggedArray) -> [Int] {
    guard Element.rank > 0, let first else {
      return [count] + [Int](repeating: 0, count: Element.rank)
    }
    let expected = try first.extents()
    for (row, entry) in enumerated().dropFirst() {
      let extents = try entry.extents()
      if extents != expected {
        throw RaggedArray(row: row, extents: extents, expected: expected)
      }
    }
    return [count] + expected
  }

  /// An array from its elements.
  public init(_ elements: UnsafeBufferPointer<Element.Scalar>, shape: ArraySlice<Int>) {
    self = Element.values(
      elements, count: shape.first ?? elements.count, shape: shape.dropFirst())
  }

  /// Arrays from their elements.
  public static func values(
    _ elements: UnsafeBufferPointer<Element.Scalar>, count: Int, shape: ArraySlice<Int>
  ) -> [Self] {
    let size = count > 0 ? elements.count / count : 0
    return (0..<count).map { position in
      Self(
        UnsafeBufferPointer(rebasing: elements[position * size..<(position + 1) * size]),
        shape: shape)
    }
  }

  /// Writes the elements of each entry.
  public func write(to position: inout UnsafeMutablePointer<Element.Scalar>) {
    Element.write(self, to: &position)
  }

  /// Writes the elements of each array.
  public static func write(
    _ values: [Self], to position: inout UnsafeMutablePointer<Element.Scalar>
  ) {
    for value in values { value.write(to: &position) }
  }
}
