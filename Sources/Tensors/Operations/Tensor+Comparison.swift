infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .& : LogicalConjunctionPrecedence
infix operator .| : LogicalDisjunctionPrecedence
prefix operator .!

extension Tensor where Scalar: TensorNumeric {
  private func compared(_ comparison: Primitive.Comparison, _ other: Tensor) -> Tensor<Bool> {
    Tensor<Bool>(value.compared(comparison, other.value))
  }

  /// Where elements are equal, broadcast.
  public static func .== (a: Tensor, b: Tensor) -> Tensor<Bool> { a.compared(.equal, b) }
  /// Where elements differ, broadcast.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor<Bool> { a.compared(.notEqual, b) }
  /// Where elements of `a` are less, broadcast.
  public static func .< (a: Tensor, b: Tensor) -> Tensor<Bool> { a.compared(.less, b) }
  /// Where elements of `a` are less or equal, broadcast.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor<Bool> { a.compared(.lessOrEqual, b) }
  /// Where elements of `a` are greater, broadcast.
  public static func .> (a: Tensor, b: Tensor) -> Tensor<Bool> { a.compared(.greater, b) }
  /// Where elements of `a` are greater or equal, broadcast.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor<Bool> { a.compared(.greaterOrEqual, b) }
}

extension Tensor where Scalar == Bool {
  /// Where both hold, broadcast.
  public static func .& (a: Tensor, b: Tensor) -> Tensor {
    Tensor(apply(.binary(.and), a.value, b.value))
  }

  /// Where either holds, broadcast.
  public static func .| (a: Tensor, b: Tensor) -> Tensor {
    Tensor(apply(.binary(.or), a.value, b.value))
  }

  /// Where it does not hold.
  public static prefix func .! (a: Tensor) -> Tensor { Tensor(a.value.unary(.not)) }

  /// The truth values as numbers, 1 and 0.
  public func cast<Other: TensorNumeric>(to type: Other.Type) -> Tensor<Other> {
    Tensor<Other>(value.cast(Other.elementType))
  }
}

/// `a` where the condition holds, else `b`; all three broadcast.
///
/// Cotangents reach only the side that was chosen, element by element.
public func select<Scalar>(
  _ condition: Tensor<Bool>, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor(condition.value.select(a.value, b.value))
}

/// `a` where the condition holds, else a number.
@_disfavoredOverload
public func select<Scalar: TensorFloatingPoint, Number: TensorOperand>(
  _ condition: Tensor<Bool>, _ a: Tensor<Scalar>, _ b: Number
) -> Tensor<Scalar> {
  select(condition, a, Tensor(number: b))
}

/// A number where the condition holds, else `b`.
@_disfavoredOverload
public func select<Scalar: TensorFloatingPoint, Number: NumberOperand>(
  _ condition: Tensor<Bool>, _ a: Number, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  select(condition, Tensor(number: a), b)
}
