extension Tensor where Scalar: TensorNumeric {
  /// The sum, element by element, broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor { Tensor(a.value + b.value) }
  /// The difference, element by element, broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor { Tensor(a.value - b.value) }
  /// The product, element by element, broadcast. For the matrix product, see `matmul(_:_:)`.
  public static func * (a: Tensor, b: Tensor) -> Tensor { Tensor(a.value * b.value) }
  /// The quotient, element by element, broadcast. Integers are divided towards zero.
  public static func / (a: Tensor, b: Tensor) -> Tensor { Tensor(a.value / b.value) }
  /// The negative of each element.
  public static prefix func - (a: Tensor) -> Tensor { Tensor(-a.value) }

  /// Adds in place.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  /// Subtracts in place.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  /// Multiplies in place.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  /// Divides in place.
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }

  /// The elements as another type: `Float` and `Double` round, `Int32` cuts towards zero.
  public func cast<Other: TensorNumeric>(to type: Other.Type) -> Tensor<Other> {
    Tensor<Other>(value.cast(Other.elementType))
  }
}

precedencegroup PowerPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}

infix operator ** : PowerPrecedence

extension Tensor where Scalar: TensorFloatingPoint {
  /// Powers, element by element, broadcast: aᵇ. The derivative in the exponent is 0 at a = 0.
  ///
  /// The literal exponents −1, ½, 1, 2 and 3 avoid the general power.
  public static func ** (a: Tensor, b: Tensor) -> Tensor {
    if let exponent = b.value.literal {
      if exponent == 2 { return Tensor(a.value.unary(.square)) }
      if exponent == 1 { return a }
      if exponent == 3 { return a * Tensor(a.value.unary(.square)) }
      if exponent == 0.5 { return Tensor(a.value.unary(.sqrt)) }
      if exponent == -1 { return Tensor(a.value.unary(.reciprocal)) }
    }
    return Tensor(apply(.binary(.power), a.value, b.value))
  }
}
