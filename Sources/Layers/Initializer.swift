public import Tensors

/// How the weights of a layer begin.
///
/// A weight has the shape [outputs, inputs]: its fan-in is the product of the extents after the
/// first, its fan-out the first times those after the second.
public enum Initializer: Sendable, Hashable {
  /// Uniform on ±1 / √fan-in: PyTorch's default for linear layers, weight and bias.
  case uniformFanIn
  /// Uniform on ±g √(6 / (fan-in + fan-out)).
  ///
  /// - SeeAlso: X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward
  ///   neural networks" (AISTATS 2010), eq. 16.
  case xavierUniform(gain: Double = 1)
  /// Normal with standard deviation g √(2 / (fan-in + fan-out)).
  case xavierNormal(gain: Double = 1)
  /// Uniform on ±g √(3 / fan-in); g is √2 for ReLU.
  ///
  /// - SeeAlso: K. He et al., "Delving deep into rectifiers" (ICCV 2015), eq. 10.
  case heUniform(gain: Double = 1.414_213_562_373_095_1)
  /// Normal with standard deviation g / √fan-in; g is √2 for ReLU.
  case heNormal(gain: Double = 1.414_213_562_373_095_1)
  /// Normal.
  case normal(mean: Double = 0, standardDeviation: Double = 1)
  /// Normal with mean 0 and standard deviation s before values beyond ±2 s are cut off, by drawing
  /// again from what is left of the distribution.
  case truncatedNormal(standardDeviation: Double = 1)
  /// Uniform on a range.
  case uniform(from: Double, to: Double)
  /// The same number everywhere.
  case constant(Double)
  /// Zeros.
  public static var zeros: Initializer { .constant(0) }
  /// Ones.
  public static var ones: Initializer { .constant(1) }

  /// A tensor of a shape.
  ///
  /// - Parameters:
  ///   - shape: The shape.
  ///   - fanIn: How many inputs an output has, if not what the shape says; a bias, whose shape does
  ///     not say it, takes its weight's.
  ///   - key: Where the numbers come from; draw j is element j.
  ///   - type: The type of the elements.
  /// - Returns: The tensor.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ shape: Shape, fanIn: Int? = nil, key: RandomKey, as type: Scalar.Type
  ) -> Tensor<Scalar> {
    let (shapeFanIn, fanOut) = fans(shape)
    let fanIn = Double(max(fanIn ?? shapeFanIn, 1))
    switch self {
    case .uniformFanIn:
      return drawUniform(shape, 1 / fanIn.squareRoot(), key)
    case .xavierUniform(let gain):
      return drawUniform(shape, gain * (6 / (fanIn + Double(fanOut))).squareRoot(), key)
    case .xavierNormal(let gain):
      return drawNormal(shape, 0, gain * (2 / (fanIn + Double(fanOut))).squareRoot(), key)
    case .heUniform(let gain):
      return drawUniform(shape, gain * (3 / fanIn).squareRoot(), key)
    case .heNormal(let gain):
      return drawNormal(shape, 0, gain / fanIn.squareRoot(), key)
    case .normal(let mean, let deviation):
      return drawNormal(shape, mean, deviation, key)
    case .truncatedNormal(let deviation):
      return drawTruncatedNormal(shape, deviation, key)
    case .uniform(let lower, let upper):
      require(lower < upper, "Initializer.uniform", "from \(lower) to \(upper), expected less")
      return key.uniform(shape, in: Scalar(nearest: lower)..<Scalar(nearest: upper))
    case .constant(let value):
      return .full(shape, Scalar(nearest: value))
    }
  }

  private func fans(_ shape: Shape) -> (fanIn: Int, fanOut: Int) {
    guard shape.rank >= 2 else { return (shape.elementCount, shape.elementCount) }
    let field = shape.dropFirst(2).reduce(1, *)
    return (shape[1] * field, shape[0] * field)
  }
}

private func drawUniform<Scalar: TensorFloatingPoint>(
  _ shape: Shape, _ bound: Double, _ key: RandomKey
) -> Tensor<Scalar> {
  key.uniform(shape, in: Scalar(nearest: -bound)..<Scalar(nearest: bound))
}

private func drawNormal<Scalar: TensorFloatingPoint>(
  _ shape: Shape, _ mean: Double, _ deviation: Double, _ key: RandomKey
) -> Tensor<Scalar> {
  key.normal(shape) * Tensor(Scalar(nearest: deviation)) + Tensor(Scalar(nearest: mean))
}

/// Element j is the first of the draws j of the key's children 0, 1, … that is within ±2.
private func drawTruncatedNormal<Scalar: TensorFloatingPoint>(
  _ shape: Shape, _ deviation: Double, _ key: RandomKey
) -> Tensor<Scalar> {
  let count = shape.elementCount
  var result = [Scalar](repeating: .nan, count: count)
  var missing = Array(0..<count)
  var round: UInt64 = 0
  while !missing.isEmpty {
    let draws: Tensor<Scalar> = key.child(round).normal(Shape([count]))
    draws.withScalars { draws in
      for index in missing where draws[index].magnitude <= 2 {
        result[index] = draws[index] * Scalar(nearest: deviation)
      }
    }
    missing.removeAll { !result[$0].isNaN }
    round += 1
  }
  return Tensor(shape: shape, scalars: result)
}
