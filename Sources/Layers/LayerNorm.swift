public import Tensors

/// Takes mean and variance out of the last axis, and puts learned ones in.
///
///     y = (x − mean x) / √(var x + ε) · a + b
///
/// The variance is that of the population, as in PyTorch.
///
/// - SeeAlso: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization" (arXiv:1607.06450), eq. 4.
public struct LayerNorm<Scalar: TensorFloatingPoint>: TreeStruct, Sendable, Equatable {
  /// a, of the last axis's extent; ones at the start.
  public var weight: Tensor<Scalar>
  /// b, of the last axis's extent; zeros at the start.
  public var bias: Tensor<Scalar>
  /// ε, what keeps the denominator from 0.
  public var epsilon: Double

  /// Weight and bias.
  public static var children: [Child<Self>] { [Child(\.weight), Child(\.bias)] }

  /// A normalisation of the last axis.
  ///
  /// - Parameters:
  ///   - count: The extent of the last axis.
  ///   - epsilon: What keeps the denominator from 0.
  ///   - type: The type of the parameters.
  public init(_ count: Int, epsilon: Double = 1e-5, as type: Scalar.Type = Float.self) {
    require(count >= 1, "LayerNorm", "an axis of extent \(count), expected at least 1")
    weight = .ones([count])
    bias = .zeros([count])
    self.epsilon = epsilon
  }

  /// The normalised input.
  ///
  /// - Parameter x: Shape [..., count].
  /// - Returns: The same shape.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    require(
      x.rank >= 1 && x.shape[x.rank - 1] == weight.count, "LayerNorm",
      "an input of shape \(x.shape) for a normalisation of \(weight.count) elements")
    let centered = x - x.mean(axis: -1, keepingAxes: true)
    let variance = square(centered).mean(axis: -1, keepingAxes: true)
    return centered * rsqrt(variance + Tensor(Scalar(nearest: epsilon))) * weight + bias
  }
}
