// Comparisons with numbers, which take the tensor's element type.

extension Tensor where Scalar: TensorFloatingPoint {
  /// Where elements equal a number.
  public static func .== <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    a .== Tensor(number: b)
  }

  /// Where elements differ from a number.
  public static func .!= <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    a .!= Tensor(number: b)
  }

  /// Where elements are less than a number.
  public static func .< <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    a .< Tensor(number: b)
  }

  /// Where elements are at most a number.
  public static func .<= <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    a .<= Tensor(number: b)
  }

  /// Where elements are greater than a number.
  public static func .> <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    a .> Tensor(number: b)
  }

  /// Where elements are at least a number.
  public static func .>= <Number: TensorOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    a .>= Tensor(number: b)
  }
}

extension Tensor where Scalar == Int32 {
  /// Where elements equal a number.
  public static func .== <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor<Bool> {
    a .== Tensor(integer: b)
  }

  /// Where elements differ from a number.
  public static func .!= <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor<Bool> {
    a .!= Tensor(integer: b)
  }

  /// Where elements are less than a number.
  public static func .< <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor<Bool> {
    a .< Tensor(integer: b)
  }

  /// Where elements are at most a number.
  public static func .<= <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor<Bool> {
    a .<= Tensor(integer: b)
  }

  /// Where elements are greater than a number.
  public static func .> <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor<Bool> {
    a .> Tensor(integer: b)
  }

  /// Where elements are at least a number.
  public static func .>= <Integer: IntegerOperand>(a: Tensor, b: Integer) -> Tensor<Bool> {
    a .>= Tensor(integer: b)
  }
}

extension NumberOperand {
  /// Where elements equal a number.
  public static func .== <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Bool> {
    Tensor(number: a) .== b
  }

  /// Where elements differ from a number.
  public static func .!= <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Bool> {
    Tensor(number: a) .!= b
  }

  /// Where elements are greater than a number.
  public static func .< <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Bool> {
    Tensor(number: a) .< b
  }

  /// Where elements are at least a number.
  public static func .<= <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Bool> {
    Tensor(number: a) .<= b
  }

  /// Where elements are less than a number.
  public static func .> <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Bool> {
    Tensor(number: a) .> b
  }

  /// Where elements are at most a number.
  public static func .>= <Scalar: TensorFloatingPoint>(
    a: Self, b: Tensor<Scalar>
  ) -> Tensor<Bool> {
    Tensor(number: a) .>= b
  }
}

extension NumberOperand where Self: IntegerOperand {
  /// Where elements equal a number.
  public static func .== (a: Self, b: Tensor<Int32>) -> Tensor<Bool> {
    Tensor(integer: a) .== b
  }

  /// Where elements differ from a number.
  public static func .!= (a: Self, b: Tensor<Int32>) -> Tensor<Bool> {
    Tensor(integer: a) .!= b
  }

  /// Where elements are greater than a number.
  public static func .< (a: Self, b: Tensor<Int32>) -> Tensor<Bool> {
    Tensor(integer: a) .< b
  }

  /// Where elements are at least a number.
  public static func .<= (a: Self, b: Tensor<Int32>) -> Tensor<Bool> {
    Tensor(integer: a) .<= b
  }

  /// Where elements are less than a number.
  public static func .> (a: Self, b: Tensor<Int32>) -> Tensor<Bool> {
    Tensor(integer: a) .> b
  }

  /// Where elements are at most a number.
  public static func .>= (a: Self, b: Tensor<Int32>) -> Tensor<Bool> {
    Tensor(integer: a) .>= b
  }
}
