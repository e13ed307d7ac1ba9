// Functions of tensors, element by element. Each works in any precision, under `vmap` and
// `gradient`, and keeps the shape. Functions of mathematics are free; what reduces, arranges or
// picks elements is a method. The family of softmax, which books write as functions, is both.

/// eˣ for each element.
public func exp<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.exp))
}

/// eˣ − 1 for each element, exact near 0.
public func expm1<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.expm1))
}

/// The natural logarithm of each element.
public func log<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.log))
}

/// log(1 + x) for each element, exact near 0.
public func log1p<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.log1p))
}

/// The square root of each element.
public func sqrt<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.sqrt))
}

/// 1 / √x for each element.
public func rsqrt<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.rsqrt))
}

/// 1 / x for each element.
public func reciprocal<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.reciprocal))
}

/// The sine of each element, in radians.
public func sin<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.sin))
}

/// The cosine of each element, in radians.
public func cos<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.cos))
}

/// The tangent of each element, in radians.
public func tan<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.tan))
}

/// The angle in −π/2 … π/2 whose sine is each element; NaN outside of −1 … 1.
public func asin<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.arcSine))
}

/// The angle in 0 … π whose cosine is each element; NaN outside of −1 … 1.
public func acos<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.arcCosine))
}

/// The angle of the point (x, y) from the positive x-axis, in −π … π, element by element, broadcast.
public func atan2<Scalar: TensorFloatingPoint>(
  _ y: Tensor<Scalar>, _ x: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor(apply(.binary(.arcTangent), y.value, x.value))
}

/// The arc tangent of each element, in −π/2 … π/2.
public func atan<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  atan2(x, 1)
}

/// The hyperbolic tangent of each element.
public func tanh<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.tanh))
}

/// The logistic function 1 / (1 + e⁻ˣ) of each element.
public func sigmoid<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.sigmoid))
}

/// log(1 + eˣ) of each element, without overflow.
public func softplus<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.softplus))
}

/// log sigmoid(x) of each element, without overflow.
public func logSigmoid<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  -softplus(-x)
}

/// The error function of each element.
public func erf<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.erf))
}

/// The largest integer not above each element. Constant almost everywhere: it carries no derivative.
public func floor<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.floor))
}

/// The smallest integer not below each element. Constant almost everywhere: it carries no derivative.
public func ceil<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.ceil))
}

/// The nearest integer, halves to even. Constant almost everywhere: it carries no derivative.
public func round<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.round))
}

/// The absolute value of each element; its derivative at 0 is 0.
public func abs<Scalar: TensorNumeric>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.abs))
}

/// −1, 0 or 1 by the sign of each element. Constant almost everywhere: it carries no derivative.
public func sign<Scalar: TensorNumeric>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.sign))
}

/// max(x, 0) for each element; its derivative at 0 is 0.
public func relu<Scalar: TensorNumeric>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.relu))
}

/// x² for each element.
public func square<Scalar: TensorNumeric>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(x.value.unary(.square))
}

/// The smaller of two elements, broadcast; a tie shares the cotangent evenly.
public func minimum<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor(apply(.binary(.minimum), a.value, b.value))
}

/// The larger of two elements, broadcast; a tie shares the cotangent evenly.
public func maximum<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor(apply(.binary(.maximum), a.value, b.value))
}

/// The smaller of each element and a number.
public func minimum<Scalar: TensorFloatingPoint, Number: TensorOperand>(
  _ a: Tensor<Scalar>, _ b: Number
) -> Tensor<Scalar> {
  minimum(a, Tensor(number: b))
}

/// The larger of each element and a number.
public func maximum<Scalar: TensorFloatingPoint, Number: TensorOperand>(
  _ a: Tensor<Scalar>, _ b: Number
) -> Tensor<Scalar> {
  maximum(a, Tensor(number: b))
}

/// aᵇ, element by element, broadcast; the same as `a ** b`.
public func pow<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  a ** b
}

/// Each element to the power of a number; the same as `a ** b`.
public func pow<Scalar: TensorFloatingPoint, Number: TensorOperand>(
  _ a: Tensor<Scalar>, _ b: Number
) -> Tensor<Scalar> {
  a ** Tensor(number: b)
}

/// eˣ / Σ eˣ along one axis, without overflow; the same as `Tensor/softmax(axis:)`.
public func softmax<Scalar: TensorFloatingPoint>(
  _ x: Tensor<Scalar>, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  x.softmax(axis: axis, file: file, line: line)
}

/// x − log Σ eˣ along one axis, without overflow; the same as `Tensor/logSoftmax(axis:)`.
public func logSoftmax<Scalar: TensorFloatingPoint>(
  _ x: Tensor<Scalar>, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  x.logSoftmax(axis: axis, file: file, line: line)
}

/// log Σ eˣ over one axis, without overflow; the same as `Tensor/logSumExp(axis:keepingAxes:)`.
public func logSumExp<Scalar: TensorFloatingPoint>(
  _ x: Tensor<Scalar>, axis: Int = -1, keepingAxes: Bool = false, file: StaticString = #fileID,
  line: UInt = #line
) -> Tensor<Scalar> {
  x.logSumExp(axis: axis, keepingAxes: keepingAxes, file: file, line: line)
}

extension Tensor where Scalar: TensorNumeric {
  /// Each element moved into the range; cotangents pass where it was inside.
  public func clamped(to range: ClosedRange<Scalar>) -> Tensor {
    Tensors.minimum(Tensors.maximum(self, Tensor(range.lowerBound)), Tensor(range.upperBound))
  }
}
