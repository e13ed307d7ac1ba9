// What other types write with these signs, and what to write for a tensor.

extension Tensor {
  /// Elements are compared by `.<`.
  @available(*, unavailable, message: "elements are compared by .<, which gives a Tensor<Bool>")
  public static func < (a: Tensor, b: Tensor) -> Tensor<Bool> { fatalError() }

  /// Elements are compared by `.<`.
  @available(*, unavailable, message: "elements are compared by .<, which gives a Tensor<Bool>")
  public static func < <Number: NumberOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    fatalError()
  }

  /// Elements are compared by `.<=`.
  @available(*, unavailable, message: "elements are compared by .<=, which gives a Tensor<Bool>")
  public static func <= (a: Tensor, b: Tensor) -> Tensor<Bool> { fatalError() }

  /// Elements are compared by `.<=`.
  @available(*, unavailable, message: "elements are compared by .<=, which gives a Tensor<Bool>")
  public static func <= <Number: NumberOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    fatalError()
  }

  /// Elements are compared by `.>`.
  @available(*, unavailable, message: "elements are compared by .>, which gives a Tensor<Bool>")
  public static func > (a: Tensor, b: Tensor) -> Tensor<Bool> { fatalError() }

  /// Elements are compared by `.>`.
  @available(*, unavailable, message: "elements are compared by .>, which gives a Tensor<Bool>")
  public static func > <Number: NumberOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    fatalError()
  }

  /// Elements are compared by `.>=`.
  @available(*, unavailable, message: "elements are compared by .>=, which gives a Tensor<Bool>")
  public static func >= (a: Tensor, b: Tensor) -> Tensor<Bool> { fatalError() }

  /// Elements are compared by `.>=`.
  @available(*, unavailable, message: "elements are compared by .>=, which gives a Tensor<Bool>")
  public static func >= <Number: NumberOperand>(a: Tensor, b: Number) -> Tensor<Bool> {
    fatalError()
  }

  /// Truth values are combined by `.&`.
  @available(*, unavailable, message: "truth values are combined by .&, element by element")
  public static func && (a: Tensor, b: Tensor) -> Tensor<Bool> { fatalError() }

  /// Truth values are combined by `.|`.
  @available(*, unavailable, message: "truth values are combined by .|, element by element")
  public static func || (a: Tensor, b: Tensor) -> Tensor<Bool> { fatalError() }

  /// Truth values are negated by `.!`.
  @available(*, unavailable, message: "truth values are negated by .!, element by element")
  public static prefix func ! (a: Tensor) -> Tensor<Bool> { fatalError() }

  /// Powers are written `**`.
  @available(*, unavailable, message: "powers are written **")
  public static func ^ <Number: NumberOperand>(a: Tensor, b: Number) -> Tensor { fatalError() }
}
