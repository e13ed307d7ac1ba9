/// The type of a tensor's elements.
public enum ElementType: UInt8, Sendable, CaseIterable {
  /// 32-bit floating point.
  case float
  /// 64-bit floating point.
  case double
  /// 32-bit signed integers: indices and counts.
  case int32
  /// Truth values, one byte each.
  case bool

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .float, .int32: 4
    case .double: 8
    case .bool: 1
    }
  }

  /// Whether values of this type have derivatives.
  public var isFloatingPoint: Bool { self == .float || self == .double }
}

/// A type that a tensor's elements can have: `Float`, `Double`, `Int32` or `Bool`.
public protocol TensorScalar: Sendable, Hashable, BitwiseCopyable {
  /// The type's name at run time.
  static var elementType: ElementType { get }
}

/// A type of element with arithmetic: `Float`, `Double` or `Int32`.
public protocol TensorNumeric: TensorScalar, SignedNumeric, Comparable, NumberOperand {
  /// The nearest value of this type.
  init(nearest value: Double)
}

/// A type of element with derivatives: `Float` or `Double`.
public protocol TensorFloatingPoint: TensorNumeric, RandomScalar {}

extension Float: TensorFloatingPoint {
  /// ``ElementType/float``.
  public static var elementType: ElementType { .float }
  /// The nearest `Float`.
  public init(nearest value: Double) { self.init(value) }
  /// The same value as a `Double`.
  public var asDouble: Double { Double(self) }
}

extension Double: TensorFloatingPoint {
  /// ``ElementType/double``.
  public static var elementType: ElementType { .double }
  /// The value itself.
  public init(nearest value: Double) { self = value }
  /// The value itself.
  public var asDouble: Double { self }
}

extension Int32: TensorNumeric {
  /// ``ElementType/int32``.
  public static var elementType: ElementType { .int32 }
  /// The nearest integer, clamped to the type's range.
  public init(nearest value: Double) {
    let rounded = value.rounded()
    self =
      rounded >= Double(Int32.max)
      ? .max : rounded <= Double(Int32.min) ? .min : rounded.isNaN ? 0 : Int32(rounded)
  }
  /// The same value as a `Double`.
  public var asDouble: Double { Double(self) }
}

extension Bool: TensorScalar {
  /// ``ElementType/bool``.
  public static var elementType: ElementType { .bool }
}
