internal import CKernels

/// A tensor without its element type in the type system: what primitives work on.
///
/// A value is dense, or it belongs to a transform that is running: recorded on a tape
/// (`gradient`, `vjp`) or mapped (`vmap`). Transforms nest; the number of the transform that a
/// value belongs to is its level, and a recorded or mapped value wraps one of a lower level.
package struct Value: @unchecked Sendable {
  enum Content {
    case dense(Buffer)
    case recorded(Recorded)
    case mapped(Mapped)
  }

  let content: Content
  /// The shape that the code that holds this value sees.
  package let shape: Shape
  package let type: ElementType

  /// A value that a tape has seen.
  final class Recorded {
    let primal: Value
    let tape: Tape
    let index: Int

    init(primal: Value, tape: Tape, index: Int) {
      self.primal = primal
      self.tape = tape
      self.index = index
    }
  }

  /// A value whose leading physical axis is hidden from the code that holds it.
  final class Mapped {
    let physical: Value
    let level: Int

    init(physical: Value, level: Int) {
      self.physical = physical
      self.level = level
    }

    var count: Int { physical.shape[0] }
  }

  init(content: Content, shape: Shape, type: ElementType) {
    self.content = content
    self.shape = shape
    self.type = type
  }

  /// The level of the transform that this value belongs to; 0 for a dense value.
  var level: Int {
    switch content {
    case .dense: 0
    case .recorded(let recorded): recorded.tape.level
    case .mapped(let mapped): mapped.level
    }
  }

  package var isDense: Bool {
    if case .dense = content { true } else { false }
  }

  package var count: Int { shape.elementCount }
  package var rank: Int { shape.rank }
}

// MARK: - Dense values

extension Value {
  /// A dense value whose elements `initialize` writes.
  package static func dense(
    _ shape: Shape, _ type: ElementType, _ initialize: (UnsafeMutableRawPointer) -> Void
  ) -> Value {
    let buffer = Buffer.uninitialized(byteCount: shape.elementCount * type.size)
    initialize(buffer.pointer)
    return Value(content: .dense(buffer), shape: shape, type: type)
  }

  /// A dense value with all elements equal.
  package static func filled(_ shape: Shape, _ type: ElementType, _ value: Double) -> Value {
    dense(shape, type) { ck_fill(type.kernelType, value, $0, shape.elementCount) }
  }

  package static func zeros(_ shape: Shape, _ type: ElementType) -> Value {
    filled(shape, type, 0)
  }

  static func ones(_ shape: Shape, _ type: ElementType) -> Value { filled(shape, type, 1) }

  static func scalar(_ value: Double, _ type: ElementType) -> Value { filled([], type, value) }

  /// 0, 1, …, count − 1.
  static func iota(_ count: Int, _ type: ElementType) -> Value {
    dense([count], type) { ck_iota(type.kernelType, 0, 1, $0, count) }
  }

  /// The same elements in another shape, without a copy.
  func withShape(_ shape: Shape) -> Value { Value(content: content, shape: shape, type: type) }

  /// Reads the elements of a dense or recorded value.
  ///
  /// A mapped value holds many tensors at once and so has no elements to look at.
  package func withElements<Result, E: Error>(
    _ operation: @autoclosure () -> String = "reading a tensor's elements",
    _ body: (UnsafeRawPointer) throws(E) -> Result
  ) throws(E) -> Result {
    let buffer = concreteBuffer(operation())
    defer { withExtendedLifetime(buffer) {} }
    return try body(UnsafeRawPointer(buffer.pointer))
  }

  /// The value below every tape that is recording it.
  package func concrete(_ operation: @autoclosure () -> String) -> Value {
    var value = self
    while true {
      switch value.content {
      case .dense: return value
      case .recorded(let recorded): value = recorded.primal
      case .mapped:
        trap(
          operation(),
          "this tensor is mapped (vmap, or a perturbed function of one example), so it stands for "
            + "many tensors at once and has no single value to read. Write the function with tensor "
            + "operations only, or evaluate it one example at a time: `vmap(…, sequential: true)`, "
            + "`Perturbed(…, sequential: true)`")
      }
    }
  }

  private func concreteBuffer(_ operation: @autoclosure () -> String) -> Buffer {
    guard case .dense(let buffer) = concrete(operation()).content else { fatalError("not dense") }
    return buffer
  }

  /// The buffer of a value that is known to be dense.
  @inline(__always)
  var buffer: Buffer {
    guard case .dense(let buffer) = content else { trap("Value", "expected a dense value") }
    return buffer
  }
}

extension ElementType {
  var kernelType: ck_dtype {
    switch self {
    case .float: CK_F32
    case .double: CK_F64
    case .int32: CK_I32
    case .bool: CK_BOOL
    }
  }
}
