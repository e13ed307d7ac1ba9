internal import CKernels

/// A tensor without its element type in the type system: what primitives work on.
///
/// A value is dense, or it belongs to a transform that is running: recorded on a tape
/// (`gradient`, `vjp`) or mapped (`vmap`). Transforms nest; the number of the transform that a
/// value belongs to is its level, and a recorded or mapped value wraps one of a lower level.
package struct Value: @unchecked Sendable {
  enum Content {
    /// Elements in memory.
    case dense(Buffer)
    /// One element, as the bytes that it has in memory, repeated all over the shape: numbers and
    /// constants need no buffer.
    case single(UInt64)
    case recorded(Recorded)
    case mapped(Mapped)
  }

  /// The one reference that a value holds, beside what says of which class it is: copying a value
  /// is then one call, where copying an enumeration of references is a choice between several.
  private var reference: AnyObject?
  private var bytes: UInt64
  private var kind: Kind

  private enum Kind { case dense, single, recorded, mapped }

  /// The shape that the code that holds this value sees.
  package let shape: Shape
  package let type: ElementType

  @inline(__always)
  init(content: Content, shape: Shape, type: ElementType) {
    (kind, reference, bytes) = Value.parts(content)
    self.shape = shape
    self.type = type
  }

  var content: Content {
    @inline(__always)
    get {
      switch kind {
      case .single: return .single(bytes)
      case .dense: return .dense(object())
      case .recorded: return .recorded(object())
      case .mapped: return .mapped(object())
      }
    }
    set { (kind, reference, bytes) = Value.parts(newValue) }
  }

  @inline(__always)
  private static func parts(_ content: Content) -> (Kind, AnyObject?, UInt64) {
    switch content {
    case .dense(let buffer): (.dense, buffer, 0)
    case .single(let bytes): (.single, nil, bytes)
    case .recorded(let recorded): (.recorded, recorded, 0)
    case .mapped(let mapped): (.mapped, mapped, 0)
    }
  }

  @inline(__always)
  private func object<Class: AnyObject>() -> Class {
    unsafeDowncast(reference.unsafelyUnwrapped, to: Class.self)
  }

  /// The level of the transform that this value belongs to; 0 for a dense value.
  var level: Int {
    switch content {
    case .dense, .single: 0
    case .recorded(let recorded):
      recorded.tape.isRecording ? recorded.tape.level : recorded.primal.level
    case .mapped(let mapped): mapped.map.level
    }
  }

  @inline(__always)
  package var isDense: Bool {
    kind == .dense || kind == .single
  }

  /// What a tape knows of this value.
  @inline(__always)
  var recorded: Recorded? {
    kind == .recorded ? object() : nil
  }

  package var count: Int { shape.elementCount }
  package var rank: Int { shape.rank }
}

// MARK: - Dense values

extension Value {
  /// A dense value whose elements `initialize` writes.
  @inline(__always)
  package static func dense(
    _ shape: Shape, _ type: ElementType, _ initialize: (UnsafeMutableRawPointer) -> Void
  ) -> Value {
    let count = shape.elementCount
    if count == 1 { return single(shape, type, initialize) }
    let buffer = Buffer.uninitialized(byteCount: count * type.size)
    initialize(buffer.pointer)
    return Value(content: .dense(buffer), shape: shape, type: type)
  }

  /// A value with all elements equal to the one that `initialize` writes.
  @inline(__always)
  static func single(
    _ shape: Shape, _ type: ElementType, _ initialize: (UnsafeMutableRawPointer) -> Void
  ) -> Value {
    var bytes: UInt64 = 0
    withUnsafeMutableBytes(of: &bytes) { initialize($0.baseAddress.unsafelyUnwrapped) }
    return Value(content: .single(bytes), shape: shape, type: type)
  }

  /// A dense value with all elements equal.
  package static func filled(_ shape: Shape, _ type: ElementType, _ value: Double) -> Value {
    switch type {
    case .float: single(Float(value), shape)
    case .double: single(value, shape)
    case .int32: single(Int32(nearest: value), shape)
    case .bool: single(value != 0, shape)
    }
  }

  package static func zeros(_ shape: Shape, _ type: ElementType) -> Value {
    filled(shape, type, 0)
  }

  package static func ones(_ shape: Shape, _ type: ElementType) -> Value {
    filled(shape, type, 1)
  }

  package static func scalar(_ value: Double, _ type: ElementType) -> Value {
    filled(Shape(), type, value)
  }

  /// A value with all elements equal to a number.
  @inline(__always)
  static func single<Scalar: TensorScalar>(_ scalar: Scalar, _ shape: Shape = Shape()) -> Value {
    single(shape, Scalar.elementType) { $0.storeBytes(of: scalar, as: Scalar.self) }
  }

  /// The number, where this is one written in the program rather than computed.
  var literal: Double? {
    guard case .single(let bytes) = content, rank == 0 else { return nil }
    return number(bytes)
  }

  private func number(_ bytes: UInt64) -> Double {
    withUnsafeBytes(of: bytes) {
      switch type {
      case .float: Double($0.load(as: Float.self))
      case .double: $0.load(as: Double.self)
      case .int32: Double($0.load(as: Int32.self))
      case .bool: $0.load(as: Bool.self) ? 1 : 0
      }
    }
  }

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
    try concrete(operation()).withPointer(body)
  }

  /// The elements of a dense value.
  @inline(__always)
  func withPointer<Result, E: Error>(
    _ body: (UnsafeRawPointer) throws(E) -> Result
  ) throws(E) -> Result {
    switch content {
    case .dense(let buffer):
      defer { withExtendedLifetime(buffer) {} }
      return try body(UnsafeRawPointer(buffer.pointer))
    case .single(let bytes):
      if count == 1 {
        return try withUnsafeBytes(of: bytes) { bytes throws(E) in
          try body(bytes.baseAddress.unsafelyUnwrapped)
        }
      }
      let buffer = filledBuffer(number(bytes))
      defer { withExtendedLifetime(buffer) {} }
      return try body(UnsafeRawPointer(buffer.pointer))
    case .recorded, .mapped: trap("Value", "expected a dense value")
    }
  }

  /// The elements of a dense value, or the only one, and the stride that reads them: 1 or 0.
  @inline(__always)
  func withRepeatedPointer<Result>(_ body: (UnsafeRawPointer, Int64) -> Result) -> Result {
    if case .single(let bytes) = content {
      return withUnsafeBytes(of: bytes) { body($0.baseAddress.unsafelyUnwrapped, 0) }
    }
    return withPointer { body($0, 1) }
  }

  @inline(never)
  private func filledBuffer(_ number: Double) -> Buffer {
    let buffer = Buffer.uninitialized(byteCount: count * type.size)
    ck_fill(type.kernelType, number, buffer.pointer, count)
    return buffer
  }

  /// Whether all elements are one number.
  @inline(__always)
  var isSingle: Bool { kind == .single }

  /// The value below every tape that is recording it.
  package func concrete(_ operation: @autoclosure () -> String) -> Value {
    var value = self
    while true {
      switch value.content {
      case .dense, .single: return value
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
