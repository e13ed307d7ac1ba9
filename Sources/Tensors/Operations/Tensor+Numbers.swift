// Arithmetic with numbers, which take the tensor's element type. Numbers on the left are members
// of a protocol, which rank below members of `Tensor`: where both sides are literals, the left one is
// the tensor.

extension Tensor where Scalar: TensorFloatingPoint {
  /// A number of any type in this tensor's.
  @inline(__always)
  init(number: some TensorOperand) {
    self.init(.scalar(number.asDouble, Scalar.elementType))
  }

  /// The sum with a number.
  public static func + <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor {
    a + Tensor(number: b)
  }

  /// The difference to a number.
  public static func - <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor {
    a - Tensor(number: b)
  }

  /// The product with a number.
  public static func * <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor {
    a * Tensor(number: b)
  }

  /// The quotient by a number.
  public static func / <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor {
    a / Tensor(number: b)
  }

  /// Adds a number in place.
  public static func += <Number: TensorOperand>(a: inout Tensor, b: Number) {
    a = a + Tensor(number: b)
  }

  /// Subtracts a number in place.
  public static func -= <Number: TensorOperand>(a: inout Tensor, b: Number) {
    a = a - Tensor(number: b)
  }

  /// Multiplies by a number in place.
  public static func *= <Number: TensorOperand>(a: inout Tensor, b: Number) {
    a = a * Tensor(number: b)
  }

  /// Divides by a number in place.
  public static func /= <Number: TensorOperand>(a: inout Tensor, b: Number) {
    a = a / Tensor(number: b)
  }

  /// The power of each element.
  public static func ** <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor {
    a ** Tensor(number: b)
  }
}

extension Tensor where Scalar == Int32 {
  /// An integer of any type as an `Int32`.
  init(integer: some IntegerOperand) {
    let number = integer.asInt
    guard let scalar = Int32(exactly: number) else {
      trap("Tensor<Int32>", "\(number) is no Int32: the elements are 32-bit integers")
    }
    self.init(scalar)
  }

  /// The sum with a number.
  public static func + <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor {
    a + Tensor(integer: b)
  }

  /// The difference to a number.
  public static func - <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor {
    a - Tensor(integer: b)
  }

  /// The product with a number.
  public static func * <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor {
    a * Tensor(integer: b)
  }

  /// The quotient by a number.
  public static func / <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor {
    a / Tensor(integer: b)
  }

  /// Adds a number in place.
  public static func += <Integer: IntegerOperand>(a: inout Tensor, b: Integer) {
    a = a + Tensor(integer: b)
  }

  /// Subtracts a number in place.
  public static func -= <Integer: IntegerOperand>(a: inout Tensor, b: Integer) {
    a = a - Tensor(integer: b)
  }

  /// Multiplies by a number in place.
  public static func *= <Integer: IntegerOperand>(a: inout Tensor, b: Integer) {
    a = a * Tensor(integer: b)
  }

  /// Divides by a number in place.
  public static func /= <Integer: IntegerOperand>(a: inout Tensor, b: Integer) {
    a = a / Tensor(integer: b)
  }
}

extension NumberOperand {
  /// The sum with a number.
  public static func + <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    Tensor(number: a) + b
  }

  /// The difference of a number and each element.
  public static func - <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    Tensor(number: a) - b
  }

  /// The product with a number.
  public static func * <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    Tensor(number: a) * b
  }

  /// The quotient of a number by each element.
  public static func / <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    Tensor(number: a) / b
  }

  /// A number to the power of each element.
  public static func ** <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    Tensor(number: a) ** b
  }
}

extension NumberOperand where Self: IntegerOperand {
  /// The sum with a number.
  public static func + (a: Self, b: Tensor<Int32>) -> Tensor<Int32> {
    Tensor(integer: a) + b
  }

  /// The difference of a number and each element.
  public static func - (a: Self, b: Tensor<Int32>) -> Tensor<Int32> {
    Tensor(integer: a) - b
  }

  /// The product with a number.
  public static func * (a: Self, b: Tensor<Int32>) -> Tensor<Int32> {
    Tensor(integer: a) * b
  }

  /// The quotient of a number by each element.
  public static func / (a: Self, b: Tensor<Int32>) -> Tensor<Int32> {
    Tensor(integer: a) / b
  }
}

extension Tensor where Scalar == Bool {
  /// Truth values are no numbers: the compiler says to convert them.
  public static func + <Operand: TruthOperand>(a: Tensor, b: Operand) -> Operand { b }

  /// Truth values are no numbers: the compiler says to convert them.
  public static func - <Operand: TruthOperand>(a: Tensor, b: Operand) -> Operand { b }

  /// Truth values are no numbers: the compiler says to convert them.
  public static func * <Operand: TruthOperand>(a: Tensor, b: Operand) -> Operand { b }

  /// Truth values are no numbers: the compiler says to convert them.
  public static func / <Operand: TruthOperand>(a: Tensor, b: Operand) -> Operand { b }
}
