// What may stand beside a tensor in arithmetic and comparisons.
//
// A number beside a tensor takes the tensor's element type. What cannot stand there conforms too,
// but unavailably: the compiler then finds one meaning of the expression at once and says what is
// wrong with it, where without any meaning it would try all overloads of all operators against each
// other before it gives up.

/// What can stand to the right of a tensor of `Float` or `Double`: a number of any type, which is
/// converted to the tensor's element type.
public protocol TensorOperand {
  /// The number as a `Double`; integers past 2⁵³ are rounded.
  var asDouble: Double { get }
}

/// What can stand to the left of a tensor of `Float` or `Double`: a number of any type.
public protocol NumberOperand: TensorOperand {}

/// What can stand beside a tensor of `Int32`: an integer of any type.
///
/// - Precondition: its value is one of `Int32`'s.
public protocol IntegerOperand {
  /// The integer, which traps if it is none of `Int`'s.
  var asInt: Int { get }
}

/// What can stand to the right of a tensor of `Bool` in arithmetic: nothing.
public protocol TruthOperand {}

extension BinaryInteger {
  /// The number as a `Double`; integers past 2⁵³ are rounded.
  public var asDouble: Double { Double(self) }

  /// The integer, which traps if it is none of `Int`'s.
  public var asInt: Int { Int(self) }
}

extension Int: NumberOperand, IntegerOperand {}
extension Int8: NumberOperand, IntegerOperand {}
extension Int16: NumberOperand, IntegerOperand {}
extension Int64: NumberOperand, IntegerOperand {}
extension UInt: NumberOperand, IntegerOperand {}
extension UInt8: NumberOperand, IntegerOperand {}
extension UInt16: NumberOperand, IntegerOperand {}
extension UInt32: NumberOperand, IntegerOperand {}
extension UInt64: NumberOperand, IntegerOperand {}
extension Int32: IntegerOperand {}

// MARK: - What cannot stand beside a tensor

@available(
  *, unavailable,
  message: "a text is no number: write Float(text) for what it says"
)
extension String: NumberOperand, IntegerOperand {
  /// There is none.
  public var asDouble: Double { fatalError() }
  /// There is none.
  public var asInt: Int { fatalError() }
}

@available(
  *, unavailable,
  message: "a truth value is no number: write `flag ? 1 : 0`"
)
extension Bool: NumberOperand, IntegerOperand {
  /// There is none.
  public var asDouble: Double { fatalError() }
  /// There is none.
  public var asInt: Int { fatalError() }
}

@available(
  *, unavailable,
  message: "an array is no tensor: write Tensor(array)"
)
extension Array: NumberOperand, IntegerOperand {
  /// There is none.
  public var asDouble: Double { fatalError() }
  /// There is none.
  public var asInt: Int { fatalError() }
}

@available(
  *, unavailable,
  message: "this is optional: unwrap it first"
)
extension Optional: NumberOperand, IntegerOperand {
  /// There is none.
  public var asDouble: Double { fatalError() }
  /// There is none.
  public var asInt: Int { fatalError() }
}

@available(
  *, unavailable,
  message:
    "element types do not mix: write `.cast(to:)` on one side, as in `x.cast(to: Float.self)`"
)
extension Tensor: TensorOperand, IntegerOperand {
  /// There is none.
  public var asDouble: Double { fatalError() }
  /// There is none.
  public var asInt: Int { fatalError() }
}

@available(
  *, unavailable,
  message:
    "a tensor of integers takes integers only: write `x.cast(to: Float.self)` to compute with fractions"
)
extension Float: IntegerOperand {
  /// There is none.
  public var asInt: Int { fatalError() }
}

@available(
  *, unavailable,
  message:
    "a tensor of integers takes integers only: write `x.cast(to: Float.self)` to compute with fractions"
)
extension Double: IntegerOperand {
  /// There is none.
  public var asInt: Int { fatalError() }
}

@available(
  *, unavailable, message: "truth values are no numbers: write `mask.cast(to: Float.self)`"
)
extension Tensor: TruthOperand {}

@available(
  *, unavailable, message: "truth values are no numbers: write `mask.cast(to: Float.self)`"
)
extension Int: TruthOperand {}

@available(
  *, unavailable, message: "truth values are no numbers: write `mask.cast(to: Float.self)`"
)
extension Float: TruthOperand {}

@available(
  *, unavailable, message: "truth values are no numbers: write `mask.cast(to: Float.self)`"
)
extension Double: TruthOperand {}
