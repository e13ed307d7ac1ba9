/// The extents of a tensor's axes, outermost first.
///
/// A shape is a collection of at most ``maximumRank`` non-negative integers. It is written as an
/// array literal and stored inline, so that making one allocates nothing.
public struct Shape: Sendable {
  /// The largest number of axes, counting one for each `vmap` around the code.
  public static let maximumRank = 8

  private var extents: PerAxis<Int32>
  private var axisCount: UInt8

  /// The shape of a scalar: no axes, one element.
  public init() {
    extents = PerAxis(repeating: 0)
    axisCount = 0
  }

  /// A shape of the given extents.
  ///
  /// - Precondition: at most ``maximumRank`` extents, each in 0 …< 2³¹.
  public init(_ extents: some Sequence<Int>) {
    self.init()
    for extent in extents { append(extent) }
  }

  /// The number of axes.
  public var rank: Int { Int(axisCount) }

  /// The number of elements: the product of the extents.
  public var elementCount: Int {
    var product = 1
    for axis in 0..<rank { product *= Int(extents[axis]) }
    return product
  }

  /// Adds an innermost axis.
  public mutating func append(_ extent: Int) {
    require(
      rank < Shape.maximumRank, "Shape",
      "a tensor has at most \(Shape.maximumRank) axes, counting those that vmap adds")
    require(
      extent >= 0 && extent <= Int(Int32.max), "Shape", "\(extent) is not the extent of an axis")
    extents[rank] = Int32(truncatingIfNeeded: extent)
    axisCount += 1
  }

  /// The extents as an array.
  public var array: [Int] { Array(self) }
}

extension Shape: RandomAccessCollection, MutableCollection {
  /// The first axis.
  public var startIndex: Int { 0 }
  /// One past the last axis.
  public var endIndex: Int { rank }

  /// The extent of an axis, counted from 0.
  public subscript(axis: Int) -> Int {
    get {
      require(axis >= 0 && axis < rank, "Shape", "axis \(axis) is out of range for \(self)")
      return Int(extents[axis])
    }
    set {
      require(axis >= 0 && axis < rank, "Shape", "axis \(axis) is out of range for \(self)")
      extents[axis] = Int32(newValue)
    }
  }
}

extension Shape: Hashable {
  /// Whether two shapes have the same extents.
  public static func == (a: Shape, b: Shape) -> Bool {
    guard a.axisCount == b.axisCount else { return false }
    for axis in 0..<a.rank where a.extents[axis] != b.extents[axis] { return false }
    return true
  }

  /// Feeds the extents to a hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(axisCount)
    for axis in 0..<rank { hasher.combine(extents[axis]) }
  }

  /// Whether the extents are those of an array.
  public static func == (a: Shape, b: [Int]) -> Bool { a == Shape(b) }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
  /// A shape written as `[2, 3]`.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The extents in brackets, as in `[2, 3]`.
  public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}

extension Shape {
  /// The extents in the given order of axes.
  func permuted(_ axes: Shape) -> Shape {
    var result = Shape()
    for axis in axes { result.append(self[axis]) }
    return result
  }

  /// The shape with `extent` put before `axis`.
  package func inserting(_ extent: Int, at axis: Int) -> Shape {
    var result = Shape()
    for i in 0..<axis { result.append(self[i]) }
    result.append(extent)
    for i in axis..<rank { result.append(self[i]) }
    return result
  }

  /// The shape without one axis.
  package func removing(_ axis: Int) -> Shape {
    var result = Shape()
    for i in 0..<rank where i != axis { result.append(self[i]) }
    return result
  }

  /// The shape with another extent on one axis.
  package func replacing(_ axis: Int, with extent: Int) -> Shape {
    var result = self
    result[axis] = extent
    return result
  }

  /// The product of the extents of a range of axes.
  func elementCount(_ axes: Range<Int>) -> Int {
    var product = 1
    for axis in axes { product *= self[axis] }
    return product
  }

  /// The row-major strides, in elements.
  var strides: Strides {
    var result = Strides(repeating: 0)
    var elements = 1
    for axis in indices.reversed() {
      result[axis] = Int64(elements)
      elements *= self[axis]
    }
    return result
  }

  /// The strides that read a tensor of this shape as one of a shape that it broadcasts to.
  func strides(broadcastTo shape: Shape) -> Strides {
    let own = strides
    var result = Strides(repeating: 0)
    let offset = shape.rank - rank
    for axis in 0..<rank {
      result[axis + offset] = self[axis] == 1 && shape[axis + offset] != 1 ? 0 : own[axis]
    }
    return result
  }

  /// The shape that both operands broadcast to by NumPy's rules, or nil.
  static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    if a == b { return a }
    var result = Shape()
    let rank = Swift.max(a.rank, b.rank)
    for axis in 0..<rank {
      let i = axis - (rank - a.rank)
      let j = axis - (rank - b.rank)
      let p = i < 0 ? 1 : a[i]
      let q = j < 0 ? 1 : b[j]
      guard p == q || p == 1 || q == 1 else { return nil }
      result.append(p == 1 ? q : p)
    }
    return result
  }

  /// The non-negative form of an axis that may count from the end.
  func axis(
    _ axis: Int, _ operation: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    require(
      resolved >= 0 && resolved < rank, operation(),
      "axis \(axis) is out of range for shape \(self)", file: file, line: line)
    return resolved
  }
}

extension Shape {
  /// Calls `body` with the extents as C reads them.
  @inline(__always)
  func withExtents<Result>(_ body: (UnsafePointer<Int32>) -> Result) -> Result {
    extents.withElements(body)
  }
}
