/// One number for each axis that a tensor can have, stored inline: making one allocates nothing.
///
/// What the standard library has for this, `InlineArray`, needs the systems of 2025.
struct PerAxis<Element: BitwiseCopyable & Sendable>: Sendable {
  private var elements: (Element, Element, Element, Element, Element, Element, Element, Element)

  @inline(__always)
  init(repeating value: Element) {
    elements = (value, value, value, value, value, value, value, value)
  }

  /// The number of an axis, counted from 0.
  ///
  /// - Precondition: 0 ≤ `axis` < ``Shape/maximumRank``.
  @inline(__always)
  subscript(axis: Int) -> Element {
    get {
      precondition(axis >= 0 && axis < Shape.maximumRank, "no such axis")
      return withElements { $0[axis] }
    }
    set {
      precondition(axis >= 0 && axis < Shape.maximumRank, "no such axis")
      withUnsafeMutablePointer(to: &elements) {
        $0.withMemoryRebound(to: Element.self, capacity: Shape.maximumRank) { $0[axis] = newValue }
      }
    }
  }

  /// Calls `body` with a pointer to the numbers.
  @inline(__always)
  func withElements<Result>(_ body: (UnsafePointer<Element>) -> Result) -> Result {
    withUnsafePointer(to: elements) {
      $0.withMemoryRebound(to: Element.self, capacity: Shape.maximumRank) { body($0) }
    }
  }
}

/// Element strides of up to ``Shape/maximumRank`` axes.
typealias Strides = PerAxis<Int64>
