// Draws as tensors of a shape; elements in row-major order are the counters 0, 1, …. Where nothing
// says the element type it is `Float`; it is another where the context asks for one, or `as:` does.

extension RandomKey {
  /// Uniform on a range, in single precision.
  public func uniform(_ shape: Shape, in bounds: Range<Float> = 0..<1) -> Tensor<Float> {
    uniform(shape, in: bounds, as: Float.self)
  }

  /// Uniform on a range, of the type that the context asks for.
  @_disfavoredOverload
  public func uniform<Scalar: TensorFloatingPoint>(
    _ shape: Shape, in bounds: Range<Scalar> = 0..<1
  ) -> Tensor<Scalar> {
    uniform(shape, in: bounds, as: Scalar.self)
  }

  /// Uniform on a range, of a type.
  public func uniform<Scalar: TensorFloatingPoint>(
    _ shape: Shape, in bounds: Range<Scalar> = 0..<1, as type: Scalar.Type
  ) -> Tensor<Scalar> {
    Tensor(shape: shape, scalars: uniform(shape.elementCount, in: bounds))
  }

  /// Draws from a standard distribution, in single precision.
  public func draws(_ shape: Shape, from distribution: RandomDistribution) -> Tensor<Float> {
    draws(shape, from: distribution, as: Float.self)
  }

  /// Draws from a standard distribution, of the type that the context asks for.
  @_disfavoredOverload
  public func draws<Scalar: TensorFloatingPoint>(
    _ shape: Shape, from distribution: RandomDistribution
  ) -> Tensor<Scalar> {
    draws(shape, from: distribution, as: Scalar.self)
  }

  /// Draws from a standard distribution, of a type.
  public func draws<Scalar: TensorFloatingPoint>(
    _ shape: Shape, from distribution: RandomDistribution, as type: Scalar.Type
  ) -> Tensor<Scalar> {
    Tensor(shape: shape) { Scalar.draw(distribution, key: self, into: $0) }
  }

  /// Normal with mean 0 and variance 1, in single precision.
  public func normal(_ shape: Shape) -> Tensor<Float> {
    normal(shape, as: Float.self)
  }

  /// Normal with mean 0 and variance 1, of the type that the context asks for.
  @_disfavoredOverload
  public func normal<Scalar: TensorFloatingPoint>(
    _ shape: Shape
  ) -> Tensor<Scalar> {
    normal(shape, as: Scalar.self)
  }

  /// Normal with mean 0 and variance 1, of a type.
  public func normal<Scalar: TensorFloatingPoint>(
    _ shape: Shape, as type: Scalar.Type
  ) -> Tensor<Scalar> {
    draws(shape, from: .normal, as: type)
  }

  /// Standard Gumbel, in single precision.
  public func gumbel(_ shape: Shape) -> Tensor<Float> {
    gumbel(shape, as: Float.self)
  }

  /// Standard Gumbel, of the type that the context asks for.
  @_disfavoredOverload
  public func gumbel<Scalar: TensorFloatingPoint>(
    _ shape: Shape
  ) -> Tensor<Scalar> {
    gumbel(shape, as: Scalar.self)
  }

  /// Standard Gumbel, of a type.
  public func gumbel<Scalar: TensorFloatingPoint>(
    _ shape: Shape, as type: Scalar.Type
  ) -> Tensor<Scalar> {
    draws(shape, from: .gumbel, as: type)
  }

  /// Integers, uniform on a range.
  public func integers(_ shape: Shape, in range: Range<Int32>) -> Tensor<Int32> {
    Tensor(shape: shape, scalars: integers(shape.elementCount, in: range))
  }

  /// The entries of the leading axis in random order.
  public func shuffled<Scalar>(_ tensor: Tensor<Scalar>) -> Tensor<Scalar> {
    let order = permutation(tensor.shape[0]).map { Int32($0) }
    return tensor.take(Tensor(order))
  }
}
