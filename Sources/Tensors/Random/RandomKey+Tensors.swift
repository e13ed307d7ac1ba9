/// Draws as tensors of a shape; elements in row-major order are the counters 0, 1, ….
extension RandomKey {
  /// Uniform on a range.
  public func uniform<Scalar: TensorFloatingPoint>(
    _ shape: Shape, in bounds: Range<Scalar> = 0..<1
  ) -> Tensor<Scalar> {
    Tensor(shape: shape, scalars: uniform(shape.elementCount, in: bounds))
  }

  /// Draws from a standard distribution.
  public func draws<Scalar: TensorFloatingPoint>(
    _ shape: Shape, from distribution: RandomDistribution
  ) -> Tensor<Scalar> {
    Tensor(shape: shape) { Scalar.draw(distribution, key: self, into: $0) }
  }

  /// Normal with mean 0 and variance 1.
  public func normal<Scalar: TensorFloatingPoint>(_ shape: Shape) -> Tensor<Scalar> {
    draws(shape, from: .normal)
  }

  /// Standard Gumbel.
  public func gumbel<Scalar: TensorFloatingPoint>(_ shape: Shape) -> Tensor<Scalar> {
    draws(shape, from: .gumbel)
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
